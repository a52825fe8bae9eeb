"""How a number becomes a figure: what was estimated, counted or declared, or why it is missing."""

from collections.abc import Iterable, Mapping

from clinft.artifacts.fact_sheet import Figure
from clinft.artifacts.planning import Interval
from clinft.stages.report import numbers
from clinft.stages.report.markdown import escape


def estimated(found: Interval, data_sha256: str, *, signed: bool = False, note: str | None = None) -> Figure:
    """`signed`: a difference, which shows its sign."""
    return Figure(
        basis="measured",
        shown=numbers.difference(found) if signed else numbers.interval(found),
        value=found.value,
        interval=found,
        n=found.n,
        data_sha256=data_sha256,
        note=note,
    )


def estimated_or_missing(
    found: Interval | None, reason: str | None, data_sha256: str, *, note: str | None = None
) -> Figure:
    if found is None:
        return missing(reason or "no reason was recorded")
    return estimated(found, data_sha256, note=note)


def counted(count: int, data_sha256: str, *, n: int | None = None, shown: str | None = None) -> Figure:
    """`n`: of how many; absent: the count is all there is."""
    return Figure(
        basis="measured",
        shown=shown or f"{count:,}",
        value=count,
        exact=True,
        n=count if n is None else n,
        data_sha256=data_sha256,
    )


def part(count: int, whole: int, data_sha256: str) -> Figure:
    return counted(count, data_sha256, n=whole, shown=numbers.share(count, whole))


def declared(value: float | int, *, shown: str | None = None) -> Figure:
    written = f"{value:,}" if isinstance(value, int) else numbers.number(value)
    return Figure(basis="declared", shown=shown or written, value=value)


def missing(reason: str) -> Figure:
    return Figure(basis="missing", shown=f"missing: {reason}", missing=reason)


def parts(counts: Mapping[str, int], whole: int, data_sha256: str) -> dict[str, Figure]:
    return {name: part(count, whole, data_sha256) for name, count in sorted(counts.items())}


def brackets(rows: Iterable[tuple[str, Figure]]) -> str:
    """How the intervals of these figures were made; empty without one."""
    return numbers.methods((name, row.interval) for name, row in rows if row.interval is not None)


def cell(figure: Figure, n: int | None = None) -> str:
    """Markdown. `n` is that of the table or the sentence; another one is said."""
    if figure.basis == "missing":
        return numbers.missing(figure.missing or "no reason was recorded")
    if figure.interval is None or figure.n == n:
        return figure.shown
    return f"{figure.shown} (n = {figure.n:,})"


def with_n(figure: Figure) -> str:
    return cell(figure)


def plain(figure: Figure) -> str:
    """Without Markdown's escapes."""
    if figure.interval is None:
        return figure.shown
    return f"{figure.shown} (n = {figure.n:,})"


def noted(figure: Figure) -> str:
    """With what is to be known beside the value."""
    return cell(figure) + (f"; {escape(figure.note)}" if figure.note else "")
