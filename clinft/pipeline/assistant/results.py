"""Tools that read what runs left behind: committed evidence alone, which holds no text of a record."""

import csv
import io
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from clinft import run_folder
from clinft.artifacts.results import EvaluationReport, RegressionVerdict
from clinft.artifacts.verdicts import MetricChange, SafetyCheck
from clinft.errors import ClinftError, SpecError
from clinft.pipeline import status_files
from clinft.pipeline.assistant.desk import PROJECTS, Desk, visible
from clinft.pipeline.assistant.form import Name, Page, Run, RunId, page
from clinft.pipeline.comparing.compare import compare
from clinft.pipeline.comparing.form import Comparison
from clinft.pipeline.tracking import SLUG
from clinft.spec import quarantine
from clinft.spec.base import Slug, Strict
from clinft.stages.gate.paths import TABLES, TRACKING

MOST_ROWS = 200
UNREADABLE = "unreadable"
DOCUMENTS = {
    "report": "report.md",
    "model_card": "MODEL_CARD.md",
    "data_dictionary": "DATA_DICTIONARY.md",
    "hipaa_report": "HIPAA_REPORT.md",
}
Document = Literal["report", "model_card", "data_dictionary", "hipaa_report"]
Table = Literal["datasets", "runs", "evaluations", "regressions", "costs", "decisions"]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]


def run_folders(desk: Desk, project: str) -> list[Path]:
    """None of a project in quarantine."""
    runs = desk.project(project) / "runs"
    if runs.is_symlink() or quarantine.lies_in(runs.parent):
        return []
    return sorted(one.parent for one in runs.glob("*/record.json") if not one.parent.is_symlink())


def run_folder_of(desk: Desk, project: str, run_id: str) -> Path:
    folder = desk.project(project) / "runs" / run_id
    desk.file(f"{PROJECTS}/{project}/runs/{run_id}/record.json")
    return folder


def loaded(run: Path, stage: str, payload: type[Any]) -> Any:
    """Its payload; None where it is missing or not what clinft wrote."""
    try:
        found = run_folder.load(run, stage, payload)
    except ClinftError:
        return None
    return None if found is None else found.payload


def status_of(run: Path) -> str:
    try:
        record, entries = run_folder.load_record(run), status_files.read(run)
    except ClinftError:
        return UNREADABLE
    return entries[-1].status if entries else UNREADABLE if record is None else record.status


class OfDocument(Strict):
    project: Name
    run: Run
    document: Document = "report"
    offset: Offset = Field(default=0, description="next_offset of the page before.")


def read_report(desk: Desk, asked: OfDocument) -> Page:
    run_folder_of(desk, asked.project, asked.run)
    place = f"{PROJECTS}/{asked.project}/runs/{asked.run}/{DOCUMENTS[asked.document]}"
    if not (desk.root / place).is_file() and asked.document != "report":
        # Documents of a project's newest run lie beside its spec too.
        place = f"{PROJECTS}/{asked.project}/{DOCUMENTS[asked.document]}"
    return page(place, desk.text(place), asked.offset)


class OfRun(Strict):
    project: Name
    run: Run


class Measured(Strict):
    """One figure with its interval. `missing` says why there is none: nothing is made up."""

    system: str
    scoring: str
    metric: str
    higher_is_better: bool
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    missing: str | None


class Bound(Strict):
    metric: str
    bound: str
    met: bool | None = Field(description="None: this many items cannot decide it.")
    detail: str


class Results(Strict):
    project: Slug
    run: RunId
    status: str
    kind: str | None
    items: int | None = Field(description="Held-out items that were measured; None: it was not evaluated.")
    metrics: tuple[Measured, ...]
    thresholds: tuple[Bound, ...]
    thresholds_met: bool | None
    caveats: tuple[str, ...]
    verdict: str | None = Field(description="None: there is no regression test.")
    baseline: str | None
    recommendation: str | None
    reason: str | None
    changes: tuple[MetricChange, ...]
    safety: tuple[SafetyCheck, ...]


