"""`clinft train`: which of its three ways a call means; --explain asks nobody and changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from clinft.cli import explaining, show
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

Call = Callable[..., Result]


@pytest.fixture
def calls() -> list[tuple[str, object]]:
    return []


@pytest.fixture
def train(calls: list[tuple[str, object]]) -> Call:
    app = typer.Typer()
    explaining.register(
        app,
        "Train.",
        lambda project, json: calls.append(("stage", (project, json))),
        lambda json: calls.append(("started", json)),
    )
    app.command("other")(lambda: None)  # with one command alone typer leaves its name out

    def call(*arguments: str | Path) -> Result:
        show.forget_surroundings()
        return CliRunner().invoke(app, ["train", *map(str, arguments)])

    return call


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = write_repository(tmp_path)
    assert clinft("prepare", made).exit_code == 0
    return made


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_project_is_trained_and_an_ordered_run_too(
    train: Call, calls: list[tuple[str, object]], project: Path
) -> None:
    assert train(project, "--json").exit_code == 0
    assert train("--started").exit_code == 0
    assert calls == [("stage", (project, True)), ("started", False)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name a project's folder, or pass --started"),
        (("projects/demo", "--started"), "Name a project's folder, or pass --started"),
        (("--explain",), "Name a project's folder, or pass --started"),
        (("--explain", "--started"), "--explain and --started were given together"),
    ],
)
def test_what_does_not_fit_is_refused(
    train: Call, calls: list[tuple[str, object]], arguments: tuple[str, ...], words: str
) -> None:
    done = train(*arguments)
    assert (done.exit_code, calls) == (2, [])
    assert words in " ".join(done.output.split())


def test_explaining_trains_nothing_and_writes_nothing(
    train: Call, calls: list[tuple[str, object]], project: Path, tmp_path: Path
) -> None:
    before = everything(tmp_path)
    done = train(project, "--explain")
    assert done.exit_code == 0, done.output
    assert "## Recommended settings" in done.output
    assert "## The same by hand" in done.output
    assert (calls, everything(tmp_path)) == ([], before)


def test_as_json_it_is_the_advice_alone(train: Call, project: Path) -> None:
    done = train(project, "--explain", "--json")
    found = json.loads(done.stdout)
    assert (found["provider"], found["kind"]) == ("fake", "classification")
    assert found["samples"] == len((project / "data/records/train.jsonl").read_text().splitlines())


def test_without_data_the_next_step_is_named(train: Call, tmp_path: Path) -> None:
    done = train(write_repository(tmp_path), "--explain")
    assert done.exit_code == 2
    assert "--until prepare" in " ".join(done.output.split())
