"""Chooses the real adapters. The only package that reads the environment."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from clinft.adapters.git import GitHistory
from clinft.adapters.git_state import GitStateStore
from clinft.adapters.github.client import Address
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.model.stores import ModelStores
from clinft.adapters.progress import BarProgress, LineProgress
from clinft.adapters.training import TABLE
from clinft.adapters.training.tools import Tools
from clinft.errors import SpecError
from clinft.ports.actions import Actions
from clinft.ports.forge import ForgeReader, ForgeWriter
from clinft.ports.hosting import Hosting
from clinft.ports.progress import Progress
from clinft.ports.publishing import Publisher
from clinft.ports.runs import WorkflowRuns
from clinft.ports.services import Services
from clinft.ports.settings import SettingsReader, SettingsWriter
from clinft.ports.state import StateStore
from clinft.ports.training import TrainingProvider
from clinft.spec.eligibility import Endpoint
from clinft.stages.audit import kept
from clinft.wiring import secrets, vllm
from clinft.wiring.approval import approval_asker as approval_asker

if TYPE_CHECKING:
    from clinft.adapters.github.remote import Remote

POLICY = Path(".github/clinft.yml")
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])")
RUN_ID = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]{0,8}")


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Surroundings:
    """What the environment says about where we run."""

    in_actions: bool
    step_summary: Path | None
    cache: Path
    audit_cache: Path
    colour: bool
    debug: bool


def surroundings() -> Surroundings:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    cache = os.environ.get("CLINFT_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(cache) if cache else Path.home() / ".cache"
    return Surroundings(
        in_actions=os.environ.get("GITHUB_ACTIONS") == "true",
        step_summary=Path(summary) if summary else None,
        cache=base / "clinft",
        audit_cache=Path(os.environ.get("CLINFT_AUDIT_CACHE") or base / "clinft" / "audit"),
        colour="NO_COLOR" not in os.environ,
        debug=os.environ.get("CLINFT_DEBUG") == "1",
    )


def actions() -> Actions:
    """What GitHub Actions says of this run; SpecError outside of it."""
    environment = os.environ
    path = environment.get("GITHUB_EVENT_PATH")
    if environment.get("GITHUB_ACTIONS") != "true" or not path:
        raise SpecError(
            "There is no event of GitHub Actions here.",
            "This verb, or its flag, reads the event and the token of the workflow that calls it.",
            "On GitHub: Actions → the workflow → Run workflow. On a laptop: clinft run projects/<name>.",
        )
    needs = json.loads(environment.get("CLINFT_NEEDS") or "{}")
    return Actions(
        event_name=environment["GITHUB_EVENT_NAME"],
        event=json.loads(Path(path).read_bytes()),
        repository=environment["GITHUB_REPOSITORY"],
        api_url=environment["GITHUB_API_URL"],
        server_url=environment["GITHUB_SERVER_URL"],
        run_id=int(environment["GITHUB_RUN_ID"]),
        run_attempt=int(environment.get("GITHUB_RUN_ATTEMPT") or 1),
        job=environment.get("GITHUB_JOB", ""),
        sha=environment["GITHUB_SHA"],
        results=Path(environment.get("CLINFT_RESULTS") or "checks"),
        token=environment.get("CLINFT_TOKEN") or None,
        needs={name: str(need["result"]) for name, need in needs.items()},
    )


def history(folder: Path, run: Actions) -> GitHistory:
    return GitHistory(folder, os.environ, run.remote, run.token)


def local_history(folder: Path) -> GitHistory:
    """Of a checkout on a laptop; nothing is fetched."""
    return GitHistory(folder, os.environ)


def address(run: Actions) -> Address | None:
    """None: this job was given no token."""
    return None if run.token is None else Address(run.api_url, run.repository, run.token, run.job)


def doctors_address(folder: Path) -> Address:
    """In a workflow what GitHub says; on a laptop where the clone came from. SpecError without a token."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        found = address(actions())
    else:
        found = _clones_address(folder, os.environ.get("CLINFT_TOKEN"), os.environ.get("GITHUB_API_URL"))
    if found is None:
        raise SpecError(
            "There is no token to ask GitHub with.",
            "The doctor reads the repository's settings, most of which only administrators may see.",
            "Put a token of this repository into CLINFT_TOKEN; docs/doctor.md says what it must be allowed.",
        )
    return found


def cloned(folder: Path) -> tuple[GitHistory, GitStateStore]:
    """Of the repository that a person's clone came from; git logs in there as it does for them."""
    return GitHistory(folder, os.environ, "origin"), GitStateStore(folder, os.environ, "origin", None)


def weights_store(repository: str) -> Path:
    """Where weights and checkpoints outlast a job's checkout, on the machine that trains.

    Two repositories that hold the same plan have the same run ids: each has a store of its own.
    """
    return surroundings().cache / "runs" / repository.lower()


def clones_repository(folder: Path) -> str:
    return _clones_remote(folder).repository


def clones_address(folder: Path) -> str:
    """Where people read the repository."""
    remote = _clones_remote(folder)
    return f"https://{remote.host}/{remote.repository}"


def _clones_address(folder: Path, token: str | None, api_url: str | None) -> Address | None:
    remote = _clones_remote(folder)
    return Address(api_url or remote.api_url, remote.repository, token) if token else None


