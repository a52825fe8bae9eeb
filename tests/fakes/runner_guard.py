"""The guard of the GPU box, copied to a folder with its configuration and called as the runner calls it."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import REPOSITORY

GUARD = REPOSITORY / ".github/runner/guard.sh"
HOOK = "ACTIONS_RUNNER_HOOK_JOB_STARTED"
REF = "refs/heads/main"
TRAIN = ".github/workflows/train.yml"
GOOD = {
    "GITHUB_REPOSITORY": "octo-org/clinic",
    "GITHUB_WORKFLOW_REF": f"octo-org/clinic/{TRAIN}@{REF}",
    "GITHUB_REF": REF,
    "GITHUB_EVENT_NAME": "push",
}
CONF = "# the box of the machine learning team\nrepository=octo-org/clinic\n"
# As actions/runner calls a hook: bash, or sh where there is none (ScriptHandlerHelpers.cs).
CALLS = {
    "bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"],
    "sh": ["sh", "-e"],
    "dash": ["dash", "-e"],
}
SHELLS = [name for name in CALLS if shutil.which(name)]


def install(folder: Path) -> Path:
    folder.mkdir(mode=0o755)
    shutil.copy2(GUARD, folder / "guard.sh")
    (folder / "guard.conf").write_text(CONF)
    return folder / "guard.sh"


def call(
    guard: Path | str, shell: str, cwd: Path | None = None, **environment: str | None
) -> tuple[int, str]:
    """Exit code and what reaches the log. None takes a variable out of the good ones."""
    merged = {"PATH": os.environ["PATH"], **GOOD, **environment}
    done = subprocess.run(
        [*CALLS[shell], str(guard)],
        env={name: value for name, value in merged.items() if value is not None},
        cwd=cwd or "/",
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


def refused(answer: tuple[int, str]) -> str:
    """What the one line says: an error of ours, with nothing in it that the runner would obey."""
    code, log = answer
    assert code == 1
    assert log.isascii()
    assert log.endswith("\n")
    (line,) = log.splitlines()
    command, _, said = line.removeprefix("::").partition("::")
    assert command == "error title=clinft runner guard"
    assert not any(obeyed in said for obeyed in ("::", "##[", "%")), said
    assert said.isprintable()
    return said
