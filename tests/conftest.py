"""No credentials, no network, nothing of the user's own settings: what every test runs under."""

import os
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from clinft.stages.audit import kept

# Before torch is loaded anywhere: several workers, each with a thread for every core, wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Every test and every process it starts: what one audit has worked out about these rules serves all others.
AUDIT_CACHE = Path(tempfile.gettempdir()) / f"clinft-tests-{os.getuid()}" / "audit"
os.environ["CLINFT_AUDIT_CACHE"] = str(AUDIT_CACHE)
kept.keep_in(AUDIT_CACHE)

# Here, because fixtures of a module or session are made before those of a function. A launcher's words left in
# a shell would have each training wait for others; the rest names programs and folders of the user.
for left_over in (
    *("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "ACCELERATE_USE_FSDP"),
    *("CLINFT_RANKS", "CLINFT_VLLM", "CLINFT_CACHE"),
):
    os.environ.pop(left_over, None)

# The user's git may sign, or run hooks; his other settings stay, such as a CI's safe.directory.
OF_GIT = {"commit.gpgsign": "false", "tag.gpgsign": "false", "core.hooksPath": os.devnull}


def set_git(settings: Mapping[str, str]) -> None:
    """After those that the environment has: git takes the last one of each name."""
    first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    for place, (name, value) in enumerate(settings.items(), first):
        os.environ |= {f"GIT_CONFIG_KEY_{place}": name, f"GIT_CONFIG_VALUE_{place}": value}
    os.environ["GIT_CONFIG_COUNT"] = f"{first + len(settings)}"


set_git(OF_GIT)

REPOSITORY = Path(__file__).parents[1]
SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GIT_CONFIG_KEY_"):  # names of settings, without which git does not start
            continue
        if any(part in name.upper() for part in SECRET_NAMES) or name.startswith(("GITHUB_", "CLINFT_DEBUG")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "unix"
        if host not in ("127.0.0.1", "::1", "localhost", "unix"):
            raise AssertionError(f"a test tried to reach {host}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


# Real servers, real git and act: minutes together. `make check` leaves them out, `make test` does not.
SLOW = (
    REPOSITORY / "tests" / "e2e",
    REPOSITORY / "tests" / "pipeline" / "github",
    REPOSITORY / "tests" / "adapters" / "github",
    # Many kills, and hypothesis over whole pages.
    REPOSITORY / "tests" / "pipeline" / "test_kill.py",
    REPOSITORY / "tests" / "pipeline" / "test_hosted_loop.py",
    REPOSITORY / "tests" / "pipeline" / "test_elsewhere_loop.py",
    REPOSITORY / "tests" / "pipeline" / "freezing",
    REPOSITORY / "tests" / "cli" / "rescuing" / "test_rescuing_loop.py",
    REPOSITORY / "tests" / "pipeline" / "test_state_races.py",
    REPOSITORY / "tests" / "adapters" / "training" / "test_soft_stop.py",
    REPOSITORY / "tests" / "adapters" / "training" / "openai_api" / "test_killed.py",
    *sorted((REPOSITORY / "tests" / "adapters" / "training").glob("test_mcp*.py")),
    REPOSITORY / "tests" / "stages" / "report" / "pull_request" / "test_safety.py",
    REPOSITORY / "tests" / "stages" / "report" / "returned" / "test_safety.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    paths = {item.path for item in items}  # hundreds, while items are many thousands
    slow = {path for path in paths if any(path.is_relative_to(place) for place in SLOW)}
    for item in items:
        if item.path in slow:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def repository() -> Path:
    return REPOSITORY
