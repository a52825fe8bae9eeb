"""Verdicts from scripted answers: each status, each reason not to compare, and how rarely chance fails a model."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.results import EvaluationReport, ItemResult, RegressionVerdict
from clinft.spec.project import ProjectSpec
from clinft.stages.regress.stage import regress
from tests.fakes.specs import project_spec

LABELS = ("circulatory", "respiratory", "digestive", "mental")
CANDIDATE, BASELINE = "cccccccccccc-a1", "bbbbbbbbbbbb-a1"
MARGINS = [{"metric": "accuracy", "margin": 0.02}]


def spec(margins: list[dict[str, Any]] = MARGINS, critical: Sequence[str] = ()) -> ProjectSpec:
    return project_spec(regression={"margins": margins, "critical_labels": list(critical)})


def items(right: Sequence[bool], nll: float = 1.0, said: str | None = None) -> list[ItemResult]:
    """Free answers and label scores of the tuned model: `right[i]` says whether item i is answered right."""
    rows = []
    for scoring in ("generated_text", "closed_labels"):
        for number, hit in enumerate(right):
            target = LABELS[number % 4]
            wrong = said or LABELS[(number + 1) % 4]
            rows.append(
                ItemResult(
                    item=f"test-{number:04d}",
                    item_sha256=f"{number:064x}",
                    system="tuned",
                    scoring=scoring,
                    target=target,
                    prediction=target if hit else wrong,
                    correct=hit,
                    answer_nll_nats=nll if scoring == "closed_labels" else None,
                    answer_tokens=2 if scoring == "closed_labels" else None,
                )
            )
    return rows


def report(test: str = "a", met: bool = True) -> EvaluationReport:
    return EvaluationReport.model_validate(
        {
            "test_sha256": test * 64,
            "n": 400,
            "systems": (),
            "gains": (),
            "thresholds": ()
            if met
            else (
                {"metric": "accuracy", "bound": "at least 0.9", "met": False, "detail": "lower bound 0.7"},
            ),
            "thresholds_met": met,
        }
    )


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
    assert ("Thresholds not met: accuracy." in found.reason) is not met


def test_the_same_answers_pass() -> None:
    found = compare(SAME, SAME)
    assert (found.status, found.recommendation) == ("PASS", "deploy")
    assert found.metrics[0].difference is not None
    assert found.metrics[0].difference.value == 0.0
    assert "0 were lost and 0 won" in found.reason


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
    assert "items would rule it out" in found.metrics[0].detail
    assert "would have shown with 80 % power" in found.reason


def test_a_loss_of_two_points_alone_never_fails() -> None:
    """The naive rule fails equal models in a quarter of comparisons at n = 100."""
    assert compare(items(flipped(30, 20)), SAME).status == "WARN"


def test_chance_rarely_fails_an_equal_model() -> None:
    rng = random.Random(7)
    trials, failed = 200, 0
    for _ in range(trials):
        pairs = [(rng.random() < 0.8, rng.random() < 0.8) for _ in range(100)]
        verdict = compare(items([a for a, _ in pairs]), items([b for _, b in pairs]))
        failed += verdict.status == "FAIL"
    assert failed / trials <= 0.06


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=20, max_size=60))
def test_not_both_of_two_models_are_worse_than_the_other(pairs: list[tuple[bool, bool]]) -> None:
    one, two = items([a for a, _ in pairs]), items([b for _, b in pairs])
    there, back = compare(one, two), compare(two, one)
    assert not (there.status == "FAIL" and back.status == "FAIL")
    if there.status == "FAIL":
        assert back.status == "PASS"


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
    assert "more than chance explains" in found.reason


def test_a_single_critical_flip_is_listed_and_blocks_deployment() -> None:
    first = next(number for number, hit in enumerate(GOOD) if hit and number % 4 == 0)
    lost = [hit and number != first for number, hit in enumerate(GOOD)]
    found = compare(
        items(lost), SAME, spec([{"metric": "accuracy", "margin": 0.9}], critical=["circulatory"])
    )
    assert (found.status, found.recommendation) == ("WARN", "iterate")
    assert [flip.item for flip in found.critical_flips] == [f"test-{first:04d}"]


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
    barely = items(flipped(7, 1))
    assert compare(barely, SAME, spec([{"metric": "accuracy", "margin": 0.01}])).metrics[0].status == "FAIL"
    both = compare(barely, SAME, spec(many, critical=LABELS))
    assert [change.status for change in both.metrics] == ["WARN", "WARN"]


def without(rows: list[ItemResult], **wanted: str) -> list[ItemResult]:
    return [row for row in rows if any(getattr(row, key) != value for key, value in wanted.items())]


@pytest.mark.parametrize(
    ("candidate", "baseline", "reason"),
    [
        (SAME, items(GOOD[:200]), "200 items were answered by only one"),
        (SAME, [], "The baseline has no items"),
        ([], SAME, "The candidate has no items"),
        (
            SAME,
            [
                row.model_copy(update={"item_sha256": "f" * 64}) if row.item == "test-0003" else row
                for row in SAME
            ],
            "1 items have the same name but another text",
        ),
        (SAME, without(SAME, scoring="generated_text"), "free answers cannot be paired"),
    ],
)
def test_what_differs_is_not_compared(
    candidate: list[ItemResult], baseline: list[ItemResult], reason: str
) -> None:
    found = compare(candidate, baseline)
    assert (found.status, found.recommendation) == ("INCOMPARABLE", "iterate")
    assert reason in found.reason
    assert found.metrics == ()


def test_another_test_split_is_not_compared() -> None:
    found = regress(spec(), report("a"), SAME, CANDIDATE, (report("b"), SAME, BASELINE))
    assert found.status == "INCOMPARABLE"
    assert "different test splits" in found.reason


def test_an_unmeasured_metric_is_never_a_pass() -> None:
    no_scores = without(SAME, scoring="closed_labels")
    found = compare(no_scores, no_scores, spec([{"metric": "perplexity", "margin": 0.1}]))
    assert found.metrics[0].status == "NOT_COMPARABLE"
    assert (found.status, found.recommendation) == ("WARN", "iterate")
