"""All projects as the pages show them. Depends on the files below `projects` and the tables that ship."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.planning import CostEstimate
from clinft.errors import ClinftError
from clinft.pipeline.dashboard.runs import run_at
from clinft.pipeline.dashboard.steps import steps_of
from clinft.pipeline.deployment import deployed_run
from clinft.pipeline.lifecycles import row_of
from clinft.pipeline.tracking import RUN, SLUG, Cost, cumulative
from clinft.pipeline.tracking.spend import ALL
from clinft.spec import quarantine, yaml
from clinft.stages.gate.paths import TRACKING
from clinft.stages.report.dashboard.views import Life, Money, Month, Project, Run, Site

# Beside the spec, and worth reading; the research brief too.
DOCUMENTS = ("MODEL_CARD.md", "DATA_DICTIONARY.md", "HIPAA_REPORT.md", "research/brief.md")
ABOUT = {
    "summary": "Summary",
    "intended_use": "Intended use",
    "out_of_scope": "Out of scope",
    "owners": "Owners",
    "clinical_domain": "Clinical domain",
}
LARGEST = 2_000_000


def site_of(projects: Path, repository: str | None = None) -> Site:
    found = [folder for folder in sorted(projects.glob("*")) if _is_project(folder)]
    told = [project_at(folder) for folder in found]
    made = [project for project, _ in told]
    costs = [cost for _, of_project in told for cost in of_project]
    unread = [f"{run.project}/{run.run_id}" for project in made for run in project.runs if run.unreadable]
    return Site(tuple(made), _money(costs, ALL), repository, tuple(unread))


def project_at(folder: Path) -> tuple[Project, list[Cost]]:
    """With what all of its runs cost. Of one in quarantine: its name, and nothing that it holds."""
    if quarantine.lies_in(folder):
        return Project(folder.name, {}, (), (), None, quarantined=True), []
    try:
        deployed = deployed_run(folder)
    except ClinftError:
        deployed = None  # `clinft verify` and the gate name what is wrong with it
    found = [path.parent for path in sorted(folder.glob(f"runs/*/{run_folder.RECORD}"))]
    told = [run_at(run, deployed) for run in found if RUN.fullmatch(run.name)]
    runs = sorted((run for run, _ in told), key=lambda run: (run.started_at or "", run.run_id))
    costs = [cost for _, of_run in told for cost in of_run]
    newest = runs[-1] if runs else None
    project = Project(
        name=folder.name,
        about=_about(folder / "project.yaml"),
        steps=steps_of(folder, newest, deployed),
        runs=tuple(runs),
        deployed=deployed,
        money=_money(costs, folder.name),
        lives=tuple(_lives(folder, runs, deployed)),
        documents=tuple(name for name in DOCUMENTS if document(folder, name) is not None),
        changed_since=newest is not None and _differs(folder, folder / "runs" / newest.run_id),
    )
    return project, costs


def _money(costs: Sequence[Cost], project: str) -> Money:
    of = [cost for cost in costs if project in (ALL, cost.project)]
    months = [
        Month(
            one.month, one.project, one.estimated_usd, one.actual_usd, one.unknown, one.cumulative_actual_usd
        )
        for one in cumulative(of)
        if one.project == project
    ]
    known = sum(cost.actual_usd is not None for cost in of)
    return Money(tuple(months), known, len(of) - known)


def document(folder: Path, name: str) -> bytes | None:
    path = folder / name
    if path.is_symlink() or path.parent.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        return None
    return path.read_bytes()


def _is_project(folder: Path) -> bool:
    if folder.name == TRACKING or not SLUG.fullmatch(folder.name) or folder.is_symlink():
        return False
    if quarantine.lies_in(folder):
        return True
    return (folder / "project.yaml").is_file() or (folder / "runs").is_dir()


def _about(path: Path) -> Mapping[str, Sequence[str]]:
    """Whatever else is wrong with the spec: `clinft validate` says that."""
    try:
        spec = yaml.parse(path.read_bytes(), path.name).value
    except (OSError, ClinftError):
        return {}
    return {heading: texts for key, heading in ABOUT.items() if (texts := _texts(spec, key))}


def _texts(spec: Any, key: str) -> tuple[str, ...]:
    found = spec.get(key) if isinstance(spec, dict) else None
    listed = found if isinstance(found, list) else [found]
    return tuple(one for one in listed if isinstance(one, str))


def _differs(project: Path, run: Path) -> bool:
    """Of the spec alone, to a byte: what has not been trained yet."""
    try:
        return (project / "project.yaml").read_bytes() != (run / "project.yaml").read_bytes()
    except OSError:
        return False


def _lives(project: Path, runs: Sequence[Run], deployed: str | None) -> Iterable[Life]:
    """Of the base model of the newest run, and of the deployed one where it is another."""
    told = {}
    for run in (*(run for run in runs if run.run_id == deployed), *runs[-1:]):
        if run.provider is not None and run.base_model is not None:
            told[run.provider, run.base_model] = run
    for (provider, base_model), run in told.items():
        row = row_of(provider, base_model)
        yield Life(
            provider=provider,
            base_model=base_model,
            recorded_until=_recorded_until(project / "runs" / run.run_id),
            training_until=None if row is None else row.training_until,
            serving_until=None if row is None else row.serving_until,
            replacement=None if row is None else row.replacement,
            as_of=None if row is None else row.as_of,
            source=None if row is None else row.source,
        )


def _recorded_until(run: Path) -> str | None:
    estimate = run_folder.load(run, "estimate", CostEstimate)
    return None if estimate is None else estimate.payload.served_until
