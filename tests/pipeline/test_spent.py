"""Tokens, money and seconds by system: by hand, through a kill, and never a number that nobody measured."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from clinft.artifacts.planning import Price
from clinft.pipeline.spent import Meter
from clinft.stages.assess.asking import Prices
from clinft.stages.evaluate.asking import Spent


@dataclass
class Model:
    used: tuple[int, int] = (0, 0)
    request_seconds: list[float] = field(default_factory=list)


def price(what: str, usd: str) -> Price:
    return Price.model_validate(
        {"what": what, "value": usd, "unit": "usd_per_million_tokens", "as_of": "2026-11-01", "source": "x"},
        strict=False,
    )


PRICED = Prices(price("input", "2"), price("output", "8"))


def meter(folder: Path, prices: Prices | None = PRICED) -> Meter:
    return Meter(folder, lambda which: prices)


def test_what_each_system_took_is_told_apart(tmp_path: Path) -> None:
    spent, model = meter(tmp_path), Model()
    spent.opened("base", model)  # type: ignore[arg-type]
    model.used = (1_000, 100)
    spent.add(Spent("base_zero_shot", 10, 5.0))
    model.used = (4_000, 200)
    spent.add(Spent("base_prompt", 10, 10.0))
    found = spent.measured()
    assert (found["base_zero_shot prompt_tokens"], found["base_prompt prompt_tokens"]) == (1_000, 3_000)
    assert found["base_zero_shot cost_usd"] == pytest.approx(0.0028)  # 1000 x 2 + 100 x 8, of a million
    assert found["base_zero_shot usd per 1,000 answers"] == pytest.approx(0.28)
    assert found["base_prompt seconds per answer"] == 1.0
    assert (found["prompt_tokens"], found["completion_tokens"]) == (4_000, 200)
    assert found["cost_usd"] == pytest.approx(0.0096)
    assert spent.usd() == Decimal("0.0096")


def test_what_was_paid_just_before_a_kill_is_not_lost(tmp_path: Path) -> None:
    spent, model = meter(tmp_path), Model()
    spent.opened("tuned", model)  # type: ignore[arg-type]
    model.used = (1_000, 100)
    spent.add(Spent("tuned", 10, 5.0))
    # Killed after some more answers had been paid; the next process finds them in the journal of answers.
    again, model = meter(tmp_path), Model(used=(1_600, 160))
    again.opened("tuned", model)  # type: ignore[arg-type]
    model.used = (2_000, 200)
    again.add(Spent("tuned", 10, 4.0))
    assert again.measured()["tuned prompt_tokens"] == 2_000
    assert again.measured()["tuned seconds per answer"] == pytest.approx(0.45)


def test_what_has_no_price_or_was_not_timed_is_left_out(tmp_path: Path) -> None:
    spent, model = meter(tmp_path, None), Model()
    spent.opened("tuned", model)  # type: ignore[arg-type]
    model.used = (10, 1)
    spent.add(Spent("tuned", 5, 1.0))
    assert not [name for name in spent.measured() if "usd" in name or "request" in name]
    assert spent.usd() == 0
    unknown = meter(tmp_path, Prices(price("input", "2")))
    assert not [name for name in unknown.measured() if "usd" in name]


def test_a_model_of_this_machine_uses_no_tokens_of_anybody(tmp_path: Path) -> None:
    spent = meter(tmp_path, None)
    spent.opened("base", Model())  # type: ignore[arg-type]
    spent.add(Spent("base_prompt", 4, 2.0))
    assert spent.measured() == {"base_prompt seconds per answer": 0.5}


def test_latency_is_that_of_single_requests(tmp_path: Path) -> None:
    spent, model = meter(tmp_path), Model()
    spent.opened("tuned", model)  # type: ignore[arg-type]
    model.request_seconds += [float(second) for second in range(1, 22)]
    spent.add(Spent("tuned", 21, 1.0))
    found = spent.measured()
    assert (found["tuned request p50 seconds"], found["tuned request p95 seconds"]) == (11.0, 20.0)
