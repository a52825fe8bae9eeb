"""Verdicts from scripted answers: each status, each reason not to compare, and how rarely chance fails a model."""

import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.results import ItemResult, RegressionVerdict
from clinft.spec.project import ProjectSpec
from clinft.stages.regress.stage import regress
from clinft.statistics.paired import mcnemar_mid_p
from clinft.statistics.power import failing_power
from tests.fakes.evaluated import CLOSED, GENERATED, changed, items, report, without
from tests.fakes.specs import LABELS, project_spec

CANDIDATE, BASELINE = "cccccccccccc-a1", "bbbbbbbbbbbb-a1"
MARGINS = [{"metric": "accuracy", "margin": 0.02}]


def spec(margins: list[dict[str, Any]] = MARGINS, critical: Sequence[str] = ()) -> ProjectSpec:
    return project_spec(regression={"margins": margins, "critical_labels": list(critical)})


def compare(
    candidate: list[ItemResult],
    baseline: list[ItemResult],
    of: ProjectSpec | None = None,
    deployed: bool = False,
    met: bool = True,
) -> RegressionVerdict:
    earlier = (report(), baseline, BASELINE)
    return regress(of or spec(), report(met=met), candidate, CANDIDATE, earlier, deployed=deployed)


GOOD = [number % 5 != 0 for number in range(400)]  # 80 % right
SAME = items(GOOD)


def flipped(wrong: int, right: int = 0) -> list[bool]:
    """GOOD with the first `wrong` hits lost and the first `right` misses won."""
    changed = list(GOOD)
    for number in [n for n, hit in enumerate(GOOD) if hit][:wrong]:
        changed[number] = False
    for number in [n for n, hit in enumerate(GOOD) if not hit][:right]:
        changed[number] = True
    return changed


@pytest.mark.parametrize(("met", "recommendation"), [(True, "deploy"), (False, "iterate")])
def test_the_first_run_is_deployable_when_its_thresholds_are_met(met: bool, recommendation: str) -> None:
    found = regress(spec(), report(met=met), SAME, CANDIDATE, None)
    assert (found.status, found.recommendation) == ("FIRST", recommendation)
    assert found.baseline_run_id is None
    assert ("Thresholds not met: accuracy (at least 0.9)." in found.reason) is not met
    assert ("The spec sets no threshold." in found.reason) is met


def test_the_same_answers_pass() -> None:
    found = compare(SAME, SAME)
    assert (found.status, found.recommendation) == ("PASS", "deploy")
    assert found.metrics[0].difference is not None
    assert found.metrics[0].difference.value == 0.0
    assert "0 were lost and 0 won" in found.reason


def test_only_a_fail_takes_back_what_is_deployed() -> None:
    assert compare(SAME, SAME, deployed=True).recommendation == "deploy"
    assert compare(items(flipped(12, 10)), SAME, deployed=True).recommendation == "iterate"


def test_a_pass_without_the_thresholds_is_no_deployment() -> None:
    assert compare(SAME, SAME, met=False).recommendation == "iterate"


def test_a_large_loss_fails_and_rolls_back_what_is_deployed() -> None:
    worse = items(flipped(60))
    found = compare(worse, SAME)
    assert (found.status, found.recommendation) == ("FAIL", "iterate")
    assert found.metrics[0].status == "FAIL"
    assert found.metrics[0].difference is not None
    assert found.metrics[0].difference.value == pytest.approx(-0.15)
    assert compare(worse, SAME, deployed=True).recommendation == "rollback"


def test_a_large_gain_passes() -> None:
    assert compare(items(flipped(0, 60)), SAME).status == "PASS"


def test_what_cannot_be_told_apart_is_a_warning_with_the_number_that_would_do() -> None:
    found = compare(items(flipped(12, 10)), SAME)
    assert (found.status, found.recommendation) == ("WARN", "iterate")
    assert "about 738 more cases needed (1,138 items rule it out for equal models" in found.metrics[0].detail
    assert "Inconclusive: about 738 more cases needed (for accuracy)." in found.reason
    assert "Of 400 items 12 were lost and 10 won" in found.reason
    assert "would have shown with 80 % power" in found.reason


