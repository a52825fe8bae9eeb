"""The interval of a bounded mean: exact where it is known, and never from what the sample happened to show."""

import pytest

from clinft.statistics.bounded_mean import bounded_mean, fewest_units
from clinft.statistics.proportions import clopper_pearson


@pytest.mark.parametrize(("right", "n"), [(0, 20), (13, 20), (20, 20), (190, 200)])
def test_yes_or_no_gets_clopper_and_pearsons(right: int, n: int) -> None:
    found = bounded_mean([(1.0, 1)] * right + [(0.0, 1)] * (n - right))
    exact = clopper_pearson(right, n)
    assert (found.value, found.n) == (exact.value, n)
    assert (found.low, found.high) == (
        pytest.approx(exact.low, abs=0.01),
        pytest.approx(exact.high, abs=0.01),
    )


def test_clusters_of_one_size_count_as_one_item_each() -> None:
    singles = [(0.2, 1), (0.9, 1), (1.0, 1)] * 7
    whole = bounded_mean([(5 * total, 5) for total, _ in singles])
    assert (whole.low, whole.high) == pytest.approx((bounded_mean(singles).low, bounded_mean(singles).high))
    assert whole.n == 105


def test_order_changes_nothing_and_a_higher_confidence_is_wider() -> None:
    units = [(0.01 * number, 1) for number in range(40)]
    assert bounded_mean(units) == bounded_mean(units[::-1])
    assert bounded_mean(units, 0.99).low < bounded_mean(units).low


def test_fewest_units() -> None:
    # ln(0.025) / ln(0.95) = 71.9
    assert fewest_units(1.0, 0.95, 0.95) == 72
    assert fewest_units(0.0, 0.05, 0.95) == 72
    assert fewest_units(0.5, 0.0, 0.95) == 1
    assert fewest_units(0.5, 1.0, 0.95) == 1
    assert fewest_units(0.8, 0.8, 0.95) is None
