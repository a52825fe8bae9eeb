"""What a developer's machine has set reaches no test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

LEFT_OVER = {
    "RANK": "0",
    "WORLD_SIZE": "2",
    "LOCAL_RANK": "0",
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "9",
    "ACCELERATE_USE_FSDP": "true",
    "CLINFT_RANKS": "/nonexistent/ranks",
    "CLINFT_VLLM": "/nonexistent/vllm",
    "CLINFT_CACHE": "/nonexistent/cache",
}
# As a suite of many modules sees it: in a fixture of a session, and in a test.
SUITE = """
import os, subprocess
from pathlib import Path
import pytest
from tests.conftest import no_credentials

def git(*arguments):
    return subprocess.run(("git", *arguments), check=True, capture_output=True, text=True).stdout.strip()

@pytest.fixture(scope="session", autouse=True)
def committed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clone")
    git("init", "--quiet", str(folder))
    git("-C", str(folder), "commit", "--quiet", "--allow-empty", "--message", "x")
    git("-C", str(folder), "tag", "--annotate", "v1", "--message", "x")
    return {*os.environ}

def test_what_is_set(committed):
    assert not committed & {*%r}
    assert git("config", "user.name") == "Jo"
    assert git("config", "commit.gpgsign") == "false"
    assert git("config", "safe.directory") == "/ours"
"""


@pytest.mark.parametrize("given", [(), (("commit.gpgsign", "true"), ("safe.directory", "/ours"))])
def test_neither_a_launch_nor_the_users_git_reaches_a_test(
    tmp_path: Path, given: tuple[tuple[str, str], ...]
) -> None:
    """`given`: to git, through the environment."""
    hook = tmp_path / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        "[user]\n\tname = Jo\n\temail = jo@example.org\n\tsigningkey = none\n"
        "[commit]\n\tgpgsign = true\n[tag]\n\tgpgsign = true\n"
        f"[core]\n\thooksPath = {hook.parent}\n[safe]\n\tdirectory = /ours\n"
    )
    (tmp_path / "test_suite.py").write_text(SUITE % (tuple(LEFT_OVER),))
    of_git = {"GIT_CONFIG_COUNT": f"{len(given)}"} if given else {}
    for place, (name, value) in enumerate(given):
        of_git |= {f"GIT_CONFIG_KEY_{place}": name, f"GIT_CONFIG_VALUE_{place}": value}
    mine = {name: value for name, value in os.environ.items() if not name.startswith("GIT_CONFIG_")}
    places = (f"--rootdir={tmp_path}", f"--basetemp={tmp_path / 'suite'}", f"{tmp_path / 'test_suite.py'}")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *places],
        cwd=REPOSITORY,
        env={**mine, **LEFT_OVER, **of_git, "HOME": str(tmp_path), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
