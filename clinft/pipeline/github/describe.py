"""One project's part of the report: what the checks found, in the words that people decide with."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import DeploymentDecision, GateDecision, lowest
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.pull_request import (
    Assessment,
    ChangedPath,
    ChangeSet,
    Previous,
    ProjectReport,
    Setting,
    SpecProblem,
)
from clinft.pipeline.context import Context
from clinft.pipeline.gate_inputs import assessment_of, is_current
from clinft.pipeline.github import checks
from clinft.pipeline.github.checks import Change
from clinft.pipeline.github.created import created
from clinft.pipeline.github.risks import risks
from clinft.pipeline.ledger import spent_in_month
from clinft.spec.policy import Runner
from clinft.spec.project import ProjectSpec
from clinft.spec.training import TrainingSpec
from clinft.stages.audit.scan import is_presentable
from clinft.stages.gate.places import OWN_MACHINES

HIDDEN = "hidden: the audit's rules find something in it"
SHOWN_PATHS = 2000
RUN = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]*")
# Settings that only providers of one kind read.
HOSTED_ONLY, OWN_ONLY = frozenset({"learning_rate_multiplier"}), frozenset({"learning_rate"})


def shown(text: str) -> str:
    """Text that people wrote reaches the comment only where no rule finds anything in it."""
    return text if is_presentable(text) else HIDDEN


def shown_changes(changes: ChangeSet) -> ChangeSet:
    """The changes as they may be told: no path in which a rule finds something."""
    return changes.model_copy(update={"paths": tuple(map(_shown_path, changes.paths))})


def first_paths(changes: ChangeSet) -> ChangeSet:
    return changes.model_copy(update={"paths": changes.paths[:SHOWN_PATHS]})


def _shown_path(path: ChangedPath) -> ChangedPath:
    # A run is named by a digest, which looks like an identifier.
    words = RUN.sub("run", path.path).replace("/", " ")
    if is_presentable(words):
        return path
    project = f"projects/{path.project}/" if path.project and is_presentable(path.project) else ""
    return path.model_copy(update={"path": f"{project}({HIDDEN})"})


def _shown_fields(prepared: PreparedDataset) -> PreparedDataset:
    fields = tuple(
        row.model_copy(update={"meaning": shown(row.meaning), "example": shown(row.example)})
        for row in prepared.fields
    )
    return prepared.model_copy(update={"fields": fields})


def broken(name: str, problems: Sequence[SpecProblem]) -> ProjectReport:
    return ProjectReport(name=name, what="invalid", problems=tuple(problems))


def deployment(name: str, decision: DeploymentDecision, evidence: tuple[str, ...]) -> ProjectReport:
    return ProjectReport(
        name=name,
        what="deployment",
        decision=decision,
        deployed_run=decision.run_id,
        evidence=evidence,
    )


def judged(change: Change, context: Context, decision: GateDecision, trains: bool) -> ProjectReport:
    """`trains`: whether the base branch has a workflow that trains."""
    name, spec, policy = context.name, context.loaded.spec, change.policy
    previous = checks.load_previous(change, name)
    estimate = context.need("estimate", CostEstimate).payload
    prepared = context.need("prepare", PreparedDataset).payload
    audit = context.need("audit", AuditReport).payload
    assessment = _assessment(context)
    runner = policy.runners.get(spec.training.runner)
    now = context.services.clock.now()
    what = _what(previous, decision)
    return ProjectReport(
        name=name,
        summary=shown(spec.summary),
        intended_use=shown(" ".join(spec.intended_use.split())),
        out_of_scope=tuple(map(shown, spec.out_of_scope)),
        written=tuple(_written(change, context)),
        evaluation=tuple(_evaluation(spec)),
        what=what,
        prepared=_shown_fields(prepared),
        assessment=assessment,
        audit=audit,
        estimate=estimate,
        previous=previous,
        decision=decision,
        budget_usd=lowest(spec.budget.max_usd, policy.per_run_usd(name)),
        spent_this_month_usd=spent_in_month(change.tree / "projects", now, decision.plan_digest),
        month_budget_usd=policy.budgets.per_month_usd,
        runner=_machine(spec.training.runner, runner),
        recipe=tuple(_settings(spec.training)),
        samples=checks.load_samples(change, name),
        risks=tuple(risks(context, policy, prepared, assessment, audit, estimate, decision)),
        creates=() if what == "plan unchanged" else tuple(created(context, policy, estimate, not trains)),
    )


def _machine(name: str, runner: Runner | None) -> str:
    """A runner without labels is none of the team's: train.yml asks GitHub for a machine then."""
    if runner is None:
        return name
    return f"{name}: {runner.description if runner.labels else 'a machine of GitHub'}"


def _what(
    previous: Previous | None, decision: GateDecision
) -> Literal["new", "plan changed", "plan unchanged"]:
    if previous is None:
        return "new"
    return "plan unchanged" if previous.plan_digest == decision.plan_digest else "plan changed"


def _assessment(context: Context) -> Assessment | None:
    found = assessment_of(context)
    if found is None:
        return None
    path, artifact = found
    return Assessment(
        payload=artifact.payload,
        current=is_current(context, artifact),
        created_at=artifact.created_at,
        path=f"projects/{context.name}/{path.relative_to(context.paths.root).as_posix()}",
    )


def _written(change: Change, context: Context) -> Iterator[str]:
    """No rule reads these as a person does: a story without a title or a number passes the audit."""
    name, prompt = context.name, context.loaded.prompt
    changed = {path.path for path in change.changes.paths}
    for path, what in (
        ("prompt/prompt.md", f"the system prompt and {len(prompt.examples)} examples, sent as they are"),
        ("project.yaml", "intended use, task and labels"),
    ):
        full = f"projects/{name}/{path}"
        yield f"{full}: {what}; " + ("changed here" if full in changed else "not changed here")


def _evaluation(spec: ProjectSpec) -> Iterator[str]:
    for bound in spec.evaluation.thresholds:
        least = [f"at least {bound.min:g}"] if bound.min is not None else []
        most = [f"at most {bound.max:g}"] if bound.max is not None else []
        yield f"{bound.metric} {' and '.join(least + most)}"
    if not spec.evaluation.thresholds:
        yield "no threshold: any result may be called good"
    if spec.regression.critical_labels:
        yield f"critical labels: {', '.join(spec.regression.critical_labels)}"
    margins = [f"{margin.metric} by {margin.margin:g}" for margin in spec.regression.margins]
    yield "against a deployed model it may lose at most: " + (", ".join(margins) or "nothing stated")


def _settings(training: TrainingSpec) -> Iterator[Setting]:
    """What this way of training reads, and whether somebody wrote it or it is clinft's default."""
    yield _setting(training, "base_model")
    yield _setting(training, "method")
    own = training.provider in OWN_MACHINES
    if own and training.method != "full":
        for name in type(training.lora).model_fields:
            yield _setting(training.lora, name, "lora.")
    foreign = HOSTED_ONLY if own else OWN_ONLY
    for name in type(training.hyperparameters).model_fields:
        if name not in foreign:
            yield _setting(training.hyperparameters, name)


def _setting(model: BaseModel, name: str, prefix: str = "") -> Setting:
    value = getattr(model, name)
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return Setting(
        name=prefix + name,
        value="not set" if value is None else shown,
        chosen=name in model.model_fields_set,
        meaning=type(model).model_fields[name].description or "",
    )
