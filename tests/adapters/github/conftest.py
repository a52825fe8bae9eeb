"""A GitHub with one commit on main, and commits by the hundred."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github.bare import identity
from tests.fakes.second_page import SecondPage


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SecondPage]:
    with SecondPage(tmp_path / "git") as running:
        for login in ("alice", "bob", "carol"):
            running.add_user(login)
        who = {**identity("alice"), **identity("alice", role="COMMITTER")}
        tree = running.repo.git("mktree", stdin=b"")
        first = running.repo.git("commit-tree", tree, "-m", "first", env=who)
        running.repo.git("update-ref", "refs/heads/main", first)
        yield running
        assert running.violations == []
