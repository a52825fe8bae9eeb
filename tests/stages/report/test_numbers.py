"""Numbers look the same wherever they stand."""

from decimal import Decimal

import pytest

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import MetricResult
from clinft.stages.report import numbers


def interval(value: float, low: float, high: float, n: int = 60, method: str = "Wilson") -> Interval:
    return Interval(value=value, low=low, high=high, n=n, confidence=0.95, method=method)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (interval(0.7341, 0.6804, 0.7806), "0.734 [0.680, 0.781]"),
        (interval(9.75, 8.775, 10.725), "9.8 [8.8, 10.7]"),
        (interval(12345.6, 9000.4, 20000.0), "12,346 [9,000, 20,000]"),
    ],
)
def test_interval_has_the_same_decimals_throughout(found: Interval, expected: str) -> None:
    assert numbers.interval(found) == expected


def test_difference_shows_its_signs() -> None:
    assert numbers.difference(interval(-0.067, -0.15, 0.017)) == "-0.067 [-0.150, +0.017]"


def test_metric_says_its_own_n_and_why_it_is_missing() -> None:
    measured = MetricResult(metric="accuracy", higher_is_better=True, interval=interval(0.5, 0.4, 0.6, n=20))
    absent = MetricResult(metric="perplexity", higher_is_better=False, interval=None, missing="a|b")

    assert numbers.metric(measured, 20) == "0.500 [0.400, 0.600]"
    assert numbers.metric(measured, 60) == "0.500 [0.400, 0.600] (n = 20)"
    assert numbers.metric(absent, 60) == "missing: a&#124;b"
    assert numbers.metric(None, 60) == "missing: not asked for in evaluation.metrics"


def test_methods_names_each_method_once() -> None:
    found = [
        ("accuracy", interval(0.5, 0.4, 0.6)),
        ("accuracy", interval(0.7, 0.6, 0.8)),
        ("macro-F1", interval(0.5, 0.4, 0.6, method="bootstrap")),
    ]

    assert numbers.methods(found) == "95 % Wilson (accuracy); 95 % bootstrap (macro-F1)"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("seconds", 0.4123, "0.412"),
        ("seconds", 91.25, "91.2"),
        ("tokens_per_second", 12345.6, "12,346"),
        ("steps", 12, "12"),
        ("peak_memory_bytes", 2_147_483_648, "2.00 GiB"),
        ("machine", "a|b", "a&#124;b"),
    ],
)
def test_measured_value(name: str, value: float | str, expected: str) -> None:
    assert numbers.measured_value(name, value) == expected


def test_money_p_values_and_counts() -> None:
    assert numbers.usd(Decimal("1234.5")) == "1,234.50 USD"
    assert [numbers.p_value(p) for p in (0.00002, 0.001, 0.25)] == ["< 0.001", "0.001", "0.250"]
    assert [numbers.count(n, "finding") for n in (0, 1, 2000)] == [
        "0 findings",
        "1 finding",
        "2,000 findings",
    ]
    assert numbers.share(3, 20) == "3 of 20 (15 %)"
    assert numbers.share(0, 0) == "0 of 0"
    assert numbers.short("ab" * 32) == "`abababababab`"
