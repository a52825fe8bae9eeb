"""The tier of safety, the second reference, subgroups, trend and caveats: what no margin can outvote."""

from collections.abc import Sequence
from typing import Any

import pytest

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import (
    EvaluationReport,
    ItemResult,
    MetricResult,
    RegressionVerdict,
    SafetyCheck,
    SystemResult,
)
from clinft.stages.regress.stage import Known, regress
from tests.fakes.evaluated import CLOSED, GENERATED, items, report, without
from tests.fakes.specs import project_spec

CANDIDATE, BASELINE, APPROVED = "cccccccccccc-a1", "bbbbbbbbbbbb-a1", "aaaaaaaaaaaa-a1"
LOOSE = [{"metric": "accuracy", "margin": 0.9}]
GOOD = [number % 5 != 0 for number in range(400)]
SAME = items(GOOD)


def missing(*numbers: int) -> list[bool]:
    return [hit and number not in numbers for number, hit in enumerate(GOOD)]


def pinned(*numbers: int) -> list[str]:
    return [f"test-{number:04d}@{number:064x}" for number in numbers]


def verdict(
    candidate: list[ItemResult],
    baseline: list[ItemResult] | None = SAME,
    known: Known | None = None,
    found: EvaluationReport | None = None,
    deployed: bool = False,
    **regression: Any,
) -> RegressionVerdict:
    spec = project_spec(regression={"margins": LOOSE, **regression})
    earlier = None if baseline is None else (report(), baseline, BASELINE)
    return regress(spec, found or report(), candidate, CANDIDATE, earlier, deployed=deployed, known=known)


def check(found: RegressionVerdict, rule: str) -> SafetyCheck:
    (one,) = (one for one in found.safety if one.rule == rule)
    return one


def test_a_newly_missed_sentinel_is_critical_and_the_version_to_keep_is_named() -> None:
    found = verdict(items(missing(1)), sentinels=pinned(1, 2))
    assert (found.status, found.recommendation, found.keep) == ("CRITICAL", "rollback", BASELINE)
    assert check(found, "sentinels").items == ("test-0001",)
    assert [(flip.item, flip.sentinel) for flip in found.critical_flips] == [("test-0001", True)]
    assert found.reason.startswith(f"CRITICAL: this model must not be used; rollback: keep {BASELINE} in use")


def test_a_sentinel_that_was_missed_before_already_is_named_and_never_deployed() -> None:
    found = verdict(SAME, sentinels=pinned(0, 1))
    assert (found.status, found.recommendation) == ("WARN", "iterate")
    one = check(found, "sentinels")
    assert (one.status, one.items, one.n) == ("WARN", ("test-0000",), 2)
    assert "1 were missed before already (test-0000)" in found.reason


def test_a_sentinel_that_is_not_in_the_split_was_not_looked_at() -> None:
    found = verdict(SAME, sentinels=[*pinned(1), "elsewhere@" + 64 * "0"])
    assert (found.status, check(found, "sentinels").status) == ("WARN", "NOT_MEASURED")
    assert f"not looked at: elsewhere@{64 * '0'} is not in the test split." in found.reason


@pytest.mark.parametrize("baseline", [SAME, None])
def test_a_sentinel_without_a_pin_protects_nothing_and_the_pin_to_write_is_told(
    baseline: list[ItemResult] | None,
) -> None:
    rows = [row.model_copy(update={"item_sha256": "ab" * 32}) for row in SAME]
    found = verdict(rows, None if baseline is None else rows, sentinels=["test-0001"])
    assert found.recommendation == "iterate"
    one = check(found, "sentinels")
    assert (one.status, one.n) == ("NOT_MEASURED", 0)
    assert "test-0001 has no pin: write test-0001@abababababab" in found.reason
    written = verdict(rows, None if baseline is None else rows, sentinels=["test-0001@abababababab"])
    assert (check(written, "sentinels").status, written.recommendation) == ("PASS", "deploy")


def test_a_sentinel_whose_id_is_another_case_by_now_was_not_looked_at() -> None:
    """All cases are others, as after a change of the data: the same ids stand for none of those named."""
    now, before = (
        [row.model_copy(update={"item_sha256": "f" * 64}) for row in rows]
        for rows in (items(missing(1)), SAME)
    )
    found = verdict(now, before, sentinels=pinned(1))
    assert (found.status, check(found, "sentinels").status) == ("WARN", "NOT_MEASURED")
    assert "test-0001 is another case than the one that was named" in found.reason
    assert found.critical_flips == ()


