"""Groups against the rest: exact where items stand alone, robust where they come in clusters."""

import math
import random

import pytest
from scipy.stats import fisher_exact, t

from clinft.statistics.group_difference import Unit, fisher_one_sided, group_difference, t_tail


def alone(inside: tuple[int, int], outside: tuple[int, int]) -> list[Unit]:
    """Missed of all, on both sides."""
    sides = ((True, inside), (False, outside))
    return [Unit(float(at < missed), side, f"{side}-{at}") for side, (missed, n) in sides for at in range(n)]


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 10, 51, 200])
@pytest.mark.parametrize("value", [-3.0, -0.4, 0.0, 0.7, 2.5, 9.0])
def test_the_tail_of_students_t_is_scipys(value: float, freedom: int) -> None:
    assert t_tail(value, freedom) == pytest.approx(float(t.sf(value, freedom)), abs=1e-12)


@pytest.mark.parametrize(
    ("a", "n", "b", "m"), [(3, 10, 1, 30), (0, 5, 2, 9), (5, 5, 0, 40), (7, 90, 70, 900)]
)
def test_fishers_p_is_scipys(a: int, n: int, b: int, m: int) -> None:
    wanted = fisher_exact([[a, n - a], [b, m - b]], alternative="greater").pvalue
    assert fisher_one_sided(a, n, b, m) == pytest.approx(float(wanted), rel=1e-9)


def test_a_hand_worked_group() -> None:
    """6 of 20 against 4 of 80: 0.30 - 0.05."""
    found = group_difference(alone((6, 20), (4, 80)))
    assert found is not None
    assert found.interval.value == pytest.approx(0.25)
    assert found.interval.method == "Newcombe"
    assert found.interval.low < 0.25 < found.interval.high
    assert found.p_value == pytest.approx(fisher_one_sided(6, 20, 4, 80))


def test_no_group_and_no_rest_say_nothing() -> None:
    assert group_difference(alone((1, 3), (0, 0))) is None
    assert group_difference(alone((0, 0), (1, 3))) is None


def test_copies_of_items_are_no_new_evidence() -> None:
    """Ten wordings of each case: the p-value stays about that of the cases."""
    cases = alone((6, 20), (8, 80))
    copies = [unit for unit in cases for _ in range(10)]
    once, tenfold = group_difference(cases), group_difference(copies)
    assert once is not None
    assert tenfold is not None
    assert tenfold.interval.method == "cluster-robust"
    naive = fisher_one_sided(60, 200, 80, 800)
    assert naive < 1e-9
    assert 0.005 < tenfold.p_value < 0.2
    assert once.p_value < 0.1


def test_too_few_clusters_are_not_weighed() -> None:
    units = [Unit(0.5, at < 4, f"c{at % 8}") for at in range(16)]
    assert group_difference(units) is None


def test_a_side_that_is_missed_altogether_is_still_seen() -> None:
    units = [Unit(float(at < 12), at < 12, f"c{at // 2}") for at in range(60)]
    found = group_difference(units)
    assert found is not None
    assert found.p_value == pytest.approx(fisher_one_sided(6, 6, 0, 24))


def test_equal_groups_are_called_worse_as_seldom_as_they_should_be() -> None:
    """500 groups that are no worse, of scored answers in clusters of two: 5 % of p-values below 0.05."""
    draw, hits = random.Random(20261126), 0
    for _ in range(500):
        units = []
        for cluster in range(60):
            level = draw.random() * 0.6
            units += [
                Unit(min(1.0, level + draw.random() * 0.4), cluster % 4 == 0, f"c{cluster}") for _ in range(2)
            ]
        found = group_difference(units)
        assert found is not None
        hits += found.p_value <= 0.05
    assert 0.025 <= hits / 500 <= 0.08


def test_the_order_of_items_changes_nothing() -> None:
    units = [Unit((at * 37 % 11) / 10, at % 3 == 0, f"c{at // 2}") for at in range(80)]
    mixed = random.Random(1).sample(units, len(units))
    one, other = group_difference(units), group_difference(mixed)
    assert one is not None
    assert other is not None
    assert math.isclose(one.p_value, other.p_value, rel_tol=1e-12)
