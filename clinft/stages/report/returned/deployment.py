"""The deployment pull request: one line changes, and what privacy and clinical each decide about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.results import EvaluationReport, RegressionVerdict
from clinft.spec.project import ProjectSpec
from clinft.stages.report.markdown import bullets, document, table
from clinft.stages.report.pull_request.head import APPROVING_MEANS
from clinft.stages.report.pull_request.room import Room
from clinft.stages.report.returned import comparison, figures, names, safety
from clinft.stages.report.returned.fitting import Block, collapsed, fitted, section
from clinft.stages.report.returned.names import NOT_MEASURED, Links
from clinft.stages.report.returned.one_line import (
    ROLE_READS,
    changed_line,
    deployment_file,
    how_to_check,
    read_first,
    who_decides,
)

NOT_IN_EVIDENCE = "missing in the evidence"
DOES_NOT = (
    "It trains nothing, and it measures nothing anew.",
    "It starts, stops and moves no server and no weights: clinft serves no model. Whoever operates the model "
    "acts on `deployment.yaml` after the merge.",
    "It widens no intended use.",
    "It proves nothing about notes of real patients: every record was synthetic.",
)


@dataclass(frozen=True)
class DeploymentFacts:
    """`before`: what deployment.yaml names now; None: nothing. `results`: the pull request of the evidence.

    `record_digest`: of the run's record.json. `baseline`: the evaluation of the run that the verdict compares
    with. What the evidence lacks is None. `spec`: as the run's folder holds it.
    """

    project: str
    run_id: str
    before: str | None
    record_digest: str
    spec: ProjectSpec | None
    evaluation: EvaluationReport | None
    regression: RegressionVerdict | None
    audit: AuditReport | None
    decision: GateDecision | None
    baseline: EvaluationReport | None = None
    results: int | None = None
    issue: int | None = None


def deployment_title(project: str, run_id: str) -> str:
    return names.title(project, "deploy", run_id)


def deployment_body(facts: DeploymentFacts, links: Links) -> str:
    where = "All of it stands in the evidence of the run."
    return fitted(lambda room: _blocks(facts, links, room), where, "the evidence of the run")


def _blocks(facts: DeploymentFacts, links: Links, room: Room) -> Iterable[Block]:
    yield Block(document(_head(facts, room)))
    rows = [
        (role, read_first(facts.project, facts.run_id, facts.spec, links, role), APPROVING_MEANS[role])
        for role in ROLE_READS
    ]
    yield section("Who decides what", *who_decides(rows, links))
    yield section("What it is for", *_use(facts.spec, room))
    if facts.evaluation is None:
        yield section("What was measured", f"The evaluation is {NOT_IN_EVIDENCE}: {NOT_MEASURED}.")
    else:
        measured = figures.measures(facts.evaluation, facts.regression, facts.baseline, room)
        yield section("What was measured", *measured, *figures.thresholds(facts.evaluation, room))
    yield section("Regression", *_regression(facts, room))
    yield section("What it rests on", *_rests_on(facts, room))
    yield section("What this pull request does not do", bullets(DOES_NOT))
    yield section("How to check it", *how_to_check(facts.project, facts.run_id))
    yield from comparison.many_flips(facts.regression, room)
    if facts.evaluation is not None:
        otherwise = [*figures.read_otherwise(facts.evaluation, facts.regression, facts.baseline, room)]
        if otherwise:
            yield collapsed("The same, answers read in the other way", *otherwise)


def _head(facts: DeploymentFacts, room: Room) -> Iterable[str]:
    run, project, verdict = names.run(facts.run_id), names.project(facts.project), facts.regression
    yield f"## Deploy {run} of {project}?"
    yield safety.warning(verdict, room)
    before = f"it takes the place of {names.run(facts.before)}" if facts.before else "nothing is deployed now"
    yield f"Merging makes {run} the deployed run of {project}; {before}."
    if verdict is None:
        yield f"The verdict of the run is {NOT_IN_EVIDENCE}, so the gate refuses this pull request."
    elif verdict.recommendation == "deploy" and not verdict.is_critical:
        yield f"The verdict of the run is **deploy**: {safety.recommended(verdict)}."
    else:
        said = f"**{verdict.recommendation}**: {safety.recommended(verdict)}"
        yield f"The verdict of the run is {said}. So the gate refuses this pull request."
    yield f"All that changes is one line of {deployment_file(facts.project)}:"
    yield changed_line(facts.before, facts.run_id)
    if facts.issue is not None:
        yield f"Every step on the way stands in the tracking issue {names.pull(facts.issue)}."


def _use(spec: ProjectSpec | None, room: Room) -> Iterable[str]:
    """What no figure can tell: whether these figures are good enough depends on it."""
    if spec is None:
        yield f"The spec is {NOT_IN_EVIDENCE}."
        return
    yield f"**Intended use**: {room.text(spec.intended_use)}"
    yield f"**Not for**:\n\n{room.listing([room.text(line) for line in spec.out_of_scope])}"
    critical = room.inline([room.text(label) for label in spec.regression.critical_labels])
    yield f"**Critical labels**, whose misses are judged apart: {critical or 'none are named'}."


def _regression(facts: DeploymentFacts, room: Room) -> Iterable[str]:
    if facts.regression is None:
        yield f"The comparison is {NOT_IN_EVIDENCE}."
    else:
        yield from comparison.regression(facts.regression, names.critical_labels(facts.spec), room)


def _rests_on(facts: DeploymentFacts, room: Room) -> Iterable[str]:
    audit, decision = facts.audit, facts.decision
    approved = (
        NOT_IN_EVIDENCE
        if decision is None
        else f"{names.approved(decision, room)}, on {names.pull(decision.source.pull_request)}"
    )
    yield table(
        ("What", "Said"),
        (
            (
                "HIPAA audit before training",
                NOT_IN_EVIDENCE if audit is None else figures.audited(audit),
            ),
            ("Training approved by", approved),
            ("Evidence brought by", "not recorded" if facts.results is None else names.pull(facts.results)),
            ("`record.json`", names.whole_digest(facts.record_digest)),
        ),
    )
