"""The seven messages as plain texts: what they say, what they never say, and what each threshold's state means."""

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, SafetyCheck, ThresholdResult
from clinft.ports.sinks import Link, Milestone
from clinft.spec.quarantine import Quarantine
from clinft.stages.report import milestones
from clinft.stages.report.milestones import About, Places
from tests.fakes import audit_reports, run_inputs, run_results

HOSTILE = ("MRN 48213377 of Maria Ganz", "<!channel> @everyone", "](https://evil.example)")
GOLDEN = Path(__file__).parent / "golden"
ABOUT = About("icd10-chapter", "3" * 64, "333333333333-a1", (Link("Report", "https://example.org/r"),))
HISTORY = [("queued", "2026-11-24T08:00:00+00:00"), ("running", "2026-11-24T08:05:00+00:00")]


def critical() -> RegressionVerdict:
    broken = SafetyCheck(rule="critical_recall", status="CRITICAL", detail="item-000017 was missed", n=20)
    return run_results.regression().model_copy(update={"status": "CRITICAL", "safety": (broken,)})


def found(critical: int) -> AuditReport:
    report = audit_reports.audit()
    counts = {**report.by_severity, "CRITICAL": critical}
    return report.model_copy(update={"by_severity": counts, "verdict": "FAIL" if critical else "PASS"})


def some(milestone: Milestone | None) -> Milestone:
    assert milestone is not None
    return milestone


SEVEN: dict[str, Milestone] = {
    "data_plan": milestones.data_plan(ABOUT, run_inputs.prepared()),
    "audit": milestones.audit(ABOUT, audit_reports.audit()),
    "cost": milestones.cost(ABOUT, run_inputs.estimate(), Decimal(5)),
    "job": milestones.job(ABOUT, "peft", "gpu-box", HISTORY, milestones.permitted(run_inputs.decision())),
    "evaluation": milestones.evaluation(ABOUT, run_results.evaluation()),
    "regression": milestones.regression(ABOUT, run_results.regression()),
    "concern_findings": some(milestones.critical_findings(ABOUT, found(2))),
    "concern_verdict": some(milestones.critical_verdict(ABOUT, critical())),
    "concern_quarantine": milestones.quarantined(
        replace(ABOUT, plan_digest="concerns"), Quarantine(since="2026-11-05", discovered="2026-11-04")
    ),
    "concern_expired": some(
        milestones.expired(replace(ABOUT, plan_digest="concerns"), [("the provider openai", "2026-11-01")])
    ),
}


def as_text(milestone: Milestone) -> str:
    lines = [f"[{milestone.tone}] {milestone.title}", f"thread {milestone.thread}, key {milestone.key}", ""]
    lines += [*milestone.lines, ""]
    lines += [f"{one.state}: {one.text}" for one in milestone.thresholds]
    return "\n".join([*lines, *(f"-> {link.text} {link.url}" for link in milestone.links)]) + "\n"


@pytest.mark.parametrize("name", SEVEN)
def test_each_message_equals_its_golden(name: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("CLINFT_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(as_text(SEVEN[name]))
    assert as_text(SEVEN[name]) == path.read_text()


def test_an_audit_that_passed_reads_as_passed_and_counts_its_warnings() -> None:
    assert SEVEN["audit"].title == "HIPAA audit PASS with 1 warning: nothing was found that blocks"
    assert SEVEN["audit"].tone == "warning"
    report = audit_reports.audit()
    sure = tuple(row.model_copy(update={"status": "certified"}) for row in report.sensitivity)
    clean = milestones.audit(ABOUT, report.model_copy(update={"sensitivity": sure}))
    assert (clean.tone, clean.title) == ("good", "HIPAA audit PASS: nothing was found that blocks")
    failed = milestones.audit(ABOUT, found(2))
    assert (failed.tone, failed.title) == ("bad", "HIPAA audit FAIL: something was found that blocks")


def test_keys_differ_and_stand_below_their_thread() -> None:
    keys = [one.key for one in SEVEN.values()]
    assert len(set(keys)) == len(keys)
    assert all(one.key.startswith(f"{one.thread}/") for one in SEVEN.values())


def test_what_is_in_order_raises_no_concern() -> None:
    assert milestones.critical_findings(ABOUT, found(0)) is None
    assert milestones.critical_verdict(ABOUT, run_results.regression()) is None
    assert milestones.expired(ABOUT, []) is None


def test_no_id_of_a_record_and_no_sentence_of_others_is_told() -> None:
    """Detail texts, caveats and ids may quote what lies in brought files."""
    assert "item-000017" not in as_text(SEVEN["concern_verdict"])
    assert "item-000017" not in as_text(milestones.regression(ABOUT, critical()))
    for text in HOSTILE:
        made = (
            milestones.data_plan(ABOUT, run_inputs.prepared(text=text)),
            milestones.cost(ABOUT, run_inputs.estimate(text), None),
            milestones.evaluation(ABOUT, run_results.evaluation(text=text)),
            milestones.job(
                ABOUT, "peft", "local", HISTORY, milestones.permitted(run_inputs.decision(text=text))
            ),
        )
        assert all(text not in as_text(one) for one in made)


@pytest.mark.parametrize(
    ("met", "certifiable", "metric", "state"),
    [
        (True, True, "accuracy", "met"),
        (False, True, "accuracy", "not met"),
        (None, True, "accuracy", "not certifiable"),
        (None, False, "accuracy", "not certifiable"),
        (None, True, "auroc", "missing"),
    ],
)
def test_a_threshold_says_what_it_is(met: bool | None, certifiable: bool, metric: str, state: str) -> None:
    asked = ThresholdResult(metric=metric, bound="at least 0.6", met=met, detail="", certifiable=certifiable)
    report: EvaluationReport = run_results.evaluation().model_copy(update={"thresholds": (asked,)})
    (threshold,) = milestones.evaluation(ABOUT, report).thresholds
    assert threshold.state == state
    assert threshold.text.endswith("; at least 0.6")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://github.com/hosp/models",
        "https://github.com/hosp",
        "https://evil.org/a/b?x=",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_no_repositorys_makes_no_links(address: str) -> None:
    places = Places(address)
    assert places.pull(7) == places.workflow_run(7) == places.file("projects/a/b.md", "Report") == ()
    assert Places("https://github.com/hosp/models").pull(None) == ()


def test_links_are_built_from_clean_names_alone() -> None:
    places = Places("https://github.com/hosp/models", "main", "https://hosp.github.io/models/")
    assert [link.url for link in (*places.pull(7), *places.file("projects/demo/x.md", "X"))] == [
        "https://github.com/hosp/models/pull/7",
        "https://github.com/hosp/models/blob/main/projects/demo/x.md",
    ]
    assert places.dashboard() == (Link("Dashboard", "https://hosp.github.io/models/"),)
    assert places.file("projects/../x", "X") == places.file("a b", "X") == places.file("/etc", "X") == ()
    assert Places("", "main", "javascript:alert(1)").dashboard() == ()
