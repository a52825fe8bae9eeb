"""What people are told after the merge: the facts of a run's folder, put into words by the renderers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.labels import CLINICAL_FINETUNE
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, RunReport
from clinft.artifacts.run_state import RunState
from clinft.pipeline.context import Context
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.reporting import Returned
from clinft.spec.load import load_project
from clinft.spec.project import ProjectSpec
from clinft.stages.report.returned import steps
from clinft.stages.report.returned.issue import issue_body, issue_title
from clinft.stages.report.returned.names import Links
from clinft.stages.report.returned.notes import step_note
from clinft.stages.report.returned.results import ResultsFacts


def links(main: OnMain) -> Links:
    return Links(main.actions.remote, main.actions.default_branch)


def tell(main: OnMain, spec: ProjectSpec, *told: steps.Step) -> int:
    """The project's tracking issue with one comment for each step; the number of the issue."""
    where = links(main)
    labels = (CLINICAL_FINETUNE, *(steps.label_of(step) for step in told))
    body = issue_body(spec, main.policy.required_for(spec.name), where)
    number = main.publisher.issue(spec.name, issue_title(spec.name), body, tuple(dict.fromkeys(labels)))
    for step in told:
        main.publisher.note(number, steps.key_of(step), step_note(step, where))
    return number


def of_start(main: OnMain, context: Context, run_id: str, decision: GateDecision, resumed: bool) -> None:
    run = main.store.read(context.name).state.run(run_id)
    told: list[steps.Step] = [steps.Queued(run_id, decision)]
    told += _before_training(run_id, context.paths.work, decision)
    if resumed and run is not None:
        told.append(steps.Resumed(run))
    tell(main, context.loaded.spec, *told)


def of_results(
    main: OnMain, returned: Returned, run: RunState, folder: Path, pull_request: int | None
) -> None:
    told: list[steps.Step] = []
    evaluated = _payload(folder, "evaluate", EvaluationReport)
    regression = _payload(folder, "regress", RegressionVerdict)
    if evaluated is not None:
        told.append(steps.Evaluated(run.run_id, evaluated))
    if regression is not None:
        told.append(steps.Compared(run.run_id, regression))
    if returned.status in ("failed", "cancelled"):
        told.append(steps.Failed(run))
    if pull_request is not None:
        told.append(steps.ResultsOpened(run.run_id, pull_request, regression))
    tell(main, spec_of(main, returned.project), *told)


def of_entry(main: OnMain, project: str, run: RunState) -> None:
    """What the journal's last entry says, where no results came."""
    status = run.status
    if status == "running":
        tell(main, spec_of(main, project), steps.Started(run))
    elif status == "paused":
        tell(main, spec_of(main, project), steps.Paused(run))
    elif status in ("failed", "cancelled"):
        tell(main, spec_of(main, project), steps.Failed(run))


def results_facts(main: OnMain, returned: Returned, folder: Path, commit: str) -> ResultsFacts:
    record = run_folder.load_record(folder)
    assert record is not None, "only what is sealed is published"
    trained = run_folder.load(folder, "train", TrainedModel)
    regression = _payload(folder, "regress", RegressionVerdict)
    return ResultsFacts(
        record=record,
        workflow_run=main.actions.run_id,
        report=_payload(folder, "report", RunReport),
        audit=_payload(folder, "audit", AuditReport),
        estimate=_payload(folder, "estimate", CostEstimate),
        decision=_payload(folder, "gate", GateDecision),
        model=None if trained is None else trained.payload,
        evaluation=_payload(folder, "evaluate", EvaluationReport),
        regression=regression,
        measured={} if trained is None else trained.measured,
        message=returned.message,
        commit=commit,
        author=main.policy.commit_back.author,
        purpose=returned.purpose,
    )


def spec_of(main: OnMain, project: str) -> ProjectSpec:
    """As it stands in this job's checkout of the protected branch."""
    return load_project(Path("projects") / project).spec


def _before_training(run_id: str, work: Path, decision: GateDecision) -> Iterator[steps.Step]:
    prepared = _payload(work, "prepare", PreparedDataset)
    audited = _payload(work, "audit", AuditReport)
    if prepared is not None:
        yield steps.Prepared(run_id, prepared)
    if audited is not None:
        yield steps.Audited(run_id, audited, len(decision.waived))


def _payload(folder: Path, stage: str, payload: type[Any]) -> Any:
    found = run_folder.load(folder, stage, payload)
    return None if found is None else found.payload
