"""What `clinft assess` measured and what follows from it: the parts that a PromptAssessment holds.

Seconds are in the envelope's `measured`: they differ from run to run, and these parts must not.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from clinft.artifacts.planning import Interval, Price
from clinft.spec.base import Count, Fraction, Strict, Usd

VerdictName = Literal["PROMPT_SUFFICIENT", "FINE_TUNE", "HYBRID", "INCONCLUSIVE"]
Read = Literal["generated_text", "closed_labels"]
# What of an item a target is set on; each is 0 to 1, and more is better.
MeasureName = Literal["score", "accuracy", "parsed"]
CategoryName = Literal[
    "format", "convention_or_terms", "missing_facts", "negation_or_context", "numeric", "other"
]
RemedyKind = Literal["prompt", "constrained_decoding", "retrieval", "data", "fine_tune", "look"]
# Sums over many requests, and prices of one: neither fits `Usd`.
Money = Annotated[Decimal, Field(max_digits=40, decimal_places=12, strict=False)]


class RungResult(Strict):
    """One prompt, read in one way, on the dev split."""

    name: str
    read: Read
    metric: str = Field(description="What `score` is.")
    score: Interval
    accuracy: Interval | None = Field(default=None, description="None where no answer is right or wrong.")
    critical_recall: Interval | None = Field(default=None, description="None: no item's gold is critical.")
    critical_n: Count = 0
    parse_failures: Count | None = Field(description="None where labels are scored, so nothing is parsed.")
    prompt_tokens_mean: float | None = Field(default=None, description="None: nobody counted.")
    completion_tokens_mean: float | None = None
    cost_usd_per_1000: Usd | None = Field(default=None, description="Of 1,000 requests. None: unknown.")


class PairedDifference(Strict):
    """`of` minus `against` on the same items, so more is better for `of`."""

    of: str
    against: str
    measure: MeasureName
    difference: Interval
    p_value: float = Field(description="Two-sided, of this pair alone.")
    p_adjusted: float = Field(description="Holm over all rungs that are compared with `against`.")
    test: str
    only_of: Count | None = Field(default=None, description="Right in `of` alone; None where not yes or no.")
    only_against: Count | None = None


class ErrorCategory(Strict):
    """Errors of one kind in the recommended rung. `share` is of its errors, not of the items."""

    category: CategoryName
    count: Count
    share: Interval
    remedy: str
    kind: RemedyKind
    data_change: str | None = Field(default=None, description="A change to `data:` in the spec, in words.")


class CriticalRecall(Strict):
    """Is the recall of critical cases certified, i.e. its lower bound at or above the target?"""

    status: Literal["CERTIFIED", "NOT_CERTIFIED", "NOT_CERTIFIABLE"] = Field(
        description="NOT_CERTIFIABLE: so few critical cases would not do even with none missed."
    )
    target: Fraction
    recall: Interval | None
    cases: Count
    missed: Count
    cases_needed: Count | None = Field(
        description="Critical cases that certify it when as many are missed. None: no number does."
    )


class Remedy(Strict):
    """What to do next, in the order it should be tried."""

    kind: RemedyKind
    text: str


class Verdict(Strict):
    verdict: VerdictName
    reason: str
    recommended: str = Field(description="Name of a rung.")
    recommended_read: Read
    n_needed: Count | None = Field(default=None, description="None: more items would not decide.")
    critical: CriticalRecall | None = Field(default=None, description="None: no target is set for it.")
    adjustment: str = Field(description="How choosing the best rung on the same items is accounted for.")
    differences: tuple[PairedDifference, ...] = ()
    errors: tuple[ErrorCategory, ...] = ()
    remedies: tuple[Remedy, ...] = ()


class BreakEvenInput(Strict):
    """One number that the break-even rests on; `value` with its unit."""

    name: str
    value: Money
    unit: str
    basis: Literal["measured", "assumed", "stated", "price"]
    as_of: str | None = Field(default=None, description="ISO date, for a price.")


class Volume(Strict):
    """What either way costs at one volume; errors and critical misses included where they have a cost."""

    requests_per_month: Count
    prompt_usd: Money
    tuned_usd: Money
    probability_cheaper: Fraction = Field(description="That fine-tuning is the cheaper way.")


class Sensitivity(Strict):
    """One input at half and at one and a half times its value, all others as they are."""

    name: str
    low: Money
    high: Money
    at_low: Count | None = Field(description="Requests a month; None: never cheaper.")
    at_high: Count | None


class BreakEven(Strict):
    """From how many requests a month on fine-tuning is cheaper than the best prompt."""

    formula: str
    status: Literal["from_volume", "never"]
    requests_per_month: Count | None = Field(description="None: never.")
    probability_basis: Literal["measured", "assumed"] = Field(
        description="assumed: nobody measured the tuned model; its errors come from a stated range."
    )
    inputs: tuple[BreakEvenInput, ...]
    prompt_usd_per_request: Money
    tuned_usd_per_request: Money
    tuned_usd_per_month: Money = Field(description="F + K/T: hosting, and its share of what is paid once.")
    volumes: tuple[Volume, ...]
    sensitivity: tuple[Sensitivity, ...]
    prices: tuple[Price, ...] = ()
    prices_as_of: str | None = Field(default=None, description="Of the oldest price. None: no price is in.")
    notes: tuple[str, ...] = ()
