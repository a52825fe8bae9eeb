"""`data.origin: frozen`: records that somebody brought, read from the project's folder synthetic/.

Nothing is drawn and nothing corrected: the files are checked, and copied byte for byte. What a model wrote
from generated facts is held against facts that are drawn again.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from clinft.artifacts import frozen_provenance
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import (
    UNKNOWN_STYLE,
    WRITTEN,
    FieldSummary,
    PreparedDataset,
    Record,
    SplitSummary,
)
from clinft.artifacts.frozen_provenance import FrozenProvenance
from clinft.artifacts.jsonl import iter_models
from clinft.errors import DigestMismatch, Problem, SpecError
from clinft.spec.data import SPLITS
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare import checks, domains, targets
from clinft.stages.prepare.frozen_files import FOLDER, Rows, files_of
from clinft.stages.prepare.written import source, vouch

__all__ = ["FOLDER", "GENERATOR", "digests", "prepare"]

GENERATOR, VERSION = "frozen", 1
MOST_PROBLEMS = 100
# Split and line.
Seen = tuple[str, int]
Key = TypeVar("Key", str, bytes)


def digests(brought: Path) -> dict[str, str]:
    """By name in the project: what the prepared records depend on. SpecError where a file is missing."""
    found = {
        f"{FOLDER}/{path.name}": digest_file(path)
        for split in SPLITS
        for path in files_of(brought, split).paths
    }
    if frozen_provenance.load(brought) is not None:
        found[f"{FOLDER}/{frozen_provenance.FILE}"] = digest_file(brought / frozen_provenance.FILE)
    return found


def drawn_again(spec: ProjectSpec, brought: Path) -> ProjectSpec | None:
    """The spec whose facts a model wrote from; None for records that somebody brought."""
    provenance = frozen_provenance.load(brought)
    return None if provenance is None else vouch.drawn_from(provenance, spec)


def prepare(spec: ProjectSpec, brought: Path, records_dir: Path, team: Path | None = None) -> PreparedDataset:
    """Copies `brought`'s files of each split to one in `records_dir`. SpecError with file and line.

    `team`: the project's own domain packs, where facts are drawn from one.
    """
    provenance = frozen_provenance.load(brought)
    records_dir.mkdir(parents=True, exist_ok=True)
    copies = {split: records_dir / f".{split}.jsonl.partial" for split in SPLITS}
    try:
        # What is checked is the copy, so that nothing changes between check and use.
        rows = {split: files_of(brought, split).copy(copy) for split, copy in copies.items()}
        if provenance is not None:
            _refuse_other_files(provenance, copies, rows)
        check = _Check(spec)
        tallies = {split: check.file(split, copies[split], rows[split]) for split in SPLITS}
        if provenance is not None and provenance.origin == "written" and not check.problems:
            check.problems += vouch.problems(provenance, spec, copies, rows, team)
        check.raise_for_problems(sum(tally.records for tally in tallies.values()))
        for split, copy in copies.items():
            copy.replace(records_dir / f"{split}.jsonl")
    finally:
        for copy in copies.values():
            copy.unlink(missing_ok=True)
    return PreparedDataset(
        generator=WRITTEN if provenance is not None and _vouched(provenance, team) else GENERATOR,
        generator_version=VERSION,
        seed=spec.data.seed,
        splits={
            split: SplitSummary(
                records=tally.records,
                scenarios=len(tally.scenarios),
                by_label=dict(sorted(tally.by_label.items())),
                by_style=dict(sorted(tally.by_style.items())),
                sha256=digest_file(records_dir / f"{split}.jsonl"),
            )
            for split, tally in tallies.items()
        },
        fields=_fields(spec, unknown_style=any(UNKNOWN_STYLE in one.by_style for one in tallies.values())),
        shared_scenarios=checks.shared_scenarios(tallies),
        shared_styles=_shared_styles(tallies),
        duplicate_texts=checks.duplicate_texts(tallies),
        terminology_release=_terminology(provenance, spec, team),
    )


def _terminology(provenance: FrozenProvenance | None, spec: ProjectSpec, team: Path | None) -> str:
    again = None if provenance is None else vouch.drawn_from(provenance, spec)
    if again is None:
        return "none: the records were brought"
    return source.terminology_of(again, team)


def _vouched(provenance: FrozenProvenance, team: Path | None) -> bool:
    """By clinft: of a pack that the authors of the plan wrote, only people can say what its phrases are."""
    if provenance.origin != "written" or provenance.domain is None:
        return False
    return not domains.find(provenance.domain, team).of_a_team


def _refuse_other_files(provenance: FrozenProvenance, copies: dict[str, Path], rows: dict[str, Rows]) -> None:
    there = {path.name for one in rows.values() for path in one.paths}
    changed = [split for split, copy in copies.items() if provenance.splits.get(split) != digest_file(copy)]
    if there != provenance.files.keys() or changed:
        raise DigestMismatch(
            f"The files in {FOLDER}/ are not those that {frozen_provenance.FILE} names.",
            f"Changed: {', '.join(changed)}." if changed else "A file was added, removed or renamed.",
            "Restore the folder from git, or run `clinft freeze` again; nobody else writes there.",
        )


@dataclass
class _Check:
    """`texts`, `ids`, `scenarios`: where each was seen first; of a text 16 bytes of its digest are kept."""

    spec: ProjectSpec
    problems: list[Problem] = field(default_factory=list)
    texts: dict[bytes, Seen] = field(default_factory=dict)
    ids: dict[str, Seen] = field(default_factory=dict)
    scenarios: dict[str, Seen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._target_problem = targets.problem_of(self.spec.task)

    def file(self, split: str, copy: Path, rows: Rows) -> checks.Tally:
        """`rows`: what people know the rows of the copy as."""
        self._rows = rows
        tally = checks.Tally(labelled=bool(self.spec.task.labels))
        try:
            for record in tally.watch(self._checked(split, copy)):
                template = record.facts.get("template")
                if isinstance(template, str) and template not in tally.by_template:
                    tally.by_template[template] = 1
        except SpecError as error:
            place = error.problems[0]
            self._add(
                place.line, place.message, "A row is a Record: id, scenario, style, text, target, facts."
            )
        except UnicodeDecodeError:
            self._add(0, "This file is not UTF-8 text.", "Save it as UTF-8.")
        if not tally.records:
            self._add(0, "This split holds no record.", "Each of the four files needs at least one.")
        return tally

    def _checked(self, split: str, copy: Path) -> Iterator[Record]:
        for row, record in enumerate(iter_models(copy, Record), start=1):
            self._record(split, row, record)
            yield record

    def _record(self, split: str, row: int, record: Record) -> None:
        wrong = self._target_problem(record.target)
        if wrong is not None:
            self._add(row, *wrong)
        if not record.text.strip():
            self._add(row, "The text is empty.", "Remove the row.")
        digest = hashlib.sha256(record.text.encode()).digest()[:16]
        self._once(self.ids, record.id, split, row, "The same id", anywhere=True)
        self._once(self.texts, digest, split, row, "The same text")
        self._once(self.scenarios, record.scenario, split, row, "The same scenario")

    def _once(
        self, seen: dict[Key, Seen], key: Key, split: str, row: int, what: str, anywhere: bool = False
    ) -> None:
        """`anywhere`: not even twice in one split."""
        first = seen.setdefault(key, (split, row))
        if first != (split, row) and (anywhere or first[0] != split):
            self._add(
                row,
                f"{what} is in {first[0]}.jsonl, line {first[1]}.",
                "Remove one: what a model has seen in training says nothing about new cases.",
            )

    def _add(self, row: int, message: str, next_step: str) -> None:
        path, line = self._rows.place(row)
        self.problems.append(Problem(str(path), line, 0, message, next_step=next_step))

    def raise_for_problems(self, records: int) -> None:
        if not self.problems and records == self.spec.data.records:
            return
        if not self.problems:
            raise SpecError(
                f"`data.records` says {self.spec.data.records}, and synthetic/ holds {records} records.",
                "Files were changed, and project.yaml was not.",
                "Correct the number, so that reviewers of project.yaml see what is trained on.",
            )
        raise SpecError(
            f"The records in synthetic/ cannot be used: {len(self.problems)} problems.",
            f"The first {MOST_PROBLEMS} are listed." if len(self.problems) > MOST_PROBLEMS else "",
            "Correct the lines named; every change needs the statement of two people again.",
            tuple(self.problems[:MOST_PROBLEMS]),
        )


def _shared_styles(tallies: dict[str, checks.Tally]) -> int:
    """Where nobody said how records are written, nothing is known to be shared; the dictionary says so.

    A generator with several templates a style deals these to the splits, and not the styles.
    """
    if all(tally.by_template for tally in tallies.values()):
        return checks.shared_templates(tallies)
    shared = tallies["train"].by_style.keys() & tallies["test"].by_style.keys()
    return len(shared - {UNKNOWN_STYLE})


def _fields(spec: ProjectSpec, unknown_style: bool) -> tuple[FieldSummary, ...]:
    """Examples are no texts of the records: this table is read far and wide."""
    style = "How the text is written, as whoever brought it says."
    if unknown_style:
        style += (
            f" `{UNKNOWN_STYLE}`: nobody said, so it was not checked that training and test differ in it."
        )
    kind = "label" if spec.task.labels else "text"
    rows = (
        ("id", "text", "Carries no meaning.", "train-000001"),
        ("scenario", "text", "Records that tell of the same case share it; no two splits do.", "-"),
        ("style", "text", style, UNKNOWN_STYLE if unknown_style else "-"),
        ("text", "text", "What the model reads.", "(not shown)"),
        ("target", kind, "The right answer.", spec.task.labels[0] if spec.task.labels else "-"),
        ("facts", "object", "What whoever brought it says of the text; it may be empty.", "{}"),
    )
    return tuple(FieldSummary(name=n, type=t, meaning=m, example=e) for n, t, m, e in rows)
