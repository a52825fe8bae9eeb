"""The parts of a pull request's report, as plain values; `text` replaces what others could have written."""

from decimal import Decimal
from typing import Any

from clinft.artifacts.decision import Approval, GateDecision, Reason
from clinft.artifacts.pull_request import (
    Assessment,
    ChangedPath,
    ChangeSet,
    Created,
    Need,
    ProjectReport,
    PullRequestReport,
    Sample,
    Setting,
)
from tests.fakes import audit_reports, run_inputs, run_results
from tests.fakes.estimates import with_parts
from tests.fakes.handlings import handling
from tests.fakes.run_inputs import digest

RUN_URL = "https://github.com/octo-org/clinical-tuning/actions/runs/4711"
PEOPLE = {"ml": ("kim",), "privacy": ("sam", "lee"), "clinical": ("dr-lee",), "engine": ("ops",)}


def missing_approval(role: str) -> Reason:
    return Reason(
        code="CLINFT-G011",
        blocks=True,
        pending=True,
        role=role,
        message=f"Nobody has approved this in the role {role}.",
        way_out="A person whom .github/clinft.yml names in this role approves the pull request.",
    )


def refusal(number: int, message: str, way_out: str, role: str | None = None) -> Reason:
    return Reason(code=f"CLINFT-G{number:03d}", blocks=True, message=message, way_out=way_out, role=role)


def decision(*reasons: Reason, text: str | None = None, **changes: Any) -> GateDecision:
    made = GateDecision(
        allowed=not any(reason.blocks for reason in reasons),
        plan_digest=run_inputs.estimate().plan_digest,
        reasons=reasons,
        approvals=(),
        required_roles=("ml", "privacy"),
        mode="pull_request",
        cost_bound_usd=Decimal("1.26"),
        prepare_digest=digest("a"),
        audit_digest=digest("c"),
        estimate_digest=digest("d"),
        policy_sha256=digest("8"),
        handling=handling(run_inputs.spec(), text),
    )
    return made.model_copy(update=changes)


def approval(role: str, person: str, **changes: Any) -> Approval:
    made = Approval(
        role=role,
        person=person,
        at="2026-11-24T09:00:00+00:00",
        plan_digest=run_inputs.estimate().plan_digest,
        kind="review",
    )
    return made.model_copy(update=changes)


def costs(text: str | None = None, cost: str = "1.20", upper: str = "1.26") -> Any:
    made = run_inputs.estimate().model_copy(
        update={"cost_usd": Decimal(cost), "cost_usd_upper": Decimal(upper)}
    )
    if text is None:
        return made
    model = made.plan.base_model.model_copy(update={"ref": text})
    return with_parts(made, text).model_copy(
        update={
            "formula": text,
            "throughput_basis": text,
            "price": made.price.model_copy(update={"source": text, "as_of": text}),
            "plan": made.plan.model_copy(update={"base_model": model, "region": text, "runner": text}),
        }
    )


def assessed(text: str | None = None, **changes: Any) -> Assessment:
    made = Assessment(
        payload=run_results.assessment(text),
        current=True,
        created_at="2026-11-12T08:30:00+00:00",
        path="projects/icd10-chapter/assess.json",
    )
    return made.model_copy(update=changes)


def project(text: str | None = None, **changes: Any) -> ProjectReport:
    """`text` replaces every text that a person, a file or a model could have written."""
    made = ProjectReport(
        name=text or "icd10-chapter",
        summary=text or "ICD-10 chapter of the main diagnosis in a short clinical note",
        intended_use=text or "Sorts notes by chapter; a professional coder reads every note.",
        out_of_scope=(text or "Billing without a coder's review", "Notes of children"),
        written=(
            text or "projects/icd10-chapter/prompt/prompt.md: 3 examples, sent as they are; changed here",
        ),
        evaluation=(text or "accuracy at least 0.6", "critical labels: circulatory"),
        what="new",
        prepared=run_inputs.prepared(text=text),
        audit=audit_reports.audit(text),
        estimate=costs(text),
        decision=decision(missing_approval("ml"), missing_approval("privacy")),
        budget_usd=Decimal(10),
        spent_this_month_usd=Decimal("12.40"),
        month_budget_usd=Decimal(200),
        runner=text or "gpu-box",
        recipe=(
            Setting(
                name=text or "n_epochs",
                value=text or "1",
                chosen=True,
                meaning=text or "Passes over the training split.",
            ),
            Setting(name="learning_rate", value="0.002", chosen=True, meaning="Peak rate of the optimizer."),
            Setting(name="lora.r", value="16", chosen=False, meaning="Rank of the adapter."),
        ),
        samples=(
            Sample(
                id=text or "train-0012",
                text=text or "S: cough for 3 days, no fever.\nA: acute bronchitis.",
                target=text or "respiratory",
            ),
        ),
        risks=(text or "The test split has 12 scenarios: a difference below 0.15 cannot be seen.",),
        creates=(
            Created(
                kind="job",
                where=text or "runner gpu-box",
                what=text or "one training run",
                when=text or "after the merge",
            ),
            Created(
                kind="pull request",
                where="this repository",
                what="results of the run",
                when="after training",
            ),
        ),
    )
    return made.model_copy(update=changes)


def changes(text: str | None = None, **updates: Any) -> ChangeSet:
    made = ChangeSet(
        event="pull_request",
        number=7,
        author=text or "mara",
        from_fork=False,
        base_sha=text or "a" * 40,
        head_sha=text or "b" * 40,
        merge_sha=text or "c" * 40,
        paths=(
            ChangedPath(
                path=text or "projects/icd10-chapter/project.yaml",
                status="A",
                kind="plan",
                project=text or "icd10-chapter",
            ),
        ),
    )
    return made.model_copy(update=updates)


def report(*projects: ProjectReport, text: str | None = None, **updates: Any) -> PullRequestReport:
    made = PullRequestReport(
        changes=changes(text),
        run_id=4711,
        run_attempt=1,
        run_url=text or RUN_URL,
        checked_at="2026-11-24T10:00:00+00:00",
        engine_sha=text or "e" * 40,
        policy_sha256=digest("8"),
        needs=tuple(
            Need(name=text or name, result="success")
            for name in ("detect", "spec", "prep", "hipaa-audit", "cost-estimate")
        ),
        reasons=(),
        required_roles=("ml", "privacy"),
        people=PEOPLE,
        projects=projects,
        trains_on_merge=True,
    )
    return made.model_copy(update=updates)