def read_results(desk: Desk, asked: OfRun) -> Results:
    run = run_folder_of(desk, asked.project, asked.run)
    report: EvaluationReport | None = loaded(run, "evaluate", EvaluationReport)
    verdict: RegressionVerdict | None = loaded(run, "regress", RegressionVerdict)
    return Results(
        project=asked.project,
        run=asked.run,
        status=status_of(run),
        kind=None if report is None else report.kind,
        items=None if report is None else report.n,
        metrics=() if report is None else tuple(_measured(report)),
        thresholds=()
        if report is None
        else tuple(
            Bound(metric=one.metric, bound=one.bound, met=one.met, detail=visible(one.detail))
            for one in report.thresholds
        ),
        thresholds_met=None if report is None else report.thresholds_met,
        caveats=() if report is None else tuple(map(visible, report.caveats)),
        verdict=None if verdict is None else verdict.status,
        baseline=None if verdict is None else verdict.baseline_run_id,
        recommendation=None if verdict is None else verdict.recommendation,
        reason=None if verdict is None else visible(verdict.reason),
        changes=() if verdict is None else verdict.metrics,
        safety=() if verdict is None else verdict.safety,
    )


def _measured(report: EvaluationReport) -> list[Measured]:
    return [
        Measured(
            system=system.system,
            scoring=system.scoring,
            metric=one.metric,
            higher_is_better=one.higher_is_better,
            value=None if one.interval is None else one.interval.value,
            low=None if one.interval is None else one.interval.low,
            high=None if one.interval is None else one.interval.high,
            n=None if one.interval is None else one.interval.n,
            missing=one.missing,
        )
        for system in report.systems
        for one in system.metrics
    ]


class OfTable(Strict):
    table: Table
    project: Name | None = Field(default=None, description="Absent: rows of all projects.")
    offset: Offset = 0


class Rows(Strict):
    """A page of a committed table, cells as text: data."""

    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    next_offset: int | None


def read_tracking(desk: Desk, asked: OfTable) -> Rows:
    assert f"{asked.table}.csv" in TABLES
    place = f"{PROJECTS}/{TRACKING}/{asked.table}.csv"
    if asked.project is not None:
        quarantine.refuse(desk.projects / asked.project)
    columns, *rows = _table(desk, place)
    rows = [row for row in rows if not _is_barred(desk, columns, row)]
    if asked.project is not None:
        if "project" not in columns:
            raise SpecError(
                f"{place} has no column project.",
                "The file was changed by hand, or another version of clinft wrote it.",
                "Rebuild the tables with clinft, or ask without a project.",
            )
        at = columns.index("project")
        rows = [row for row in rows if len(row) > at and row[at] == asked.project]
    part = rows[asked.offset : asked.offset + MOST_ROWS]
    after = asked.offset + len(part)
    return Rows(
        place=place,
        columns=tuple(columns),
        rows=tuple(map(tuple, part)),
        total=len(rows),
        next_offset=after if after < len(rows) else None,
    )


def _is_barred(desk: Desk, columns: list[str], row: list[str]) -> bool:
    """Whether it is of a project in quarantine."""
    named = dict(zip(columns, row, strict=False)).get("project", "")
    return SLUG.fullmatch(named) is not None and quarantine.lies_in(desk.projects / named)


def _table(desk: Desk, place: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(desk.text(place)))) or [[]]
    except csv.Error:
        raise SpecError(
            f"{place} cannot be read as a table.",
            "The file was changed by hand, or cut short.",
            "Restore it from git, or rebuild the tables with clinft.",
        ) from None


class Named(Strict):
    project: Name
    run: Run


class OfSeveral(Strict):
    runs: Annotated[tuple[Named, ...], Field(min_length=2, max_length=6)] = Field(
        description="The first is what the others are held against."
    )


def compare_runs(desk: Desk, asked: OfSeveral) -> Comparison:
    return compare([run_folder_of(desk, one.project, one.run) for one in asked.runs])