def test_a_loss_of_two_points_alone_never_fails() -> None:
    """The naive rule fails equal models in a quarter of comparisons at n = 100."""
    assert compare(items(flipped(30, 20)), SAME).status == "WARN"


@pytest.mark.parametrize("n", [50, 100, 200, 500, 1000])
@pytest.mark.parametrize("share", [0.02, 0.06, 0.1, 0.3])
def test_chance_rarely_fails_an_equal_model(n: int, share: float) -> None:
    """Exactly: of equal models each falls on either side of a discordant pair like a coin."""
    assert failing_power(n, 0.0, share, 0.02) <= 0.05
    if (n, share) == (100, 0.2):
        assert failing_power(n, 0.0, share, 0.02) > 0.03  # it is not a rule that never fails
        # What a rule of two points makes of the same pairs.
        assert naive(n, share) > 0.3


def naive(n: int, share: float) -> float:
    return math.fsum(
        math.comb(n, pairs) * share**pairs * (1 - share) ** (n - pairs) * math.comb(pairs, lost) / 2**pairs
        for pairs in range(n + 1)
        for lost in range(pairs + 1)
        if 2 * lost - pairs >= 0.02 * n
    )


@pytest.mark.parametrize(
    ("lost", "won"), [(5, 0), (4, 0), (3, 0), (6, 1), (7, 2), (8, 2), (8, 3), (1, 0), (0, 5), (12, 9)]
)
def test_the_rule_is_the_one_whose_power_is_told(lost: int, won: int) -> None:
    rest = [True] * (60 - lost - won)
    before, now = [True] * lost + [False] * won, [False] * lost + [True] * won
    found = compare(items([*now, *rest]), items([*before, *rest]))
    expected = mcnemar_mid_p(lost, won) <= 0.05 and lost - won >= 0.02 * 60
    assert (found.metrics[0].status == "FAIL") is expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=5, max_size=60),
    st.sampled_from((0.02, 0.1, 0.3)),
)
def test_two_models_are_judged_alike_from_both_sides(pairs: list[tuple[bool, bool]], margin: float) -> None:
    one, two = items([a for a, _ in pairs]), items([b for _, b in pairs])
    wanted = spec([{"metric": "accuracy", "margin": margin}])
    there, back = compare(one, two, wanted), compare(two, one, wanted)
    forth, turned = there.metrics[0].difference, back.metrics[0].difference
    assert forth is not None
    assert turned is not None
    assert (forth.value, forth.low, forth.high) == pytest.approx((-turned.value, -turned.high, -turned.low))
    assert not (there.status == "FAIL" and back.status == "FAIL")
    lost, won = pairs.count((False, True)), pairs.count((True, False))
    if abs(lost - won) / len(pairs) >= margin and mcnemar_mid_p(max(lost, won), min(lost, won)) <= 0.05:
        assert "FAIL" in (there.status, back.status)
    if there.status == back.status == "PASS":
        assert abs(forth.value) < margin


def test_the_order_of_items_does_not_matter() -> None:
    worse = items(flipped(20, 3))
    shuffled = random.Random(1).sample(worse, len(worse))
    assert compare(shuffled, SAME) == compare(worse, SAME)


def test_critical_losses_beyond_chance_fail_whatever_the_metrics_say() -> None:
    lost = [hit and number % 4 != 0 for number, hit in enumerate(GOOD)]  # every circulatory case
    loose = spec([{"metric": "accuracy", "margin": 0.9}], critical=["circulatory"])
    found = compare(items(lost), SAME, loose)
    assert found.metrics[0].status == "PASS"
    assert (found.status, found.recommendation) == ("FAIL", "iterate")
    assert len(found.critical_flips) == 80
    assert {flip.target for flip in found.critical_flips} == {"circulatory"}
    assert "now wrong: 80 (the other way round: 0), more than chance explains" in found.reason


