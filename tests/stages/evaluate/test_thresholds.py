"""Met, not met, not to be decided at this n: by hand."""

import pytest

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import MetricResult, SystemResult
from clinft.spec.evaluation import Threshold
from clinft.stages.evaluate.thresholds import threshold
from clinft.statistics.proportions import clopper_pearson, wilson, wilson_bounds


def systems(metric: str, interval: Interval | None, missing: str | None = None) -> list[SystemResult]:
    found = MetricResult(metric=metric, higher_is_better=True, interval=interval, missing=missing)
    return [
        SystemResult(
            system="tuned",
            scoring="generated_text",
            metrics=(found,),
            labels=(),
            confusion={},
            items_sha256="0" * 64,
        )
    ]


def judged(metric: str, interval: Interval | None, **bounds: float):  # type: ignore[no-untyped-def]
    return threshold(Threshold(metric=metric, **bounds), systems(metric, interval, "why"), "coding")  # type: ignore[arg-type]


def test_met_where_the_worse_bound_is_good_enough() -> None:
    found = judged("accuracy", wilson(95, 100), min=0.88)
    assert (found.met, found.certifiable, found.items_needed) == (True, True, None)
    assert found.detail == "lower bound 0.888 of 0.950"


def test_not_met_and_how_many_items_would_show_it() -> None:
    found = judged("accuracy", wilson(95, 100), min=0.90)
    assert (found.met, found.certifiable) == (False, True)
    assert found.items_needed is not None
    assert wilson_bounds(0.95 * found.items_needed, found.items_needed, 0.95)[0] >= 0.90
    assert wilson_bounds(0.95 * (found.items_needed - 1), found.items_needed - 1, 0.95)[0] < 0.90


def test_more_items_do_not_help_where_the_value_itself_is_too_low() -> None:
    found = judged("accuracy", wilson(80, 100), min=0.90)
    assert (found.met, found.items_needed) == (False, None)


@pytest.mark.parametrize(("bound", "needed"), [(0.90, 35), (0.95, 73), (0.99, 381)])
def test_wilson_cannot_certify_with_fewer(bound: float, needed: int) -> None:
    """A perfect result of n items has the lower bound n / (n + z²), z² = 3.8415."""
    assert needed / (needed + 3.8415) >= bound > (needed - 1) / (needed - 1 + 3.8415)
    few = judged("accuracy", wilson(needed - 1, needed - 1), min=bound)
    assert (few.met, few.certifiable, few.items_needed) == (None, False, needed)
    assert f"even a perfect result would need {needed:,}" in few.detail
    assert judged("accuracy", wilson(needed, needed), min=bound).met is True


def test_the_exact_interval_needs_as_many_as_it_says() -> None:
    # 0.025 ** (1 / n) >= 0.9: n >= 35.01.
    few = judged("critical_recall", clopper_pearson(35, 35), min=0.9)
    assert (few.met, few.certifiable, few.items_needed) == (None, False, 36)
    assert judged("critical_recall", clopper_pearson(36, 36), min=0.9).met is True


def test_an_upper_bound_is_judged_from_above() -> None:
    assert judged("parse_failure_rate", wilson(0, 100), max=0.05).met is True
    few = judged("parse_failure_rate", wilson(0, 20), max=0.05)
    assert (few.met, few.certifiable, few.items_needed) == (None, False, 73)
    assert judged("parse_failure_rate", wilson(10, 100), max=0.05).met is False


@pytest.mark.parametrize("bounds", [{"min": 1.0}, {"max": 0.0}])
def test_perfection_is_never_certified(bounds: dict[str, float]) -> None:
    count = 50 if "min" in bounds else 0
    found = judged("accuracy", wilson(count, 50), **bounds)
    assert found.met is not True


def test_what_has_no_upper_end_is_met_or_not() -> None:
    interval = Interval(value=3.0, low=2.5, high=3.5, n=20, confidence=0.95, method="bootstrap")
    assert judged("perplexity", interval, max=4.0).met is True
    assert judged("perplexity", interval, max=3.2).met is False


def test_what_was_not_measured_is_not_met_and_says_why() -> None:
    found = judged("accuracy", None, min=0.5)
    assert (found.met, found.detail) == (None, "not measured: why")


def test_a_value_that_misses_the_bound_is_not_met_however_few_items_there_are() -> None:
    """Not `not certifiable`, which would sound as if more items could help."""
    found = judged("hallucination_rate", wilson(9, 20), max=0.05)
    assert (found.met, found.certifiable, found.items_needed) == (False, True, None)
    assert "the value itself misses it" in found.detail
