"""The tool that lists runs, newest first, each with when it began and ended and what it came to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport, RegressionVerdict
from clinft.errors import ClinftError
from clinft.pipeline.assistant.desk import Desk
from clinft.pipeline.assistant.form import Name
from clinft.pipeline.assistant.results import UNREADABLE, run_folders, status_of
from clinft.pipeline.deployment import deployed_run
from clinft.pipeline.tracking import read_run
from clinft.spec import quarantine
from clinft.spec.base import Strict

MOST_RUNS = 200


class OfRuns(Strict):
    project: Name | None = Field(default=None, description="Absent: of all projects.")


class ListedRun(Strict):
    run_id: str
    project: str
    status: str = Field(description="unreadable: its record was changed, or a newer clinft wrote it.")
    started_at: str | None = Field(
        description="When the attempt was taken; of a laptop, when it was permitted. None: not recorded."
    )
    ended_at: str | None = Field(description="When the attempt ended. None: it has not, or not recorded.")
    provider: str | None
    base_model: str | None
    verdict: str | None = Field(description="Of the regression test; None: there is none.")
    recommendation: str | None
    main_metric: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    thresholds_met: bool | None
    deployed: bool


class ListedRuns(Strict):
    runs: tuple[ListedRun, ...] = Field(
        description="Newest first by started_at, whatever their project; without a date last."
    )
    left_out: int = Field(description="Older ones that are not listed; name a project.")


def list_runs(desk: Desk, asked: OfRuns) -> ListedRuns:
    if asked.project is not None:
        quarantine.refuse(desk.project(asked.project))
    names = desk.names() if asked.project is None else [asked.project]
    found = [run for name in names for run in _listed(desk, name)]
    found.sort(key=lambda run: (run.started_at or "", run.project, run.run_id), reverse=True)
    return ListedRuns(runs=tuple(found[:MOST_RUNS]), left_out=max(0, len(found) - MOST_RUNS))


def _listed(desk: Desk, project: str) -> list[ListedRun]:
    try:
        deployed = deployed_run(desk.project(project))
    except ClinftError:
        deployed = None
    return [_run(run, deployed) for run in run_folders(desk, project)]


def _run(run: Path, deployed: str | None) -> ListedRun:
    """Of evidence that is not what its record covers: its name, and that it cannot be read."""
    try:
        tracked = read_run(run)
    except ClinftError:
        return _told(run, UNREADABLE, None, None, {}, deployed)
    stages = {name: artifact.payload for name, artifact in tracked.own.stages.items()}
    return _told(run, status_of(run), tracked.started_at, tracked.ended_at, stages, deployed)


def _told(
    run: Path,
    status: str,
    started_at: str | None,
    ended_at: str | None,
    stages: Mapping[str, Any],
    deployed: str | None,
) -> ListedRun:
    trained: TrainedModel | None = stages.get("train")
    report: EvaluationReport | None = stages.get("evaluate")
    verdict: RegressionVerdict | None = stages.get("regress")
    main = None if report is None else _main(report)
    return ListedRun(
        run_id=run.name,
        project=run.parents[1].name,
        status=status,
        started_at=started_at,
        ended_at=ended_at,
        provider=None if trained is None else trained.provider,
        base_model=None if trained is None else trained.base_model.ref,
        verdict=None if verdict is None else verdict.status,
        recommendation=None if verdict is None else verdict.recommendation,
        main_metric=None if report is None else report.main_metric,
        value=None if main is None else main.value,
        low=None if main is None else main.low,
        high=None if main is None else main.high,
        n=None if main is None else main.n,
        thresholds_met=None if report is None else report.thresholds_met,
        deployed=deployed == run.name,
    )


def _main(report: EvaluationReport) -> Interval | None:
    tuned = (one for system in report.systems if system.system == "tuned" for one in system.metrics)
    return next((one.interval for one in tuned if one.metric == report.main_metric), None)
