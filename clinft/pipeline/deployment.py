"""`deployment.yaml`: the one line that names the deployed run, and so the baseline."""

from pathlib import Path

from pydantic import ValidationError

from clinft.errors import Problem, SpecError
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
