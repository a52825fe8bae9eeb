"""The tier of safety, subgroups, trend and caveats: what no margin can outvote."""

from collections.abc import Sequence

import pytest

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import (
    EvaluationReport,
    ItemResult,
    MetricResult,
    RegressionVerdict,
    SystemResult,
)
from clinft.stages.regress.stage import Known
from tests.fakes.evaluated import items, report, without
from tests.fakes.regressed import (
    GOOD,
    SAME,
    check,
    missing,
    verdict,
)


def test_a_first_run_without_rows_is_not_deployable() -> None:
    assert verdict([], None).recommendation == "iterate"
    found = verdict([], None, critical_recall_min=0.95)
    assert (found.recommendation, check(found, "critical_recall").status) == ("iterate", "NOT_MEASURED")


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
