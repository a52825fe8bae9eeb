"""The deployed model and the approved one: which is compared with, and what each can still show."""

import pytest

from clinft.stages.regress.stage import Known, regress
from tests.fakes.evaluated import GENERATED, items, report, without
from tests.fakes.regressed import (
    APPROVED,
    BASELINE,
    CANDIDATE,
    LOOSE,
    SAME,
    check,
    missing,
    pinned,
    verdict,
)
from tests.fakes.specs import project_spec


def test_small_losses_from_release_to_release_end_at_the_approved_baseline() -> None:
    """Each step is within the margin; the sum is not."""
    best = items([True] * 400)
    deployed = items([number >= 12 for number in range(400)])
    now = items([number >= 16 for number in range(400)])
    tight = [{"metric": "accuracy", "margin": 0.03}]
    alone = verdict(now, deployed, margins=tight)
    assert alone.status == "PASS"
    both = verdict(
        now, deployed, Known(approved=(report(), best, APPROVED)), margins=tight, approved_baseline=APPROVED
    )
    assert (both.status, both.recommendation) == ("FAIL", "iterate")
    assert [(one.role, one.run_id, one.status) for one in both.references] == [
        ("deployed", BASELINE, "PASS"),
        ("approved", APPROVED, "FAIL"),
    ]
    assert f"Against the approved baseline {APPROVED}: FAIL." in both.reason
    assert both.keep == BASELINE


def test_an_approved_baseline_of_another_split_was_not_compared() -> None:
    found = verdict(SAME, known=Known(approved=(report("b"), SAME, APPROVED)), approved_baseline=APPROVED)
    assert (found.status, found.references[1].status) == ("WARN", "INCOMPARABLE")


def test_with_nothing_deployed_the_approved_run_is_compared_with() -> None:
    known = Known(approved=(report(), items([True] * 400), APPROVED))
    found = verdict(items([False] * 400), None, known, approved_baseline=APPROVED)
    assert (found.status, found.recommendation, found.keep) == ("FAIL", "iterate", APPROVED)
    assert (found.baseline_run_id, found.references[0].role) == (APPROVED, "approved")
    good = verdict(items([True] * 400), None, known, approved_baseline=APPROVED)
    assert (good.status, good.recommendation) == ("PASS", "deploy")
    assert any(caveat.startswith("Nothing is deployed: the approved baseline") for caveat in good.caveats)


def test_with_nothing_deployed_an_approved_run_of_another_split_keeps_from_deploying() -> None:
    found = verdict(SAME, None, Known(approved=(report("b"), SAME, APPROVED)), approved_baseline=APPROVED)
    assert (found.status, found.recommendation) == ("INCOMPARABLE", "iterate")


def test_a_broken_floor_is_critical_though_nothing_could_be_compared() -> None:
    spec = project_spec(
        regression={
            "margins": LOOSE,
            "critical_recall_min": 0.95,
            "critical_labels": sorted({str(row.target) for row in SAME}),
        }
    )
    found = regress(spec, report(), SAME, CANDIDATE, (report("b"), SAME, BASELINE), deployed=True)
    assert (found.status, found.recommendation) == ("CRITICAL", "rollback")


def test_a_model_in_use_that_turned_critical_goes_back_to_the_one_before_it() -> None:
    """Evaluated once more it is its own baseline."""
    spec = project_spec(regression={"margins": LOOSE, "sentinels": pinned(1)})
    earlier = "dddddddddddd-a1"
    found = regress(
        spec, report(), items(missing(1)), CANDIDATE, (report(), SAME, CANDIDATE), deployed=True,
        known=Known(earlier=earlier),
    )  # fmt: skip
    assert (found.recommendation, found.keep) == ("rollback", earlier)
    assert f"keep {earlier} in use, or go back to it" in found.reason


def test_a_case_is_critical_where_either_run_says_so() -> None:
    """Rows that say nothing of it do not take it from those that do."""
    known = [row.model_copy(update={"critical": True}) for row in SAME]
    worse = items(missing(1, 2, 3, 4, 6, 7, 8))
    found = verdict(worse, known, critical_recall_min=0.95)
    assert check(found, "critical_flips").status == "FAIL"
    assert check(found, "critical_recall").n == 400
    assert len(found.critical_flips) == 7


