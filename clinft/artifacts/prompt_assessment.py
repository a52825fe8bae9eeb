"""The payload of `clinft assess`: is fine-tuning needed, and what prompt is recommended either way."""

from pydantic import Field

from clinft.artifacts.assessment import BreakEven, PairedDifference, RungResult, Verdict, VerdictName
from clinft.artifacts.planning import Interval, Price
from clinft.spec.base import Sha256, Strict


class StrategyResult(Strict):
    """A rung as version 1 of the stage wrote it."""

    strategy: str
    accuracy: Interval
    parse_failures: int | None = Field(description="None where labels were scored, so nothing is parsed.")
    prompt_tokens_mean: float

    @property
    def as_rung(self) -> RungResult:
        name, _, read = self.strategy.partition(", ")
        return RungResult.model_construct(
            name=name,
            read="closed_labels" if read == "closed_labels" else "generated_text",
            metric="accuracy",
            score=self.accuracy,
            accuracy=self.accuracy,
            parse_failures=self.parse_failures,
            prompt_tokens_mean=self.prompt_tokens_mean,
        )


class PromptAssessment(Strict):
    """`rungs` in the order in which they were tried; `strategies` hold them in files of version 1."""

    verdict: VerdictName
    reason: str
    target: float | None
    target_metric: str
    strategies: tuple[StrategyResult, ...] = Field(default=(), description="Of version 1 alone.")
    recommended: str = Field(description="Name of a rung.")
    dev_sha256: Sha256
    rungs: tuple[RungResult, ...] = ()
    decision: Verdict | None = Field(default=None, description="All behind `verdict`; None in version 1.")
    neighbours: tuple[PairedDifference, ...] = Field(
        default=(), description="Each rung minus the one tried before it, read in the same way."
    )
    break_even: BreakEven | None = None
    no_break_even: str | None = Field(default=None, description="Why there is none, in words.")
    prompt_sha256: Sha256 | None = Field(
        default=None, description="Of the recommended prompt.md, as `clinft assess --adopt` writes it."
    )
    prices: tuple[Price, ...] = Field(
        default=(), description="Of questions and answers; empty: none is known."
    )
    hosted: bool = Field(default=False, description="A provider was asked, so answers were paid for.")

    @property
    def results(self) -> tuple[RungResult, ...]:
        return self.rungs or tuple(one.as_rung for one in self.strategies)

    @property
    def best(self) -> RungResult | None:
        """The rung that the verdict is about; in version 1 the one that scored highest."""
        if self.decision is not None:
            wanted = (self.decision.recommended, self.decision.recommended_read)
            return next((one for one in self.results if (one.name, one.read) == wanted), None)
        return max(self.results, key=lambda one: one.score.value, default=None)


class GivenAssessment(Strict):
    """The same rules on answers that were got elsewhere: a file is a prompt, the first one the baseline."""

    decision: Verdict
    target: float | None
    files: dict[str, Sha256]
    rungs: tuple[RungResult, ...]
    neighbours: tuple[PairedDifference, ...]
    seconds_mean: dict[str, float | None] = Field(description="Of an answer. None: not known of every item.")


def label(result: RungResult) -> str:
    """`few_shot, generated_text`, as version 1 called it."""
    return f"{result.name}, {result.read}"
