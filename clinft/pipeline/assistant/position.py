"""The tool `next_step`: where a project stands, and who must do what, as this clone knows it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from clinft import run_folder
from clinft.artifacts.results import EvaluationReport, RegressionVerdict
from clinft.errors import ClinftError
from clinft.pipeline import status_files
from clinft.pipeline.assistant.desk import PROJECTS, Desk
from clinft.pipeline.assistant.form import OfProject, Place, places
from clinft.pipeline.assistant.results import loaded, run_folders, status_of
from clinft.pipeline.assistant.scratch import copied
from clinft.pipeline.deployment import FILE, deployed_run
from clinft.pipeline.problems import problems_of
from clinft.spec import quarantine
from clinft.spec.base import Slug, Strict
from clinft.stages.gate.paths import plan_paths

State = Literal[
    "quarantined",
    "not_valid",
    "not_merged",
    "merged_without_run",
    "run_ended",
    "run_under_way",
    "deployed",
    "run_reported",
]
TOLD: dict[State, str] = {
    "quarantined": "Real patient data may lie in this project. Nothing else is done with it.",
    "not_valid": "The spec or the prompt has problems; the pull request's check `spec` would fail.",
    "not_merged": "What lies here is not what the protected branch has: it is a draft.",
    "merged_without_run": "The protected branch has this plan, and no run of it lies here.",
    "run_ended": "The newest run ended without a result, or its record cannot be read.",
    "run_under_way": "A run is under way, or its results are not merged and fetched yet.",
    "deployed": "The newest run is the deployed one.",
    "run_reported": "The newest run succeeded and its results lie here.",
}
OVER = ("failed", "cancelled", "unreadable")


class Act(Strict):
    who: str
    what: str
    command: str | None = Field(description="For a person's terminal; no tool runs it.")


class Position(Strict):
    project: Slug
    state: State
    told: str
    branch: str | None = Field(description="What is checked out.")
    protected_branch: str
    differs: tuple[str, ...] = Field(description="Files of the plan that are not as on the protected branch.")
    run: str | None = Field(description="The newest run.")
    run_status: str | None
    deployed: str | None
    acts: tuple[Act, ...] = Field(description="In order; each by a person.")
    required_roles: tuple[str, ...] = Field(description="Who approves a training of this project.")
    problems: tuple[Place, ...]


def next_step(desk: Desk, asked: OfProject) -> Position:
    folder = desk.project(asked.project)
    found = problems_of(copied(desk, asked.project))
    differs = tuple(differing(desk, asked.project))
    newest = _newest(desk, asked.project)
    status = None if newest is None else status_of(newest)
    deployed = _deployed(folder)
    policy, _ = desk.policy()
    state = _state(folder, bool(found), differs, newest, status, deployed)
    return Position(
        project=asked.project,
        state=state,
        told=TOLD[state],
        branch=desk.drafts.branch(),
        protected_branch=desk.drafts.protected(),
        differs=differs,
        run=None if newest is None else newest.name,
        run_status=status,
        deployed=deployed,
        acts=tuple(_acts(state, asked.project, desk.drafts.protected(), newest)),
        required_roles=policy.required_for(asked.project),
        problems=places(desk, found),
    )


def _state(
    folder: Path,
    problems: bool,
    differs: tuple[str, ...],
    newest: Path | None,
    status: str | None,
    deployed: str | None,
) -> State:
    """The first that holds."""
    holds: dict[State, bool] = {
        "quarantined": quarantine.lies_in(folder),
        "not_valid": problems,
        "not_merged": bool(differs),
        "merged_without_run": newest is None,
        "run_ended": status in OVER,
        "run_under_way": status != "succeeded",
        "deployed": newest is not None and deployed == newest.name,
        "run_reported": True,
    }
    return next(state for state, is_so in holds.items() if is_so)


def _acts(state: State, project: str, protected: str, run: Path | None) -> Iterator[Act]:
    place = f"{PROJECTS}/{project}"
    if state == "quarantined":
        yield Act(who="privacy", what=f"Reads {place}/incident/RECORD.md and decides.", command=None)
    elif state == "not_valid":
        yield Act(
            who="author", what="Corrects what is listed under problems.", command=f"clinft validate {place}"
        )
    elif state == "not_merged":
        yield Act(
            who="author",
            what="Reads the draft, commits it (draft_pull_request does), pushes it, opens the pull request.",
            command=None,
        )
        yield Act(
            who="required roles", what="Review the pull request once its checks have run.", command=None
        )
    elif state == "merged_without_run":
        yield Act(
            who="required roles",
            what="Whoever has not approved yet does so on the merged pull request.",
            command=None,
        )
        yield Act(
            who="ml",
            what="Looks at the workflow train on the protected branch: its gate says what is missing.",
            command=f"gh run list --workflow train.yml --branch {protected}",
        )
    elif state == "run_under_way":
        yield Act(
            who="nobody", what="The workflow reconcile goes on by itself; fetch later.", command="git fetch"
        )
    elif run is not None:
        yield from _after(state, place, run)


def _after(state: State, place: str, run: Path) -> Iterator[Act]:
    yield Act(who="author", what="Reads the run's report with read_report and read_results.", command=None)
    verdict: RegressionVerdict | None = loaded(run, "regress", RegressionVerdict)
    if state == "run_reported" and verdict is not None and verdict.recommendation == "deploy":
        yield Act(
            who="privacy and clinical",
            what=f"Review the deployment's pull request, which changes one line of {place}/{FILE}.",
            command=None,
        )
    else:
        yield Act(
            who="author",
            what="Lets clinft propose a few changes, with reasons and predicted cost.",
            command=f"clinft propose {place}",
        )


def differing(desk: Desk, project: str) -> Iterator[str]:
    """By git's own names of contents, so that nothing is made to be compared."""
    base = desk.drafts.base()
    entries = [] if base is None else desk.history.entries(base, *plan_paths(project))
    there = {entry.path: entry.object for entry in entries}
    here = {path: _name(desk.root / path) for path in _files(desk, project)}
    yield from sorted(path for path in {**there, **here} if there.get(path) != here.get(path))


def _files(desk: Desk, project: str) -> Iterator[str]:
    for place in plan_paths(project):
        path = desk.root / place
        for found in [path] if path.is_file() else sorted(path.rglob("*")) if path.is_dir() else []:
            if found.is_file() and not found.is_symlink():
                yield found.relative_to(desk.root).as_posix()


def _name(path: Path) -> str:
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _newest(desk: Desk, project: str) -> Path | None:
    """The one that was taken last; a run of a laptop has no status and counts by what it measured last."""
    return max(run_folders(desk, project), key=_begun, default=None)


def _begun(run: Path) -> tuple[str, str]:
    try:
        entries = status_files.read(run)
        evaluated = run_folder.load(run, "evaluate", EvaluationReport)
    except ClinftError:
        return "", run.name
    at = entries[0].at if entries else "" if evaluated is None else evaluated.created_at
    return at, run.name


def _deployed(folder: Path) -> str | None:
    try:
        return deployed_run(folder)
    except ClinftError:
        return None
