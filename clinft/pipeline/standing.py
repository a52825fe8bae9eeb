"""A project's deployed run and those that could be: from files, on the protected branch or on a laptop."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.results import RegressionVerdict
from clinft.errors import ClinftError
from clinft.pipeline import status_files
from clinft.pipeline.deployment import FILE, deployed_run
from clinft.pipeline.lifecycles import lifecycle_of
from clinft.ports.history import History

MOST_CHANGES = 100


@dataclass(frozen=True)
class Standing:
    """A project as the protected branch has it, laid out as files. `deployed`: what deployment.yaml names."""

    root: Path
    project: str
    deployed: str | None

    def run(self, run_id: str) -> Path:
        return self.root / "projects" / self.project / "runs" / run_id

    def load(self, run: Path, stage: str, payload: type[Any]) -> Any:
        try:
            found = run_folder.load(run, stage, payload)
        except ClinftError:
            return None  # damaged evidence promotes nothing; verify and the gate name it
        return None if found is None else found.payload


def standing_at(root: Path, project: str) -> Standing:
    return Standing(root, project, deployed_run(root / "projects" / project))


def taken_back(standing: Standing, run: Path) -> bool:
    """A later evaluation of it went wrong: what it was once called does not count any more."""
    found = newest_again(run)
    if found is None:
        return False
    verdict = standing.load(found, "regress", RegressionVerdict)
    return verdict is None or verdict.status == "FAIL" or verdict.is_critical


def may_be_deployed(verdict: RegressionVerdict | None) -> bool:
    """What harms is never deployed, whatever else the verdict says: of two signs the graver one counts."""
    return (
        verdict is not None
        and verdict.recommendation == "deploy"
        and not verdict.is_critical
        and all(reference.status != "CRITICAL" for reference in verdict.references)
    )


def found_worse(standing: Standing, run: Path) -> tuple[Path, RegressionVerdict] | None:
    """The verdict that takes the run back where it is in use, and the folder that holds it.

    Its newest evaluation decides. A run that was deployed although its own first verdict was CRITICAL, past
    the gate or before clinft knew that status, is taken back too.
    """
    again = newest_again(run)
    verdict = standing.load(again or run, "regress", RegressionVerdict)
    if verdict is None or (again is None and not verdict.is_critical):
        return None
    worse = verdict.is_critical or (again is not None and verdict.recommendation == "rollback")
    return (again or run, verdict) if worse else None


def newest_again(run: Path) -> Path | None:
    """The folder of its last evaluation that gave a verdict; one that broke off changes nothing."""
    newest_first = reversed(status_files.again(run))
    return next((folder for folder in newest_first if (folder / "regress.json").exists()), None)


def is_retired(standing: Standing, run: Path, today: date) -> bool:
    """Its base model is served no longer, or nobody can tell which one it is."""
    estimate = standing.load(run, "estimate", CostEstimate)
    if estimate is None:
        return True
    life = lifecycle_of(estimate.plan.provider, estimate.plan.base_model.ref)
    until = None if life is None else life.serving_until
    return until is not None and until < today


def weights_exist(run: Path) -> bool:
    """Unless its status says that they were deleted, or nobody can read what it says."""
    try:
        return all(entry.status != "weights_deleted" for entry in status_files.read(run))
    except ClinftError:
        return False


def why_not(standing: Standing, run_id: str, today: date) -> str | None:
    """What speaks against deploying the run again, as half a sentence; None: nothing that its files tell."""
    return next(_against(standing, run_id, today), None)


def _against(standing: Standing, run_id: str, today: date) -> Iterator[str]:
    run = standing.run(run_id)
    try:
        record = run_folder.load_record(run)
    except ClinftError:
        yield "its record was changed"
        return
    verdict = standing.load(run, "regress", RegressionVerdict)
    if record is None or record.run_id != run_id or record.status != "succeeded":
        yield "no record of it in this repository says that it succeeded"
    if verdict is not None and verdict.is_critical:
        yield "its verdict is CRITICAL"
    elif not may_be_deployed(verdict):
        yield "its verdict never was deploy"
    if taken_back(standing, run):
        yield "it failed when it was evaluated again"
    if is_retired(standing, run, today):
        yield "its base model is served no longer"
    if not weights_exist(run):
        yield "its weights were deleted, or its status cannot be read"


def earlier(history: History, tip: str, standing: Standing, today: date) -> str | None:
    """What deployment.yaml named before and may name again; None: nothing."""
    place, at = f"projects/{standing.project}/{FILE}", tip
    for _ in range(MOST_CHANGES):
        commit = history.newest(at, [place])
        parent = None if commit is None else next(iter(history.parents(commit)), None)
        if parent is None:
            return None
        with tempfile.TemporaryDirectory(prefix="clinft-earlier-") as folder:
            history.export(parent, place, Path(folder))
            try:
                run_id = deployed_run(Path(folder) / "projects" / standing.project)
            except ClinftError:
                run_id = None
        if run_id not in (None, standing.deployed) and why_not(standing, str(run_id), today) is None:
            return run_id
        at = parent
    return None
