"""`clinft regress --baseline A.jsonl --candidate B.jsonl`: reads the files, and what is critical in them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.results import ItemResult
from clinft.errors import Problem, SpecError
from clinft.metrics import TABLE
from clinft.pipeline.item_files import SYSTEM, read_answers
from clinft.spec.evaluation import MetricName
from clinft.stages.regress.files import FilesVerdict, Given, protocol_of, regress_files

MOST_PROBLEMS = 20
MOST_BYTES = 10_000_000


def regress(
    baseline: Path, candidate: Path, metrics: Sequence[str], margin: float, critical: Path | None
) -> FilesVerdict:
    """SpecError where a file cannot be read; rows that cannot be compared are a verdict, not an error."""
    _check_call(metrics, margin)
    before, now = _given(baseline), _given(candidate)
    labels, sentinels = ([], []) if critical is None else read_critical(critical, now.rows)
    before, now = (replace(one, rows=marked(one.rows, labels, sentinels)) for one in (before, now))
    protocol = protocol_of(now, cast(Sequence[MetricName], metrics), margin, labels, sentinels)
    return regress_files(before, now, protocol, SYSTEM)


def _given(path: Path) -> Given:
    answers = read_answers(path)
    return Given(answers.rows, answers.labelled, digest_file(path))


def marked(rows: Sequence[ItemResult], labels: Sequence[str], items: Sequence[str]) -> list[ItemResult]:
    """What the list names is critical, whatever a row says of itself."""
    named, ids = frozenset(labels), frozenset(items)
    return [
        row.model_copy(update={"critical": True}) if row.target in named or row.item in ids else row
        for row in rows
    ]


def _check_call(metrics: Sequence[str], margin: float) -> None:
    if not 0.0 <= margin <= 1.0:
        raise SpecError(
            "--margin is a fraction from 0 to 1.",
            "It was given in percent, or is no number.",
            "Write e.g. --margin 0.02 for two points.",
        )
    if any(name not in TABLE for name in metrics):
        raise SpecError(
            "--metric names a metric that clinft does not have.",
            "It is misspelt.",
            f"Name one of: {', '.join(TABLE)}.",
        )


def read_critical(path: Path, rows: Sequence[ItemResult]) -> tuple[list[str], list[str]]:
    """Labels whose misses count apart, and ids of items that must never be newly missed: one a line.

    A line that is both counts as both. Empty lines are passed over, and those that begin with # unless they
    are such a name themselves.
    """
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise SpecError(
            f"There is no list {path} to read.",
            "The path is misspelt, or the file is far too large for a list.",
            "Name a text file with one label or item id a line.",
        )
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise SpecError(f"{path} is no text.", "It is not UTF-8.", "Save it as UTF-8.") from None
    targets, items = {row.target for row in rows}, {row.item for row in rows}
    labels, sentinels, problems = [], [], []
    for number, line in enumerate(lines, start=1):
        name = line.strip()
        if name in targets:
            labels.append(name)
        if name in items:
            sentinels.append(name)
        if name and not name.startswith("#") and name not in targets and name not in items:
            problems.append(Problem(str(path), number, 1, "neither a label nor the id of an item"))
    if problems:
        raise SpecError(
            f"{path.name} names what is not in the files.",
            "It is misspelt, or of another set of items.",
            "Write labels exactly as in `target`, ids exactly as in `id`.",
            tuple(problems[:MOST_PROBLEMS]),
        )
    if not labels and not sentinels:
        raise SpecError(
            f"{path} names nothing critical.", "It is empty.", "Write one label or item id a line."
        )
    return list(dict.fromkeys(labels)), list(dict.fromkeys(sentinels))
