"""What is never uploaded: who commits, where from, on which machine, under which variables."""

import getpass
import platform
import socket
import subprocess
from pathlib import Path

import pytest

from clinft.errors import PolicyViolation
from clinft.ports.sinks import Dataset, Experiment
from tests.adapters.sinks.langsmith.conftest import CANARY, Desk, dataset, experiment, line, write
from tests.fakes.langsmith.server import LangSmithServer

AUTHOR, MAIL, REMOTE = (
    "Dr. Ada Committer",
    "ada.committer@hospital.example",
    "git@github.example:hospital/secret.git",
)


@pytest.fixture
def in_a_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    clone = tmp_path / "clone"
    clone.mkdir()
    for words in (
        ["init", "-q", "-b", "main-of-the-clone"],
        ["config", "user.name", AUTHOR],
        ["config", "user.email", MAIL],
        ["remote", "add", "origin", REMOTE],
        ["commit", "-q", "--allow-empty", "-m", "Message of a commit"],
    ):
        subprocess.run(["git", *words], cwd=clone, check=True)
    monkeypatch.chdir(clone)
    return clone


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Of a shell in which somebody uses LangSmith for something else."""
    elsewhere = {
        "LANGSMITH_ENDPOINT": "http://127.0.0.1:9/other-endpoint",
        "LANGCHAIN_ENDPOINT": "http://127.0.0.1:9/other-endpoint",
        "LANGSMITH_PROJECT": "project-of-the-shell",
        "LANGSMITH_WORKSPACE_ID": "workspace-of-the-shell",
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_REVISION_ID": "revision-of-the-shell",
        "LANGSMITH_TRACING_SAMPLING_RATE": "0.0",
        "LANGSMITH_HIDE_OUTPUTS": "true",
        "LANGSMITH_HOST_NAME": "host-name-of-the-shell",
        "LANGSMITH_CONFIG_FILE": str(tmp_path / "profiles.json"),
        "LANGSMITH_PROFILE": "profile-of-the-shell",
        "GIT_AUTHOR_EMAIL": MAIL,
    }
    (tmp_path / "profiles.json").write_text("{}")
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_key_of_the_shell")
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    return [
        "lsv2_key_of_the_shell",
        *(value for name, value in elsewhere.items() if value not in ("true", "0.0")),
    ]


def test_nothing_of_git_of_the_machine_or_of_the_shell_is_sent(
    server: LangSmithServer, tmp_path: Path, in_a_clone: Path, variables: list[str]
) -> None:
    desk = Desk(server)
    parcels: list[Dataset | Experiment] = [dataset(tmp_path), experiment(tmp_path)]
    for parcel in parcels:
        desk.send(parcel)

    sent = server.traffic.decode("utf-8", "replace")
    assert "für Tests" in sent
    for secret in (
        *variables, AUTHOR, MAIL, REMOTE, "github.example", "main-of-the-clone", "Message of a commit", str(tmp_path),
        socket.gethostname(), platform.platform(), platform.release(), str(Path.home()), "py_implementation",
    ):  # fmt: skip
        assert secret not in sent, secret
    assert f'"{getpass.getuser()}"' not in sent
    assert all(run["outputs"] == {} or "output" in run["outputs"] for run in server.runs.values())
    assert len(server.runs) == 3


def test_addresses_of_the_shell_are_not_used(
    server: LangSmithServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGSMITH_RUNS_ENDPOINTS", '{"http://127.0.0.1:9/replica": "replica-key"}')
    desk = Desk(server)
    desk.send(dataset(tmp_path))
    desk.send(experiment(tmp_path))
    assert len(server.runs) == 3


def test_variables_that_contradict_each_other_are_said(
    server: LangSmithServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGSMITH_RUNS_ENDPOINTS", '{"http://127.0.0.1:9/replica": "replica-key"}')
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "http://127.0.0.1:9/other")
    with pytest.raises(PolicyViolation, match="refuses to start"):
        Desk(server).send(dataset(tmp_path))


def test_nobody_is_traced_while_it_is_sent(
    server: LangSmithServer, tmp_path: Path, variables: list[str]
) -> None:
    desk = Desk(server)
    desk.send(dataset(tmp_path))
    assert {one for one in server.asked if "runs" in one} == set()


def test_headers_tell_the_client_and_nothing_of_the_machine(server: LangSmithServer, tmp_path: Path) -> None:
    Desk(server).send(dataset(tmp_path))
    known = {
        "accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent", "x-api-key",
    }  # fmt: skip
    assert {name for one in server.requests for name in one.headers} <= known
    assert all(one.headers["user-agent"].startswith("langsmith-py/") for one in server.requests)


def test_a_preview_names_everything_but_the_texts(server: LangSmithServer, tmp_path: Path) -> None:
    desk = Desk(server)
    splits = {"train": write(tmp_path / "canary.jsonl", [line(n, CANARY) for n in range(5)])}
    made = experiment(tmp_path)
    (tmp_path / "items.jsonl").write_text((tmp_path / "items.jsonl").read_text().replace("chapter-1", CANARY))
    parcels = [dataset(tmp_path, splits=splits), experiment(tmp_path), made]
    shown = [desk.sink.preview(parcel, {}) for parcel in parcels[:2]]

    assert server.requests == []
    assert all(CANARY not in text for text in shown)
    assert '"examples": 5' in shown[0]
    assert f"<text of {len(CANARY)} characters>" in shown[0]
    assert '"clinft_items"' in shown[1]
    assert '"correct": 1.0' in shown[1]


def test_a_preview_of_what_is_there_is_empty(server: LangSmithServer, tmp_path: Path) -> None:
    desk = Desk(server)
    parcels: list[Dataset | Experiment] = [dataset(tmp_path), experiment(tmp_path)]
    for parcel in parcels:
        desk.send(parcel)
    assert ["nothing" in desk.sink.preview(parcel, desk.memory) for parcel in parcels] == [True, True]


def test_check_only_reads_and_says_what_is_wrong(server: LangSmithServer) -> None:
    assert [one.ok for one in Desk(server).sink.check()] == [True, True, True]
    assert all(one.startswith("GET ") for one in server.asked)
    (wrong,) = Desk(server, key="lsv2_pt_wrong").sink.check()
    assert not wrong.ok
    assert "service key" in wrong.advice
