"""One run as the pages show it, from its committed evidence alone."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.planning import CostEstimate, TrainingPlan
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, SystemResult, ThresholdResult
from clinft.artifacts.run_state import DISPOSALS
from clinft.errors import ClinftError
from clinft.pipeline.tracking import Cost, Evidence, TrackedRun, costs, read_run
from clinft.pipeline.tracking.amounts import amount
from clinft.stages.report import words
from clinft.stages.report.dashboard import views
from clinft.stages.report.dashboard.views import Bound, Event, Input, Link, Measured, Run, Verdict

UNREADABLE = "unreadable"
REPORT = "report.md"
LARGEST = 8_000_000
# In the order of the pipeline; an artifact that is none of these stands last.
ORDER = (
    "research",
    "prepare",
    "assess",
    "audit",
    "estimate",
    "gate",
    "train",
    "evaluate",
    "regress",
    "report",
)


def run_at(folder: Path, deployed: str | None) -> tuple[Run, tuple[Cost, ...]]:
    """With what it cost, by the table of costs. A run that nobody can read is said, not left out."""
    try:
        tracked = read_run(folder)
    except ClinftError:
        is_deployed = folder.name == deployed
        project = folder.parents[1].name
        return Run(project, folder.name, UNREADABLE, None, None, unreadable=True, deployed=is_deployed), ()
    return _run(tracked, deployed), tuple(_costs(tracked))


def _costs(tracked: TrackedRun) -> Iterator[Cost]:
    for _, *cells in costs.rows(tracked):
        row = dict(zip(costs.COLUMNS, cells, strict=True))
        yield Cost(
            project=tracked.own.record.project,
            run_id=tracked.own.record.run_id,
            month=str(row["at"])[:7],
            what=str(row["what"]),
            estimated_usd=amount(row["estimated_usd"]),
            actual_usd=amount(row["actual_usd"]),
        )


def files_of(folder: Path, run: Run) -> dict[str, bytes]:
    """The run's Markdown and its plots, as far as they are byte for byte what its record lists."""
    from clinft import run_folder

    if run.unreadable:
        return {}
    try:
        record = run_folder.load_record(folder)
    except ClinftError:
        return {}
    wanted = {} if record is None else record.files
    return {
        name: (folder / name).read_bytes()
        for name in sorted(wanted)
        if _shown(folder / name, name, wanted[name])
    }


def _shown(path: Path, name: str, sha256: str) -> bool:
    if not name.endswith((".md", ".svg")) or ".." in path.parts or path.is_symlink() or not path.is_file():
        return False
    return path.stat().st_size <= LARGEST and digest_file(path) == sha256


def _run(tracked: TrackedRun, deployed: str | None) -> Run:
    record, stages = tracked.own.record, tracked.own.stages
    plan: TrainingPlan | None = stages["estimate"].payload.plan if "estimate" in stages else None
    # Beside the newest verdict stand the figures that it was made of.
    newest = next((one for one in (*reversed(tracked.again), tracked.own) if "evaluate" in one.stages), None)
    report: EvaluationReport | None = None if newest is None else newest.stages["evaluate"].payload
    gate: GateDecision | None = stages["gate"].payload if "gate" in stages else None
    tuned = None if report is None else words.primary(report)
    base = None if report is None or tuned is None else _strongest_base(report, tuned)
    method = None if plan is None else plan.recipe.get("method")
    return Run(
        project=record.project,
        run_id=record.run_id,
        status=_status(tracked, deployed),
        started_at=tracked.started_at,
        ended_at=tracked.ended_at,
        provider=None if plan is None else plan.provider,
        base_model=None if plan is None else plan.base_model.ref,
        method=method if isinstance(method, str) else None,
        main_metric=None if report is None else report.main_metric,
        n=None if report is None else report.n,
        test_sha256=None if report is None else report.test_sha256,
        scoring=None if tuned is None else tuned.scoring,
        base_system=None if base is None else base.system,
        metrics=() if report is None or tuned is None else tuple(_metrics(report, tuned, base)),
        bounds=() if report is None else tuple(map(_bound, report.thresholds)),
        verdicts=tuple(_verdicts(tracked)),
        audit=stages["audit"].payload if "audit" in stages else None,
        cost=_cost(tracked),
        deployed=record.run_id == deployed,
        plan_digest=record.plan_digest,
        record_digest=record.digest,
        pull_request=None if gate is None else gate.source.pull_request,
        chain=tuple(_chain(tracked.own)),
        events=tuple(Event(one.at, one.status, one.message, one.workflow_run) for one in tracked.status),
        documents=tuple(sorted(name for name in record.files if name.endswith(".md") and name != REPORT)),
        again=None if newest is None else newest.again,
    )


