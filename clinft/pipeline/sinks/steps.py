"""All milestones of one project: of merged runs, of those under way, and what must be heard of at once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, RunRecord
from clinft.artifacts.run_state import RunState
from clinft.errors import ClinftError
from clinft.pipeline import status_files
from clinft.pipeline.sinks import facts
from clinft.pipeline.sinks.consent import out_of_date
from clinft.pipeline.sinks.parcels import Due, key_of, moment
from clinft.pipeline.sinks.seen import Seen, SeenProject
from clinft.ports.sinks import Link, Milestone, Threshold
from clinft.spec import yaml
from clinft.spec.quarantine import FILE, Quarantine
from clinft.stages.report import milestones
from clinft.stages.report.milestones import About, Places
from clinft.stages.report.milestones.concern import NO_PLAN

# `more`: links to documents that were delivered, the same for all messages of a project.
Links = tuple[Link, ...]


def of_project(seen: Seen, project: SeenProject, more: Links = ()) -> Iterator[Due]:
    """In the order in which they happened. Of a project in quarantine nothing but that.

    Attempts of one plan share the messages of what came before training: the newest attempt's words count.
    """
    as_a_whole = About(project.name, NO_PLAN, links=seen.places.dashboard())
    if project.quarantined:
        yield Due(milestones.quarantined(as_a_whole, _quarantine(project.folder)))
        return
    runs = sorted((*_merged(seen, project, more), *_under_way(seen, project, more)), key=lambda run: run[0])
    newest = {key_of(due.parcel): due for _, dues in runs for due in dues}
    yield from sorted(newest.values(), key=lambda due: due.at or seen.now)
    if project.spec is not None:
        late = out_of_date(project.spec, seen.policy, seen.today)
        if (said := milestones.expired(as_a_whole, late)) is not None:
            yield Due(said)


def _quarantine(folder: Path) -> Quarantine | None:
    try:
        return Quarantine.model_validate(yaml.parse((folder / FILE).read_bytes(), FILE).value)
    except (ClinftError, ValidationError, OSError):
        return None


def _merged(seen: Seen, project: SeenProject, more: Links) -> Iterator[tuple[int, list[Due]]]:
    for path in sorted(project.folder.glob(f"runs/*/{run_folder.RECORD}")):
        dues = of_evidence(project.name, path.parent, seen.places, more, merged=True)
        yield _attempt(path.parent.name), _softly(dues)


def _under_way(seen: Seen, project: SeenProject, more: Links) -> Iterator[tuple[int, list[Due]]]:
    for run in () if project.state is None else project.state.runs:
        if (project.folder / "runs" / run.run_id).exists() and run.purpose == "train":
            continue  # merged meanwhile: the branch's word counts
        yield _attempt(run.run_id), list(_of_journal(seen, project, run, more))


def _of_journal(seen: Seen, project: SeenProject, run: RunState, more: Links) -> Iterator[Due]:
    folder = project.sealed.get(run.run_id)
    told = list(facts.milestones_of(project.name, run, _journal_links(seen.places, run)))
    if folder is not None:
        yield from _softly(of_evidence(project.name, folder, seen.places, more, merged=False))
    else:
        yield from (Due(said, at) for said, at in told if said.kind != "job")
    if run.purpose == "train":
        permitted = (said.thresholds for said, _ in told if said.kind == "job")
        yield _job_of(project.name, run, seen.places, next(permitted, ()))


def _attempt(run_id: str) -> int:
    number = run_id.rpartition("-a")[2]
    return int(number) if number.isdecimal() else 0


def _softly(dues: Iterator[Due]) -> list[Due]:
    """Evidence that cannot be read tells nobody anything; verify and the gate name it."""
    try:
        return list(dues)
    except ClinftError:
        return []


def of_evidence(project: str, folder: Path, places: Places, more: Links, merged: bool) -> Iterator[Due]:
    """`merged`: whether the protected branch has it, so that links may lead there."""
    record = run_folder.load_record(folder)
    if record is None:
        return
    gated = run_folder.load(folder, "gate", GateDecision)
    about = About(project, record.plan_digest, record.run_id, _links(places, project, record, gated, merged))
    yield from _before_training(about, folder, gated)
    if merged and gated is not None:
        yield from _job(about, folder, record, gated)
    told = replace(about, links=(*about.links, *more, *places.dashboard()))
    yield from _results(told, folder, None)
    for again in status_files.again(folder):
        yield from _results(told, again, int(again.name))


def _links(
    places: Places, project: str, record: RunRecord, gated: Artifact[GateDecision] | None, merged: bool
) -> Links:
    pull = places.pull(None if gated is None else gated.payload.source.pull_request)
    report = places.file(f"projects/{project}/runs/{record.run_id}/report.md", "Report") if merged else ()
    return (*pull, *report)


def _before_training(about: About, folder: Path, gated: Artifact[GateDecision] | None) -> Iterator[Due]:
    prepared = run_folder.load(folder, "prepare", PreparedDataset)
    audited = run_folder.load(folder, "audit", AuditReport)
    estimated = run_folder.load(folder, "estimate", CostEstimate)
    decision = None if gated is None else gated.payload
    if prepared is not None:
        yield _due(prepared, milestones.data_plan(about, prepared.payload))
    if audited is not None:
        waived = 0 if decision is None else len(decision.waived)
        yield _due(audited, milestones.audit(about, audited.payload, waived))
        if (concern := milestones.critical_findings(about, audited.payload)) is not None:
            yield _due(audited, concern)
    if estimated is not None:
        bound = None if decision is None else decision.cost_bound_usd
        yield _due(estimated, milestones.cost(about, estimated.payload, bound))


def before_training(about: About, work: Path) -> Iterator[Due]:
    """Of a plan that has just been decided on: `work` holds the artifacts, the gate's too."""
    gated = run_folder.load(work, "gate", GateDecision)
    yield from _before_training(about, work, gated)
    estimated = run_folder.load(work, "estimate", CostEstimate)
    if gated is not None and estimated is not None:
        plan, begun = estimated.payload.plan, [("queued", gated.created_at)]
        yield _job_due(about, plan.provider, plan.runner, begun, milestones.permitted(gated.payload))


