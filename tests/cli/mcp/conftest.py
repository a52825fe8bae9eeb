"""One clone and one server for the tests that change nothing, spoken to by the TypeScript client."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.assistant import Conversation, clone, conversation


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone(tmp_path_factory.mktemp("assistant") / "hospital")


@pytest.fixture(scope="session")
def assistant(hospital: Path) -> Iterator[Conversation]:
    """Started in a folder inside of the clone: it works from anywhere there."""
    with conversation(hospital / "docs", hospital.parent / "home") as talk:
        yield talk
