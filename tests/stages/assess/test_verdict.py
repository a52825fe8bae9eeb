"""The verdict: each rule at its edge, what is refused, and what must not change it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.assessment import Verdict
from clinft.errors import SpecError
from clinft.stages.assess.judging import Target
from clinft.stages.assess.outcomes import Rung
from clinft.stages.assess.verdict import FEWEST, decide
from clinft.statistics.proportions import wilson
from tests.fakes.rungs import binary, scored

ACCURACY = Target("accuracy", 0.8)
RANK = {"FINE_TUNE": 0, "HYBRID": 0, "INCONCLUSIVE": 1, "PROMPT_SUFFICIENT": 2}


def kinds(**counts: int) -> dict[str, int]:
    return counts


def judged(*rungs: Rung, least: float = 0.8, critical: float | None = None) -> Verdict:
    return decide(rungs, [Target("accuracy", least)], critical_target=critical)


def test_prompt_is_sufficient_when_its_lower_bound_reaches_the_target() -> None:
    # Wilson 95 %: 175 of 200 is from 0.822 on, 170 of 200 from 0.794.
    assert judged(binary("zero_shot", 175, 200)).verdict == "PROMPT_SUFFICIENT"
    assert judged(binary("zero_shot", 170, 200)).verdict == "INCONCLUSIVE"


def test_best_of_many_needs_more_than_the_only_one() -> None:
    best = binary("few_shot", 172, 200)
    others = [binary(f"r{n}", 100, 200) for n in range(9)]
    lower = wilson(172, 200, 0.95).low

    assert judged(best, least=round(lower - 0.002, 3)).verdict == "PROMPT_SUFFICIENT"
    chosen = judged(best, *others, least=round(lower - 0.002, 3))
    assert chosen.verdict == "INCONCLUSIVE"
    assert "best of 10 rungs" in chosen.adjustment
    assert "0.995" in chosen.adjustment


def test_answers_that_nobody_can_read_decide_nothing_and_stop_nothing() -> None:
    found = judged(binary("zero_shot", 0, 60, parsed=0), binary("rules", 0, 60, parsed=0))
    assert (found.verdict, found.n_needed) == ("INCONCLUSIVE", None)
    assert "No answer of any prompt could be read" in found.reason
    # One that can be read, and is wrong, is evidence.
    assert "could be read" not in judged(binary("zero_shot", 0, 60, parsed=60)).reason


def test_every_primary_measure_must_be_reached() -> None:
    targets = [ACCURACY, Target("parsed", 0.98)]
    assert decide([binary("a", 190, 200)], targets).verdict == "PROMPT_SUFFICIENT"
    found = decide([binary("a", 190, 200, parsed=196)], targets)
    assert found.verdict == "INCONCLUSIVE"
    assert "share of answers that can be read" in found.reason


def test_rung_that_reaches_everything_is_recommended_before_one_that_scores_more() -> None:
    more = binary("few_shot", 198, 200, critical=100, missed=5)
    safe = binary("zero_shot", 190, 200, critical=100)
    found = judged(more, safe, critical=0.95)

    assert (found.verdict, found.recommended) == ("PROMPT_SUFFICIENT", "zero_shot")


def test_critical_recall_that_cannot_be_certified_is_not_sufficient() -> None:
    found = judged(binary("a", 195, 200, critical=58), critical=0.95)

    assert found.verdict == "INCONCLUSIVE"
    assert found.critical is not None
    assert (found.critical.status, found.critical.cases_needed) == ("NOT_CERTIFIABLE", 59)
    assert "needs 59 critical cases" in found.reason
    assert judged(binary("a", 195, 200, critical=59), critical=0.95).verdict == "PROMPT_SUFFICIENT"


def test_critical_recall_clearly_below_is_out_of_reach_whatever_the_accuracy() -> None:
    found = judged(
        binary("a", 395, 400, critical=100, missed=50, kinds=kinds(convention_or_terms=5)), critical=0.95
    )
    assert found.verdict == "FINE_TUNE"


@pytest.mark.parametrize(
    ("errors", "verdict"),
    [
        (kinds(convention_or_terms=60), "FINE_TUNE"),
        (kinds(convention_or_terms=30, other=30), "FINE_TUNE"),
        (kinds(negation_or_context=20, numeric=11, other=29), "FINE_TUNE"),
        (kinds(convention_or_terms=29, other=31), "INCONCLUSIVE"),
        (kinds(other=60), "INCONCLUSIVE"),
        (kinds(format=20, convention_or_terms=40), "HYBRID"),
        (kinds(format=19, convention_or_terms=41), "FINE_TUNE"),
        (kinds(missing_facts=12, format=8, other=40), "HYBRID"),
        ({}, "FINE_TUNE"),  # nobody looked, and the reason says so
    ],
)
def test_out_of_reach_goes_by_what_cures_the_errors(errors: dict[str, int], verdict: str) -> None:
    found = judged(binary("zero_shot", 40, 100, kinds=errors))

    assert found.verdict == verdict
    assert found.n_needed is None
    assert ("was not looked at" in found.reason) == (errors == {})
    assert bool(found.remedies)


def test_prompt_that_helps_but_not_enough_is_hybrid() -> None:
    zero = binary("zero_shot", 40, 200, kinds=kinds(convention_or_terms=160))
    few = binary("few_shot", 100, 200, kinds=kinds(convention_or_terms=100))
    found = judged(zero, few)

    assert found.verdict == "HYBRID"
    assert "+0.300 against zero_shot" in found.reason
    assert [remedy.kind for remedy in found.remedies] == ["prompt", "fine_tune"]
    # The same gain against a prompt of another name, or read in another way, is no gain over zero-shot.
    assert judged(replace(zero, name="rules"), few).verdict == "FINE_TUNE"
    assert judged(replace(zero, read="closed_labels"), few).verdict == "FINE_TUNE"


def test_gain_that_chance_explains_is_none() -> None:
    zero = binary("zero_shot", 96, 200, kinds=kinds(convention_or_terms=104))
    few = binary("few_shot", 100, 200, kinds=kinds(convention_or_terms=100))
    # 4 of 4 discordant items: exact McNemar p = 0.125.
    assert judged(zero, few).verdict == "FINE_TUNE"


def test_rung_that_can_reach_the_target_is_recommended_before_one_that_cannot() -> None:
    more = binary("few_shot", 195, 200, critical=100, missed=40)
    safe = binary("zero_shot", 160, 200, critical=100)
    found = judged(more, safe, critical=0.95)

    assert (found.verdict, found.recommended) == ("INCONCLUSIVE", "zero_shot")


def test_one_rung_within_reach_keeps_the_question_open() -> None:
    low = binary("zero_shot", 40, 100, kinds=kinds(convention_or_terms=60))
    found = judged(low, binary("few_shot", 76, 100, kinds=kinds(convention_or_terms=24)))

    assert found.verdict == "INCONCLUSIVE"
    assert found.n_needed is not None
    assert found.n_needed > 100


def test_no_target_decides_nothing() -> None:
    found = decide([binary("a", 99, 100)], [])
    assert (found.verdict, found.n_needed) == ("INCONCLUSIVE", None)
    assert "nothing to reach" in found.reason


def test_found_accuracy_at_the_target_is_not_decided_by_any_number() -> None:
    found = judged(binary("a", 80, 100))
    assert (found.verdict, found.n_needed) == ("INCONCLUSIVE", None)
    assert "No number of items" in found.reason


def test_found_accuracy_close_to_the_target_is_not_said_to_be_the_target() -> None:
    found = judged(binary("a", 7999, 10_000))
    assert (found.verdict, found.n_needed) == ("INCONCLUSIVE", None)
    assert "No number of items" not in found.reason
    assert "More than 10,000,000 items would be needed" in found.reason


def test_scores_that_hardly_spread_do_not_make_twenty_items_enough() -> None:
    for last in (1.0, 0.99, 0.95):
        found = decide([scored("a", [1.0] * 19 + [last])], [Target("score", 0.95)])
        assert found.verdict == "INCONCLUSIVE"


@pytest.mark.parametrize(
    ("cases", "missed", "says"),
    [
        (58, 0, "needs 59 critical cases with none missed"),
        (60, 2, "needs 124 critical cases with no more than 2 missed"),
        (20, 2, "(18 of 20 found), which is below the target itself: more cases alone would not certify it."),
    ],
)
def test_what_would_certify_is_said_in_a_way_that_can_be_done(cases: int, missed: int, says: str) -> None:
    found = judged(binary("a", 195, 200, critical=cases, missed=missed), critical=0.95)
    assert says in found.reason


@pytest.mark.parametrize("n", [1, 2, FEWEST - 1])
def test_few_items_decide_nothing(n: int) -> None:
    for right in (0, n):
        found = judged(binary("a", right, n))
        assert found.verdict == "INCONCLUSIVE"
        assert found.n_needed is not None
        assert found.n_needed >= FEWEST


def test_few_clusters_decide_nothing_however_many_items() -> None:
    assert judged(binary("a", 190, 190, per_cluster=10)).verdict == "INCONCLUSIVE"
    assert judged(binary("a", 400, 400, per_cluster=10)).verdict == "PROMPT_SUFFICIENT"


@pytest.mark.parametrize("target", [60.0, -0.1, float("nan")])
def test_target_that_is_no_share_is_refused(target: float) -> None:
    with pytest.raises(SpecError, match="not a number from 0 to 1"):
        decide([binary("a", 80, 100)], [Target("accuracy", target)])
    with pytest.raises(SpecError, match="not a number from 0 to 1"):
        decide([binary("a", 80, 100)], [ACCURACY], critical_target=target)


def test_scores_that_are_not_yes_or_no_are_judged_by_their_spread() -> None:
    # Wilson's interval for 0.73 of 60 would be from 0.61 to 0.82.
    scores = [0.7 + 0.01 * (number % 7) for number in range(60)]
    for least, verdict in ((0.67, "PROMPT_SUFFICIENT"), (0.729, "INCONCLUSIVE"), (0.8, "FINE_TUNE")):
        assert decide([scored("zero_shot", scores)], [Target("score", least)]).verdict == verdict


def test_free_answers_go_before_likeliest_labels_among_equals() -> None:
    free, closed = binary("a", 90, 100), binary("a", 90, 100, read="closed_labels")
    for rungs in ((free, closed), (closed, free)):
        assert judged(*rungs).recommended_read == "generated_text"


COUNTS = st.integers(0, 120)


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(COUNTS, min_size=1, max_size=4),
    gains=st.lists(st.integers(0, 60), min_size=4, max_size=4),
    least=st.sampled_from((0.5, 0.7, 0.9)),
)
def test_more_right_answers_never_make_the_verdict_worse(
    counts: list[int], gains: list[int], least: float
) -> None:
    def ladder(rights: list[int]) -> list[Rung]:
        return [binary(f"r{n}", right, 120) for n, right in enumerate(rights)]

    better = [min(120, right + gain) for right, gain in zip(counts, gains, strict=False)]
    before, after = judged(*ladder(counts), least=least), judged(*ladder(better), least=least)

    assert RANK[after.verdict] >= RANK[before.verdict]


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(COUNTS, min_size=2, max_size=4), data=st.data())
def test_order_of_rungs_and_of_items_changes_nothing(counts: list[int], data: st.DataObject) -> None:
    ladder = [binary("zero_shot", counts[0], 120, critical=70, missed=2)]
    ladder += [binary(f"r{n}", right, 120, critical=70) for n, right in enumerate(counts[1:])]
    order = data.draw(st.permutations(range(120)))
    shuffled = [
        replace(rung, outcomes=[rung.outcomes[place] for place in order])
        for rung in data.draw(st.permutations(ladder))
    ]
    found = decide(ladder, [ACCURACY], critical_target=0.9)
    assert decide(shuffled, [ACCURACY], critical_target=0.9) == found


def test_equal_ladders_give_equal_bytes() -> None:
    rungs = [scored("zero_shot", [0.2, 0.4, 0.9] * 20), scored("few_shot", [0.3, 0.5, 0.8] * 20)]
    first, second = (decide(rungs, [Target("score", 0.5)]) for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()


def test_critical_cases_without_a_least_recall_are_never_sufficient() -> None:
    """A model that always says no is right 95 times of 100, and misses everybody."""
    rung = binary("zero_shot", 950, 1000)
    outcomes = [replace(one, missed_critical=None if one.correct else True) for one in rung.outcomes]
    verdict = decide([replace(rung, outcomes=outcomes)], [Target("accuracy", 0.8)])
    assert verdict.verdict == "INCONCLUSIVE"
    assert "50 of 50 critical cases are missed" in verdict.reason


def test_target_that_the_most_frequent_answer_reaches_says_nothing() -> None:
    gold = ["no"] * 950 + ["yes"] * 50
    rung = binary("zero_shot", 960, 1000)
    assert decide([rung], [Target("accuracy", 0.94)], gold=gold).verdict == "INCONCLUSIVE"
    assert decide([rung], [Target("accuracy", 0.94)], gold=["a", "b"] * 500).verdict == "PROMPT_SUFFICIENT"
