import math
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.statistics.bootstrap import bootstrap, resampled
from clinft.statistics.likelihood import perplexity
from clinft.statistics.multiplicity import holm
from clinft.statistics.paired import newcombe_paired
from clinft.statistics.per_label import macro, tallies
from clinft.statistics.power import items_for_margin, items_for_proportion, smallest_detectable
from clinft.statistics.proportions import wilson, wilson_bounds


def mean(counts: Counter[bool]) -> float:
    return counts[True] / counts.total()


def total(counts: Counter[float]) -> float:
    return math.fsum(value * count for value, count in counts.items())


def test_the_bootstrap_does_not_depend_on_the_order_of_items() -> None:
    items = [True] * 30 + [False] * 20
    shuffled = random.Random(1).sample(items, len(items))
    assert bootstrap(items, mean) == bootstrap(shuffled, mean)
    assert resampled(items, mean, seed=1) != resampled(items, mean, seed=2)
    values = [number**1.5 for number in range(40)]
    backwards = values[::-1]
    # Every draw is the same one, not only the percentiles.
    assert resampled(values, total, 50) == resampled(backwards, total, 50)


def test_the_bootstrap_of_a_proportion_is_close_to_wilson() -> None:
    found, expected = bootstrap([True] * 120 + [False] * 80, mean), wilson(120, 200)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.01)
    assert found.value == 0.6


@settings(max_examples=20)
@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_the_bootstrap_holds_its_value(items: list[bool]) -> None:
    found = bootstrap(items, mean, resamples=50)
    assert found.low <= found.value <= found.high


def test_nothing_cannot_be_resampled() -> None:
    with pytest.raises(ValueError, match="no items"):
        bootstrap([], mean)


def test_holm_as_in_a_worked_example() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_never_helps_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= a <= 1.0 for p, a in zip(p_values, adjusted, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert [adjusted[i] for i in order] == sorted(adjusted)


@pytest.mark.parametrize(("margin", "n"), [(0.01, 6184), (0.02, 1546), (0.03, 688), (0.05, 248)])
def test_items_for_a_margin_as_published(margin: float, n: int) -> None:
    """Research note, clinical section 2: discordance 10 %, one-sided 5 %, power 80 %.

    One item apart at most: the note rounds the normal quantiles to 1.645 and 0.8416.
    """
    assert items_for_margin(0.10, margin) == pytest.approx(n, abs=1)
    assert items_for_margin(0.20, margin) == pytest.approx(2 * n, abs=2)


def test_power_without_items_or_margin_is_refused() -> None:
    with pytest.raises(ValueError, match="loss of nothing"):
        items_for_margin(0.1, 0.0)
    with pytest.raises(ValueError, match="no items"):
        smallest_detectable(0, 0.1)


@pytest.mark.parametrize("n", [248, 1546])
def test_equal_systems_are_shown_equal_as_often_as_planned(n: int) -> None:
    """Simulated: discordance 10 %, margin as planned for n, 90 % interval = one-sided 5 %."""
    rng = random.Random(11)
    margin = smallest_detectable(n, 0.1)
    trials, shown = 400, 0
    for _ in range(trials):
        discordant = draws(rng, n, 0.1)
        won = draws(rng, discordant, 0.5)
        both = round(0.8 * (n - discordant))
        found = newcombe_paired(both, won, discordant - won, n - discordant - both, 0.9)
        shown += found.low > -margin
    assert 0.74 < shown / trials < 0.86


def draws(rng: random.Random, n: int, p: float) -> int:
    return sum(rng.random() < p for _ in range(n))


def test_the_smallest_detectable_loss_is_the_margin_of_that_many_items() -> None:
    assert smallest_detectable(items_for_margin(0.1, 0.03), 0.1) == pytest.approx(0.03, abs=1e-4)


@pytest.mark.parametrize(("expected", "bound"), [(0.69, 0.6), (0.3, 0.6), (0.0, 0.5), (1.0, 0.9)])
def test_items_for_a_proportion_is_the_smallest_that_decides(expected: float, bound: float) -> None:
    n = items_for_proportion(expected, bound)
    assert n is not None
    low, high = wilson_bounds(expected * n, n, 0.95)
    assert not low <= bound <= high
    low, high = wilson_bounds(expected * (n - 1), n - 1, 0.95)
    assert low <= bound <= high


def test_no_number_of_items_tells_equals_apart() -> None:
    assert items_for_proportion(0.6, 0.6) is None


def test_per_label_counts_as_worked_by_hand() -> None:
    pairs = Counter({("a", "a"): 6, ("a", "b"): 2, ("b", "b"): 3, ("b", None): 1, ("c", "a"): 4})
    a, b, c = tallies(pairs, ("a", "b", "c"))
    assert (a.hits, a.support, a.predicted) == (6, 8, 10)
    assert (a.recall, a.precision, a.f1) == (6 / 8, 6 / 10, 12 / 18)
    assert (b.recall, b.precision, b.f1) == (3 / 4, 3 / 5, 6 / 9)
    # Never right and never predicted: zero, as scikit-learn with zero_division=0.
    assert (c.recall, c.precision, c.f1) == (0.0, 0.0, 0.0)
    assert macro("macro_f1", ("a", "b", "c"))(pairs) == pytest.approx((12 / 18 + 6 / 9) / 3)
    assert macro("macro_recall", ("a", "b", "c"))(pairs) == pytest.approx((6 / 8 + 3 / 4) / 3)
    assert macro("macro_precision", ("a", "b", "c"))(pairs) == pytest.approx((6 / 10 + 3 / 5) / 3)


def test_perplexity_as_worked_by_hand() -> None:
    # Two answers of one token at probability 1/4, one of two tokens at 1/2 each.
    answers = Counter({(math.log(4), 1): 2, (2 * math.log(2), 2): 1})
    assert perplexity(answers) == pytest.approx(math.exp((2 * math.log(4) + 2 * math.log(2)) / 4))
    assert math.isfinite(perplexity(Counter({(1e9, 1): 1})))
