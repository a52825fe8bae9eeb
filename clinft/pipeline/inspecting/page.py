"""The page of one item, line by line. It holds a record's text: it goes to a terminal, no file and no log."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clinft.artifacts.results import ItemResult
from clinft.artifacts.scoring import kind_of
from clinft.pipeline.inspecting.answers import Answer, answers_of
from clinft.pipeline.inspecting.record import Found, NotFound, record_of
from clinft.pipeline.replay import written
from clinft.spec.project import TaskSpec
from clinft.stages.report.markdown import HIDDEN_CATEGORIES

INDENT = "    "


@dataclass(frozen=True)
class Page:
    """`changed`: the record is not the one that was measured."""

    lines: tuple[str, ...]
    changed: bool


def page_of(run: Path, item: str) -> Page:
    answers = answers_of(run, item)
    record = record_of(run, item, answers[0].row.item_sha256)
    read = written(run)
    task = None if read is None else read[0].task
    lines = [*_head(run, answers[0].row), *_text(record), *_answers(answers, record, task)]
    return Page(tuple(lines), isinstance(record, NotFound) and record.changed)


def _head(run: Path, row: ItemResult) -> Iterator[str]:
    yield f"{row.item} of {run.parents[1].name}, run {run.name}"
    known = {**row.slices, **({"case": row.cluster} if row.cluster else {})}
    if row.critical is not None:
        known["critical"] = "yes" if row.critical else "no"
    for name, value in known.items():
        yield f"  {name.replace('_', ' ')}: {_visible(value)}"
    yield f"  sha256 of text and right answer: {row.item_sha256}"


def _text(found: Found | NotFound) -> Iterator[str]:
    yield ""
    if isinstance(found, NotFound):
        yield f"Text: missing: {found.why}"
        return
    yield f"Text ({found.split}, {found.how})"
    yield from _block(found.record.text)
    yield ""
    yield "Right answer"
    yield from _block(found.record.target)


def _answers(answers: Sequence[Answer], record: Found | NotFound, task: TaskSpec | None) -> Iterator[str]:
    for answer in answers:
        row = answer.row
        yield ""
        yield f"{row.system}, {row.scoring.replace('_', ' ')}: {_outcome(row)}"
        if row.prediction is not None:
            yield f"  read as: {_visible(row.prediction)}"
        elif not row.was_parsed:
            yield "  read as: none of the answers that count"
        if (category := _category(answer, record, task)) is not None:
            yield f"  what is wrong: {category.replace('_', ' ')}"
        yield from _numbers(row)
        if answer.output is None:
            yield f"  answer: {answer.absent}"
        else:
            yield "  answer"
            yield from _block(answer.output)


def _numbers(row: ItemResult) -> Iterator[str]:
    if row.values:
        yield f"  counted: {', '.join(f'{name} {value:g}' for name, value in sorted(row.values.items()))}"
    if row.answer_nll_nats is not None:
        tokens = "" if row.answer_tokens is None else f", {row.answer_tokens} tokens"
        yield f"  surprise at the right answer: {row.answer_nll_nats:.3f} nats{tokens}"
    if row.probabilities:
        shares = ", ".join(f"{share:.3f}" for share in row.probabilities)
        yield f"  probabilities, in the order of the labels: {shares}"


def _outcome(row: ItemResult) -> str:
    if row.refused:
        return "refused"
    said = "right" if row.correct else "wrong"
    return said if row.score is None else f"{said}, score {row.score:.3f}"


def _category(answer: Answer, record: Found | NotFound, task: TaskSpec | None) -> str | None:
    """What scoring sees in the answer itself; None where it was right or is not at hand."""
    if answer.output is None or answer.row.correct or isinstance(record, NotFound) or task is None:
        return None
    return kind_of(task.kind).score(answer.output, record.record, task).category


def _block(text: str) -> Iterator[str]:
    lines = text.splitlines()
    yield from (f"{INDENT}{_visible(line)}" for line in lines or [""])


def _visible(line: str) -> str:
    """Without what a terminal obeys or does not show; one line stays one line."""
    return "".join(
        character
        for character in line
        if character == "\t" or unicodedata.category(character) not in HIDDEN_CATEGORIES
    )