def test_a_no_of_one_run_alone_does_not_take_a_critical_label_away() -> None:
    worse = [row.model_copy(update={"critical": False}) for row in items(missing(1))]
    found = verdict(worse, critical_labels=[SAME[1].target])
    assert [flip.item for flip in found.critical_flips] == ["test-0001"]


def test_runs_that_differ_in_what_is_critical_are_not_compared() -> None:
    before = [row.model_copy(update={"critical": True}) for row in SAME]
    now = [row.model_copy(update={"critical": False}) for row in items(missing(1))]
    found = verdict(now, before)
    assert found.status == "INCOMPARABLE"
    assert "differ in which of 400 items are critical" in found.reason


def test_the_approved_baseline_that_is_deployed_is_one_reference() -> None:
    found = verdict(SAME, known=Known(approved=(report(), SAME, BASELINE)), approved_baseline=BASELINE)
    assert (found.status, len(found.references)) == ("PASS", 1)
    assert any("is the deployed run itself" in caveat for caveat in found.caveats)


def test_more_claims_are_held_to_a_higher_proof_over_both_references() -> None:
    now, before = (
        items(missing(1, 2, 3, 4, 6, 7)),
        items([hit or n == 5 for n, hit in enumerate(missing(100))]),
    )
    tight = [{"metric": "accuracy", "margin": 0.01}]
    (alone,) = verdict(now, before, margins=tight).metrics
    both = verdict(
        now, before, Known(approved=(report(), before, APPROVED)), margins=tight, approved_baseline=APPROVED
    )
    assert alone.p_adjusted is not None
    assert both.metrics[0].p_adjusted == pytest.approx(2 * alone.p_adjusted)


def test_the_model_in_use_that_turns_critical_goes_back_to_the_approved_one() -> None:
    now = items(missing(1))
    spec = project_spec(regression={"margins": LOOSE, "sentinels": pinned(1), "approved_baseline": APPROVED})
    found = regress(
        spec, report(), now, CANDIDATE, (report(), SAME, CANDIDATE), deployed=True,
        known=Known(approved=(report(), SAME, APPROVED)),
    )  # fmt: skip
    assert (found.status, found.recommendation, found.keep) == ("CRITICAL", "rollback", APPROVED)


def test_the_age_of_the_baseline_is_told() -> None:
    found = verdict(SAME, known=Known(measured_on={BASELINE: "2026-09-01"}, today="2026-11-26"))
    assert "evaluated on 2026-09-01, 86 days before this run." in found.reason
    assert found.references[0].measured_on == "2026-09-01"
    assert "When the baseline was evaluated is not known." in verdict(SAME).reason


@pytest.mark.parametrize(
    ("measured_on", "today", "told"),
    [
        ("unknown", "2026-01-01", "When the baseline was evaluated is not known."),
        ("", "2026-01-01", "When the baseline was evaluated is not known."),
        ("2026-01-01", "unknown", "The baseline was evaluated on 2026-01-01."),
        ("2026-02-01", "2026-01-01", "on 2026-02-01, after this run by the dates that they give."),
        ("2026-01-01", "2026-01-01", "on 2026-01-01, 0 days before this run."),
    ],
)
def test_days_that_are_none_or_come_later_are_told_in_words(measured_on: str, today: str, told: str) -> None:
    found = verdict(SAME, known=Known(measured_on={BASELINE: measured_on}, today=today))
    assert told in found.reason
    assert "-31 days" not in found.reason
    assert found.references[0].measured_on == (measured_on if measured_on.startswith("2026") else None)


def test_rows_that_another_judge_scored_are_not_compared() -> None:
    judged = [row.model_copy(update={"scored_by": "judge-2"}) for row in SAME]
    found = verdict(judged)
    assert found.status == "INCOMPARABLE"
    assert "Another version of the metric or judge" in found.reason


def test_clusters_are_taken_from_the_candidate_where_the_baseline_is_of_an_earlier_version() -> None:
    clustered = [
        row.model_copy(update={"cluster": f"s{int(row.item[-4:]) // 4}"})
        for row in without(items(missing(*range(1, 5), *range(6, 10))), "closed_labels")
    ]
    found = verdict(
        clustered, without(SAME, "closed_labels"), margins=[{"metric": "accuracy", "margin": 0.02}]
    )
    assert found.metrics[0].difference is not None
    assert "100 clusters" in found.metrics[0].difference.method
    assert "sign flips of whole clusters" in found.metrics[0].detail
    assert clustered[0].scoring == GENERATED
