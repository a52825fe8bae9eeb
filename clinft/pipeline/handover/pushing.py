"""Pushing a handed-over model: only where main's policy names the place, only what is deployed on main."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clinft.artifacts.handover import HandOver, called
from clinft.errors import PolicyViolation, ServiceError, SpecError
from clinft.pipeline.deployment import FILE, deployed_run
from clinft.pipeline.sinks.on_laptop import seen_in
from clinft.ports.handover import Tip
from clinft.ports.history import History
from clinft.spec import quarantine
from clinft.spec.registries import Registry as Place
from clinft.stages.report.milestones import Places

# huggingface_hub itself refuses it in names of repositories.
DOUBLE = "--"


@dataclass(frozen=True)
class Main:
    """The protected branch: its name and its newest `commit`, which lies here too."""

    history: History
    branch: str
    commit: str
    repository: Path


def newest_main(history: History, repository: Path, remote: bool, told: Tip | None) -> Main:
    """`told`: what the remote answered just now; None: nothing of use.

    What this clone knows may be older than a rollback, so it counts only where the remote says the same.
    """
    if not remote:
        raise PolicyViolation(
            "This clone has no remote origin, so nothing is pushed from it.",
            "What is deployed is agreed to on the protected branch that all share; a branch that lies here "
            "alone was agreed to by nobody.",
            "Push from a clone of that repository; without --push the model is written here.",
        )
    if told is None:
        raise ServiceError(
            "The remote origin does not say what its protected branch holds by now.",
            "There is no network, git cannot log in there, or the remote has no default branch.",
            "`git ls-remote --symref origin HEAD` shows what git says; mend that, and call again.",
        )
    if history.resolve(f"refs/remotes/origin/{told.branch}") != told.commit:
        raise PolicyViolation(
            f"This clone does not know {told.branch} as it is on the remote by now.",
            "Something was merged there since the last fetch; a rollback would be among it.",
            "Call `git fetch origin`, then call again.",
        )
    return Main(history, told.branch, told.commit, repository)


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
    refuse_name(project.name)
    if place.eligibility.review_by < now.date().isoformat():
        raise PolicyViolation(
            f"The policy's facts about the registry {name} counted until {place.eligibility.review_by}.",
            "After that day they count as unknown, so nothing may go there.",
            "Have them reviewed, and registries in .github/clinft.yml updated by a pull request.",
        )
    return place


def refuse_name(project: str) -> None:
    """SpecError before anything is asked of a hub that would refuse it."""
    if DOUBLE in project:
        raise SpecError(
            f"A hub has no place for the models of {project}.",
            f"A repository there is named by its project, and may not have `{DOUBLE}` in its name.",
            "Export without --push and hand the folder over; the next project can have another name.",
        )


def repository_of(place: Place, made: HandOver) -> str:
    """Each form has its own: nobody loads an adapter for a whole model. No project's name has a `_`."""
    kind = made.dtype if made.form == "gguf" else None
    return f"{place.namespace}/{made.project}_{called(made.form, kind)}"