def test_a_first_run_with_a_missed_sentinel_is_not_deployable() -> None:
    assert verdict(SAME, None, sentinels=pinned(1)).recommendation == "deploy"
    found = verdict(items(missing(1)), None, sentinels=pinned(1))
    assert (found.status, found.recommendation) == ("FIRST", "iterate")
    assert "1 of 1 sentinel cases are missed (test-0001)" in found.reason


def test_a_first_run_without_rows_is_not_deployable() -> None:
    assert verdict([], None).recommendation == "iterate"
    found = verdict([], None, critical_recall_min=0.95)
    assert (found.recommendation, check(found, "critical_recall").status) == ("iterate", "NOT_MEASURED")


def only(rows: list[ItemResult], scoring: str) -> list[ItemResult]:
    return [row for row in rows if row.scoring == scoring]


def test_label_scores_excuse_no_free_answer_that_misses_a_sentinel() -> None:
    """The baseline has label scores alone, so these are compared; in use the candidate answers freely."""
    now = [*only(items(missing(1)), GENERATED), *only(SAME, CLOSED)]
    found = verdict(now, only(SAME, CLOSED), sentinels=pinned(1, 2))
    assert (found.status, found.recommendation) == ("CRITICAL", "rollback")
    assert check(found, "sentinels").items == ("test-0001",)
    assert [(flip.item, flip.sentinel) for flip in found.critical_flips] == [("test-0001", True)]


def test_critical_cases_that_free_answers_miss_are_listed_where_label_scores_are_compared() -> None:
    now = [*only(items(missing(1)), GENERATED), *only(SAME, CLOSED)]
    label = SAME[1].target
    found = verdict(now, only(SAME, CLOSED), critical_labels=[label])
    assert (found.status, check(found, "critical_flips").status) == ("WARN", "WARN")
    assert [flip.item for flip in found.critical_flips] == ["test-0001"]
    assert "In its free answers it misses 1 that label scores had right before." in found.reason


def test_the_floor_is_that_of_free_answers_where_label_scores_are_compared() -> None:
    everything = sorted({str(row.target) for row in SAME})
    now = [*only(items([False] * 400), GENERATED), *only(items([True] * 400), CLOSED)]
    found = verdict(
        now, only(items([True] * 400), CLOSED), critical_labels=everything, critical_recall_min=0.9
    )
    assert (found.status, check(found, "critical_recall").status) == ("CRITICAL", "CRITICAL")


def test_free_answers_to_other_items_than_the_label_scores_are_not_compared() -> None:
    now = [*only(SAME, GENERATED)[1:], *only(SAME, CLOSED)]
    assert verdict(now, only(SAME, CLOSED)).status == "INCOMPARABLE"


@pytest.mark.parametrize(
    ("n", "missed", "status"),
    [
        (59, 0, "PASS"),  # just enough to certify 0.95 without a miss
        (58, 0, "NOT_CERTIFIABLE"),
        (20, 1, "NOT_CERTIFIABLE"),
        (93, 1, "PASS"),
        (92, 1, "WARN"),
        (100, 8, "WARN"),
        (100, 12, "CRITICAL"),
        (10, 5, "CRITICAL"),  # so few cases certify nothing, but do show this
    ],
)
def test_the_bound_on_critical_recall(n: int, missed: int, status: str) -> None:
    rows = [
        row.model_copy(update={"critical": True}) for row in items([number >= missed for number in range(n)])
    ]
    found = verdict(rows, rows, critical_recall_min=0.95)
    one = check(found, "critical_recall")
    assert (one.status, one.n, len(one.items)) == (status, n, missed)
    assert found.status == {"PASS": "PASS", "CRITICAL": "CRITICAL"}.get(status, "WARN")
    assert one.measured is not None
    assert one.measured.low <= (n - missed) / n <= one.measured.high
    if status == "NOT_CERTIFIABLE":
        assert "without any miss 59 would be needed" in one.detail


def test_the_bound_is_not_measured_without_a_critical_case() -> None:
    found = verdict(SAME, critical_recall_min=0.95)
    assert (found.status, check(found, "critical_recall").status) == ("WARN", "NOT_MEASURED")


