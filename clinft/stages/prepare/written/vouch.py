"""Why nobody has to vouch for a model's texts: facts are drawn again, and each text is checked again."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from clinft.artifacts.data import Record
from clinft.artifacts.frozen_provenance import FrozenProvenance
from clinft.artifacts.jsonl import iter_models
from clinft.errors import Problem
from clinft.spec.data import SPLITS
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare.frozen_files import Rows
from clinft.stages.prepare.written.source import refuse_unless_writable, rewritten, streams_of, vocabulary_of
from clinft.stages.prepare.written.survival import brief_of, faults
from clinft.stages.prepare.written.vocabulary import Vocabulary

NEXT = "Freeze again: what the generator draws, or what is asked of a text, has changed since."


def problems(
    provenance: FrozenProvenance,
    spec: ProjectSpec,
    files: Mapping[str, Path],
    rows: Mapping[str, Rows],
    team: Path | None = None,
) -> list[Problem]:
    """Rows that are not the generator's facts, or whose text does not tell them. `files`: by split."""
    again = drawn_from(provenance, spec)
    if again is None:
        return [_problem(rows["train"], 0, "provenance.json does not say what the facts were drawn from.")]
    refuse_unless_writable(again)
    vocabulary, streams = vocabulary_of(again, team), streams_of(again, team)
    return [
        _problem(rows[split], row, message)
        for split in SPLITS
        for row, message in _of_split(files[split], streams[split], vocabulary)
    ]


def drawn_from(provenance: FrozenProvenance, spec: ProjectSpec) -> ProjectSpec | None:
    """The spec as it was when the facts were drawn; None for records that were not drawn here."""
    if provenance.origin != "written" or provenance.data is None or provenance.domain is None:
        return None
    task = spec.task.model_copy(update={"labels": provenance.labels, "classify": provenance.classify})
    return spec.model_copy(
        update={"data": provenance.data, "clinical_domain": provenance.domain, "task": task}
    )


def _of_split(path: Path, drawn: Iterator[Record], vocabulary: Vocabulary) -> Iterator[tuple[int, str]]:
    """Records stand in the generator's order, and some may have been dropped."""
    for row, record in enumerate(iter_models(path, Record), start=1):
        made = next((one for one in drawn if one.id == record.id), None)
        if made is None:
            yield row, "The generator draws no such record, or not in this place."
            return
        if record == made:
            continue
        if record != rewritten(made, record.text):
            yield row, "The facts are not those that the generator draws."
            continue
        brief = brief_of(made, vocabulary)
        if brief is None or faults(brief, record.text, vocabulary):
            yield row, "The text does not tell its facts, or tells more than them."


def _problem(rows: Rows, row: int, message: str) -> Problem:
    path, line = rows.place(row)
    return Problem(str(path), line, 0, message, next_step=NEXT)
