"""Who agrees to a cost: the flag always; a person at a terminal only to a sum that is certain."""

import sys
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from clinft.cli.agreeing import agreement
from clinft.pipeline.rescue.cost import Cost


@dataclass
class Terminal:
    """`answer`: what the person types; None closes the input."""

    answer: str | None
    is_terminal: bool = True
    asked: list[str] = field(default_factory=list)

    def input(self, prompt: str) -> str:
        self.asked.append(prompt)
        if self.answer is None:
            raise EOFError
        return self.answer


@dataclass
class Screen:
    console: Terminal
    json: bool = False


def cost(stale: bool = False, usd: str | None = "0.01") -> Cost:
    known = None if usd is None else Decimal(usd)
    return Cost(
        questions=1,
        input_tokens=10,
        output_tokens_expected=1,
        output_tokens_most=20,
        prices=(),
        usd=known,
        usd_at_most=known,
        stale=stale,
    )


def agreed(monkeypatch: pytest.MonkeyPatch, terminal: Terminal, of: Cost, yes: bool = False) -> bool:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    screen: Any = Screen(terminal)
    return agreement(screen, yes, "the old model")(of)


@pytest.mark.parametrize(
    ("answer", "agrees"), [("yes", True), (" yes ", True), ("y", False), ("", False), (None, False)]
)
def test_a_person_types_the_whole_word(
    answer: str | None, agrees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(answer)
    assert agreed(monkeypatch, terminal, cost()) is agrees
    assert terminal.asked == ["Type yes to ask the old model: "]


@pytest.mark.parametrize("of", [cost(stale=True), cost(usd=None)], ids=["old price", "no price"])
def test_nobody_is_asked_about_a_sum_that_is_not_certain(of: Cost, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal("yes")
    assert agreed(monkeypatch, terminal, of) is False
    assert terminal.asked == []
    assert agreed(monkeypatch, terminal, of, yes=True) is True


def test_in_a_log_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal("yes", is_terminal=False)
    assert agreed(monkeypatch, terminal, cost()) is False
    assert terminal.asked == []
