"""Pushing a handed-over model: only where main's policy names the place, only what is deployed on main."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clinft.artifacts.handover import Form
from clinft.errors import PolicyViolation
from clinft.pipeline.deployment import FILE, deployed_run
from clinft.pipeline.sinks.on_laptop import seen_in
from clinft.ports.handover import Pushed, Registry
from clinft.ports.history import History
from clinft.spec import quarantine
from clinft.spec.registries import Registry as Place
from clinft.stages.report.milestones import Places


@dataclass(frozen=True)
class Main:
    """The protected branch as this clone knows it: its name and its newest `commit`."""

    history: History
    branch: str
    commit: str
    repository: Path


def place_for(main: Main, run: Path, name: str, now: datetime) -> Place:
    """The registry of main's policy. PolicyViolation unless main has `run` deployed, as it lies here."""
    with tempfile.TemporaryDirectory(prefix="clinft-push-") as folder:
        root = Path(folder)
        seen = seen_in(main.history, main.commit, main.repository, run, root, now, Places("", main.branch))
        project = seen.projects[0].folder
        quarantine.refuse(project)
        if deployed_run(project) != run.name:
            raise PolicyViolation(
                f"{run.name} is not what {project.name} has deployed on {main.branch}.",
                f"Only the run that {FILE} names there is pushed: privacy and clinical agreed to it.",
                "Merge its deployment pull request, `git fetch origin`, and call again.",
            )
        place = seen.policy.registries.get(name)
    if place is None:
        raise PolicyViolation(
            f"The policy on {main.branch} names no registry {name}.",
            f"It names: {', '.join(sorted(seen.policy.registries)) or 'none'}.",
            "Have it listed under registries in .github/clinft.yml by a pull request.",
        )
    if place.eligibility.review_by < now.date().isoformat():
        raise PolicyViolation(
            f"The policy's facts about the registry {name} counted until {place.eligibility.review_by}.",
            "After that day they count as unknown, so nothing may go there.",
            "Have them reviewed, and registries in .github/clinft.yml updated by a pull request.",
        )
    return place


def repository_of(place: Place, project: str, form: Form) -> str:
    """Each form has its own: nobody loads an adapter for a whole model."""
    return f"{place.namespace}/{project}" + ("" if form in ("adapter", "full") else f"-{form}")


def push(
    open_registry: Callable[[Place], Registry], place: Place, run: Path, form: Form, folder: Path
) -> Pushed:
    repository = repository_of(place, run.parents[1].name, form)
    return open_registry(place).push(repository, folder, run.name)
