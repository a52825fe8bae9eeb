"""What the old model's answers cost, before it is asked."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from clinft.artifacts.answers import most_new_tokens
from clinft.artifacts.data import Message
from clinft.artifacts.planning import Price
from clinft.errors import PolicyViolation
from clinft.pipeline.prices import age_days, price_of
from clinft.pipeline.rescue.old_model import PROVIDER, OldModel
from clinft.ports.models import Conversation, ModelStore
from clinft.spec.base import Strict, Usd

MILLION = Decimal(1_000_000)
CENT_PARTS = Decimal("0.000001")


class Cost(Strict):
    """Of the answers that are still missing. A price of None is unknown, and so are the sums then."""

    questions: int
    input_tokens: int
    output_tokens_expected: int
    output_tokens_most: int
    prices: tuple[Price, ...]
    usd: Usd | None
    usd_at_most: Usd | None
    # A price that is older than the policy allows is as good as none.
    oldest_price_days: int | None = None
    stale: bool = False

    @property
    def certain(self) -> bool:
        return self.usd_at_most is not None and not self.stale

    def lines(self) -> list[str]:
        """For people, prices with day and source."""
        tokens = (
            f"{self.questions:,} questions, {self.input_tokens:,} tokens to read, "
            f"at most {self.output_tokens_most:,} to write."
        )
        told = [
            f"{price.what}: {price.value} {price.unit.replace('_', ' ')}, read {price.as_of} ({price.source})"
            for price in self.prices
        ]
        if self.usd_at_most is None:
            return [tokens, *told, "What a question to this model costs is not known here."]
        total = f"About {self.usd} USD, at most {self.usd_at_most} USD."
        if self.stale:
            days = self.oldest_price_days
            total += f" The oldest price was read {days} days ago, longer than the policy allows."
        return [tokens, *told, total]


def longest_answer(models: ModelStore, model: OldModel, labels: Sequence[str]) -> int:
    """In tokens; the same room that an evaluation leaves."""
    said: list[Conversation] = [[Message(role="assistant", content=label)] for label in labels]
    return most_new_tokens(count(models, model, said))


def cost_of(
    models: ModelStore,
    model: OldModel,
    questions: Sequence[Conversation],
    targets: Sequence[str],
    longest: int,
    today: date,
    most_days: int,
) -> Cost:
    """`targets`: the answers that are expected."""
    reading = sum(count(models, model, questions)) if questions else 0
    said: list[Conversation] = [[Message(role="assistant", content=target)] for target in targets]
    writing = sum(count(models, model, said)) if said else 0
    most = longest * len(questions)
    into, out = price_of("input", PROVIDER, model.base), price_of("output", PROVIDER, model.base)
    prices = tuple(price for price in (into, out) if price is not None)
    age = age_days(prices, today)
    known = into is not None and out is not None
    return Cost(
        questions=len(questions),
        input_tokens=reading,
        output_tokens_expected=writing,
        output_tokens_most=most,
        prices=prices,
        usd=usd(into, reading, out, writing) if known else (None if questions else Decimal(0)),
        usd_at_most=usd(into, reading, out, most) if known else (None if questions else Decimal(0)),
        oldest_price_days=age,
        stale=bool(questions) and age is not None and age > most_days,
    )


def usd(into: Price | None, reading: int, out: Price | None, writing: int) -> Decimal | None:
    """None where a price is unknown; rounded up to a millionth."""
    if into is None or out is None:
        return None
    exact = (into.value * reading + out.value * writing) / MILLION
    return exact.quantize(CENT_PARTS, rounding="ROUND_UP")


def refuse_above(cost: Cost, most: Decimal, project: str) -> None:
    if cost.usd_at_most is not None and cost.usd_at_most > most:
        raise PolicyViolation(
            f"The answers may cost {cost.usd_at_most} USD, and {project} may spend {most} USD at once.",
            "The bound is per_run_usd in .github/clinft.yml.",
            "Hold out fewer records with --test, or ask the policy's owners for a higher bound.",
        )


def count(models: ModelStore, model: OldModel, conversations: Sequence[Conversation]) -> list[int]:
    """Tokens of each, by the old model's tokenizer."""
    identity = models.identify(model.name, None, hosted=True)
    counts = models.count_tokens(identity, conversations)
    assert counts is not None, "a hosted model's tokens are always counted"
    return counts


def paid(model: OldModel, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
    """For the tokens that the provider counted, at the prices of the table; None where these are unknown."""
    into, out = price_of("input", PROVIDER, model.base), price_of("output", PROVIDER, model.base)
    return usd(into, prompt_tokens, out, completion_tokens)
