"""Reports of pull requests made by hand: plain values, and one in which every free text is hostile."""

from decimal import Decimal

from clinft.artifacts.decision import DeploymentDecision, Reason
from clinft.artifacts.pull_request import (
    ChangedPath,
    Created,
    Need,
    Previous,
    ProjectReport,
    PullRequestReport,
    SpecProblem,
)
from tests.fakes import audit_reports, run_inputs, run_results
from tests.fakes.pull_request_parts import (
    PEOPLE,
    approval,
    assessed,
    changes,
    costs,
    decision,
    missing_approval,
    project,
    refusal,
    report,
)
from tests.fakes.run_facts import HOSTILE
from tests.fakes.run_inputs import digest


def waiting() -> PullRequestReport:
    return report(project(assessment=assessed()), trains_on_merge=False)


def ready() -> PullRequestReport:
    given = (approval("ml", "kim", has_reason=True), approval("privacy", "sam"))
    before = Previous(
        plan_digest=digest("9"), cost_usd=Decimal("0.80"), cost_usd_upper=Decimal("0.84"), minutes=1.0
    )
    changed = project(
        what="plan changed", previous=before, assessment=assessed(), decision=decision(approvals=given)
    )
    return report(changed)


def refused() -> PullRequestReport:
    reasons = (
        refusal(
            1,
            "The audit did not pass: 1 CRITICAL, 1 HIGH without a waiver.",
            "Correct the data or the prompt; a person of the role privacy may waive a HIGH finding.",
            "privacy",
        ),
        refusal(
            6,
            "The upper estimate of 12.60 USD is above the spec's budget of 10 USD.",
            "Train on less, choose a cheaper model, or raise budget.max_usd for approval.",
        ),
        missing_approval("ml"),
        missing_approval("privacy"),
    )
    people = {**PEOPLE, "privacy": (), "ml": ("Mara",)}
    waived = (f"{30:016x}",)
    bad = project(
        audit=audit_reports.failed_audit(),
        estimate=costs(cost="12.00", upper="12.60"),
        decision=decision(*reasons, waived=waived, cost_bound_usd=Decimal(10)),
    )
    return report(bad, people=people)


def declined() -> PullRequestReport:
    reason = refusal(
        62,
        "The audit declined the data: they look like records of real people, or nobody has shown that they "
        "are synthetic.",
        "Do not push or send them any further.",
    )
    return report(project(audit=audit_reports.declined_audit(), decision=decision(reason)))


def invalid() -> PullRequestReport:
    reason = refusal(
        63,
        "The audit is not valid: planted identifiers of a class were missed more often than the policy allows.",
        "The audit's report names the classes.",
    )
    return report(project(audit=audit_reports.invalid_audit(), decision=decision(reason)))


def prompt_sufficient(current: bool) -> PullRequestReport:
    payload = run_results.assessment().model_copy(
        update={
            "verdict": "PROMPT_SUFFICIENT",
            "reason": "A prompt reaches the target on the dev split.",
            "target": 0.3,
        }
    )
    return report(project(assessment=assessed(payload=payload, current=current)))


def two_projects() -> PullRequestReport:
    second = project(
        name="discharge-letter",
        summary="",
        assessment=None,
        spent_this_month_usd=None,
        estimate=None,
        decision=decision(refusal(36, "The check cost-estimate ended as failure.", "Open its log.")),
    )
    return report(project(), second)


def deployment() -> PullRequestReport:
    needed = DeploymentDecision(
        run_id="0123456789ab-a1",
        allowed=False,
        reasons=(missing_approval("privacy"), missing_approval("clinical")),
        approvals=(),
        required_roles=("privacy", "clinical"),
    )
    only = ProjectReport(
        name="icd10-chapter",
        what="deployment",
        deployed_run="0123456789ab-a1",
        decision=needed,
        evidence=(
            "Regression FIRST: nothing is deployed to compare with, and every threshold is met",
            "accuracy: 0.705 [0.638, 0.764] (n = 200)",
            "Audit before training: PASS; findings: none",
            "Training was allowed by one person's word on a machine, not by reviews of a pull request.",
            "To read: report.md and MODEL_CARD.md in projects/icd10-chapter/runs/0123456789ab-a1/.",
        ),
        risks=("Nothing is known of notes of real patients: every test record is synthetic.",),
        creates=(
            Created(
                kind="file",
                where="projects/icd10-chapter/deployment.yaml",
                what="the deployed run",
                when="with the merge",
            ),
        ),
    )
    return report(only, required_roles=("privacy", "clinical"))


