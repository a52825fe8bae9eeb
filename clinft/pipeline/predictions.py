"""`clinft evaluate --predictions FILE.jsonl --task KIND`: the file's rows, scored by the kind's rules."""

from collections.abc import Sequence
from pathlib import Path

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.artifacts.error_categories import categorize, category_of
from clinft.artifacts.results import ItemResult
from clinft.artifacts.scoring import TABLE, kind_of
from clinft.artifacts.scoring.refusal import refuses
from clinft.errors import SpecError
from clinft.pipeline.item_files import Row, iter_rows, labels_of, read_items
from clinft.pipeline.regressing_files import marked, read_critical
from clinft.spec.project import TaskSpec
from clinft.stages.evaluate.given import FileEvaluation, evaluate_given

CLASSIFICATION = "classification"
# These need what a file of answers does not hold: the text, its gold facts, the schema of the answer.
NOT_IN_A_FILE = frozenset(
    {
        "claims", "claims_unsupported", "facts", "facts_told", "facts_critical", "facts_critical_told",
        "schema_valid",
    }
)  # fmt: skip


def evaluate(
    path: Path, kind: str, labels: Sequence[str], critical: Path | None, confidence: float
) -> FileEvaluation:
    """SpecError where the file, the kind or the labels cannot be used; all problems of the file at once."""
    _check_call(kind, labels, confidence)
    rows = read_items(path, tuple(labels) or None)
    known = _labels(path, rows, labels) if kind == CLASSIFICATION else ()
    score = _as_label if kind == CLASSIFICATION else _as_text
    rows = [score(row, line.row, kind, known) for row, line in zip(rows, iter_rows(path), strict=True)]
    critical_labels: Sequence[str] = ()
    if critical is not None:
        critical_labels, items = read_critical(critical, rows)
        rows = marked(rows, critical_labels, items)
    answered = any(line.row.labelled for line in iter_rows(path))
    return evaluate_given(rows, kind, known, critical_labels, confidence, digest_file(path), answered)


def _check_call(kind: str, labels: Sequence[str], confidence: float) -> None:
    if kind not in TABLE:
        raise SpecError(
            "--task names no kind of task whose answers clinft can judge.",
            "It is misspelt.",
            f"Name one of: {', '.join(TABLE)}.",
        )
    if labels and kind != CLASSIFICATION:
        raise SpecError(
            f"--labels goes with --task {CLASSIFICATION}.",
            "Answers of other kinds are no labels.",
            "Leave it out.",
        )
    if not 0.5 < confidence < 1.0:
        raise SpecError(
            "--confidence is between 0.5 and 1.", "It was given in percent.", "Write e.g. --confidence 0.95."
        )


def _labels(path: Path, rows: Sequence[ItemResult], named: Sequence[str]) -> tuple[str, ...]:
    """As named, else those that occur. Rows with a score alone have none."""
    if named:
        return tuple(named)
    found = labels_of([row.target for row in rows])
    if not found and any(row.target is None and row.score is None for row in rows):
        raise SpecError(
            f"{path.name}: most targets occur once, so they are no labels.",
            "The answers are texts, or the file has few rows.",
            "Name another --task, or every label with --labels.",
        )
    return found


def _as_label(row: ItemResult, given: Row, kind: str, labels: Sequence[str]) -> ItemResult:
    if not given.labelled:
        return row
    answer = given.prediction or ""
    return row.model_copy(
        update={
            "category": None
            if row.correct
            else categorize(row.target or "", row.prediction, row.was_parsed, None, labels, "classification"),
            "refused": not answer.strip() or refuses(answer),
        }
    )


def _as_text(row: ItemResult, given: Row, kind: str, labels: Sequence[str]) -> ItemResult:
    """By the rules of the kind, from the right answer alone; a score that the file has stays."""
    if not given.labelled or given.target is None:
        return row
    answer = given.prediction or ""
    record = Record(id=given.id, scenario=given.id, style="unknown", text="", target=given.target, facts={})
    task = TaskSpec(
        kind=kind,  # type: ignore[arg-type]  # one of the table's
        description="answers of a file",
        output_schema={} if kind == "extraction" else None,
    )
    try:
        scored, gold = (kind_of(kind).score(said, record, task) for said in (answer, given.target))
        category = category_of(record, scored, task)
    except ValueError:
        raise SpecError(
            f"A target is no right answer of kind {kind}.",
            "extraction and ner have JSON there.",
            "Name another --task, or correct the targets.",
        ) from None
    values = {name: value for name, value in scored.values.items() if name not in NOT_IN_A_FILE}
    coded = kind == "coding"
    return row.model_copy(
        update={
            "target": gold.said if coded else None,
            "prediction": scored.said if coded else None,
            "correct": scored.correct,
            "parsed": scored.parsed,
            "score": scored.score if given.score is None else given.score,
            "values": dict(sorted(values.items())),
            "category": category,
            "refused": not answer.strip() or refuses(answer),
        }
    )
