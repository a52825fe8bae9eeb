"""Advice as a reader compares it: values that differ, rates left to clinft, full fine-tuning, several cards."""

from dataclasses import replace
from typing import Any

import pytest

from clinft.stages.advise import Card, advise
from tests.stages.test_advise import request, row


@pytest.mark.parametrize(
    ("rate", "expected"), [(None, False), (5e-6, False), (5e-5, False), (4e-6, True), (2e-4, True)]
)
def test_full_fine_tuning_learns_at_a_tenth_of_an_adapters_rate(rate: float | None, expected: bool) -> None:
    asked = request(method="full", hyper={"learning_rate": rate})
    found = row(asked, "hyperparameters.learning_rate")
    assert found.departs is expected
    assert found.recommended == "0.00002; 0.000005 to 0.00005 will do"


def test_where_the_spec_names_no_rate_the_one_that_clinft_takes_is_compared() -> None:
    for method, rate in (("lora", "0.0002"), ("full", "0.00002")):
        assert row(request(method=method), "hyperparameters.learning_rate").spec == f"absent, so {rate}"


@pytest.mark.parametrize("changes", [{"hyper": {"batch_size": 16}}, {"hyper": {"max_tokens": 2048}}, {}])
@pytest.mark.parametrize("method", ["lora", "full"])
def test_what_differs_and_departs_not_is_among_what_is_recommended(
    changes: dict[str, Any], method: str
) -> None:
    """Or the reader sees two values, and that they do not differ."""
    for found in advise(request(method=method, longest=320, **changes)).rows:
        assert (
            found.departs
            or found.recommended.split(";")[0] == found.spec
            or any(words in found.recommended for words in ("will do", " to ", "; at least", "absent"))
            or found.parameter == "runner"
        ), found


def test_of_several_cards_it_is_said_that_one_was_counted() -> None:
    asked = replace(request(), runner=Card("gpu-box", "A100-40", 8, 40))
    assert row(asked, "runner").spec == "local (8 × A100-40, 40 GB each)"
    assert any("all 8 cards of local" in note for note in advise(asked).notes)
    assert row(request(), "runner").spec == "local (its card is not known here, so nothing is compared)"
    assert not any("cards" in note for note in advise(request()).notes)
