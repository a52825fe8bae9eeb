"""`data.origin: frozen`: records that somebody brought, read from the project's folder synthetic/.

Nothing is drawn and nothing corrected: the files are checked, and copied byte for byte.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import UNKNOWN_STYLE, FieldSummary, PreparedDataset, Record, SplitSummary
from clinft.artifacts.jsonl import iter_models
from clinft.errors import Problem, SpecError
from clinft.spec.data import SPLITS
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare import checks

FOLDER = "synthetic"
GENERATOR, VERSION = "frozen", 1
MOST_PROBLEMS = 100
# Split and line.
Seen = tuple[str, int]
Key = TypeVar("Key", str, bytes)


def digests(brought: Path) -> dict[str, str]:
    """By name in the project: what the prepared records depend on. SpecError where a file is missing."""
    return {f"{FOLDER}/{split}.jsonl": digest_file(_existing(brought, split)) for split in SPLITS}


def prepare(spec: ProjectSpec, brought: Path, records_dir: Path) -> PreparedDataset:
    """Copies `brought`/{train,validation,dev,test}.jsonl to `records_dir`. SpecError with file and line."""
    copies = {split: _copied(_existing(brought, split), records_dir) for split in SPLITS}
    try:
        check = _Check(spec)
        tallies = {split: check.file(split, copies[split], brought / f"{split}.jsonl") for split in SPLITS}
        check.raise_for_problems(sum(tally.records for tally in tallies.values()))
        for split, copy in copies.items():
            copy.replace(records_dir / f"{split}.jsonl")
    finally:
        for copy in copies.values():
            copy.unlink(missing_ok=True)
    return PreparedDataset(
        generator=GENERATOR,
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
        terminology_release="none: the records were brought",
    )


def _existing(brought: Path, split: str) -> Path:
    path = brought / f"{split}.jsonl"
    if path.is_symlink() or not path.is_file():
        raise SpecError(
            f"{path} is missing, or is no plain file.",
            "`data.origin: frozen` reads four files there: train, validation, dev and test.",
            "Bring all four files, or write `origin: generated`.",
        )
    return path


def _copied(source: Path, records_dir: Path) -> Path:
    """What is checked is the copy, so that nothing changes between check and use."""
    records_dir.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, records_dir / f".{source.name}.partial"))


@dataclass
class _Check:
    """`texts`, `ids`, `scenarios`: where each was seen first; of a text 16 bytes of its digest are kept."""

    spec: ProjectSpec
    problems: list[Problem] = field(default_factory=list)
    texts: dict[bytes, Seen] = field(default_factory=dict)
    ids: dict[str, Seen] = field(default_factory=dict)
    scenarios: dict[str, Seen] = field(default_factory=dict)

    def file(self, split: str, copy: Path, source: Path) -> checks.Tally:
        """`source`: what people know the copy as."""
        self._source = source
        tally = checks.Tally()
        try:
            for _ in tally.watch(self._checked(split, copy)):
                pass
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
        if record.target not in self.spec.task.labels:
            self._add(row, "The target is not one of `task.labels`.", "Correct the row, or add the label.")
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
        self.problems.append(Problem(str(self._source), row, 0, message, next_step=next_step))

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
    """Where nobody said how records are written, nothing is known to be shared; the dictionary says so."""
    shared = tallies["train"].by_style.keys() & tallies["test"].by_style.keys()
    return len(shared - {UNKNOWN_STYLE})


def _fields(spec: ProjectSpec, unknown_style: bool) -> tuple[FieldSummary, ...]:
    """Examples are no texts of the records: this table is read far and wide."""
    style = "How the text is written, as whoever brought it says."
    if unknown_style:
        style += (
            f" `{UNKNOWN_STYLE}`: nobody said, so it was not checked that training and test differ in it."
        )
    rows = (
        ("id", "text", "Carries no meaning.", "train-000001"),
        ("scenario", "text", "Records that tell of the same case share it; no two splits do.", "-"),
        ("style", "text", style, UNKNOWN_STYLE if unknown_style else "-"),
        ("text", "text", "What the model reads.", "(not shown)"),
        ("target", "label", "The right answer.", spec.task.labels[0]),
        ("facts", "object", "What whoever brought it says of the text; it may be empty.", "{}"),
    )
    return tuple(FieldSummary(name=n, type=t, meaning=m, example=e) for n, t, m, e in rows)
