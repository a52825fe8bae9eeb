"""A file of answers, evaluated: what the terminal shows. Every text from the file is escaped."""

from collections.abc import Iterator

from clinft.artifacts.results import SystemResult
from clinft.stages.evaluate.given import FileEvaluation
from clinft.stages.report import numbers, words
from clinft.stages.report.markdown import bullets, document, escape, table


def of_file(found: FileEvaluation) -> str:
    return document(_parts(found)).rstrip("\n")


def _parts(found: FileEvaluation) -> Iterator[str]:
    result = found.result
    intervals = [
        (words.metric(one.metric), one.interval) for one in result.metrics if one.interval is not None
    ]
    yield f"{found.n:,} answers, read as {found.kind.replace('_', ' ')}."
    rows = [
        (words.metric(one.metric), numbers.metric(one, found.n), escape(one.note or ""))
        for one in result.metrics
    ]
    yield table(("metric", f"value (n = {found.n:,})", "note"), rows)
    yield f"Intervals: {numbers.methods(intervals)}."
    yield from _labels(result)
    yield from _slices(result)
    if found.errors:
        rows = [
            (escape(one.category.replace("_", " ")), f"{one.n:,}", f"{one.critical:,}")
            for one in found.errors
        ]
        yield table(("kind of error (rules, no judgement)", "answers", "on critical cases"), rows)
    if found.caveats:
        yield bullets(map(escape, found.caveats))


def _labels(result: SystemResult) -> Iterator[str]:
    if result.labels:
        rows = [
            (escape(one.label), f"{one.support:,}", numbers.interval(one.recall)) for one in result.labels
        ]
        yield table(("label", "items", "recall"), rows)


def _slices(result: SystemResult) -> Iterator[str]:
    """Subgroups of enough items; the others are counted."""
    shown = [one for one in result.slices if one.interval is not None]
    if shown:
        rows = [
            (escape(f"{one.slice}: {one.value}"), words.metric(one.metric), numbers.interval_n(one.interval))
            for one in shown
            if one.interval is not None
        ]
        yield table(("subgroup", "metric", "value"), rows)
    few = len(result.slices) - len(shown)
    if few:
        yield f"{few:,} subgroups have too few items for a figure."
