"""Everything that is written after a merge, made by hand; `text` replaces what others could have written."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from clinft.artifacts.decision import Source
from clinft.artifacts.model import Job
from clinft.artifacts.results import (
    EvaluationReport,
    RunRecord,
    RunReport,
    StageRecord,
)
from clinft.artifacts.run_state import Claim, RunState, StatusEntry
from clinft.spec.project import ProjectSpec
from clinft.stages.report import returned
from clinft.stages.report.returned import steps
from tests.fakes import audit_reports, run_facts, run_inputs, run_results
from tests.fakes.pull_request_parts import approval, costs, decision, missing_approval
from tests.fakes.pull_request_parts import refusal as reason
from tests.fakes.returned_verdicts import BASELINE, EARLIER, Text, compared, critical, iteration, passed
from tests.fakes.run_inputs import LABELS, digest

URL = "https://github.com/octo-org/clinical-tuning"
LINKS = returned.Links(URL)
MAIN = "c" * 40
COMMIT = "d" * 40


def run_id() -> str:
    return run_inputs.run_id()


def gate(text: Text = None) -> returned.Queued:
    allowed = decision(
        approvals=(approval("ml", text or "kim", has_reason=True), approval("privacy", text or "sam")),
        mode="train",
        source=Source(pull_request=7, head_sha="b" * 40, merge_sha=MAIN),
    )
    return returned.Queued(run_id(), allowed)


def entry(number: int, status: str, text: Text = None, **changes: object) -> StatusEntry:
    made = {
        "number": number,
        "run_id": run_id(),
        "status": status,
        "at": "2026-11-24T12:00:00+00:00",
        "workflow_run": 4712,
        "previous": None if number == 1 else digest("0"),
        **changes,
    }
    return StatusEntry.model_validate(made).model_copy(update={"message": text or changes.get("message", "")})


def state(number: int, status: str, text: Text = None, **changes: object) -> RunState:
    made = RunState(
        run_id=run_id(),
        plan_digest=run_inputs.estimate().plan_digest,
        provider="peft",
        runner="gpu-box",
        main_sha=MAIN,
        pull_request=7,
        history=(entry(1, "queued"), entry(number, status, text, **changes)),
    )
    return made.model_copy(update={"runner": text} if text else {})


def job(text: Text = None) -> Job:
    return Job(id=text or "ftjob-abc123", provider="peft", run_id=run_id(), status="running")


def evaluation(text: Text = None) -> EvaluationReport:
    labels = LABELS if text is None else (text, "digestive", "respiratory")
    made = run_results.evaluation(labels, text)
    if text is None:
        return made
    systems = tuple(
        result.model_copy(
            update={
                "metrics": tuple(
                    each.model_copy(update={"metric": text, "missing": text}) for each in result.metrics
                )
            }
        )
        for result in made.systems
    )
    bounds = tuple(each.model_copy(update={"bound": text, "metric": text}) for each in made.thresholds)
    return made.model_copy(update={"systems": systems, "thresholds": bounds})


def notes(text: Text = None) -> list[steps.Step]:
    audit = audit_reports.audit(text)
    stopped = "The machine was taken away after 20 hours; the checkpoint is whole."
    return [
        gate(text),
        returned.Prepared(run_id(), run_inputs.prepared(text=text)),
        returned.Audited(run_id(), audit),
        returned.Audited(run_id(), audit_reports.failed_audit(text), waived=1),
        returned.Started(state(2, "running", text, job=job(text))),
        returned.Paused(state(3, "paused", text, message=stopped), after_steps=120),
        returned.Resumed(state(4, "running", text), after_steps=120),
        returned.Failed(state(5, "failed", text, message="The runner ran out of memory.")),
        returned.Failed(state(6, "cancelled", text)),
        returned.Evaluated(run_id(), evaluation(text)),
        returned.Compared(run_id(), run_results.regression(text), ()),
        returned.Compared(run_id(), compared(text), (text or LABELS[0],)),
        returned.ResultsOpened(run_id(), 12, run_results.regression(text)),
        returned.ResultsOpened(run_id(), 13, None),
        returned.Compared(run_id(), critical(text), (text or LABELS[0],)),
        returned.ResultsOpened(run_id(), 16, critical(text)),
        returned.DeploymentOpened(run_id(), 14, None),
        returned.RollbackOpened(run_id(), 15, BASELINE),
        returned.IterationOpened(run_id(), 17),
        returned.Later(entry(7, "deployed", text)),
        returned.Later(entry(8, "rolled_back", text)),
        returned.Later(entry(9, "weights_deleted", text, workflow_run=None)),
        returned.Later(entry(10, "provider_files_deleted", text, message="2 files.")),
    ]


def record(status: str = "succeeded", text: Text = None) -> RunRecord:
    stages = tuple(
        StageRecord(stage=stage, digest=sha256, file_sha256=digest("9"))
        for stage, sha256 in run_facts.run_facts().digests.items()
    )
    reached = stages if status == "succeeded" else stages[:5]
    made = RunRecord.model_construct(
        run_id=run_id(),
        project="icd10-chapter",
        plan_digest=run_inputs.estimate().plan_digest,
        attempt=1,
        status=status,
        stages=reached,
        files={},
        digest="",
    ).sealed()
    return made if text is None else made.model_copy(update={"project": text, "run_id": text})


def results(text: Text = None, **changes: object) -> returned.ResultsFacts:
    model = run_results.model()
    if text is not None:
        base = model.base_model.model_copy(update={"ref": text})
        model = model.model_copy(update={"base_model": base, "weights": {text: digest("e")}})
    headline = (
        f"icd10-chapter {run_id()}: FIRST, recommendation deploy; tuned accuracy 0.767 [0.646, 0.856] on 60 "
        "synthetic test records, +0.350 [+0.200, +0.500] over the base model, with prompt (likeliest label)."
    )
    made = {
        "record": record(text=text),
        "workflow_run": 4712,
        "report": RunReport(headline=text or headline, rendered={}),
        "audit": audit_reports.audit(text),
        "spec": spec(text),
        "estimate": costs(text),
        "decision": gate(text).decision,
        "model": model,
        "evaluation": evaluation(text),
        "regression": run_results.regression(text),
        "measured": {"cost_usd": text or "0.84", "seconds": 91.25},
        "message": text or "",
        "commit": COMMIT,
        "issue": 9,
        **changes,
    }
    return returned.ResultsFacts(**made)  # type: ignore[arg-type]


def regressed(text: Text = None) -> returned.ResultsFacts:
    headline = f"icd10-chapter {run_id()}: FAIL, recommendation iterate; tuned accuracy 0.767 [0.646, 0.856]."
    return results(
        text,
        report=RunReport(headline=text or headline, rendered={}),
        regression=compared(text),
        baseline=evaluation(text),
    )


def harmful(text: Text = None) -> returned.ResultsFacts:
    headline = f"icd10-chapter {run_id()}: CRITICAL, recommendation rollback; tuned accuracy 0.767."
    return results(
        text,
        report=RunReport(headline=text or headline, rendered={}),
        regression=critical(text),
        baseline=evaluation(text),
    )


def failed(text: Text = None) -> returned.ResultsFacts:
    return returned.ResultsFacts(
        record=record("failed", text),
        workflow_run=4712,
        decision=gate(text).decision,
        estimate=costs(text),
        message=text or "The runner ran out of memory twice.",
    )


def deployment(text: Text = None, **changes: object) -> returned.DeploymentFacts:
    made = {
        "project": text or "icd10-chapter",
        "run_id": text or run_id(),
        "before": text or BASELINE,
        "record_digest": text or digest("f"),
        "spec": spec(text),
        "evaluation": evaluation(text),
        "regression": passed(),
        "audit": audit_reports.audit(text),
        "decision": gate(text).decision,
        "baseline": evaluation(text),
        "results": 12,
        "issue": 9,
        **changes,
    }
    if text is not None:
        made["regression"] = compared(text)
    return returned.DeploymentFacts(**made)  # type: ignore[arg-type]


def rollback(text: Text = None) -> returned.RollbackFacts:
    return returned.RollbackFacts(
        project=text or "icd10-chapter",
        run_id=text or run_id(),
        to=text or BASELINE,
        regression=compared(text, recommendation="rollback"),
        evidence=text or run_id(),
        evidence_digest=text or digest("3"),
        spec=spec(text),
        issue=9,
    )


def by_hand(text: Text = None) -> returned.RollbackFacts:
    return returned.RollbackFacts(
        project="icd10-chapter",
        run_id=run_id(),
        to=None,
        person=text or "dr-lee",
        reason=text or "Two notes about strokes were sorted as digestive on the ward.",
    )


def decided(text: Text = None) -> list[returned.Decided]:
    against = reason(
        26,
        text or "The upper estimate of 12.60 USD is now above the 1.26 USD that the pull request showed.",
        text or "Raise revision by one in a new pull request; the new price is approved there.",
    )
    note = against.model_copy(update={"code": "CLINFT-G023", "blocks": False})
    claim = Claim(
        workflow_run=4700,
        attempt=1,
        run_id=EARLIER,
        taken_at=text or "2026-11-24T09:00:00+00:00",
        lease_until=text or "2026-11-24T15:00:00+00:00",
    )
    late = decision(
        missing_approval("privacy"),
        note,
        cost_bound_usd=Decimal("1.26"),
        source=Source(pull_request=7),
    )
    return [
        returned.Decided("icd10-chapter", "allowed", run_id(), gate(text).decision),
        returned.Decided("late-approval", "refused", decision=late),
        returned.Decided(text or "dearer-now", "refused", decision=decision(against), pull_request=8),
        returned.Decided("unreadable", "refused", reasons=(against, missing_approval("ml"))),
        returned.Decided("no-reason", "refused"),
        returned.Decided("discharge-letter", "busy", holder=claim, pull_request=6),
        returned.Decided("waits", "busy"),
        returned.Decided("old-triage", "nothing to do"),
    ]


def roles(text: Text = None) -> tuple[str, ...]:
    return (text or "ml", "privacy")


def spec(text: Text = None) -> ProjectSpec:
    """`text` may be what no loaded spec could hold."""
    made = run_inputs.spec()
    if text is None:
        return made
    return made.model_copy(
        update={
            "name": text,
            "summary": text,
            "owners": (text,),
            "intended_use": text,
            "out_of_scope": (text, text),
            "task": made.task.model_copy(update={"description": text}),
            "training": made.training.model_copy(update={"base_model": text}),
            "regression": made.regression.model_copy(update={"critical_labels": (text,)}),
        }
    )


def spec_body(text: Text = None) -> str:
    return returned.issue_body(spec(text), roles(text), LINKS)


BODIES: dict[str, Callable[[Text], str]] = {
    "issue": spec_body,
    "notes": lambda text: "\n---\n\n".join(returned.step_note(step, LINKS) for step in notes(text)),
    "results": lambda text: returned.results_body(results(text), LINKS),
    "results_regressed": lambda text: returned.results_body(regressed(text), LINKS),
    "results_critical": lambda text: returned.results_body(harmful(text), LINKS),
    "results_failed": lambda text: returned.results_body(failed(text), LINKS),
    "deployment": lambda text: returned.deployment_body(deployment(text), LINKS),
    "rollback": lambda text: returned.rollback_body(rollback(text), LINKS),
    "rollback_critical": lambda text: returned.rollback_body(
        replace(rollback(text), regression=critical(text)), LINKS
    ),
    "rollback_by_hand": lambda text: returned.rollback_body(by_hand(text), LINKS),
    "iteration": lambda text: returned.iteration_body(iteration(text), LINKS),
    "refusal": lambda text: returned.refusal(decided(text), LINKS),
}
