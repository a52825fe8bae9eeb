"""A hospital with a template's first commit on main: a policy that names people, and no project yet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.hospital import Hospital, policy
from tests.fakes.second_page import SecondPage


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SecondPage]:
    with SecondPage(tmp_path / "git") as running:
        yield running
        assert running.violations == []


Found = Callable[[str], Hospital]


@pytest.fixture
def found(server: SecondPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Found:
    """A hospital whose first commit has the given policy."""
    return lambda text: Hospital(server, tmp_path / "hospital", monkeypatch, text)


@pytest.fixture
def hospital(found: Found) -> Hospital:
    return found(policy())


@pytest.fixture
def opened(server: SecondPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A hospital in which merging trains, with these changes of its policy."""

    def made(**changes: Any) -> AfterMerge:
        return AfterMerge(server, tmp_path / "hospital", monkeypatch, policy(**changes))

    return made
