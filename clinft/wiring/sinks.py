"""Sinks and their memory: the secret of a host for that host alone, and where it is noted what was sent."""

import hashlib
import os
from pathlib import Path

from clinft.ports.actions import Actions
from clinft.ports.sinks import Sink, SinkMemory
from clinft.spec.sinks import Sink as Place
from clinft.wiring import _git, actions, secrets, surroundings


def open_sink(place: Place, repository: str) -> Sink:
    """`repository`: e.g. `hospital/models`; empty where the clone came from nowhere."""
    from clinft.adapters.sinks import TABLE
    from clinft.adapters.sinks.tools import SinkTools

    tools = SinkTools(key_of=secrets.sink_key_of, id_token=secrets.id_token, repository=repository)
    return TABLE[place.kind](place, tools)


def memory_on_github(folder: Path, run: Actions) -> SinkMemory:
    from clinft.adapters.git_sinks import GitSinkMemory

    return GitSinkMemory(folder, os.environ, run.remote, run.token)


def memory_of(repository: Path, remote: bool) -> SinkMemory:
    """Of a clone: with the remote that everybody shares, or in a file of this machine."""
    from clinft.adapters.git_sinks import GitSinkMemory
    from clinft.adapters.sink_notes import FileSinkMemory

    if remote:
        return GitSinkMemory(repository, os.environ, "origin", None)
    name = hashlib.sha256(str(repository.resolve()).encode()).hexdigest()[:12]
    return FileSinkMemory(surroundings().cache / "sinks" / name)


def memory_for_doctor(repository: Path) -> SinkMemory:
    """In a workflow with its token, on a laptop as its user logs in."""
    if surroundings().in_actions:
        return memory_on_github(repository, actions())
    return memory_of(repository, has_remote(repository))


def has_remote(repository: Path) -> bool:
    return _git(repository, "remote", "get-url", "origin") is not None


def default_branch(repository: Path) -> str:
    """As the clone knows it from its remote; else main."""
    found = _git(repository, "symbolic-ref", "--short", "refs/remotes/origin/HEAD") or ""
    return found.removeprefix("origin/") or "main"


def address_of(repository: Path) -> tuple[str, str]:
    """https address and owner/name of the clone's repository on a GitHub; empty where it is none."""
    from clinft.adapters.github.remote import parse_remote

    found = parse_remote(_git(repository, "remote", "get-url", "origin") or "")
    return ("", "") if found is None else (f"https://{found.host}/{found.repository}", found.repository)