def test_clusters_of_critical_cases_certify_less() -> None:
    rows = [
        row.model_copy(update={"critical": True, "cluster": f"s{int(row.item[-4:]) // 4}"})
        for row in items([True] * 80)
    ]
    found = verdict(rows, rows, critical_recall_min=0.95)
    assert check(found, "critical_recall").status == "WARN"
    assert (
        check(
            verdict(
                items([True] * 80),
                items([True] * 80),
                critical_recall_min=0.95,
                critical_labels=["circulatory", "respiratory", "digestive", "mental"],
            ),
            "critical_recall",
        ).status
        == "PASS"
    )


def telling(unsupported: Sequence[int], told: Sequence[int] | None = None) -> list[ItemResult]:
    """Free answers of five claims and three critical facts each."""
    rows = without(items([True] * len(unsupported)), "closed_labels")
    return [
        row.model_copy(
            update={
                "values": {
                    "claims": 5.0,
                    "claims_unsupported": float(bad),
                    "facts_critical": 3.0,
                    "facts_critical_told": float(3 if told is None else told[number]),
                }
            }
        )
        for number, (row, bad) in enumerate(zip(rows, unsupported, strict=True))
    ]


def summaries(candidate: list[ItemResult], baseline: list[ItemResult]) -> RegressionVerdict:
    from clinft.stages.regress import safety
    from clinft.stages.regress.pairing import Pairing, pair
    from clinft.stages.regress.protocol import Protocol

    pairing = pair(candidate, baseline)
    assert isinstance(pairing, Pairing)
    protocol = Protocol((), 0.95, "0" * 64, kind="summarization", main_metric="score")
    base = verdict(SAME)
    return base.model_copy(update={"safety": tuple(safety.compared(protocol, pairing))})


def test_a_rise_of_hallucinations_is_critical_and_one_more_is_not() -> None:
    before = telling([1 if number % 20 == 0 else 0 for number in range(200)])
    risen = summaries(telling([1 if number % 5 == 0 else 0 for number in range(200)]), before)
    assert check(risen, "hallucination").status == "CRITICAL"
    assert "hallucination_rate 0.010 before, 0.040 now" in check(risen, "hallucination").detail
    one_more = summaries(
        telling([1 if number % 20 == 0 or number == 7 else 0 for number in range(200)]), before
    )
    assert check(one_more, "hallucination").status == "PASS"
    fewer = summaries(before, telling([1 if number % 5 == 0 else 0 for number in range(200)]))
    assert check(fewer, "hallucination").status == "PASS"


def test_a_rise_of_critical_omissions_is_critical() -> None:
    before, nothing = telling([0] * 100), [0] * 100
    worse = telling(nothing, [2 if number < 12 else 3 for number in range(100)])
    assert check(summaries(worse, before), "critical_omission").status == "CRITICAL"
    assert check(summaries(before, before), "critical_omission").status == "PASS"


def test_harm_that_only_one_of_the_two_was_measured_for_is_open() -> None:
    counted = telling([5] * 60)
    silent = [row.model_copy(update={"values": {}}) for row in counted]
    for pair in ((silent, counted), (counted, silent)):
        found = summaries(*pair)
        for rule in ("hallucination", "critical_omission"):
            assert check(found, rule).status == "NOT_MEASURED"
        which = "candidate" if pair[0] is counted else "baseline"
        assert f"Only the {which}'s rows hold what" in check(found, "hallucination").detail
    assert summaries(silent, silent).safety == ()


def test_cases_without_a_critical_fact_in_both_have_no_rule_of_omissions() -> None:
    none = telling([0] * 60)
    none = [row.model_copy(update={"values": {**row.values, "facts_critical": 0.0,
                                              "facts_critical_told": 0.0}}) for row in none]  # fmt: skip
    assert {one.rule for one in summaries(none, none).safety} == {"hallucination"}


def test_what_answers_are_not_read_for_has_no_rule() -> None:
    assert {one.rule for one in verdict(SAME).safety} == set()


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


