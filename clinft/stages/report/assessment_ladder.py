"""The rungs of an assessment as every reader gets them, and what else it found: in short, or whole."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from clinft.artifacts.assessment import PairedDifference, RungResult, Verdict
from clinft.artifacts.planning import Interval
from clinft.artifacts.prompt_assessment import PromptAssessment, label
from clinft.stages.report import assessment_tables, numbers
from clinft.stages.report.markdown import code, escape
from clinft.stages.report.pull_request.room import UNKNOWN, Room

# For documents that have room.
WIDE = Room(rows=100, characters=2_000, projects=1, elsewhere="`assess.json`")
# A rung; with how its answers were read: few_shot_8, generated_text
STRATEGY = re.compile(r"[a-z0-9_]{1,40}(, [a-z_]{1,40})?")
NO_PARSING = "none possible, labels are scored"


def strategy(name: str, room: Room) -> str:
    """As code where no marker fits in: those are how our own issues and comments are found again."""
    return code(name) if STRATEGY.fullmatch(name) else room.text(name)


def rungs(results: Sequence[RungResult], room: Room, first: str = "Prompt", where: str = " on dev") -> str:
    """`first`: the heading of the names. Columns of which nothing is known are left out."""
    metric = results[0].metric if results else "accuracy"
    unread = "Answers that are no label" if metric == "accuracy" else "Answers that cannot be read"
    columns: list[tuple[str, list[str], bool]] = [
        (first, [strategy(label(one), room) for one in results], False),
        ("n", [f"{one.score.n:,}" for one in results], True),
        (f"{_capital(room.text(metric))}{where}", [numbers.interval(one.score) for one in results], False),
    ]
    if metric != "accuracy" and any(one.accuracy for one in results):
        columns.append(("Right", [_interval(one.accuracy) for one in results], False))
    if any(one.critical_recall for one in results):
        recalls = [_interval(one.critical_recall) + f" (n = {one.critical_n:,})" for one in results]
        columns.append(("Critical cases found", recalls, False))
    columns.append((unread, [_unread(one) for one in results], False))
    columns.append(("Mean prompt tokens", [_tokens(one.prompt_tokens_mean) for one in results], True))
    if any(one.completion_tokens_mean is not None for one in results):
        answers = [_tokens(one.completion_tokens_mean) for one in results]
        columns.append(("Mean answer tokens", answers, True))
    if any(one.cost_usd_per_1000 is not None for one in results):
        columns.append(("USD for 1,000", [_usd(one.cost_usd_per_1000) for one in results], True))
    rows = list(zip(*(cells for _, cells, _ in columns), strict=True))
    numeric = {place for place, (_, _, right) in enumerate(columns) if right}
    return room.grid([heading for heading, _, _ in columns], rows, numeric)


def measured(results: Sequence[RungResult]) -> list[tuple[str, Interval]]:
    found = [(escape(one.metric), one.score) for one in results]
    return found + [("critical cases", one.critical_recall) for one in results if one.critical_recall]


def brief(payload: PromptAssessment, room: Room) -> Iterable[str]:
    """One sentence for each thing that `whole` has a table of; nothing for a file of version 1."""
    found = payload.decision
    if found is None:
        return
    if found.errors:
        kinds = [f"{assessment_tables.CATEGORIES[one.category]}: {one.count:,}" for one in found.errors]
        yield f"Errors of {strategy(found.recommended, room)}, by rules: {'; '.join(kinds)}."
    if found.critical is not None:
        status = assessment_tables.CRITICAL[found.critical.status]
        yield (
            f"Critical cases: **{status}** at {numbers.number(found.critical.target)}; "
            f"{found.critical.missed:,} of {found.critical.cases:,} missed."
        )
    yield room.text(found.adjustment)
    if payload.break_even is not None:
        requests = payload.break_even.requests_per_month
        yield (
            "Break-even: with the costs that the spec states, a tuned model is never cheaper."
            if requests is None
            else f"Break-even: from {requests:,} requests a month on a tuned model is cheaper, with the "
            "costs that the spec states."
        )


def whole(payload: PromptAssessment, first: str = "Prompt") -> Iterable[str]:
    """Verdict, rungs and everything behind them; of a file of version 1 its reason and its rungs."""
    found = payload.decision
    if found is None:
        yield f"**{payload.verdict.replace('_', '-')}.** {escape(payload.reason)}"
    else:
        yield assessment_tables.verdict(found).strip()
    yield rungs(payload.results, WIDE, first)
    how = numbers.methods(measured(payload.results))
    yield f"Measured on the dev split {numbers.short(payload.dev_sha256)}. Brackets: {how}."
    if found is None:
        return
    yield from why(found, payload.neighbours)
    if payload.break_even is not None:
        yield assessment_tables.break_even(payload.break_even).strip()
    elif payload.no_break_even is not None:
        yield f"Break-even: missing: {escape(payload.no_break_even)}."


def why(found: Verdict, neighbours: Sequence[PairedDifference]) -> Iterable[str]:
    """Each rung against the one before and against the first, and the errors of the best one."""
    read = found.recommended_read
    pairs = {
        (f"{one.of}, {read}", f"{one.against}, {read}"): one.model_copy(
            update={"of": f"{one.of}, {read}", "against": f"{one.against}, {read}"}
        )
        for one in found.differences
    }
    pairs = {(one.of, one.against): one for one in neighbours} | pairs
    parts = (assessment_tables.differences([*pairs.values()]), assessment_tables.errors(found.errors))
    yield from (part.strip() for part in parts if part)


def _unread(one: RungResult) -> str:
    return NO_PARSING if one.parse_failures is None else numbers.share(one.parse_failures, one.score.n)


def _tokens(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,.0f}"


def _usd(amount: Decimal | None) -> str:
    if amount is None:
        return UNKNOWN
    return f"{amount:,.4f}" if abs(amount) < 1 else f"{amount:,.2f}"


def _interval(found: Interval | None) -> str:
    return UNKNOWN if found is None else numbers.interval(found)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
