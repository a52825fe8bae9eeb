"""Per-item answers that somebody else got: JSON Lines of `{id, target, prediction, …}`, checked and streamed.

`clinft regress --baseline A.jsonl --candidate B.jsonl` and `clinft evaluate --predictions FILE.jsonl` read
them. An error names FILE:LINE:COLUMN and the key, never the content: a prediction may be a patient's text.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from clinft.artifacts.answers import parse_answer
from clinft.artifacts.canonical import digest_json
from clinft.artifacts.results import ItemResult
from clinft.artifacts.scoring.reading import normalised
from clinft.errors import Problem, SpecError
from clinft.spec.base import Strict
from clinft.spec.row_errors import in_words

# Far above any answer; a file without line ends must not fill the memory.
MOST_LINE_BYTES = 4_000_000
MOST_PROBLEMS = 20
SYSTEM, SCORING = "given", "generated_text"
EXAMPLE = '{"id": "1", "target": "yes", "prediction": "no"}'
SLICE = "slice_"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Id = Annotated[str, StringConstraints(min_length=1, max_length=500)]
SliceText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# A number, not its spelling.
Score = Annotated[float, Field(ge=0.0, le=1.0)]
Slices = Annotated[dict[SliceText, SliceText], Field(max_length=50)]


class Row(Strict):
    """One answer. A `score` from 0 to 1 may stand instead of target and prediction, or beside them.

    `slice_<name>` keys of a line are gathered in `slices`. `scored_by`: version of the metric or judge that
    gave the score; two files are compared only where it is the same.
    """

    id: Id
    target: str | None = None
    prediction: str | None = None
    score: Score | None = None
    cluster: Id | None = None
    critical: bool | None = None
    slices: Slices = Field(default_factory=dict)
    scored_by: Id | None = None

    @property
    def labelled(self) -> bool:
        """Null as a prediction is an answer that could not be read; a key that is not there is none."""
        return self.target is not None and "prediction" in self.model_fields_set


@dataclass(frozen=True)
class Line:
    number: int
    row: Row


def iter_rows(path: Path) -> Iterator[Line]:
    """Row by row, so that a huge file takes no memory but its ids.

    Raises SpecError with every problem found (at most MOST_PROBLEMS), after the rows before it were given.
    """
    if not path.is_file():
        raise SpecError(
            f"There is no file {path}.",
            "The path is misspelt, or it is a folder.",
            "Name a JSONL file with one line for each item.",
        )
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    with path.open("rb") as stream:
        number = 0
        while (raw := stream.readline(MOST_LINE_BYTES + 1)) and len(problems) < MOST_PROBLEMS:
            number += 1
            if len(raw) > MOST_LINE_BYTES:
                problems.append(_problem(path, number, 0, "the line is longer than any answer"))
                break
            text = raw.removeprefix(BYTE_ORDER_MARK) if number == 1 else raw
            if not text.strip():
                continue
            found = _read(text)
            if isinstance(found, _Wrong):
                problems.append(_problem(path, number, found.column, found.message))
            elif found.id in lines:
                again = f"its id stands on line {lines[found.id]} already"
                problems.append(_problem(path, number, _column(text, "id"), again))
            else:
                lines[found.id] = number
                yield Line(number, found)
    if problems:
        raise SpecError(
            f"{path.name} is no file of answers.",
            "Each row is a JSON object with one answer to one item.",
            f"Correct the lines named; a row is e.g. {EXAMPLE}",
            tuple(problems),
        )
    if not lines:
        raise SpecError(f"{path} holds no answer.", "It is empty.", f"Write a line for each item: {EXAMPLE}")


@dataclass(frozen=True)
class Answers:
    """`labelled`: every row has target and prediction; else every row has a score alone."""

    rows: list[ItemResult]
    labelled: bool


def read_items(path: Path, labels: Sequence[str] | None = None, system: str = SYSTEM) -> list[ItemResult]:
    return read_answers(path, labels, system).rows


def read_answers(path: Path, labels: Sequence[str] | None = None, system: str = SYSTEM) -> Answers:
    """The rows as `clinft evaluate` would have written them: no text of target or answer.

    `labels` absent: targets that come again are labels; where most stand once they are texts. A label is
    read as the pipeline reads a model's answer; texts are right where their words are equal. Where rows hold
    scores alone, an item is right where its score is 1.
    """
    given = list(iter_rows(path))
    judged = [line.row.labelled for line in given]
    if any(judged) and not all(judged):
        first = given[judged.index(not judged[0])].number
        raise SpecError(
            f"{path.name}: some rows have target and prediction, others a score alone.",
            "The rows come from two sources.",
            "Write the same keys in every row.",
            (_problem(path, first, 0, "its keys differ from those of the first row"),),
        )
    known = tuple(labels) if labels is not None else labels_of([line.row.target for line in given])
    if labels is not None:
        _refuse_other_labels(path, given, known)
    return Answers([_item(line.row, known, system) for line in given], labelled=any(judged))


def labels_of(targets: Sequence[str | None]) -> tuple[str, ...]:
    """Empty where the targets are texts. Sorted, so that the order of rows changes nothing."""
    counts = Counter(target for target in targets if target is not None)
    return tuple(sorted(counts)) if counts and 2 * len(counts) <= counts.total() else ()


def _refuse_other_labels(path: Path, given: Sequence[Line], labels: Sequence[str]) -> None:
    known = set(labels)
    wrong = [line.number for line in given if line.row.target is not None and line.row.target not in known]
    if wrong:
        raise SpecError(
            f"{path.name}: targets that are none of the labels.",
            "The labels are incomplete, or the file is of another task.",
            "Name every label of the task, exactly as in `target`.",
            tuple(_problem(path, number, 0, "target is no label") for number in wrong[:MOST_PROBLEMS]),
        )


def _item(row: Row, labels: Sequence[str], system: str) -> ItemResult:
    said = _said(row.prediction, labels)
    if row.labelled:
        parsed = said is not None
        correct = parsed and said == _said(row.target, labels)
    else:
        parsed, correct = True, row.score == 1.0
    return ItemResult(
        item=row.id,
        # Two files are of the same items where ids and right answers are the same.
        item_sha256=digest_json([row.id, row.target, row.cluster]),
        system=system,
        scoring=SCORING,
        target=row.target if labels else None,
        prediction=said if labels else None,
        correct=correct,
        answer_nll_nats=None,
        answer_tokens=None,
        cluster=row.cluster,
        parsed=parsed,
        score=None if row.score is None else row.score if parsed else 0.0,
        slices=row.slices,
        critical=row.critical,
        scored_by=row.scored_by,
    )


def _said(answer: str | None, labels: Sequence[str]) -> str | None:
    if answer is None or not answer.strip():
        return None
    return parse_answer(answer, labels) if labels else normalised(answer) or answer.strip()


@dataclass(frozen=True)
class _Wrong:
    column: int
    message: str


def _read(raw: bytes) -> Row | _Wrong:
    try:
        found = json.loads(raw.decode().rstrip("\r\n"), parse_constant=_no_number)
    except RecursionError:
        return _Wrong(1, "nested too deeply")
    except ValueError as error:
        return _unread(raw, error)
    return _row(raw, found) if isinstance(found, dict) else _Wrong(1, "not a JSON object")


def _unread(raw: bytes, error: ValueError) -> _Wrong:
    if isinstance(error, UnicodeDecodeError):
        return _Wrong(error.start + 1, "not UTF-8")
    if isinstance(error, json.JSONDecodeError):
        return _Wrong(error.pos + 1, "not JSON")
    if (named := str(error)) in NO_NUMBERS:
        return _Wrong(raw.decode().find(named) + 1, "no number: NaN and Infinity are not measured")
    return _Wrong(1, "a number that is too long")


def _row(raw: bytes, found: dict[str, Any]) -> Row | _Wrong:
    short = {key.removeprefix(SLICE): found.pop(key) for key in list(found) if key.startswith(SLICE)}
    if short and isinstance(found.get("slices", {}), dict):
        found["slices"] = {**found.get("slices", {}), **short}
    if type(found.get("id")) is int:
        found["id"] = str(found["id"])
    try:
        row = Row.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        # A key that is not known may hold anything, so only its place is told.
        name = key if key in Row.model_fields else "a key that is not known"
        return _Wrong(_column(raw, key), f"{name}: {in_words(first['type'])}")
    if not row.labelled and row.score is None:
        return _Wrong(1, "neither target and prediction nor a score")
    if row.target is not None and not row.target.strip():
        return _Wrong(_column(raw, "target"), "target: empty")
    return row


NO_NUMBERS = ("NaN", "Infinity", "-Infinity")


def _no_number(name: str) -> float:
    raise ValueError(name)


def _column(raw: bytes, key: str) -> int:
    """Where the key stands, from 1; 1 where it is missing. Of slices that are spelt out: of the first."""
    text = raw.decode()
    spelt = f'(?:slices|{SLICE}[^"]*)' if key == "slices" else re.escape(json.dumps(key)[1:-1])
    match = re.search(rf'"{spelt}"\s*:', text)
    return match.start() + 1 if match else 1


def _problem(path: Path, line: int, column: int, message: str) -> Problem:
    return Problem(str(path), line, column, message)
