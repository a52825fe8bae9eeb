"""What the gate's power is said to be, against brute force and simulation; corrections for many claims; drift."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from clinft.statistics.ewma import worsens
from clinft.statistics.multiplicity import benjamini_hochberg
from clinft.statistics.paired import Unit, mcnemar_mid_p, tango
from clinft.statistics.power import (
    detectable_loss,
    failing_power,
    items_for_margin,
    items_to_pass,
    passing_power,
    smallest_detectable,
)


def by_hand(n: int, loss: float, discordance: float, margin: float) -> float:
    lost_share, won_share = (discordance + loss) / 2, (discordance - loss) / 2
    total = 0.0
    for lost in range(n + 1):
        for won in range(n + 1 - lost):
            if mcnemar_mid_p(lost, won) <= 0.05 and lost - won >= margin * n:
                ways = math.comb(n, lost) * math.comb(n - lost, won)
                total += ways * lost_share**lost * won_share**won * (1 - discordance) ** (n - lost - won)
    return total


@pytest.mark.parametrize(
    ("loss", "discordance", "margin"), [(0.0, 0.2, 0.0), (0.1, 0.2, 0.02), (0.2, 0.3, 0.25), (0.1, 0.1, 0.0)]
)
def test_power_is_summed_over_all_outcomes(loss: float, discordance: float, margin: float) -> None:
    assert failing_power(25, loss, discordance, margin) == pytest.approx(
        by_hand(25, loss, discordance, margin), abs=1e-6
    )


@pytest.mark.parametrize("n", [50, 200, 1000])
@pytest.mark.parametrize("discordance", [0.06, 0.2])
def test_the_detectable_loss_is_found_in_four_of_five_comparisons(n: int, discordance: float) -> None:
    loss = detectable_loss(n, discordance, 0.02)
    rng = np.random.default_rng(n)
    share = max(discordance, loss)
    pairs = rng.binomial(n, share, size=4000)
    lost = rng.binomial(pairs, (share + loss) / (2 * share))
    won = pairs - lost
    known = {
        pair: mcnemar_mid_p(*pair) <= 0.05 for pair in set(zip(lost.tolist(), won.tolist(), strict=True))
    }
    found = np.mean(
        [
            known[pair] and pair[0] - pair[1] >= 0.02 * n
            for pair in zip(lost.tolist(), won.tolist(), strict=True)
        ]
    )
    assert abs(float(found) - 0.8) < 0.03


def test_large_sets_are_reckoned_by_the_normal_formula() -> None:
    assert detectable_loss(100_000, 0.1) == pytest.approx(smallest_detectable(100_000, 0.1))
    assert detectable_loss(100_000, 0.1, 0.02) > 0.02
    assert detectable_loss(5000, 0.1) == pytest.approx(smallest_detectable(5000, 0.1), rel=0.02)


def test_nothing_is_found_where_nothing_differs() -> None:
    assert failing_power(100, 0.0, 0.0) == 0.0
    with pytest.raises(ValueError, match="no items"):
        failing_power(0, 0.1, 0.1)


@pytest.mark.parametrize(("discordance", "margin"), [(0.05, 0.05), (0.1, 0.05), (0.02, 0.02)])
def test_as_many_items_as_needed_show_equal_models_equal(discordance: float, margin: float) -> None:
    n = items_to_pass(discordance, margin)
    assert n > items_for_margin(discordance, margin, alpha=0.025)
    rng = np.random.default_rng(3)
    pairs = rng.binomial(n, discordance, size=1500)
    lost = rng.binomial(pairs, 0.5)
    low = {}
    for a, b in set(zip(lost.tolist(), (pairs - lost).tolist(), strict=True)):
        low[a, b] = tango([Unit(1, 0, 1)] * b + [Unit(0, 1, 1)] * a + [Unit(0, 0, 1)] * (n - a - b)).low
    shown = np.mean(
        [low[pair] > -margin for pair in zip(lost.tolist(), (pairs - lost).tolist(), strict=True)]
    )
    assert abs(float(shown) - passing_power(n, discordance, margin)) < 0.03
    assert passing_power(n, discordance, margin) >= 0.8


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_benjamini_and_hochberg_as_scipy(p_values: list[float]) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(false_discovery_control(p_values).tolist())


def test_of_nothing_nothing_is_adjusted() -> None:
    assert benjamini_hochberg([]) == []


def test_small_steps_down_are_flagged_though_each_is_within_its_error() -> None:
    values = [0.90 - 0.01 * step for step in range(10)]
    flags = worsens(values, [0.02] * 10, higher_is_better=True)
    assert flags[:4] == [False] * 4
    assert flags[-1]
    assert not any(worsens(values, [0.02] * 10, higher_is_better=False))
    assert worsens([-value for value in values], [0.02] * 10, higher_is_better=False) == flags


def test_runs_that_only_scatter_are_not_flagged() -> None:
    rng = np.random.default_rng(1)
    flagged = sum(
        any(worsens((0.9 + 0.02 * rng.standard_normal(10)).tolist(), [0.02] * 10, higher_is_better=True))
        for _ in range(400)
    )
    # The first run scatters too, which the limit does not know.
    assert flagged / 400 < 0.35
    assert worsens([0.9], [0.02], higher_is_better=True) == [False]
