"""`deployment.yaml`: the one line that names the deployed run, and the baseline that follows from it."""

from pathlib import Path

from pydantic import ValidationError

from clinft.errors import Problem, SpecError
from clinft.pipeline.context import Context
from clinft.spec import yaml
from clinft.spec.base import Strict
from clinft.spec.evaluation import RunId

FILE = "deployment.yaml"


class Deployment(Strict):
    run_id: RunId


def deployed_run(project: Path) -> str | None:
    """The run that deployment.yaml names; None where nothing is deployed yet."""
    path = project / FILE
    if not path.exists():
        return None
    document = yaml.parse(path.read_bytes(), str(path))
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


def baseline_run(context: Context, candidate: str | None = None) -> Path | None:
    """The run to compare with, None where nothing is deployed; a run is never its own baseline.

    Asked before training too: a missing baseline must not show when the money is spent.
    """
    wanted = context.loaded.spec.regression.baseline
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
