"""Intervals of rungs, certification of critical recall, and what is refused."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.errors import SpecError
from clinft.stages.assess.measures import (
    adjusted,
    certified,
    checked,
    critical_recall,
    independent,
    interval,
    items_needed,
)
from clinft.stages.assess.outcomes import Rung
from clinft.statistics.proportions import clopper_pearson, wilson
from tests.fakes.rungs import binary, scored


def test_independent_yes_or_no_gets_wilson() -> None:
    assert interval(binary("a", 40, 50), "accuracy", 0.95) == wilson(40, 50, 0.95)
    assert interval(binary("a", 40, 50, parsed=45), "parsed", 0.95) == wilson(45, 50, 0.95)


def test_clusters_that_agree_within_count_as_one_item_each() -> None:
    # 20 clusters of 5, all five right or all five wrong, 16 right: as exact as 16 of 20 items.
    found = interval(binary("a", 80, 100, per_cluster=5), "accuracy", 0.95)
    exact = clopper_pearson(16, 20, 0.95)

    assert found.method.endswith("over 20 clusters")
    assert (found.n, found.value) == (100, 0.8)
    assert (found.low, found.high) == (
        pytest.approx(exact.low, abs=0.01),
        pytest.approx(exact.high, abs=0.01),
    )


def test_all_right_in_clusters_is_not_certainty() -> None:
    found = interval(binary("a", 100, 100, per_cluster=5), "accuracy", 0.95)

    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(clopper_pearson(20, 20, 0.95).low, abs=0.01)


def test_equal_scores_are_not_certainty() -> None:
    # 0.7 * 0.025^(1/30), and the same from 1 downwards.
    found = interval(scored("a", [0.7] * 30), "score", 0.95)
    assert found.low == pytest.approx(0.619, abs=0.005)
    assert found.high == pytest.approx(0.735, abs=0.005)


@pytest.mark.parametrize("last", [1.0, 0.99, 0.95])
def test_one_score_a_little_below_the_others_is_not_certainty(last: float) -> None:
    assert interval(scored("a", [1.0] * 19 + [last]), "score", 0.95).low < 0.85


@pytest.mark.parametrize("n", [20, 25, 40, 60])
def test_rare_bad_score_that_was_not_drawn_is_not_taken_for_impossible(n: int) -> None:
    # 5 % are 0; a percentile bootstrap lies above the true mean in 38 % of the draws at n = 20.
    rng, draws = random.Random(n), 200
    true = 0.95 * (0.7 + 0.3 * 0.95)
    above = 0
    for _ in range(draws):
        scores = [0.0 if rng.random() < 0.05 else rng.choices((0.95, 1.0), (3, 7))[0] for _ in range(n)]
        above += interval(scored("a", scores), "score", 0.95).low > true
    # 2.5 % of 200 is 5; 11 or more of them happen once in 80 times at that rate.
    assert above <= 10


def test_few_clusters_err_as_rarely_as_they_say() -> None:
    # 20 clusters of 5, their rates far apart; Wilson with Kish's n and a normal quantile errs in 4 %.
    rng, draws, true = random.Random(3), 600, 0.9
    clusters = [f"c{number // 5}" for number in range(100)]
    above = 0
    for _ in range(draws):
        rates = [rng.betavariate(2 * true, 2 * (1 - true)) for _ in range(20)]
        right = [float(rng.random() < rates[number // 5]) for number in range(100)]
        above += interval(scored("a", right, clusters), "score", 0.95).low > true
    assert above <= 15  # 2.5 %


@settings(max_examples=30, deadline=None)
@given(
    scores=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=30),
    confidence=st.sampled_from((0.8, 0.95, 0.975)),
    sizes=st.integers(1, 4),
)
def test_interval_holds_its_value_and_stays_within_0_and_1(
    scores: list[float], confidence: float, sizes: int
) -> None:
    clusters = [f"c{number // sizes}" for number in range(len(scores))]
    found = interval(scored("a", scores, clusters), "score", confidence)

    assert -1e-12 <= found.low <= found.value <= found.high <= 1.0 + 1e-12
    assert found.value == pytest.approx(math.fsum(scores) / len(scores))


def test_adjusted_level_shares_the_error_among_the_rungs() -> None:
    assert adjusted(0.95, 5) == pytest.approx(0.99)
    assert adjusted(0.95, 1) == pytest.approx(0.95)


@pytest.mark.parametrize("true", [0.6, 0.8, 0.9])
@pytest.mark.parametrize("n", [50, 200])
def test_choosing_the_best_of_many_errs_as_rarely_as_it_says(true: float, n: int) -> None:
    # Exact chance that the best of so many rungs, each just at the target, seems to reach it.
    def errs(rungs: int, confidence: float) -> float:
        one = sum(
            math.comb(n, right) * true**right * (1 - true) ** (n - right)
            for right in range(n + 1)
            if wilson(right, n, confidence).low >= true
        )
        return 1 - (1 - one) ** rungs

    for rungs in (1, 8, 14):
        assert errs(rungs, adjusted(0.95, rungs)) < 0.04
    assert errs(14, 0.95) > 0.05


# The research note, section 2: 95 % one-sided Clopper-Pearson with 0, 1 and 2 misses.
@pytest.mark.parametrize(
    ("target", "cases"),
    [(0.90, (29, 46, 61)), (0.95, (59, 93, 124)), (0.98, (149, 236, 313)), (0.99, (299, 473, 628))],
)
def test_critical_recall_needs_as_many_cases_as_the_research_note_says(
    target: float, cases: tuple[int, ...]
) -> None:
    for missed, needed in enumerate(cases):
        enough = certified(binary("a", 700, 700, critical=needed, missed=missed), target, 0.95)
        short = certified(binary("a", 700, 700, critical=needed - 1, missed=missed), target, 0.95)
        assert (enough.status, enough.cases_needed) == ("CERTIFIED", needed)
        assert short.status == ("NOT_CERTIFIABLE" if missed == 0 else "NOT_CERTIFIED")


def test_no_critical_case_is_not_certifiable() -> None:
    found = certified(binary("a", 50, 50), 0.95, 0.95)

    assert (found.status, found.recall, found.cases_needed) == ("NOT_CERTIFIABLE", None, 59)
    assert certified(binary("a", 50, 50, critical=50), 1.0, 0.95).cases_needed is None


def test_choosing_among_rungs_asks_for_more_critical_cases() -> None:
    # Five rungs: ln(0.05 / 5) / ln(0.95) = 89.8.
    assert certified(binary("a", 50, 50), 0.95, 0.95, claims=5).cases_needed == 90


def test_cluster_of_critical_cases_counts_once_and_is_found_only_as_a_whole() -> None:
    found = critical_recall(binary("a", 100, 100, critical=20, missed=1, per_cluster=5), 0.95)

    assert found is not None
    assert (found.n, found.value) == (4, 0.75)


def test_items_needed_grow_as_the_target_comes_near() -> None:
    rung = binary("a", 80, 100)
    near, far = (items_needed(rung, "accuracy", target, 0.95) for target in (0.78, 0.70))

    assert near is not None
    assert far is not None
    # Hand: (1.960 + 0.8416)^2 * 0.8 * 0.2 * 100/99 / 0.02^2 = 3,171.3
    assert near == 3172
    assert far < near
    assert items_needed(rung, "accuracy", 0.8, 0.95) is None


def test_items_needed_grow_with_clusters() -> None:
    single, clustered = (
        items_needed(binary("a", 80, 100, per_cluster=size), "accuracy", 0.75, 0.95) for size in (0, 5)
    )
    assert single is not None
    assert clustered is not None
    assert clustered > 4 * single


def test_items_needed_are_enough_where_scores_hardly_spread() -> None:
    # ln(0.025) / ln(0.95) = 71.9: fewer could not tell it even if every one were right.
    needed = items_needed(scored("a", [1.0] * 19 + [0.99]), "score", 0.95, 0.95)
    assert needed is not None
    assert needed >= 72
    assert interval(scored("a", ([1.0] * 19 + [0.99]) * (needed // 20 + 1)), "score", 0.95).low > 0.95


def test_independent_counts_clusters() -> None:
    assert independent(binary("a", 9, 10)) == 10
    assert independent(binary("a", 9, 10, per_cluster=5)) == 2


RIGHT = binary("a", 8, 10)


def with_score(score: float) -> Rung:
    return Rung("b", "generated_text", [replace(RIGHT.outcomes[0], score=score), *RIGHT.outcomes[1:]])


@pytest.mark.parametrize(
    ("rungs", "says"),
    [
        ([], "no outcomes"),
        ([Rung("a", "generated_text", [])], "no outcomes"),
        ([RIGHT, RIGHT], "same name"),
        ([RIGHT, replace(RIGHT, name="b", outcomes=RIGHT.outcomes[:-1])], "not measured on the same items"),
        ([RIGHT, replace(RIGHT, name="b", outcomes=RIGHT.outcomes[::-1])], "not measured on the same items"),
        ([replace(RIGHT, outcomes=[RIGHT.outcomes[0]] * 3)], "more than once"),
        ([RIGHT, with_score(math.nan)], "score of outcome 1 of b"),
        ([RIGHT, with_score(math.inf)], "score of outcome 1 of b"),
        ([RIGHT, with_score(87.5)], "score of outcome 1 of b"),
    ],
)
def test_what_means_nothing_is_refused(rungs: list[Rung], says: str) -> None:
    with pytest.raises(SpecError, match=says) as refused:
        checked(rungs)
    assert refused.value.cause
    assert refused.value.next_step


def test_one_class_is_refused() -> None:
    checked([RIGHT], ["urgent", "routine"])
    with pytest.raises(SpecError, match="always giving that one would be perfect"):
        checked([RIGHT], ["urgent"] * 10)