@pytest.mark.parametrize("deployed", [True, False])
def test_a_sentinel_missed_against_the_approved_run_counts_where_the_deployed_one_is_incomparable(
    deployed: bool,
) -> None:
    spec = project_spec(regression={"margins": LOOSE, "sentinels": pinned(1), "approved_baseline": APPROVED})
    found = regress(
        spec, report(), items(missing(1)), CANDIDATE, (report("b"), SAME, BASELINE), deployed=deployed,
        known=Known(approved=(report(), SAME, APPROVED)),
    )  # fmt: skip
    assert (found.status, found.recommendation, found.keep) == ("CRITICAL", "rollback", BASELINE)
    assert found.is_critical
    assert [(one.role, one.status) for one in found.references] == [
        ("deployed", "INCOMPARABLE"),
        ("approved", "CRITICAL"),
    ]
    assert check(found, "sentinels").items == ("test-0001",)
    assert [flip.item for flip in found.critical_flips] == ["test-0001"]
    assert found.reason.startswith("CRITICAL: this model must not be used")
    assert "different test splits" in found.reason


def test_an_incomparable_run_still_tells_which_sentinels_it_misses() -> None:
    spec = project_spec(regression={"margins": LOOSE, "sentinels": pinned(1)})
    found = regress(spec, report(), items(missing(1)), CANDIDATE, (report("b"), SAME, BASELINE))
    assert (found.status, found.recommendation) == ("INCOMPARABLE", "iterate")
    assert (check(found, "sentinels").status, check(found, "sentinels").items) == ("FAIL", ("test-0001",))


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


def sliced(rows: list[ItemResult]) -> list[ItemResult]:
    return [
        row.model_copy(
            update={
                "slices": {
                    "sex": "f" if int(row.item[-4:]) % 2 else "m",
                    "style": "soap" if row.item < "test-0010" else "brief",
                }
            }
        )
        for row in rows
    ]


def test_a_loss_in_one_subgroup_alone_is_seen() -> None:
    worse = [hit and not (number % 2 and number < 60) for number, hit in enumerate(GOOD)]
    found = verdict(sliced(items(worse)), sliced(SAME))
    assert found.status == "WARN"
    assert [(one.slice, one.value, one.n) for one in found.subgroups] == [
        ("sex", "f", 200),
        ("sex", "m", 200),
        ("style", "brief", 390),
    ]
    one = check(found, "subgroup")
    assert one.status == "WARN"
    assert "sex f does worst: accuracy 0.680 (n = 200), the others 0.800 (n = 200), gap -0.120" in one.detail
    assert "Worse than the baseline beyond chance, by Benjamini and Hochberg: sex f" in one.detail


def test_subgroups_that_did_not_change_pass_and_the_worst_is_told() -> None:
    found = verdict(sliced(SAME), sliced(SAME))
    assert (found.status, check(found, "subgroup").status) == ("PASS", "PASS")
    assert not any("subgroup" in caveat for caveat in found.caveats)
    assert any("No subgroup of 20 items" in caveat for caveat in verdict(SAME).caveats)


def measured(value: float) -> EvaluationReport:
    interval = Interval(
        value=value, low=value - 0.03, high=value + 0.03, n=400, confidence=0.95, method="Wilson score"
    )
    system = SystemResult(
        system="tuned",
        scoring="generated_text",
        metrics=(MetricResult(metric="accuracy", higher_is_better=True, interval=interval),),
        labels=(),
        confusion={},
        items_sha256="0" * 64,
    )
    return report().model_copy(update={"systems": (system,), "looks": 4})


def test_a_drift_over_all_runs_is_flagged() -> None:
    history = tuple((f"{number:012x}-a1", measured(0.9 - 0.01 * number)) for number in range(9))
    found = verdict(SAME, known=Known(history=history), found=measured(0.8))
    assert len(found.trend) == 10
    assert found.trend[-1].flagged
    assert not found.trend[0].flagged
    assert any(caveat.startswith("accuracy drifts") for caveat in found.caveats)
    assert found.looks == 4
    assert any("looked at 4 times" in caveat for caveat in found.caveats)
    assert "This was look 4 at this test split." in found.reason


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


def test_the_protocol_is_named_by_its_digest() -> None:
    first, again, other = verdict(SAME), verdict(SAME), verdict(SAME, harm_alpha=0.2)
    assert first.protocol_sha256 == again.protocol_sha256 != other.protocol_sha256


def test_a_pass_says_what_it_leaves_open_and_others_do_not() -> None:
    found = verdict(SAME)
    assert found.status == "PASS"
    for part in (
        "No sentinel cases",
        "No bound on the recall",
        "No approved baseline",
        "a FAIL would have shown",
    ):
        assert any(part in caveat for caveat in found.caveats), part
    assert verdict(items(missing(1)), margins=[{"metric": "accuracy", "margin": 0.0}]).caveats == ()


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
