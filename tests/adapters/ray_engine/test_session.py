"""What is said where Ray is not, and how a Ray of our own is set up."""

import os
import shutil
import socket
import sys
import tempfile
import uuid
from pathlib import Path

import pytest

from clinft.adapters.ray_engine.session import _own_folder, connected
from clinft.errors import MissingExtra, ServiceError, SpecError
from clinft.wiring.engines import workers_of


def test_without_the_extra_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"'\.\[ray\]'"), connected(None, 2):
        pass


def test_the_local_engine_is_nobody_elses_and_another_name_none() -> None:
    assert workers_of("local", 4) is None
    with pytest.raises(SpecError, match="local and ray"):
        workers_of("dask", None)


@pytest.mark.parametrize("address", [None, "", "local"])
def test_a_ray_of_our_own_is_closed_to_others(address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    names = (
        "RAY_USAGE_STATS_ENABLED",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER",
        "RAY_AUTH_MODE",
        "RAY_AUTH_TOKEN",
    )
    for name in (*names, "RAY_ADDRESS"):
        monkeypatch.setenv(name, "before")
    if address is None:
        monkeypatch.delenv("RAY_ADDRESS")
    else:
        monkeypatch.setenv("RAY_ADDRESS", address)
    workers_of("ray", 2)
    assert [os.environ[name] for name in names[:3]] == ["0", "0", "token"]
    assert len(os.environ["RAY_AUTH_TOKEN"]) == 64
    assert "RAY_ADDRESS" not in os.environ


def test_a_cluster_keeps_what_the_user_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "head:6379")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "theirs")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "1")
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    workers_of("ray", 2)
    assert os.environ["RAY_AUTH_TOKEN"] == "theirs"
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    assert "RAY_AUTH_MODE" not in os.environ


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_an_address_where_nothing_is_is_said(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ServiceError, match="RAY_ADDRESS names does not let"), connected(scheme + address, 2):
        pass


@pytest.mark.parametrize(
    ("name", "stays"),
    [("{:.6}", True), ("{:.7}", False), ("slurm.{:.7}", False), ("{:.4}ä", True), ("{:.5}ä", False)],
)
def test_a_folder_for_sockets_is_not_deep(name: str, stays: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """11 bytes are left for TMPDIR; an ä has two."""
    usual = Path("/tmp", name.format(uuid.uuid4().hex))
    usual.mkdir()
    try:
        monkeypatch.setattr(tempfile, "tempdir", str(usual))
        with _own_folder() as folder:
            assert folder.parents[1] == (usual if stays else Path("/tmp"))
    finally:
        shutil.rmtree(usual)
