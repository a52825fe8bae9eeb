"""A repository whose project `demo` has a finished run with weights that transformers loads, made in a second."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.artifacts.handover import Fidelity
from clinft.artifacts.model import TrainedModel
from clinft.spec.base import Strict
from clinft.stages.report.cards.facts import gather
from clinft.stages.report.cards.model_card import render
from clinft.stages.report.stage import as_text
from tests.fakes import committed_runs, run_results
from tests.fakes.adapted import Adapted
from tests.fakes.run_facts import run_facts
from tests.fakes.specs import POLICY, PROMPT

RUN = "aaaaaaaaaaaa-a1"
GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.org")


@dataclass(frozen=True)
class Handed:
    root: Path
    run: Path
    trained: TrainedModel

    @property
    def project(self) -> Path:
        return self.run.parents[1]


def repository(
    root: Path, tiny: Adapted, files: Mapping[str, str] | None = None, **changed: Strict | None
) -> Handed:
    """`files`: sha256 of the weights where they are other files than the adapter's. `changed`: as commit_run."""
    shutil.copytree(tiny.store.folder(tiny.base), root / "tiny")
    weights = dict(files if files is not None else tiny.weights)
    trained = run_results.model().model_copy(
        update={"base_model": tiny.base, "weights": weights, "provider": "peft"}
    )
    run = committed_runs.commit_run(root / "projects", f"demo/{RUN}", **{"train": trained, **changed})
    shutil.copytree(tiny.adapter, run / "data" / "adapter")
    sheet = gather(replace(run_facts(), model=trained, run_id=RUN))
    (run / "facts.json").write_text(as_text(sheet))
    (run / "MODEL_CARD.md").write_text(render(sheet))
    (run / "prompt.md").write_text(PROMPT)
    committed_runs.seal(run, "demo", RUN, "succeeded")
    (root / ".github").mkdir()
    write_policy(root)
    return Handed(root, run, trained)


def write_policy(root: Path, **more: Any) -> None:
    (root / ".github" / "clinft.yml").write_text(yaml.safe_dump({**POLICY, **more}))


def commit(root: Path, message: str = "state") -> None:
    """On `main`, all but what is git-ignored."""
    (root / ".gitignore").write_text("data/\n")
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)


def remote_of(root: Path) -> Path:
    return root.parent / f"{root.name}-remote"


def merge(root: Path) -> None:
    """Committed, and on the protected branch of the remote, as this clone knows too."""
    commit(root)
    remote = remote_of(root)
    if not remote.exists():
        git(root, "init", "-q", "--bare", "-b", "main", str(remote))
        git(root, "remote", "add", "origin", str(remote))
    git(root, "push", "-q", "origin", "main")


def merge_elsewhere(root: Path, change: Callable[[Path], object]) -> None:
    """Somebody else's change of the protected branch, which this clone has not fetched."""
    other = root.parent / f"{root.name}-other"
    git(root, "clone", "-q", str(remote_of(root)), str(other))
    change(other)
    commit(other)
    git(other, "push", "-q", "origin", "main")


def fetch(root: Path) -> None:
    git(root, "fetch", "-q", "origin")


def measure_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on as a processor does that rounds otherwise: the same weights, a little another difference."""
    from clinft.adapters.model.handover import fidelity

    compared = fidelity.compared

    def otherwise(*args: Any) -> Fidelity:
        found = compared(*args)
        more = {name: getattr(found, name) * 1.001 for name in ("relative_difference", "largest_difference")}
        return found.model_copy(update={**more, "same_first_choice": found.same_first_choice - 1})

    monkeypatch.setattr(fidelity, "compared", otherwise)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=folder, check=True)
