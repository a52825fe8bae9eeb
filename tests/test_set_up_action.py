"""What the set-up action puts on a runner: the light set, hash by hash, and a launcher that imports nothing foreign."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import REPOSITORY

SET_UP = REPOSITORY / ".github/actions/setup/action.yml"
LAUNCHER = SET_UP.parent / "bin/clinft"
LIGHT = REPOSITORY / "constraints/light.txt"
FLAGS = ("--require-hashes", "--no-deps", "-r constraints/light.txt")


def test_the_light_set_is_whole_and_hashed_and_has_no_torch() -> None:
    text = LIGHT.read_text()
    blocks = [block for block in re.split(r"\n(?=\S)", text) if block.strip() and not block.startswith("#")]
    names = {re.match(r"[\w.-]+", block).group().lower() for block in blocks}  # type: ignore[union-attr]
    for block in blocks:
        assert re.match(r"[\w.-]+(?:\[[\w,-]+\])?==[^\s;]+", block), block.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]
        assert "://" not in block, block.splitlines()[0]
    assert {"pydantic", "typer", "pygithub", "presidio-analyzer"} <= names
    assert not {
        name for name in names if name.startswith(("torch", "nvidia", "transformers", "peft", "cuda"))
    }
    installs = [step for step in steps() if "pip install" in step.get("run", "")]
    assert [step["name"] for step in installs] == [
        "The light set",
        "The training set",
        "The client of MCP servers",
        "The clients of sinks",
        "The charts of the dashboard",
    ]
    install = installs[0]["run"]
    assert all(flag in install for flag in FLAGS)
    assert not re.search(r"install .*(?:tree|-e |\s\.)", install)


def test_the_training_set_is_for_jobs_on_main_that_ask_and_no_machine_of_the_team_downloads() -> None:
    training = next(step for step in steps() if step["name"] == "The training set")
    assert training["if"] == "inputs.packages == 'train' && runner.environment != 'self-hosted'"
    for step in steps():
        if "pip install" in step.get("run", "") or "setup-python" in step.get("uses", ""):
            assert "runner.environment != 'self-hosted'" in step["if"], step["name"]
    checks = (REPOSITORY / ".github/workflows/checks.yml").read_text()
    assert "packages" not in checks


def steps() -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.safe_load(SET_UP.read_text())["runs"]["steps"]
    return found


def test_the_launcher_can_be_started_and_is_a_sound_script() -> None:
    assert LAUNCHER.stat().st_mode & stat.S_IXUSR
    listed = subprocess.run(
        ["git", "ls-files", "--stage", "--", str(LAUNCHER)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not listed.stdout or listed.stdout.startswith("100755 ")
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, LAUNCHER], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("linked", [False, True], ids=["by its path", "by PATH, from elsewhere"])
def test_the_launcher_imports_nothing_from_where_it_is_called(tmp_path: Path, linked: bool) -> None:
    """The folder is a pull request's tree: whatever Python would run by itself lies in it."""
    said = "raise SystemExit('the tree was run')\n"
    for name in (
        "clinft/__init__.py",
        "clinft/__main__.py",
        "sitecustomize.py",
        "usercustomize.py",
        "typer.py",
        "json.py",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(said)
    (tmp_path / "pyvenv.cfg").write_text("home = /nowhere\n")
    engine = tmp_path / "engine of the base"
    (engine / ".github/actions/setup/bin").mkdir(parents=True)
    shutil.copy2(LAUNCHER, engine / ".github/actions/setup/bin/clinft")
    (engine / "clinft").symlink_to(REPOSITORY / "clinft")
    started = engine / ".github/actions/setup/bin"
    path = f"{started}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["clinft" if linked else str(started / "clinft"), "--version"],
        cwd=tmp_path,
        env={"PATH": path, "HOME": str(tmp_path), "CDPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("clinft ")