def _clones_remote(folder: Path) -> "Remote":
    from clinft.adapters.github.remote import parse_remote

    # The text may hold a password, so no message quotes it.
    remote = parse_remote(_git(folder, "remote", "get-url", "origin") or "")
    if remote is None:
        raise SpecError(
            "The remote origin of this clone leads to no repository of a GitHub.",
            "There is no such remote, or it is a path or another kind of server.",
            "Call this in a clone of the repository that is meant.",
        )
    return remote


def settings_reader(to: Address) -> SettingsReader:
    from clinft.adapters.github.settings import GitHubSettings

    return GitHubSettings(to)


def settings_writer(to: Address) -> SettingsWriter:
    from clinft.adapters.github.settings_writer import GitHubSettingsWriter

    return GitHubSettingsWriter(to)


def reader(to: Address) -> ForgeReader:
    from clinft.adapters.github import GitHubReader

    return GitHubReader(to)


def writer(to: Address, login: str) -> ForgeWriter:
    from clinft.adapters.github import GitHubWriter

    return GitHubWriter(to, login)


def ordered() -> tuple[str, str]:
    """Project and run that a job of run.yml or report.yml is about. Dispatch inputs are anybody's text."""
    project, run_id = os.environ.get("CLINFT_PROJECT") or "", os.environ.get("CLINFT_RUN") or ""
    if not SLUG.fullmatch(project) or not RUN_ID.fullmatch(run_id):
        raise SpecError(
            "This job names no run of a project.",
            "`--started` is for run.yml and report.yml; a dispatch may have been given other text.",
            "Give the project's name and a run id, e.g. 0123456789ab-a1.",
        )
    return project, run_id


def named() -> str:
    """The project that assess.yml or research.yml was started for. Dispatch inputs are anybody's text."""
    project = os.environ.get("CLINFT_PROJECT") or ""
    if not SLUG.fullmatch(project):
        raise SpecError(
            "This job names no project.",
            "`--named` is for assess.yml and research.yml; a dispatch may have been given other text.",
            "Give the name of a folder in projects/; on a laptop, name the folder itself.",
        )
    return project


def worked() -> str:
    """Result of the job that worked on the run; empty where that was another workflow run."""
    return os.environ.get("CLINFT_WORKED") or ""


def dispatched() -> dict[str, str]:
    """Inputs of a dispatch, as text; empty for every other event."""
    given = json.loads(os.environ.get("CLINFT_INPUTS") or "null") or {}
    return {
        str(name): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
    }


def pushed_commits() -> list[str]:
    """What the pre-commit framework says is pushed; empty where git itself calls the hook."""
    commit = os.environ.get("PRE_COMMIT_TO_REF")
    return [commit] if commit else []


def output(name: str, value: str) -> None:
    """For the steps and jobs after this one."""
    path = os.environ.get("GITHUB_OUTPUT")
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(f"{name}={value}\n")


def state_store(folder: Path, run: Actions) -> StateStore:
    return GitStateStore(folder, os.environ, run.remote, run.token)


def workflow_runs(to: Address) -> WorkflowRuns:
    from clinft.adapters.github.runs import GitHubRuns

    return GitHubRuns(to)


def publisher(to: Address, login: str, pushes_to: str | None) -> Publisher:
    from clinft.adapters.github.publisher import GitHubPublisher

    return GitHubPublisher(to, login, pushes_to=pushes_to)


def services(repository: Path, console: Console, cache: Path) -> Services:
    kept.keep_in(surroundings().audit_cache)
    progress = progress_of(console)
    local = LocalModelStore(repository, cache / "models", progress)
    tools = training_tools(local, cache)
    return Services(
        clock=SystemClock(),
        progress=progress,
        models=ModelStores(local, tools),
        providers=lambda slug: provider_named(slug, tools),
        hosting=lambda endpoint: hosting_at(endpoint, tools),
        git_sha=_git(repository, "rev-parse", "HEAD"),  # None outside of git,
        engine=vllm.local_engine(local, progress),
    )


def training_tools(models: LocalModelStore, cache: Path) -> Tools:
    from clinft.wiring import ranks

    return Tools(models, cache, secrets.key_of, secrets.secret_of, secrets.id_token, ranks.team())


def hosting_at(endpoint: Endpoint, tools: Tools) -> Hosting:
    from clinft.adapters.training.openai_api.arm import Deployments

    return Deployments(tools, endpoint)


def provider_named(slug: str, tools: Tools) -> TrainingProvider:
    if slug not in TABLE:
        raise SpecError(
            f"There is no training provider {slug}.",
            "Its name is misspelt, or a newer clinft knows it.",
            f"Choose one of: {', '.join(sorted(TABLE))}.",
        )
    return TABLE[slug](tools)


def find_repository(start: Path) -> Path:
    """The folder that holds the policy, upwards from the project; never the project itself."""
    here = start.resolve()
    folders = [*here.parents] if here.parent.name == "projects" else [here, *here.parents]
    for folder in folders:
        if (folder / POLICY).exists():
            return folder
    raise SpecError(
        f"No {POLICY} lies above {start}.",
        "The policy says who may approve, what may be spent and where training may run.",
        "Run inside a repository made from the template, or copy its .github/clinft.yml.",
    )


def progress_of(console: Console) -> Progress:
    if console.is_terminal:
        return BarProgress(console)
    return LineProgress(lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201  # the log is the port


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # arguments of ours only
            ["git", *arguments],  # noqa: S607  # git is a stated requirement, found on PATH
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
