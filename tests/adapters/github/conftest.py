"""A GitHub with one commit on main, and commits by the hundred."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github.bare import identity
from tests.fakes.github.server import GitHubServer
from tests.fakes.meanwhile import Meanwhile
from tests.fakes.second_page import SecondPage


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SecondPage]:
    with SecondPage(tmp_path / "git") as running:
        for login in ("alice", "bob", "carol"):
            running.add_user(login)
        first_commit(running)
        yield running
        assert running.violations == []


@pytest.fixture
def meanwhile(tmp_path: Path) -> Iterator[Meanwhile]:
    """The same, where others act between our requests."""
    with Meanwhile(tmp_path / "git") as running:
        running.add_user("mallory")
        first_commit(running)
        yield running
        assert running.violations == []


def first_commit(server: GitHubServer) -> None:
    who = {**identity("alice"), **identity("alice", role="COMMITTER")}
    tree = server.repo.git("mktree", stdin=b"")
    first = server.repo.git("commit-tree", tree, "-m", "first", env=who)
    server.repo.git("update-ref", "refs/heads/main", first)
