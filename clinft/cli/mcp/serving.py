"""From the verb to the protocol: first the keys are forgotten and the process is barred, then it speaks."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from clinft import wiring
from clinft.artifacts.canonical import digest_file
from clinft.cli import show
from clinft.cli.changed import policy_at
from clinft.cli.mcp.log import Log
from clinft.errors import ClinftError, MissingExtra
from clinft.pipeline.assistant.desk import Desk
from clinft.pipeline.context import Context
from clinft.run_folder import ProjectPaths
from clinft.spec.load import load_policy, load_project
from clinft.spec.policy import Policy
from clinft.wiring import keyless

NEEDED_FOR = "clinft mcp"
EXIT_TERMINATED = 143


def serve() -> None:
    """Until the assistant closes standard input."""
    keyless.forget_keys()
    show.forget_surroundings()
    root = wiring.find_repository(Path.cwd())
    try:
        import anyio
        import mcp  # noqa: F401  # here, so that its absence has one message
    except ImportError:
        raise MissingExtra("mcp", NEEDED_FOR) from None
    from clinft.cli.mcp.protocol import speak

    if sys.stdin.isatty():
        show.note("clinft mcp speaks to an assistant, not to a person: docs/assistant.md. Ctrl-C ends it.")
    with tempfile.TemporaryDirectory(prefix="clinft-mcp-") as scratch:
        # Whatever a stage puts aside goes with the rest.
        tempfile.tempdir = scratch
        signal.signal(signal.SIGTERM, lambda number, frame: _ended(scratch))
        log = Log()
        anyio.run(speak, desk_at(root, Path(scratch), log), log, keyless.bar)


def _ended(scratch: str) -> NoReturn:
    """Told to end while a tool is at work: nobody waits for its thread, and its records do not stay."""
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(EXIT_TERMINATED)


def desk_at(root: Path, scratch: Path, log: Log) -> Desk:
    history, drafts = keyless.history(root), keyless.drafts(root)

    def policy() -> tuple[Policy, str, str]:
        """Of the protected branch, as the gate reads it; of this checkout where that branch is not known."""
        base = drafts.base()
        if base is not None:
            try:
                return *policy_at(history, base), f"the branch {drafts.protected()}, commit {base[:12]}"
            except ClinftError:
                pass
        path = root / wiring.POLICY
        return load_policy(path), digest_file(path), "this checkout; the protected branch's is not known here"

    def opened(folder: Path, repository: Path) -> Context:
        now, sha256, _ = policy()
        return Context(
            repository=repository,
            paths=ProjectPaths(folder),
            loaded=load_project(folder),
            policy=now,
            policy_sha256=sha256,
            services=keyless.services(repository, log),
            ask_approval=lambda estimate, roles: None,
        )

    def told() -> tuple[Policy, str]:
        now, _, whose = policy()
        return now, whose

    today = wiring.SystemClock().now
    return Desk(root, scratch, history, drafts, told, opened, lambda: today().date())
