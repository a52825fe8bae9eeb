"""What a language model as judge said of answers: beside the metrics, never in place of one."""

from typing import Literal

from pydantic import Field

from clinft.artifacts.planning import Interval
from clinft.spec.base import Count, Sha256, Slug, Strict

# What a claim of an answer is to its source.
Verdict = Literal["supported", "contradicted", "absent"]
# What the judge's votes come to: `unverified` where its quotes do not stand in the source, `undecided` where
# no verdict has more than half of the votes.
Outcome = Literal["supported", "contradicted", "absent", "unverified", "undecided"]
VERDICTS: tuple[Verdict, ...] = ("supported", "contradicted", "absent")
OUTCOMES: tuple[Outcome, ...] = (*VERDICTS, "unverified", "undecided")


class JudgedClaim(Strict):
    """One row of judge_claims.jsonl: no text. The span is where in the record's text the quote stands."""

    item: str
    claim: Count = Field(description="Its place in the answer, from 0.")
    claim_sha256: Sha256
    outcome: Outcome
    votes: dict[str, int]
    by_order: tuple[Outcome, Outcome] = Field(description="Source before claims; claims before source.")
    quote_start: int | None = None
    quote_end: int | None = None


class HumanAgreement(Strict):
    """Against labels that people gave the same claims without seeing the judge's."""

    claims: int
    items: int
    cohen_kappa: Interval | None
    krippendorff_alpha: Interval | None
    missing: str | None = None
    confusion: dict[str, dict[str, int]] = Field(description="people's verdict to judge's outcome to count")


class JudgeReport(Strict):
    """`advisory`: too little is known of this judge to settle anything by it; `why` says what is."""

    judge: Slug = Field(description="Its name in the policy's evaluation_models.")
    model: str
    system: str = Field(description="Whose answers were judged.")
    of: Literal["errors", "all"] = Field(description="Which answers: those scored wrong, or all of them.")
    rubric_sha256: Sha256
    repeats: int = Field(description="Votes in each of the two orders.")
    items: int
    answers_in_run: int
    withheld: int = Field(description="Answers that the audit did not let pass; the judge never saw them.")
    claims: int
    outcomes: dict[str, Interval]
    unread_votes: Interval = Field(description="Share of votes that could not be read.")
    false_quotes: Interval | None = Field(
        description="Share of quotes that do not stand in the source; None: it gave none."
    )
    order_changes: Interval = Field(description="Share of claims whose outcome depends on the order.")
    self_agreement: Interval | None = Field(description="Krippendorff's alpha among its own votes.")
    human: HumanAgreement | None
    floor: float = Field(description="The lower bound of kappa with people that makes it more than advice.")
    advisory: bool
    why: str
