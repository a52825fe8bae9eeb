"""A project with finished runs of the fake provider, made once for each process that tests."""

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


def repository(target: Path) -> Path:
    """A copy of its own, below `target`: the project `demo` with two runs, the first of them deployed."""
    shutil.copytree(_made(), target, dirs_exist_ok=True)
    return target / "projects" / "demo"


def runs(project: Path) -> tuple[Path, Path]:
    """In the order in which they were made."""
    first = yaml.safe_load((project / "deployment.yaml").read_text())["run_id"]
    (second,) = (run for run in (project / "runs").iterdir() if run.name != first)
    return project / "runs" / first, second


def edit(project: Path, **changes: Any) -> None:
    path = project / "project.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}, sort_keys=False))


@cache
def _made() -> Path:
    root = Path(tempfile.mkdtemp(prefix="clinft-finished-"))
    project = write_repository(root, regression={"critical_labels": ["circulatory"]})
    _run(project)
    (first,) = (project / "runs").iterdir()
    (project / "deployment.yaml").write_text(f"run_id: {first.name}\n")
    edit(project, revision=2, training=_slower(project))
    _run(project)
    return root


def _slower(project: Path) -> dict[str, Any]:
    training: dict[str, Any] = yaml.safe_load((project / "project.yaml").read_text())["training"]
    return {**training, "hyperparameters": {**training["hyperparameters"], "learning_rate": 0.0005}}


def _run(project: Path) -> None:
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
