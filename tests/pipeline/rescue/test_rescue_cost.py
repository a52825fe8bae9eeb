"""What the answers cost, recomputed by hand; what is not known is never free."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clinft.artifacts.data import Message
from clinft.artifacts.planning import BaseModelIdentity, Price
from clinft.errors import PolicyViolation
from clinft.pipeline.rescue import cost
from clinft.pipeline.rescue.old_model import OldModel
from clinft.ports.models import Conversation

MODEL = OldModel("ft:gpt-4.1-mini-2025-04-14:org:notes:id1", "gpt-4.1-mini-2025-04-14")
TODAY = date(2026, 12, 1)
READ = "2026-11-23"


class Words:
    """A store that counts words as tokens."""

    def identify(self, ref: str, revision: str | None, hosted: bool = False) -> BaseModelIdentity:
        assert hosted
        return BaseModelIdentity(ref=ref, kind="hosted", digest="0" * 64, revision=revision)

    def count_tokens(self, identity: BaseModelIdentity, conversations: Sequence[Conversation]) -> list[int]:
        assert identity.ref == MODEL.name
        return [sum(len(turn.content.split()) for turn in turns) for turns in conversations]


def price(what: Any, value: str) -> Price:
    return Price(what=what, value=Decimal(value), unit="usd_per_million_tokens", as_of=READ, source="a page")


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch) -> dict[str, Price | None]:
    table: dict[str, Price | None] = {"input": price("input", "0.80"), "output": price("output", "3.20")}
    monkeypatch.setattr(cost, "price_of", lambda what, provider, base: table[what])
    return table


def found(count: int = 1000, most_days: int = 90, today: date = TODAY) -> cost.Cost:
    """Questions of 100 words each, with room for 20 tokens and one expected."""
    question = [Message(role="user", content="word " * 100)]
    return cost.cost_of(Words(), MODEL, [question] * count, ["mental"] * count, 20, today, most_days)  # type: ignore[arg-type]  # a store that only counts


@pytest.mark.usefixtures("prices")
def test_a_case_by_hand() -> None:
    # 100,000 tokens at 0.80 a million are 0.08; 1,000 at 3.20 are 0.0032, and 20,000 are 0.064.
    made = found()
    assert (made.input_tokens, made.output_tokens_expected, made.output_tokens_most) == (
        100_000,
        1_000,
        20_000,
    )
    assert (made.usd, made.usd_at_most, made.certain) == (Decimal("0.0832"), Decimal("0.144"), True)
    told = "\n".join(made.lines())
    assert "1,000 questions, 100,000 tokens to read, at most 20,000 to write." in told
    assert f"input: 0.80 usd per million tokens, read {READ} (a page)" in told
    assert "at most 0.144000 USD" in told


@pytest.mark.parametrize("missing", ["input", "output"])
def test_an_unknown_price_is_said_and_is_no_zero(missing: str, prices: dict[str, Price | None]) -> None:
    prices[missing] = None
    made = found()
    assert (made.usd, made.usd_at_most, made.certain) == (None, None, False)
    assert made.lines()[-1] == "What a question to this model costs is not known here."
    assert cost.paid(MODEL, 1000, 1000) is None


@pytest.mark.usefixtures("prices")
def test_a_price_that_is_too_old_makes_the_sum_uncertain() -> None:
    day = date.fromisoformat(READ) + timedelta(days=90)
    assert found(today=day).certain
    late = found(today=day + timedelta(days=1))
    assert not late.certain
    assert "read 91 days ago, longer than the policy allows" in late.lines()[-1]


@pytest.mark.usefixtures("prices")
def test_more_than_the_policy_allows_is_refused() -> None:
    cost.refuse_above(found(), Decimal("0.144"), "notes")
    with pytest.raises(PolicyViolation, match=r"may cost 0\.144000 USD, and notes may spend 0\.143 USD"):
        cost.refuse_above(found(), Decimal("0.143"), "notes")


@pytest.mark.usefixtures("prices")
def test_no_sum_is_rounded_down() -> None:
    assert cost.paid(MODEL, 1, 0) == Decimal("0.000001")


def test_answers_get_the_room_that_an_evaluation_leaves() -> None:
    assert cost.longest_answer(Words(), MODEL, ["one", "a label of five words"]) == 5 + 16  # type: ignore[arg-type]  # a store that only counts
