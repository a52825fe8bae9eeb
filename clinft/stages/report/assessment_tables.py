"""The assessment as Markdown tables: rungs, their differences, errors and cures, what either way costs."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from clinft.artifacts.assessment import (
    BreakEven,
    BreakEvenInput,
    CriticalRecall,
    ErrorCategory,
    PairedDifference,
    RungResult,
    Sensitivity,
    Verdict,
    Volume,
)
from clinft.artifacts.planning import Interval
from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, document, escape, numbered, table

READ: Mapping[str, str] = MappingProxyType(
    {"generated_text": "free answer", "closed_labels": "likeliest label"}
)
CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "format": "not in the format",
        "convention_or_terms": "convention or terms",
        "missing_facts": "facts that the note lacks",
        "negation_or_context": "negated, past or a relative's",
        "numeric": "figures or units",
        "other": "none of these",
    }
)
CRITICAL: Mapping[str, str] = MappingProxyType(
    {"CERTIFIED": "certified", "NOT_CERTIFIED": "not certified", "NOT_CERTIFIABLE": "not certifiable"}
)
UNKNOWN = "unknown"


def rungs(found: Sequence[RungResult]) -> str:
    """Metrics differ between tasks, so each is named; what nobody counted is unknown, never 0."""
    metrics = ", ".join(dict.fromkeys(escape(one.metric) for one in found))
    rows = [
        (
            escape(one.name),
            READ[one.read],
            f"{one.score.n:,}",
            numbers.interval(one.score),
            _interval(one.accuracy, "none is right or wrong"),
            _recall(one),
            "labels are scored" if one.parse_failures is None else f"{one.parse_failures:,}",
            _tokens(one.prompt_tokens_mean),
            _tokens(one.completion_tokens_mean),
            UNKNOWN if one.cost_usd_per_1000 is None else numbers.usd(one.cost_usd_per_1000),
        )
        for one in found
    ]
    headings = (
        *("Prompt", "Read as", "n", f"Score: {metrics}", "Accuracy", "Recall of critical cases"),
        *("Not readable", "Prompt tokens", "Answer tokens", "Cost of 1,000"),
    )
    methods = numbers.methods(
        (name, interval)
        for one in found
        for name, interval in (
            ("score", one.score),
            ("accuracy", one.accuracy),
            ("critical cases", one.critical_recall),
        )
        if interval is not None
    )
    note = f"Brackets: {methods}. Tokens are means." if methods else ""
    return document((table(headings, rows, numeric={2, 6, 7, 8, 9}), note))


def differences(found: Sequence[PairedDifference]) -> str:
    rows = [
        (
            f"{escape(one.of)} minus {escape(one.against)}",
            escape(one.measure),
            f"{one.difference.n:,}",
            numbers.difference(one.difference),
            UNKNOWN if one.only_of is None else f"{one.only_of:,}",
            UNKNOWN if one.only_against is None else f"{one.only_against:,}",
            numbers.p_value(one.p_value),
            numbers.p_value(one.p_adjusted),
        )
        for one in found
    ]
    if not rows:
        return ""
    headings = (
        *(
            "Same items",
            "Measure",
            "n",
            "Difference",
            "Right in the first alone",
            "Right in the second alone",
        ),
        *("p", "p, Holm"),
    )
    methods = numbers.methods(("differences", one.difference) for one in found)
    tests = ", ".join(dict.fromkeys(escape(one.test) for one in found))
    note = f"Brackets: {methods}. p: {tests}, two-sided."
    return document((table(headings, rows, numeric={2, 4, 5, 6, 7}), note))


def errors(found: Sequence[ErrorCategory]) -> str:
    rows = [
        (
            CATEGORIES[one.category],
            f"{one.count:,}",
            numbers.interval_n(one.share),
            escape(one.remedy),
            escape(one.data_change or "none"),
        )
        for one in found
    ]
    headings = (
        "Errors of the best prompt",
        "Count",
        "Share of errors",
        "What cures them",
        "Change to the data",
    )
    return (
        document((table(headings, rows, numeric={1}),))
        if rows
        else "No answer of the best prompt is wrong.\n"
    )


def verdict(found: Verdict) -> str:
    return document(
        (
            f"**{found.verdict.replace('_', '-')}.** {escape(found.reason)}",
            "" if found.critical is None else _critical(found.critical),
            f"Items that would decide: about {found.n_needed:,}." if found.n_needed is not None else "",
            f"{escape(found.adjustment)}",
            numbered(escape(remedy.text) for remedy in found.remedies),
        )
    )


def break_even(found: BreakEven) -> str:
    return document(
        (
            _sentence(found),
            table(
                ("Requests a month", "Prompt", "Tuned model", "P(tuned is cheaper)"),
                [_volume(one) for one in found.volumes],
                numeric={0, 1, 2, 3},
            ),
            f"Formula: {escape(found.formula)}",
            table(
                ("Input", "Value", "Unit", "From"),
                [
                    (escape(one.name), amount(one.value), escape(one.unit), _basis(one))
                    for one in found.inputs
                ],
                numeric={1},
            ),
            "Break-even when one input alone is half, or one and a half of it, the most telling first:",
            table(
                ("Input", "Half", "Break-even then", "One and a half", "Break-even then"),
                [
                    (
                        escape(one.name),
                        amount(one.low),
                        _requests(one.at_low),
                        amount(one.high),
                        _requests(one.at_high),
                    )
                    for one in sorted(found.sensitivity, key=_swing, reverse=True)
                ],
                numeric={1, 2, 3, 4},
            ),
            bullets(escape(note) for note in _notes(found)),
        )
    )


def amount(value: Decimal) -> str:
    """As few digits as say it: a token's price has many places, a year of hosting none."""
    plain = format(value.normalize(), ",f")
    return f"{float(value):.4g}" if len(plain.partition(".")[2]) > 6 else plain


