"""Answers that somebody else got, one JSONL file a rung: checked by line, compared only on the same items."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from clinft.artifacts.answers import parse_answer
from clinft.artifacts.assessment import MeasureName
from clinft.artifacts.error_categories import categorize
from clinft.artifacts.scoring.reading import normalised
from clinft.errors import Problem, SpecError
from clinft.spec.base import Count, Fraction, Strict
from clinft.spec.row_errors import in_words
from clinft.stages.assess.outcomes import Outcome, Rung

# Far above any answer; a file without line ends must not fill the memory.
MOST_LINE_BYTES = 4_000_000
MOST_PROBLEMS = 20
Positive = Annotated[float, Field(ge=0.0, strict=False, allow_inf_nan=False)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=500)]
EXAMPLE = '{"id": "1", "target": "yes", "prediction": "no"}'


class Row(Strict):
    """One answer. A `score` from 0 to 1 may stand instead of target and prediction, or beside them."""

    id: Id
    target: str | None = None
    prediction: str | None = None
    score: Fraction | None = None
    cluster: Id | None = None
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    seconds: Positive | None = None
    cost_usd: Positive | None = None
    critical: bool | None = None

    @property
    def labelled(self) -> bool:
        """Null as a prediction is an answer that could not be read; a key that is not there is none."""
        return self.target is not None and "prediction" in self.model_fields_set


@dataclass(frozen=True)
class Given:
    """`judged`: right or wrong can be said of every item. `gold`: targets, where they are labels."""

    rungs: tuple[Rung, ...]
    measure: MeasureName
    judged: bool
    gold: tuple[str, ...] | None

    @property
    def metric(self) -> str:
        return "accuracy" if self.measure == "accuracy" else "score as given"


@dataclass(frozen=True)
class _File:
    path: Path
    rows: dict[str, tuple[int, Row]]  # by id: line, row


def read(paths: Sequence[Path], critical: Sequence[str] = ()) -> Given:
    """SpecError with every problem, as FILE:LINE. `critical`: targets whose misses are counted apart."""
    files = [_file(path) for path in paths]
    _refuse_other_items(files)
    targets = [row.target for _, row in files[0].rows.values() if row.target is not None]
    judged = all(row.labelled for file in files for _, row in file.rows.values())
    labels = _labels(targets) if judged else ()
    _refuse_unknown(critical, targets, judged)
    scored = any(row.score is not None for file in files for _, row in file.rows.values())
    rungs = tuple(
        Rung(
            file.path.stem,
            "generated_text",
            [_outcome(file.rows[id_][1], labels, critical, judged) for id_ in files[0].rows],
        )
        for file in files
    )
    gold = tuple(targets) if labels else None
    return Given(rungs, "score" if scored else "accuracy", judged, gold)


def _file(path: Path) -> _File:
    if not path.is_file():
        raise SpecError(
            f"There is no file {path}.", "The path is misspelt.", "Name JSONL files, one for each prompt."
        )
    rows: dict[str, tuple[int, Row]] = {}
    problems: list[Problem] = []
    with path.open("rb") as stream:
        number = 0
        while (line := stream.readline(MOST_LINE_BYTES + 1)) and len(problems) < MOST_PROBLEMS:
            number += 1
            if len(line) > MOST_LINE_BYTES:
                problems.append(_problem(path, number, "the line is longer than any answer"))
                break
            if not line.strip():
                continue
            row = _row(path, number, line, problems)
            if row is not None and row.id in rows:
                problems.append(_problem(path, number, f"its id stands on line {rows[row.id][0]} already"))
            elif row is not None:
                rows[row.id] = (number, row)
    if problems:
        raise _refused(f"{path.name} is no file of predictions.", problems)
    if not rows:
        raise SpecError(f"{path} holds no answer.", "It is empty.", f"Write a line for each item: {EXAMPLE}")
    return _File(path, rows)


def _row(path: Path, number: int, line: bytes, problems: list[Problem]) -> Row | None:
    try:
        # The first line may begin with a byte-order mark.
        row = Row.model_validate_json(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        known = [str(part) for part in first["loc"] if str(part) in Row.model_fields]
        problems.append(_problem(path, number, f"{'.'.join(known) or 'the row'}: {in_words(first['type'])}"))
        return None
    if not row.labelled and row.score is None:
        problems.append(_problem(path, number, "neither target and prediction nor a score"))
        return None
    if row.critical and not row.labelled:
        problems.append(_problem(path, number, "critical, and no target and prediction to tell a miss by"))
        return None
    return row


def _refuse_other_items(files: Sequence[_File]) -> None:
    """Pairs are compared, so each file must answer the same questions, with the same right answers."""
    first, problems = files[0], []
    for file in files[1:]:
        for id_, (line, row) in file.rows.items():
            if id_ not in first.rows:
                problems.append(_problem(file.path, line, f"its id is not in {first.path.name}"))
                continue
            other_line, other = first.rows[id_]
            if (row.target, row.cluster) != (other.target, other.cluster):
                where = f"line {other_line} of {first.path.name}"
                problems.append(_problem(file.path, line, f"target or cluster differs from {where}"))
        for id_, (line, _) in first.rows.items():
            if id_ not in file.rows:
                problems.append(_problem(first.path, line, f"its id is not in {file.path.name}"))
    if problems:
        raise _refused("The files do not answer the same questions.", problems[:MOST_PROBLEMS])


def _refuse_unknown(critical: Sequence[str], targets: Sequence[str], judged: bool) -> None:
    unknown = set(critical) - set(targets)
    if unknown or (critical and not judged):
        raise SpecError(
            "--critical names a label that no target is." if unknown else "--critical needs targets.",
            "It is misspelt, or the rows hold scores alone.",
            "Write the label exactly as in `target`.",
        )


def _labels(targets: Sequence[str]) -> tuple[str, ...]:
    """Targets that come again are labels; where most stand once they are texts, and none is a label."""
    known = dict.fromkeys(targets)
    return tuple(known) if 2 * len(known) <= len(targets) else ()


def _outcome(row: Row, labels: Sequence[str], critical: Sequence[str], judged: bool) -> Outcome:
    said = _said(row.prediction, labels) if judged else None
    parsed = said is not None if judged else True
    correct = said == _said(row.target, labels) and parsed if judged else row.score == 1.0
    score = row.score if row.score is not None else float(correct)
    is_critical = bool(row.critical) or (row.target in critical)
    kind = "classification" if labels else "question_answering"
    category = None
    if judged and not correct:
        category = categorize(row.target or "", said, parsed, None, labels, kind)  # type: ignore[arg-type]  # two literals
    return Outcome(
        item=row.id,
        score=score if parsed else 0.0,
        correct=correct,
        parsed=parsed,
        missed_critical=not correct if is_critical else None,
        category=category,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        seconds=row.seconds,
        cost_usd=row.cost_usd,
        cluster=row.cluster,
    )


def _said(answer: str | None, labels: Sequence[str]) -> str | None:
    if answer is None or not answer.strip():
        return None
    return parse_answer(answer, labels) if labels else normalised(answer)


def _problem(path: Path, line: int, message: str) -> Problem:
    return Problem(str(path), line, 0, message)


def _refused(what: str, problems: Sequence[Problem]) -> SpecError:
    return SpecError(
        what,
        "Each row is a JSON object; the files hold one answer to each item.",
        f"Correct the lines named; a row is e.g. {EXAMPLE}",
        tuple(problems),
    )