LOOSE = [{"metric": "accuracy", "margin": 0.9}]
CIRCULATORY = [number for number in range(400) if number % 4 == 0]


def test_one_newly_missed_critical_case_is_never_deployed_however_many_were_won() -> None:
    missed = next(number for number in CIRCULATORY if GOOD[number])
    better = [(hit or number in CIRCULATORY) and number != missed for number, hit in enumerate(GOOD)]
    found = compare(items(better, said="mental"), SAME, spec(LOOSE, critical=["circulatory"]))
    assert found.metrics[0].status == "PASS"
    assert (found.status, found.recommendation) == ("WARN", "iterate")
    (flip,) = found.critical_flips
    assert (flip.item, flip.target, flip.prediction) == (f"test-{missed:04d}", "circulatory", "mental")
    assert "now wrong: 1 (the other way round: 20), which chance alone may explain" in found.reason
    deployed = compare(items(better), SAME, spec(LOOSE, critical=["circulatory"]), deployed=True)
    assert deployed.recommendation == "iterate"


def test_a_critical_case_that_was_wrong_before_is_no_flip() -> None:
    worse_elsewhere = [hit and number % 4 != 1 for number, hit in enumerate(GOOD)]
    found = compare(items(worse_elsewhere), SAME, spec(LOOSE, critical=["circulatory"]))
    assert (found.status, found.critical_flips) == ("PASS", ())


@pytest.mark.parametrize("critical", [(), ("circulatory",)])
def test_a_spec_without_margins_shows_nothing_and_never_passes(critical: Sequence[str]) -> None:
    assert compare(SAME, SAME, spec([], critical)).status == "WARN"
    collapsed = compare(items([False] * 400), SAME, spec([], critical))
    assert collapsed.recommendation == "iterate"
    assert "sets no margin" in collapsed.reason


@pytest.mark.parametrize(
    "margin",
    [
        {"metric": "macro_f1", "margin": 0.03},
        {"metric": "macro_recall", "margin": 0.03},
        {"metric": "critical_recall", "margin": 0.05},
    ],
)
def test_every_metric_with_a_margin_sees_a_collapse(margin: dict[str, Any]) -> None:
    wanted = spec([margin], critical=["circulatory"])
    collapsed = compare(items([False] * 400), SAME, wanted)
    assert collapsed.metrics[0].status == "FAIL"
    assert collapsed.metrics[0].candidate == 0.0
    assert compare(SAME, SAME, wanted).metrics[0].status == "PASS"


def test_perplexity_is_compared_in_relative_terms() -> None:
    wanted = spec([{"metric": "perplexity", "margin": 0.1}])
    found = compare(items(GOOD, nll=2.0), items(GOOD, nll=1.0), wanted)
    (change,) = found.metrics
    assert change.status == "FAIL"
    assert change.difference is not None
    assert change.difference.value == pytest.approx(2.718281828**0.5 - 1, abs=1e-6)
    assert "shares of the baseline's perplexity" in change.detail
    assert compare(items(GOOD, nll=1.0), items(GOOD, nll=1.0), wanted).status == "PASS"


def test_parse_failures_count_against_the_candidate() -> None:
    wanted = spec([{"metric": "parse_failure_rate", "margin": 0.02}])
    silent = [
        item.model_copy(update={"prediction": None}) if not item.correct else item for item in items(GOOD)
    ]
    found = compare(silent, SAME, wanted)
    assert found.metrics[0].status == "FAIL"
    assert found.metrics[0].candidate == pytest.approx(0.2)


