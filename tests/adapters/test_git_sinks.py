"""What a sink was sent, in a ref of a real repository and in a file: merged, never lost, nothing of others believed."""

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clinft.adapters.git_sinks import GitSinkMemory
from clinft.adapters.sink_notes import FileSinkMemory, decoded
from clinft.errors import ServiceError, SpecError
from clinft.ports.sinks import SinkMemory
from tests.fakes.github.bare import BareRepository, identity, run_git

REF = "refs/clinft-sinks/team"
WHO = {**identity("mallory"), **identity("mallory", role="COMMITTER")}
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.devnull}
Another = Callable[[], GitSinkMemory]


@pytest.fixture
def remote(tmp_path: Path) -> BareRepository:
    return BareRepository(tmp_path / "remote.git")


@pytest.fixture
def another(remote: BareRepository, tmp_path: Path) -> Another:
    """In a clone of its own."""

    def make() -> GitSinkMemory:
        folder = tmp_path / f"clone-{len(list(tmp_path.glob('clone-*')))}"
        run_git(tmp_path, "init", "--quiet", str(folder))
        return GitSinkMemory(folder, ENVIRONMENT, str(remote.path), None, sleep=lambda seconds: None)

    return make


@pytest.fixture(params=["git", "file"])
def memory(request: pytest.FixtureRequest, another: Another, tmp_path: Path) -> SinkMemory:
    return another() if request.param == "git" else FileSinkMemory(tmp_path / "notes")


def test_what_is_noted_is_added_to_and_each_sink_has_its_own(memory: SinkMemory) -> None:
    assert memory.read("team") == {}
    assert memory.remember("team", {"a": "1", "b": "2"}) == {"a": "1", "b": "2"}
    assert memory.remember("team", {"b": "3"}) == {"a": "1", "b": "3"}
    memory.remember("other", {"a": "9"})
    assert memory.read("team") == {"a": "1", "b": "3"}


@pytest.mark.parametrize("name", ["", "../x", "Team", "a b", "x" * 61])
def test_what_is_no_sinks_name_is_refused(memory: SinkMemory, name: str) -> None:
    with pytest.raises(SpecError):
        memory.read(name)
    with pytest.raises(SpecError):
        memory.remember(name, {"a": "1"})


def test_another_clone_reads_it_and_nothing_new_writes_nothing(
    remote: BareRepository, another: Another
) -> None:
    another().remember("team", {"a": "1"})
    assert another().read("team") == {"a": "1"}
    another().remember("team", {"a": "1"})
    assert len(remote.log(REF)) == 1
    assert remote.git("ls-tree", "-r", "--name-only", REF) == "memory.json"


def test_two_publishers_at_once_lose_no_note(remote: BareRepository, another: Another) -> None:
    memories = [another() for _ in range(3)]
    gate = threading.Barrier(len(memories))

    def notes(number: int) -> None:
        for each in range(2):
            gate.wait()
            memories[number].remember("team", {f"{number}-{each}": "sent"})

    with ThreadPoolExecutor(len(memories)) as pool:
        list(pool.map(notes, range(len(memories))))
    assert len(another().read("team")) == 6


def test_two_processes_of_one_laptop_lose_no_note(tmp_path: Path) -> None:
    folder = tmp_path / "notes"

    def notes(number: int) -> Mapping[str, str]:
        return FileSinkMemory(folder).remember("team", {str(number): "sent"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(notes, range(24)))
    assert len(FileSinkMemory(folder).read("team")) == 24


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b"<html>", b'{"a": {"b": "c"}}', b"\xff"])
def test_what_is_not_ours_is_refused_and_not_quoted(
    remote: BareRepository, another: Another, tmp_path: Path, content: bytes
) -> None:
    assert decoded(content) is None
    blob = remote.git("hash-object", "-w", "--stdin", stdin=content)
    tree = remote.git("mktree", "-z", stdin=f"100644 blob {blob}\tmemory.json\0".encode())
    remote.git("update-ref", REF, remote.git("commit-tree", tree, "-m", "planted", env=WHO))
    with pytest.raises(ServiceError, match="does not hold what clinft notes") as refused:
        another().read("team")
    assert f"git push origin --delete {REF}" in refused.value.next_step
    assert "html" not in str(refused.value)
    (tmp_path / "team.json").write_bytes(content)
    with pytest.raises(ServiceError, match="does not hold what clinft notes"):
        FileSinkMemory(tmp_path).read("team")