def engine_only() -> PullRequestReport:
    paths = (
        ChangedPath(path="clinft/stages/gate/decide.py", status="M", kind="engine"),
        ChangedPath(path=".github/clinft.yml", status="M", kind="policy"),
    )
    needed = missing_approval("engine").model_copy(
        update={
            "code": "CLINFT-G031",
            "message": "What judges pull requests would change: the role engine must approve.",
        }
    )
    return report(changes=changes(paths=paths), reasons=(needed,), required_roles=("engine",))


def fork() -> PullRequestReport:
    note = Reason(
        code="CLINFT-G049",
        blocks=False,
        message="The pull request comes from a fork.",
        way_out="Read the job summary of the gate.",
    )
    return report(project(), changes=changes(from_fork=True), reasons=(note,))


def merge_queue() -> PullRequestReport:
    missing = missing_approval("privacy")
    given = (approval("ml", "kim"),)
    return report(
        project(decision=decision(missing, mode="merge_group", approvals=given)),
        changes=changes(event="merge_group", number=None),
    )


def spec_errors() -> PullRequestReport:
    problems = (
        SpecProblem(
            path="projects/icd10-chapter/project.yaml",
            line=12,
            column=3,
            message="task.kind: unknown value.",
            cause="The schema knows classification and extraction.",
            next_step="Write one of these.",
        ),
        SpecProblem(
            path="projects/icd10-chapter/project.yaml", line=30, column=1, message="budget: missing key."
        ),
    )
    broken = ProjectReport(name="icd10-chapter", what="invalid", problems=problems)
    return report(broken, reasons=(refusal(36, "The check spec ended as failure.", "Correct the spec."),))


def quiet() -> PullRequestReport:
    """Nothing to train: one project's plan is the same, one has new evidence, one is removed."""
    return report(
        project(what="plan unchanged", decision=decision(), creates=(), risks=()),
        ProjectReport(name="discharge-letter", what="evidence"),
        ProjectReport(name="old-triage", what="removed"),
    )


def no_project() -> PullRequestReport:
    paths = (ChangedPath(path="README.md", status="M", kind="neutral"),)
    return report(changes=changes(paths=paths), required_roles=())


def hostile(text: str = HOSTILE) -> PullRequestReport:
    reason = refusal(1, text, text, "privacy")
    note = reason.model_copy(update={"blocks": False})
    counted = audit_reports.declined_audit(text)
    attacked = project(
        text,
        assessment=assessed(text, created_at=text, path=text),
        audit=counted.model_copy(update={"by_severity": {**counted.by_severity, text: 1}}),
        prepared=run_inputs.prepared((text, "digestive", "mental"), text),
        problems=(SpecProblem(path=text, line=1, column=2, message=text, cause=text, next_step=text),),
        decision=decision(
            reason, note, missing_approval("ml"), approvals=(approval("privacy", text),), text=text
        ),
        deployed_run=text,
    )
    return report(
        attacked,
        attacked.model_copy(
            update={
                "what": "deployment",
                "audit": None,  # so that all of it fits
                "decision": DeploymentDecision(
                    run_id=text,
                    allowed=False,
                    reasons=(reason,),
                    approvals=(approval("privacy", text),),
                    required_roles=("privacy", "clinical"),
                ),
            }
        ),
        text=text,
        reasons=(reason, note),
        people={"ml": (text,), "privacy": (text,)},
        needs=(Need(name=text, result=text),),
        checked_at=text,
    )


BUILDERS = {
    "waiting": waiting,
    "ready": ready,
    "refused": refused,
    "declined": declined,
    "invalid": invalid,
    "prompt_sufficient": lambda: prompt_sufficient(current=True),
    "prompt_sufficient_stale": lambda: prompt_sufficient(current=False),
    "two_projects": two_projects,
    "deployment": deployment,
    "engine_only": engine_only,
    "fork": fork,
    "merge_queue": merge_queue,
    "spec_errors": spec_errors,
    "quiet": quiet,
    "no_project": no_project,
    "hostile": hostile,
}
