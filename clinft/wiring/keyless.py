"""A process that can neither pay nor send: no key in its environment, no connection, no program but git.

`clinft mcp` is told what to do by an assistant, and an assistant reads texts of others. What no tool does is
not even possible from here on: the interpreter itself asks before it connects or starts something.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from clinft.adapters.git import GitHistory
from clinft.adapters.git_draft import GitDrafts
from clinft.adapters.git_process import SETTINGS
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.model.stores import ModelStores
from clinft.adapters.progress import LineProgress
from clinft.adapters.training.powerless import Powerless, refuse
from clinft.adapters.training.tools import Tools
from clinft.errors import PolicyViolation
from clinft.ports.services import Services
from clinft.stages.audit import kept
from clinft.wiring import SystemClock, provider_named, surroundings

# What Python, git and the caches need to be found. A list of what to drop would miss tomorrow's key.
KEPT = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "TZ"),
        *("LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "GIT_CONFIG_GLOBAL", "VIRTUAL_ENV", "OMP_NUM_THREADS"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "PYTHONWARNINGS"),
        *("XDG_CACHE_HOME", "CLINFT_CACHE", "CLINFT_AUDIT_CACHE"),
    }
)
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "GIT_TERMINAL_PROMPT": "0"}
CONNECTING = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}
)
STARTING = frozenset({"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn"})
# Of git: reads, and what makes one commit on one branch. Nothing of it reaches another machine.
GIT = frozenset(
    {
        *("cat-file", "commit-tree", "diff-tree", "for-each-ref", "hash-object", "ls-tree", "merge-base"),
        *("merge-tree", "read-tree", "rev-list", "rev-parse", "symbolic-ref", "update-index", "update-ref"),
        "write-tree",
    }
)
CAUSE = "The assistant's server only reads and drafts; it is barred from everything else before it starts."


class Barred(PermissionError):
    """As the system would refuse it, so that libraries that can do without go on."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.refusal = PolicyViolation(what, CAUSE, "Run the verb itself in a terminal, as yourself.")


def forget_keys() -> None:
    """Everything that is not known to be harmless leaves the environment, for this process and its own."""
    for name in set(os.environ) - KEPT:
        del os.environ[name]
    os.environ.update(OFFLINE)


def bar() -> None:
    """For good: an audit hook cannot be taken away again (PEP 578)."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in CONNECTING:
        if not _is_local(event, arguments):
            raise Barred("This process opens no connection.")
    elif event in STARTING:
        raise Barred("This process starts no program.")
    elif event == "subprocess.Popen" and not is_local_git(arguments[1]):
        raise Barred("This process starts no program but git, and nothing of git that leaves this machine.")


def _is_local(event: str, arguments: tuple[Any, ...]) -> bool:
    """A socket in a file: how Python's own workers are spoken to."""
    return event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(
        arguments[1], str | bytes
    )


def is_local_git(command: str | bytes | Sequence[Any]) -> bool:
    if isinstance(command, str | bytes):  # a shell's line
        return False
    words = [str(word) for word in command]
    if not words or Path(words[0]).name not in ("git", "git.exe"):
        return False
    rest = iter(words[1:])
    for word in rest:
        if word == "-C":
            next(rest, None)
        elif word == "-c":
            # A setting can name a program.
            if next(rest, None) not in SETTINGS:
                return False
        elif not word.startswith("-"):
            return word in GIT
    return False


def services(repository: Path, write: Callable[[str], None]) -> Services:
    """Nobody is asked: no provider, no endpoint, no model elsewhere. `write` gets lines of progress."""
    around = surroundings()
    kept.keep_in(around.audit_cache)
    progress = LineProgress(write)
    models = LocalModelStore(repository, around.cache / "models", progress)
    tools = Tools(models, around.cache)

    def powerless(slug: str) -> Powerless:
        real = provider_named(slug, tools)
        return Powerless(real.name, real.hosted)

    return Services(
        clock=SystemClock(),
        progress=progress,
        models=ModelStores(models),
        providers=powerless,
        hosting=refuse,
        git_sha=history(repository).resolve("HEAD"),
    )


def history(repository: Path) -> GitHistory:
    return GitHistory(repository, os.environ)


def drafts(repository: Path) -> GitDrafts:
    return GitDrafts(repository, os.environ)