def _interval(found: Interval | None, why_not: str) -> str:
    return why_not if found is None else numbers.interval(found)


def _recall(one: RungResult) -> str:
    if one.critical_recall is None:
        return "no critical case" if one.critical_n == 0 else UNKNOWN
    return f"{numbers.interval(one.critical_recall)} (n = {one.critical_n:,})"


def _tokens(mean: float | None) -> str:
    return UNKNOWN if mean is None else f"{mean:,.0f}"


def _critical(found: CriticalRecall) -> str:
    said = f"Recall of critical cases: **{CRITICAL[found.status]}** at {found.target:g}"
    seen = f"{found.cases - found.missed:,} of {numbers.count(found.cases, 'case')} found"
    lower = "" if found.recall is None else f", lower bound {found.recall.low:.3f}"
    needed = "no number of cases would certify it"
    if found.cases_needed is not None:
        missed = f"no more than {found.missed:,}" if found.missed else "none"
        needed = f"{found.cases_needed:,} cases would certify it with {missed} missed"
        if found.recall is not None and found.recall.value < found.target:
            # As many missed of more cases: that is another prompt, not more of this one.
            needed = "more cases alone would not certify it, for the recall found is below the target itself"
    return f"{said}: {seen}{lower}" + ("." if found.status == "CERTIFIED" else f"; {needed}.")


def _sentence(found: BreakEven) -> str:
    rests = (
        "" if found.probability_basis == "measured" else " What the tuned model gets wrong is **assumed**."
    )
    if found.requests_per_month is None:
        return f"A tuned model is **never** cheaper: a request saves nothing with it.{rests}"
    return f"A tuned model is cheaper from **{found.requests_per_month:,} requests a month** on.{rests}"


def _volume(one: Volume) -> tuple[str, str, str, str]:
    return (
        f"{one.requests_per_month:,}",
        numbers.usd(one.prompt_usd),
        numbers.usd(one.tuned_usd),
        _probability(one.probability_cheaper),
    )


def _probability(share: float) -> str:
    """Of resamples: all of them are not certainty."""
    if share > 0.99:
        return "> 0.99"
    return "< 0.01" if share < 0.01 else f"{share:.2f}"


def _swing(one: Sensitivity) -> float:
    """How far one input moves the break-even; from some number to never is farthest."""
    if one.at_low is None or one.at_high is None:
        return 0.0 if one.at_low == one.at_high else float("inf")
    return float(abs(one.at_high - one.at_low))


def _requests(found: int | None) -> str:
    return "never" if found is None else f"{found:,}"


def _basis(one: BreakEvenInput) -> str:
    return one.basis if one.as_of is None else f"{one.basis}, read {escape(one.as_of)}"


def _notes(found: BreakEven) -> Iterator[str]:
    yield from found.notes
    if found.prices_as_of is not None:
        yield f"Oldest price: read {found.prices_as_of}. Prices change; the break-even changes with them."
