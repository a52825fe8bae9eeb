"""Against the exact test where there is one, and the level it promises."""

import random
from collections import Counter

import pytest

from clinft.statistics.paired import mcnemar_one_sided
from clinft.statistics.per_label import macro
from clinft.statistics.randomization import randomization_p

Right = tuple[bool, bool]


def lost(counts: Counter[Right]) -> float:
    """Share of items that the second of the two lost."""
    return (counts[True, False] - counts[False, True]) / counts.total()


def swapped(item: Right) -> Right:
    return item[1], item[0]


@pytest.mark.parametrize(("worse", "better"), [(9, 1), (12, 5), (8, 8), (3, 9)])
def test_on_right_and_wrong_it_is_mcnemar(worse: int, better: int) -> None:
    items = [(True, True)] * 50 + [(True, False)] * worse + [(False, True)] * better
    found = randomization_p(items, lost, swapped, repeats=20_000)
    assert found == pytest.approx(mcnemar_one_sided(worse, better), abs=0.01)


def test_systems_that_never_differ_give_no_evidence() -> None:
    assert randomization_p([(True, True)] * 5 + [(False, False)] * 3, lost, swapped) == 1.0


def test_it_does_not_depend_on_the_order_of_items() -> None:
    items = [(True, True)] * 20 + [(True, False)] * 9 + [(False, True)] * 4
    shuffled = random.Random(1).sample(items, len(items))
    assert randomization_p(items, lost, swapped) == randomization_p(shuffled, lost, swapped)
    assert randomization_p(items, lost, swapped, seed=1) != randomization_p(items, lost, swapped, seed=2)


def test_without_items_it_is_refused() -> None:
    with pytest.raises(ValueError, match="no items"):
        randomization_p([], lost, swapped)


def test_it_errs_as_rarely_as_it_says_on_macro_f1() -> None:
    """n = 50, equal systems that err independently."""
    rng = random.Random(23)
    labels = ("a", "b", "c")
    trials, repeats, claimed = 250, 99, 0
    for trial in range(trials):
        targets = rng.choices(labels, k=50)
        items = [
            (target, *(target if rng.random() < 0.8 else rng.choice(labels) for _ in range(2)))
            for target in targets
        ]
        mean = macro("macro_f1", targets)

        def loss(counts: Counter[tuple[str, ...]]) -> float:
            first, second = Counter[tuple[str, str | None]](), Counter[tuple[str, str | None]]()
            for (target, one, two), count in counts.items():
                first[target, one] += count
                second[target, two] += count
            return mean(first) - mean(second)  # noqa: B023 - called before `mean` changes

        p = randomization_p(items, loss, lambda item: (item[0], item[2], item[1]), repeats, seed=trial)
        claimed += p <= 0.05
    # 5 % of 250, and three standard errors.
    assert 0 < claimed / trials < 0.05 + 3 * (0.05 * 0.95 / trials) ** 0.5
