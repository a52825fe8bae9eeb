"""A desk in this process, over a clone of its own for each test."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinft.cli.mcp.answers import called
from clinft.cli.mcp.log import Log
from clinft.cli.mcp.serving import desk_at
from clinft.pipeline.assistant.desk import Desk
from tests.fakes.assistant import clone

Tell = Callable[..., Any]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone(tmp_path_factory.mktemp("template") / "hospital")


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "hospital", symlinks=True)


@pytest.fixture
def desk(root: Path, tmp_path: Path) -> Desk:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return desk_at(root, scratch, Log())


@pytest.fixture
def tell(desk: Desk) -> Tell:
    """The answer of a tool; AssertionError where it refuses."""

    def ask(name: str, /, **arguments: Any) -> Any:
        answer, refused = called(desk, name, arguments)
        assert refused is None, refused
        return answer

    return ask


@pytest.fixture
def refused(desk: Desk) -> Callable[..., str]:
    """What it says instead of an answer: three sentences, and no more than that."""

    def ask(name: str, /, **arguments: Any) -> str:
        answer, said = called(desk, name, arguments)
        assert answer is None
        assert said is not None
        assert "Traceback" not in said
        assert str(desk.root) not in said
        assert len(said.splitlines()) >= 3, said
        return said

    return ask
