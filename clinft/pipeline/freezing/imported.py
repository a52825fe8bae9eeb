"""`clinft freeze PROJECT --import FILE`: synthetic records that somebody brings, with two people's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

import clinft
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.frozen_provenance import FrozenProvenance, Source
from clinft.errors import DigestMismatch, SpecError
from clinft.pipeline import attempts
from clinft.pipeline.freezing import auditing, candidate, grouping, reading
from clinft.pipeline.freezing.desk import Desk, Frozen
from clinft.run_folder import write_atomically
from clinft.spec import yaml
from clinft.spec.data import SPLITS
from clinft.spec.policy import PRIVACY
from clinft.spec.statement import FILE as STATEMENTS
from clinft.spec.statement import Statement, Statements


@dataclass(frozen=True)
class Import:
    files: tuple[Path, ...]
    statement: Path | None


def freeze(call: Import, desk: Desk) -> Frozen:
    before = {path: _digest(path) for path in call.files}
    # First of all: what looks real is declined, whatever its form, and with the reason why that matters.
    lines = auditing.Lines()
    for path in call.files:
        if path.suffix.lower() == ".csv":
            lines.set(path, _csv_lines(path))
    auditing.audit(desk, call.files, "what was to be imported", lines)
    statements = _statements(call, desk, before)
    read = {path: reading.read(path) for path in call.files}
    rows = [row for one in read.values() for row in one.rows]
    spec = desk.loaded.spec
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
    if path.is_symlink() or not path.is_file():
        raise SpecError(f"{path} is no plain file.", "A link or a folder is not imported.", "Name the file.")
    return digest_file(path)


def _csv_lines(path: Path) -> list[int]:
    """On which line each record ends; a cell may hold line ends."""
    import csv

    found = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            next(reader, None)
            found = [reader.line_num for _ in reader]
    except (csv.Error, UnicodeDecodeError):
        pass  # the audit reads what is no CSV as text, line by line
    return found


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
    return tuple(given[sha256] for sha256 in digests.values())


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
    """The splits are made of the files by clinft alone: what two people said of these holds for those."""
    import yaml as writer

    first = statements[0]
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