def _status(tracked: TrackedRun, deployed: str | None) -> str:
    """What was told last; on a laptop nobody tells, and the record has it.

    Which run is deployed now, deployment.yaml says: the status of one that was replaced is not changed.
    """
    told = (entry.status for entry in reversed(tracked.status) if entry.status not in DISPOSALS)
    last = next(told, None) or tracked.own.record.status
    return "deployed before" if last == "deployed" and tracked.own.record.run_id != deployed else last


def _strongest_base(report: EvaluationReport, tuned: SystemResult) -> SystemResult | None:
    """With its prompt where it was asked with one, its answers read as the tuned model's are."""
    found = [one for one in report.systems if one.system.startswith("base") and one.scoring == tuned.scoring]
    return found[-1] if found else None


def _metrics(report: EvaluationReport, tuned: SystemResult, base: SystemResult | None) -> Iterator[Measured]:
    """What rests on likelihoods is known of label scores alone, and told of those."""
    scored = _read_as(report, tuned.system, "closed_labels")
    base_scored = None if base is None else _read_as(report, base.system, "closed_labels")
    for found in tuned.metrics:
        own, other = found, None if base is None else words.find_metric(base, found.metric)
        if found.interval is None and scored is not None:
            own = words.find_metric(scored, found.metric) or found
            other = None if base_scored is None else words.find_metric(base_scored, found.metric)
        yield Measured(
            metric=found.metric,
            higher_is_better=found.higher_is_better,
            tuned=own.interval,
            base=None if other is None else other.interval,
            missing=own.missing,
        )


def _read_as(report: EvaluationReport, system: str, scoring: str) -> SystemResult | None:
    return next((one for one in report.systems if (one.system, one.scoring) == (system, scoring)), None)


def _bound(found: ThresholdResult) -> Bound:
    if not found.certifiable:
        return Bound(found.metric, found.bound, "not certifiable", found.detail)
    if found.met is None:
        return Bound(found.metric, found.bound, "not measurable", found.detail)
    return Bound(found.metric, found.bound, "met" if found.met else "not met", found.detail)


def _verdicts(tracked: TrackedRun) -> Iterator[Verdict]:
    for evidence in (tracked.own, *tracked.again):
        artifact = evidence.stages.get("regress")
        if artifact is None:
            continue
        found: RegressionVerdict = artifact.payload
        yield Verdict(
            run_id=evidence.record.run_id,
            again=evidence.again,
            at=artifact.created_at,
            status=found.status,
            critical=found.is_critical,
            baseline=found.baseline_run_id,
            recommendation=found.recommendation,
            reason=found.reason,
            flips=len(found.critical_flips),
        )


def _cost(tracked: TrackedRun) -> views.Cost | None:
    if "estimate" not in tracked.own.stages:
        return None
    estimate: CostEstimate = tracked.own.stages["estimate"].payload
    return views.Cost(
        estimated=estimate.cost_usd,
        upper=next((part.usd_upper for part in estimate.parts if part.what == "training"), None),
        actual=_paid(tracked, "train"),
        both_upper=estimate.cost_usd_upper,
        evaluation_estimated=estimate.evaluation_usd,
        evaluation_actual=_paid(tracked, "evaluate"),
    )


def _paid(tracked: TrackedRun, stage: str) -> Decimal | None:
    done = tracked.own.stages.get(stage)
    return None if done is None else amount(done.measured.get("cost_usd"))


def _chain(own: Evidence) -> Iterator[Link]:
    stages = sorted(own.record.stages, key=lambda one: (_place(one.stage), one.stage))
    made = {one.digest: one.stage for one in stages}
    for one in stages:
        artifact = own.stages.get(one.stage)
        inputs = {} if artifact is None else artifact.inputs
        yield Link(
            stage=one.stage,
            at="" if artifact is None else artifact.created_at,
            digest=one.digest,
            file_sha256=one.file_sha256,
            inputs=_inputs(inputs, made),
        )


def _inputs(inputs: dict[str, str], made: dict[str, str]) -> Sequence[Input]:
    return tuple(Input(name, sha256, made.get(sha256)) for name, sha256 in sorted(inputs.items()))


def _place(stage: str) -> int:
    return ORDER.index(stage) if stage in ORDER else len(ORDER)
