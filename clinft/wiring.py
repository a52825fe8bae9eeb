"""Chooses the real adapters. The only module that reads the environment."""

import getpass
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from clinft.adapters.git import GitHistory
from clinft.adapters.github.client import Address
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.model.stores import ModelStores
from clinft.adapters.progress import BarProgress, LineProgress
from clinft.adapters.training import TABLE
from clinft.artifacts.decision import Approval
from clinft.artifacts.planning import CostEstimate
from clinft.errors import SpecError
from clinft.ports.actions import Actions
from clinft.ports.forge import ForgeReader, ForgeWriter
from clinft.ports.progress import Progress
from clinft.ports.services import Services
from clinft.ports.training import TrainingProvider
from clinft.stages.gate import LOCAL_ROLE

POLICY = Path(".github/clinft.yml")


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Surroundings:
    """What the environment says about where we run."""

    in_actions: bool
    step_summary: Path | None
    cache: Path
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
            "`--changed`, `detect` and `publish` read the event that started a workflow.",
            "They belong to checks.yml. On a laptop, name a project's folder: clinft audit projects/<name>.",
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


def address(run: Actions) -> Address | None:
    """None: this job was given no token."""
    return None if run.token is None else Address(run.api_url, run.repository, run.token, run.job)


def reader(to: Address) -> ForgeReader:
    from clinft.adapters.github import GitHubReader

    return GitHubReader(to)


def writer(to: Address, login: str) -> ForgeWriter:
    from clinft.adapters.github import GitHubWriter

    return GitHubWriter(to, login)


def services(repository: Path, console: Console, cache: Path) -> Services:
    progress = _progress(console)
    local = LocalModelStore(repository, cache / "models", progress)
    return Services(
        clock=SystemClock(),
        progress=progress,
        models=ModelStores(local),
        providers=lambda slug: provider_named(slug, local),
        git_sha=_git_sha(repository),
    )


def provider_named(slug: str, models: LocalModelStore) -> TrainingProvider:
    if slug not in TABLE:
        raise SpecError(
            f"The provider {slug} cannot be used for training by this version.",
            "Its spec is understood, so that it can be validated, prepared, audited and priced.",
            f"Choose one of: {', '.join(sorted(TABLE))}.",
        )
    return TABLE[slug](models)


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


def approval_asker(yes: bool, console: Console) -> Callable[[CostEstimate, Sequence[str]], Approval | None]:
    """`--yes` or an answer on the terminal; recorded as such, and never accepted by a GitHub run."""

    def ask(estimate: CostEstimate, roles: Sequence[str]) -> Approval | None:
        if yes:
            return _approval(estimate, "yes_flag")
        if not (sys.stdin.isatty() and console.is_terminal):
            return None
        duration = "" if estimate.minutes is None else f", about {estimate.minutes:.0f} minutes"
        console.print(
            f"\nTraining this plan costs {estimate.cost_usd} USD "
            f"(at most {estimate.cost_usd_upper}){duration}.\n"
            f"On GitHub the roles {', '.join(roles)} would have to approve; here your word is recorded.",
            markup=False,
            highlight=False,
        )
        return _approval(estimate, "interactive") if _answered_yes(console) else None

    return ask


def _answered_yes(console: Console) -> bool:
    try:
        return console.input("Type yes to approve: ").strip() == "yes"
    except EOFError:
        return False


def _approval(estimate: CostEstimate, kind: str) -> Approval:
    person = getpass.getuser()
    return Approval.model_validate(
        {"role": LOCAL_ROLE, "person": person, "plan_digest": estimate.plan_digest, "kind": kind}
    )


def _progress(console: Console) -> Progress:
    if console.is_terminal:
        return BarProgress(console)
    return LineProgress(lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201  # the log is the port


def _git_sha(repository: Path) -> str | None:
    """None outside a git work tree, or where no commit exists yet."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607  # git is a stated requirement, found on PATH
            cwd=repository,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
