"""How numbers look in every document: digits, intervals, money, digests."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import MetricResult
from clinft.stages.report.markdown import code, escape

SHORT_DIGEST = 12


def number(value: float) -> str:
    """Three decimals where fractions live, fewer for large numbers."""
    return f"{value:,.{_decimals(value)}f}"


def interval(measured: Interval) -> str:
    return _with_bounds(measured, "")


def interval_n(measured: Interval) -> str:
    return f"{interval(measured)} (n = {measured.n:,})"


def difference(measured: Interval) -> str:
    return _with_bounds(measured, "+")


def metric(result: MetricResult | None, n: int) -> str:
    """`n` is that of the table; another one is said. A value that is absent says why."""
    if result is None:
        return "missing: not asked for in evaluation.metrics"
    if result.interval is None:
        return missing(result.missing or "no reason was recorded")
    return interval(result.interval) if result.interval.n == n else interval_n(result.interval)


def optional(value: float | None, reason: str) -> str:
    return missing(reason) if value is None else number(value)


def count(things: int, one: str) -> str:
    return f"{things:,} {one}" + ("" if things == 1 else "s")


def missing(reason: str) -> str:
    return f"missing: {escape(reason)}"


def percent(fraction: float) -> str:
    return f"{100 * fraction:g} %"


def share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({100 * part / whole:.0f} %)" if whole else "")


def p_value(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def usd(amount: Decimal) -> str:
    return f"{amount:,.2f} USD"


def short(digest: str) -> str:
    return code(digest[:SHORT_DIGEST])


def measured_value(name: str, value: float | int | str) -> str:
    if name.endswith("_bytes") and not isinstance(value, str):
        return f"{value / 2**30:.2f} GiB"
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def methods(intervals: Iterable[tuple[str, Interval]]) -> str:
    """How the intervals of a table were made: `Wilson (accuracy), bootstrap (macro-F1)`, at what level."""
    by_method: dict[tuple[str, float], list[str]] = {}
    for name, measured in intervals:
        names = by_method.setdefault((measured.method, measured.confidence), [])
        if name not in names:
            names.append(name)
    return "; ".join(
        f"{percent(confidence)} {escape(method)} ({', '.join(names)})"
        for (method, confidence), names in by_method.items()
    )


def _with_bounds(measured: Interval, sign: Literal["", "+"]) -> str:
    """All three with the decimals that suit the largest."""
    decimals = _decimals(max(abs(measured.value), abs(measured.low), abs(measured.high)))
    value, low, high = (f"{x:{sign},.{decimals}f}" for x in (measured.value, measured.low, measured.high))
    return f"{value} [{low}, {high}]"


def _decimals(value: float) -> int:
    if abs(value) < 10:
        return 3
    return 1 if abs(value) < 1000 else 0
