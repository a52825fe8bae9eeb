"""`deployment.yaml`: the one line that names the deployed run, and the baseline that follows from it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.results import EvaluationReport, ItemResult, RecordedEvaluation
from clinft.errors import DigestMismatch, Problem, SpecError
from clinft.pipeline.context import Context
from clinft.spec import yaml
from clinft.spec.base import Strict
from clinft.spec.evaluation import RECORDED, RECORDED_FOLDER, RunId
from clinft.spec.text import read_text

FILE = "deployment.yaml"
ITEMS = "items.jsonl"


class Deployment(Strict):
    run_id: RunId


def deployed_run(project: Path) -> str | None:
    """The run that deployment.yaml names; None where nothing is deployed yet."""
    path = project / FILE
    # A link that leads nowhere does not exist either, and says nothing of what is deployed.
    if not path.exists() and not path.is_symlink():
        return None
    document = yaml.parse(read_text(path, yaml.MAX_BYTES), str(path))
    try:
        return Deployment.model_validate(document.value).run_id
    except ValidationError:
        problem = Problem(str(path), 1, 1, "deployment.yaml holds one line, run_id: <run>, and nothing else.")
        raise SpecError(
            "deployment.yaml names no run.",
            "It was edited by hand.",
            "Restore it from git; only a deployment or rollback pull request changes it.",
            (problem,),
        ) from None


def deployment_problems(paths: Iterable[Path]) -> list[Problem]:
    """Of the deployment.yaml beside each spec. `paths`: folders of projects, or files in them."""
    found: list[Problem] = []
    for folder in {path if path.is_dir() else path.parent for path in paths}:
        try:
            deployed_run(folder)
        except SpecError as refused:
            found += refused.problems
    return found


def baseline_run(context: Context, candidate: str | None = None) -> Path | None:
    """The run to compare with, None where nothing is deployed; a run is never its own baseline.

    Recorded answers lie in a folder of the same form.

    Asked before training too: a missing baseline must not show when the money is spent.
    """
    wanted = context.loaded.spec.regression.baseline
    if wanted == RECORDED:
        return _recorded(context.paths.root)
    run_id = deployed_run(context.paths.root) if wanted == "deployment" else wanted
    if run_id is None or run_id == candidate:
        return None
    folder = context.paths.run(run_id)
    if not (folder / "evaluate.json").exists():
        raise SpecError(
            f"The baseline run {run_id} has no evaluation in this repository.",
            "deployment.yaml or regression.baseline names a run that was never committed.",
            "Name a run that lies under runs/, or restore it from git.",
        )
    return folder


def baseline_name(folder: Path) -> str:
    """As a verdict names it: a run's id, or `recorded`."""
    return RECORDED if folder.name == RECORDED_FOLDER else folder.name


def baseline_evaluation(folder: Path) -> tuple[EvaluationReport, list[ItemResult], str]:
    """Report, rows and name of what `baseline_run` gave. DigestMismatch where rows were changed."""
    name = baseline_name(folder)
    if name == RECORDED:
        recorded = run_folder.parse(folder / "evaluate.json", RecordedEvaluation)
        return recorded.payload, rows_of(folder, recorded, f"{RECORDED_FOLDER}/{ITEMS}"), name
    report = run_folder.parse(folder / "evaluate.json", EvaluationReport)
    return report.payload, rows_of(folder, report), name


def rows_of(folder: Path, evaluation: Artifact[Any], listed: str = f"run/{ITEMS}") -> list[ItemResult]:
    """The rows beside evaluate.json, refused unless they are the ones that it lists as `listed`.

    A run's record names both, but a record is sealed after the verdict, from whatever lies there then.
    """
    rows = folder / ITEMS
    if not rows.exists() or digest_file(rows) != evaluation.files.get(listed):
        raise DigestMismatch(
            f"{rows} is not the file that evaluate.json beside it names.",
            "One of the two was changed or restored without the other.",
            "Restore both from git, or evaluate again.",
        )
    return [*iter_models(rows, ItemResult)]


def _recorded(project: Path) -> Path:
    folder = project / RECORDED_FOLDER
    if not (folder / "evaluate.json").exists():
        raise SpecError(
            f"The recorded baseline {folder} has no evaluate.json.",
            "regression.baseline is recorded, and the folder was not committed or was deleted.",
            "Restore it from git: the model whose answers it holds may not answer any more.",
        )
    return folder
