"""Against scipy, Newcombe's paper, and simulation."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from clinft.statistics.paired import mcnemar_exact, mcnemar_one_sided, newcombe_paired

CELL = st.integers(0, 60)


@given(CELL, CELL)
def test_mcnemar_is_a_fair_coin_on_the_discordant_pairs(lost: int, won: int) -> None:
    if lost + won == 0:
        assert mcnemar_exact(0, 0) == 1.0
        return
    assert mcnemar_exact(lost, won) == pytest.approx(binomtest(lost, lost + won).pvalue, abs=1e-9)
    expected = binomtest(lost, lost + won, alternative="greater").pvalue
    assert mcnemar_one_sided(lost, won) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((20, 12, 2, 16), 0.0562, 0.3292)],
)
def test_newcombe_method_10_gives_the_published_intervals(
    cells: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Newcombe 1998, table of worked examples, n = 50."""
    found = newcombe_paired(*cells)
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((low, high), abs=2e-4)


@given(CELL, CELL, CELL, CELL)
def test_newcombe_holds_its_value_and_turns_with_the_systems(
    both: int, one: int, two: int, none: int
) -> None:
    if both + one + two + none == 0:
        return
    found, turned = newcombe_paired(both, one, two, none), newcombe_paired(both, two, one, none)
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-12)


def test_newcombe_covers_the_truth_as_often_as_it_says() -> None:
    rng = random.Random(5)
    n, trials, inside, truth = 80, 1200, 0, 0.05
    for _ in range(trials):
        cells = [0, 0, 0, 0]
        for _ in range(n):
            draw = rng.random()
            cells[0 if draw < 0.6 else 1 if draw < 0.75 else 2 if draw < 0.85 else 3] += 1
        found = newcombe_paired(*cells)
        inside += found.low <= truth <= found.high
    assert 0.93 < inside / trials < 0.98
