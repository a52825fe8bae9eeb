"""`clinft freeze PROJECT --import FILE`: synthetic records that somebody brings, with two people's word."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

import clinft
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.frozen_provenance import FrozenProvenance, Source
from clinft.errors import DigestMismatch, Problem, SpecError
from clinft.pipeline import attempts
from clinft.pipeline.freezing import auditing, candidate, grouping, reading
from clinft.pipeline.freezing.desk import Desk, Frozen
from clinft.run_folder import write_atomically
from clinft.spec import yaml
from clinft.spec.data import SPLITS
from clinft.spec.policy import PRIVACY
from clinft.spec.project import TaskSpec
from clinft.spec.statement import FILE as STATEMENTS
from clinft.spec.statement import Statement, Statements
from clinft.stages.prepare import targets

WHAT = "what was to be imported"
EARLIEST_ZONE = timedelta(hours=14)  # UTC+14, where each day begins first


@dataclass(frozen=True)
class Import:
    files: tuple[Path, ...]
    statement: Path | None


def freeze(call: Import, desk: Desk) -> Frozen:
    before = {path: _digest(path) for path in call.files}
    lines, spec = auditing.Lines(), desk.loaded.spec
    try:
        read = {path: reading.read(path) for path in call.files}
        rows = [row for one in read.values() for row in one.rows]
        _refuse_targets(rows, spec.task)
        statements = _statements(call, desk, before)
    except SpecError:
        # What looks real is declined, whatever its form, and with the reason why that matters.
        with suppress(SpecError):  # a file too broken to be looked into; how is said anyway
            auditing.look(desk, call.files, WHAT, lines)
        raise
    auditing.audit(desk, call.files, WHAT, lines)
    by_split = grouping.split(rows, spec.data.splits, spec.data.seed, desk.services.progress)
    if {path: digest_file(path) for path in call.files} != before:
        raise DigestMismatch(
            "A file changed while it was read.", "Somebody or something wrote to it.", "Call again."
        )
    given = any(row.scenario is not None for row in rows)
    with attempts.project_lock(desk.paths):
        candidate.restore(desk.paths)
        with candidate.making(desk.paths) as folder:
            records = {split: candidate.write_split(folder, split, by_split[split]) for split in SPLITS}
            warnings = candidate.refuse_too_large(folder)
            provenance = FrozenProvenance(
                version=1,
                origin="imported",
                made_on=desk.services.clock.now().date().isoformat(),
                clinft_version=clinft.__version__,
                files={},
                splits={},
                records={},
                sources=tuple(
                    Source(sha256=before[path], kind=one.kind, records=len(one.rows))
                    for path, one in read.items()
                ),
                grouped_by="scenario and near repeats" if given else "near repeats",
            )
            candidate.seal(folder, provenance, records)
            candidate.checked(spec, folder, records)
            auditing.audit(desk, candidate.record_files(folder), "the records as they would be frozen")
            files, splits = candidate.digests(folder), candidate.split_digests(folder)
            write_atomically(folder / STATEMENTS, _derived(statements, splits))
            candidate.place(desk.paths, folder)
    return Frozen(
        project=desk.name,
        origin="imported",
        records=records,
        files=files,
        splits=splits,
        counted=None,
        asked=0,
        cost_usd=None,
        warnings=warnings,
    )


def _digest(path: Path) -> str:
    reading.refuse_no_file(path)
    return digest_file(path)


def _refuse_targets(rows: Sequence[reading.Row], task: TaskSpec) -> None:
    """As `clinft prepare` will; named here by the line of the file that people have."""
    wrong = targets.problem_of(task)
    found = [(row, said) for row in rows if (said := wrong(row.target)) is not None]
    if found:
        raise SpecError(
            f"{len(found)} of {len(rows)} targets are no answers to this task.",
            f"The first {reading.MOST_PROBLEMS} are listed." if len(found) > reading.MOST_PROBLEMS else "",
            "Correct the rows named.",
            tuple(
                Problem(str(row.path), row.line, 0, message, next_step=step)
                for row, (message, step) in found[: reading.MOST_PROBLEMS]
            ),
        )


def _statements(call: Import, desk: Desk, digests: dict[Path, str]) -> tuple[Statement, ...]:
    """One for each file, reviewed by a person of the role privacy. SpecError with what to write."""
    given = {} if call.statement is None else {one.file_sha256: one for one in _parsed(call.statement)}
    missing = {path: sha256 for path, sha256 in digests.items() if sha256 not in given}
    if missing:
        raise SpecError(
            f"Nobody has vouched for {', '.join(path.name for path in missing)}.",
            "An imported file needs a person's word that it is synthetic, reviewed by somebody else of the "
            "role privacy: no scan can show where a text comes from.",
            "Write a YAML file and name it with --statement: statements: a list of file_sha256, how_made, "
            f"author, reviewer and date. file_sha256: {', '.join(missing.values())}.",
        )
    people = {person.lower() for person in desk.policy.role_of(PRIVACY, desk.name).people}
    others = sorted({one.reviewer for one in given.values() if one.reviewer.lower() not in people})
    if others:
        raise SpecError(
            f"{', '.join(others)} may not review a statement.",
            f"The policy's role {PRIVACY} has: {', '.join(sorted(people)) or 'nobody'}.",
            "Ask a person of that role to look at the file; the gate asks the same of every run.",
        )
    # Wherever people are, their day has begun; nobody has looked on a day to come.
    latest = (desk.services.clock.now() + EARLIEST_ZONE).date().isoformat()
    asked = tuple(given[sha256] for sha256 in digests.values())
    if any(one.date > latest for one in asked):
        raise SpecError(
            "A statement is dated in the future.",
            "Its `date` is the day on which the reviewer looked at the file.",
            "Write that day, once somebody has looked.",
        )
    return asked


def _parsed(path: Path) -> Sequence[Statement]:
    try:
        return Statements.model_validate(
            yaml.parse(path.read_bytes(), str(path)).value, strict=False
        ).statements
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SpecError(
            f"{path} is not valid at `{where}`: {first['type'].replace('_', ' ')}.",
            "A statement has file_sha256, how_made, author, reviewer and date; the two people differ.",
            "Correct it; the reviewer is a person of the role privacy.",
        ) from None
    except OSError:
        raise SpecError(f"{path} cannot be read.", "There is no such file.", "Name the statement.") from None


def _derived(statements: Sequence[Statement], splits: dict[str, str]) -> bytes:
    """The splits are made of the files by clinft alone: what two people said of these holds for those.

    Each split holds rows of all files, and a statement has one author and one reviewer: SpecError where the
    files have others, since somebody would vouch for what they wrote themselves, or never saw.
    """
    import yaml as writer

    first = statements[0]
    if len({(one.author.lower(), one.reviewer.lower()) for one in statements}) > 1:
        raise SpecError(
            "The files have different authors or reviewers.",
            "Each split is made of rows of all files, and one author and one reviewer stand for it.",
            "Let one person bring all of them and one other person review all of them.",
        )
    made = " ".join(dict.fromkeys(one.how_made for one in statements))[:280]
    rows = [
        {
            "file_sha256": sha256,
            "how_made": made,
            "author": first.author,
            "reviewer": first.reviewer,
            "date": max(one.date for one in statements),
        }
        for sha256 in dict.fromkeys(splits.values())
    ]
    head = "# Written by `clinft freeze` from the statements that were given for the imported files.\n"
    return (head + writer.safe_dump({"statements": rows}, sort_keys=False, allow_unicode=True)).encode()
