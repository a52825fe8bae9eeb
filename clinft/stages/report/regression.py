"""The regression verdict in tables: metrics, rules of safety, subgroups, references, trend, caveats."""

from collections.abc import Iterable, Sequence

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import (
    CriticalFlip,
    MetricChange,
    Reference,
    RegressionVerdict,
    SafetyCheck,
    SubgroupChange,
    TrendPoint,
)
from clinft.stages.report import numbers, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, escape, table

# Of each table; the rest is counted.
MOST_ROWS = 50


def sections(facts: RunFacts, measured_on: str) -> Iterable[str]:
    """Of `report.md`. `measured_on`: the sentence that says on what."""
    verdict = facts.regression
    yield "## Regression"
    if verdict.baseline_run_id is None:
        yield "missing: no baseline, because deployment.yaml names no run yet"
    else:
        yield f"Baseline {code(verdict.baseline_run_id)}, candidate {code(verdict.candidate_run_id)}."
    yield from metrics(verdict.metrics)
    if verdict.metrics:
        yield measured_on
    yield from flips(verdict.critical_flips)
    yield from subgroups(verdict.subgroups)
    yield from references(verdict.references)
    yield from trend(verdict.trend)
    yield from caveats(verdict.caveats)
    if verdict.looks is not None:
        yield (
            f"This test split was looked at {numbers.count(verdict.looks, 'time')}, this one included: the "
            "more looks, the more a good result may be luck."
        )
    if verdict.protocol_sha256 is not None:
        yield (
            "Margins, thresholds, critical labels, sentinels and bounds: "
            f"{numbers.short(verdict.protocol_sha256)}{_laid_down(verdict)}"
        )


def _laid_down(verdict: RegressionVerdict) -> str:
    if not verdict.protocols_before:
        return ", laid down before this run was judged."
    earlier = ", ".join(numbers.short(digest) for digest in verdict.protocols_before)
    return f", **changed after this run was first judged** (before: {earlier})."


def metrics(changes: Sequence[MetricChange]) -> Iterable[str]:
    if not changes:
        return
    yield table(
        ("Metric", "Baseline", "Candidate", "Difference", "p, one-sided", "After Holm", "Lost / won",
         "Margin", "Loss that would show", "Items needed", "Status", "Detail"),
        (
            (
                escape(words.metric(change.metric)),
                numbers.optional(change.baseline, "no baseline"),
                numbers.optional(change.candidate, "not measured"),
                _with_n(change.difference),
                _p(change.p_value),
                _p(change.p_adjusted),
                "" if change.worse is None else f"{change.worse:,} / {change.better:,}",
                numbers.number(change.margin),
                "" if change.minimum_detectable is None else numbers.number(change.minimum_detectable),
                "" if change.items_needed is None else f"{change.items_needed:,}",
                change.status.replace("_", " "),
                escape(change.detail),
            )
            for change in changes
        ),
    )  # fmt: skip
    compared = [change.difference for change in changes if change.difference is not None]
    how = numbers.methods(("difference", found) for found in compared)
    yield (f"Brackets: {how}. " if how else "") + (
        "Loss that would show: as a FAIL, with 80 % power. Items needed: to rule out a loss of the margin "
        "for equal models, with 80 % power."
    )


def safety(checks: Sequence[SafetyCheck]) -> Iterable[str]:
    if not checks:
        return
    yield table(
        ("Rule of safety", "Status", "n", "Measured", "Why"),
        (
            (
                words.SAFETY[check.rule],
                check.status if check.status == "PASS" else f"**{check.status.replace('_', ' ')}**",
                "" if check.n is None else f"{check.n:,}",
                "" if check.measured is None else numbers.difference(check.measured)
                if check.rule in ("critical_flips", "hallucination", "critical_omission")
                else numbers.interval(check.measured),
                escape(check.detail),
            )
            for check in checks
        ),
        numeric={2},
    )  # fmt: skip


def flips(found: Sequence[CriticalFlip]) -> Iterable[str]:
    if not found:
        return
    yield "Critical cases that the baseline had right and this model has wrong:"
    listed = [
        f"{code(flip.item)}{' (sentinel)' if flip.sentinel else ''}: {code(flip.target or 'a text')} "
        f"answered as {code(flip.prediction) if flip.prediction is not None else _unnamed(flip)}"
        for flip in found[:MOST_ROWS]
    ]
    yield bullets([*listed, *_rest(len(found), "case")])


def _unnamed(flip: CriticalFlip) -> str:
    return "no label" if flip.target is not None else "another text"


def subgroups(found: Sequence[SubgroupChange]) -> Iterable[str]:
    if not found:
        return
    yield "By subgroup (exploratory; p after Benjamini and Hochberg):"
    shown = sorted(found, key=lambda one: (one.p_adjusted, one.p_value, one.slice, one.value))
    yield table(
        ("Subgroup", "n", "Metric", "Difference", "p, one-sided", "p, adjusted"),
        (
            (
                f"{escape(one.slice)} {code(one.value)}",
                f"{one.n:,}",
                escape(words.metric(one.metric)),
                numbers.difference(one.difference),
                _p(one.p_value),
                _p(one.p_adjusted),
            )
            for one in shown[:MOST_ROWS]
        ),
        numeric={1},
    )
    yield from _rest(len(found), "subgroup")


def references(found: Sequence[Reference]) -> Iterable[str]:
    if not found:
        return
    yield table(
        ("Reference", "Run", "Measured on", "Status", "Why"),
        (
            (
                words.REFERENCES[one.role],
                code(one.run_id),
                escape(one.measured_on or "not known"),
                f"**{one.status}**",
                escape(one.reason),
            )
            for one in found
        ),
    )


def trend(points: Sequence[TrendPoint]) -> Iterable[str]:
    if not points:
        return
    yield "All runs so far, the oldest first; a flag says that the average drifts (EWMA beyond its limit):"
    yield table(
        ("Metric", "Run", "Value", "Flag"),
        (
            (
                escape(words.metric(point.metric)),
                code(point.run_id),
                numbers.interval_n(point.interval),
                "**drifts**" if point.flagged else "",
            )
            for point in points[-MOST_ROWS:]
        ),
    )


def caveats(found: Sequence[str]) -> Iterable[str]:
    if found:
        yield "What this verdict leaves open:"
        yield bullets(escape(caveat) for caveat in found)


def _rest(count: int, what: str) -> list[str]:
    return [f"and {numbers.count(count - MOST_ROWS, f'further {what}')}"] if count > MOST_ROWS else []


def _with_n(found: Interval | None) -> str:
    return "" if found is None else f"{numbers.difference(found)} (n = {found.n:,})"


def _p(value: float | None) -> str:
    return "" if value is None else numbers.p_value(value)