def _results(about: About, folder: Path, again: int | None) -> Iterator[Due]:
    evaluated = run_folder.load(folder, "evaluate", EvaluationReport)
    compared = run_folder.load(folder, "regress", RegressionVerdict)
    if evaluated is not None:
        yield _due(evaluated, milestones.evaluation(about, evaluated.payload, again))
    if compared is not None:
        yield _due(compared, milestones.regression(about, compared.payload, again))
        concern = milestones.critical_verdict(about, compared.payload, again)
        if concern is not None:
            yield _due(compared, concern)


def _job(about: About, folder: Path, record: RunRecord, gated: Artifact[GateDecision]) -> Iterator[Due]:
    estimated = run_folder.load(folder, "estimate", CostEstimate)
    if estimated is None:
        return
    # On a laptop there is no journal: permitted, and ended as the record says.
    history = [(entry.status, entry.at) for entry in status_files.read(folder)]
    history = history or [("queued", gated.created_at), (record.status, gated.created_at)]
    plan, permitted = estimated.payload.plan, milestones.permitted(gated.payload)
    yield _job_due(about, plan.provider, plan.runner, history, permitted)


def _job_of(project: str, run: RunState, places: Places, permitted: Sequence[Threshold] = ()) -> Due:
    about = About(project, run.plan_digest, run.run_id, _journal_links(places, run))
    history = [(entry.status, entry.at) for entry in run.history]
    return _job_due(about, run.provider, run.runner, history, permitted)


def _job_due(
    about: About,
    provider: str,
    runner: str,
    history: Sequence[tuple[str, str]],
    permitted: Sequence[Threshold],
) -> Due:
    return Due(milestones.job(about, provider, runner, history, permitted), moment(history[-1][1]))


def _journal_links(places: Places, run: RunState) -> Links:
    worked = next((entry.workflow_run for entry in reversed(run.history) if entry.workflow_run), None)
    return (
        *places.pull(run.pull_request),
        *places.pull(run.results, "Results: pull request"),
        *places.workflow_run(worked),
    )


def _due(artifact: Artifact[Any], milestone: Milestone) -> Due:
    return Due(milestone, moment(artifact.created_at))