def test_several_claims_are_held_to_a_higher_proof() -> None:
    """One metric alone is significant at 0.05; among several of the same strength Holm asks for more."""
    lost = items(flipped(9, 1))
    alone = compare(lost, SAME, spec([{"metric": "accuracy", "margin": 0.01}]))
    assert alone.metrics[0].status == "FAIL"
    many = [{"metric": name, "margin": 0.01} for name in ("accuracy", "critical_recall")]
    together = compare(lost, SAME, spec(many, critical=LABELS))
    assert [change.status for change in together.metrics] == ["FAIL", "FAIL"]
    barely = items(flipped(6, 1))
    assert compare(barely, SAME, spec([{"metric": "accuracy", "margin": 0.01}])).metrics[0].status == "FAIL"
    both = compare(barely, SAME, spec(many, critical=LABELS))
    assert [change.status for change in both.metrics] == ["WARN", "WARN"]


def test_label_scores_are_compared_where_free_answers_are_not_in_both() -> None:
    scores = without(SAME, GENERATED)
    wanted = spec([*MARGINS, {"metric": "parse_failure_rate", "margin": 0.02}])
    found = compare(items(flipped(60)), scores, wanted)
    assert [change.status for change in found.metrics] == ["FAIL", "NOT_COMPARABLE"]
    assert "always one of the labels" in found.metrics[1].detail
    assert "Label scores were compared" in found.reason
    assert compare(scores, scores).status == "PASS"


def test_an_unmeasured_metric_is_never_a_pass() -> None:
    no_scores = without(SAME, CLOSED)
    found = compare(no_scores, no_scores, spec([{"metric": "perplexity", "margin": 0.1}]))
    assert found.metrics[0].status == "NOT_COMPARABLE"
    assert (found.status, found.recommendation) == ("WARN", "iterate")


def test_likelihoods_of_other_tokens_are_not_compared() -> None:
    other = changed(SAME, "test-0003", CLOSED, answer_tokens=3)
    found = compare(other, SAME, spec([{"metric": "perplexity", "margin": 0.1}]))
    assert found.metrics[0].status == "NOT_COMPARABLE"
    assert "different tokens" in found.metrics[0].detail


@pytest.mark.parametrize("n", [1, 2, 50])
@pytest.mark.parametrize("hit", [True, False])
def test_models_that_never_differ_need_no_division(n: int, hit: bool) -> None:
    same = items([hit] * n)
    names = ("accuracy", "macro_f1", "parse_failure_rate", "perplexity", "critical_recall")
    margins = [{"metric": name, "margin": 0.02} for name in names]
    found = compare(same, same, spec(margins, critical=["circulatory"]))
    assert found.status == "WARN"
    measured = [change for change in found.metrics if change.difference is not None]
    # Of one item alone nothing tells how far a perplexity may reach.
    assert len(measured) == (4 if n == 1 else 5)
    assert all(change.difference and change.difference.value == 0.0 for change in measured)
    assert "never differed" in found.metrics[0].detail


def test_a_bootstrapped_metric_too_says_how_many_items_it_needs() -> None:
    """As the variance of accuracy's differences is the discordance, that of macro-recall is close to it."""
    margins = [{"metric": name, "margin": 0.02} for name in ("accuracy", "macro_recall")]
    found = compare(items(flipped(12, 10)), SAME, spec(margins))
    exact, resampled = (change.items_needed for change in found.metrics)
    assert exact == 1138
    assert resampled == pytest.approx(exact, rel=0.1)


def test_more_perplexity_is_told_to_be_worse() -> None:
    margins = [{"metric": name, "margin": 0.02} for name in ("accuracy", "perplexity", "parse_failure_rate")]
    found = compare(items(GOOD, nll=1.5), SAME, spec(margins))
    assert ["above 0 is worse" in change.detail for change in found.metrics] == [False, True, True]
    assert found.metrics[1].difference is not None
    assert found.metrics[1].difference.low > 0


def test_a_margin_of_nothing_is_never_shown() -> None:
    found = compare(items(flipped(2, 2)), SAME, spec([{"metric": "accuracy", "margin": 0.0}]))
    assert found.metrics[0].status == "WARN"
    assert "no number of items" in found.metrics[0].detail
