"""House rules that no linter knows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from clinft.cli.app import app

LONGEST_MODULE = 350
# Of the command line itself: a verb that nobody wrote down is found.
VERBS = tuple(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
HEAVY = (
    "torch",
    "transformers",
    "peft",
    "spacy",
    "presidio_analyzer",
    "matplotlib",
    "rich",
    "simple_icd_10_cm",
    "pydantic",
    "googleapiclient",
    "google.auth",
    "slack_sdk",
    "langsmith",
    "mcp",
    "vl_convert",
    "weasyprint",
)


def python_files(root: Path) -> list[Path]:
    return [
        path for folder in ("clinft", "detector", "tests", "bench") for path in (root / folder).rglob("*.py")
    ]


def test_no_module_is_longer_than_one_idea(repository: Path) -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in python_files(repository)}
    assert {path: n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_file_names_a_package_index(repository: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    host = re.compile(r"(pypi|pythonhosted|npmjs)\.(org|com)|index-url", re.IGNORECASE)
    kinds = (".py", ".txt", ".toml", ".md", ".yml", ".yaml", "")
    texts = [repository / name for name in listed.stdout.splitlines()]
    texts = [path for path in texts if path.is_file() and path.suffix in kinds and path != Path(__file__)]
    named = [path for path in texts if host.search(path.read_text(errors="ignore"))]
    assert named == []


def clinft(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clinft", *args], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_and_is_in_the_readme(verb: str, repository: Path) -> None:
    assert (
        f"`{verb}`" in (repository / "README.md").read_text()
        or f"clinft {verb}" in (repository / "README.md").read_text()
    )


def test_help_lists_every_verb_and_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['clinft', '--help']\n"
        "from clinft.cli import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("HEAVY []")
    assert all(re.search(rf"\b{verb}\b", done.stdout) for verb in VERBS)


def test_an_unknown_verb_is_a_usage_error() -> None:
    done = clinft("trian")
    assert done.returncode == 2
    assert "No such command" in done.stderr
    assert "Traceback" not in done.stderr
