"""The GitHub of the tests: runs of workflows and their artifacts, driven by PyGithub and by plain requests."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from github import Auth, Github, GithubException
from github.Repository import Repository

from tests.fakes.github.bare import identity
from tests.fakes.github.server import GitHubServer
from tests.fakes.github.workflow_runs import zipped

WHO = {**identity("alice"), **identity("alice", role="COMMITTER")}
ACTIONS = "/repos/hosp/clinft/actions"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    with GitHubServer(tmp_path / "git") as running:
        tree = running.repo.git("mktree", stdin=b"")
        first = running.repo.git("commit-tree", tree, "-m", "first", env=WHO)
        running.repo.git("update-ref", "refs/heads/main", first)
        yield running


@pytest.fixture
def repo(server: GitHubServer) -> Repository:
    api = Github(
        auth=Auth.Token(server.token),
        base_url=server.api,
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=None,
    )
    return api.get_repo("hosp/clinft")


def answer(server: GitHubServer, path: str, token: bool = True) -> requests.Response:
    url = path if path.startswith("http") else f"{server.api}{path}"
    headers = {"Authorization": f"Bearer {server.token}"} if token else {}
    return requests.get(url, headers=headers, allow_redirects=False, timeout=5)


def test_runs_are_told_in_github_s_words(server: GitHubServer, repo: Repository) -> None:
    server.add_workflow_run(11, event="schedule", path=".github/workflows/reconcile.yml", attempt=2)
    server.add_workflow_run(12, repository="mallory/copy", head_branch="evil", head_sha="1" * 40)
    server.end_run(12, "failure")
    live, ended = repo.get_workflow_run(11), repo.get_workflow_run(12)
    assert (live.status, live.run_attempt, live.event) == ("in_progress", 2, "schedule")
    assert not live.conclusion
    assert live.head_sha == server.repo.ref("refs/heads/main")
    assert live.head_repository.full_name == live.repository.full_name == "hosp/clinft"
    assert (ended.status, ended.conclusion, ended.head_sha) == ("completed", "failure", "1" * 40)
    assert ended.head_repository.full_name == "mallory/copy"
    with pytest.raises(GithubException) as missing:
        _ = repo.get_workflow_run(13).status
    assert missing.value.status == 404
    assert server.violations == []


def test_runs_of_a_workflow_are_listed_newest_first(server: GitHubServer) -> None:
    for number in range(1, 41):
        server.add_workflow_run(number, event="push" if number % 2 else "workflow_dispatch")
    server.add_workflow_run(99, path=".github/workflows/reconcile.yml")
    server.end_run(3, "success")
    listed = answer(server, f"{ACTIONS}/workflows/train.yml/runs?per_page=30")
    assert [one["id"] for one in listed.json()["workflow_runs"]] == list(range(40, 10, -1))
    assert listed.json()["total_count"] == 40
    rest = answer(server, listed.links["next"]["url"])
    assert [one["id"] for one in rest.json()["workflow_runs"]] == list(range(10, 0, -1))
    odd = [number for number in range(39, 0, -2) if number != 3]
    filtered = {
        "status=success": [3],
        "event=push&branch=main&status=in_progress": odd,
        "event=push&branch=other": [],
        f"head_sha={'1' * 40}": [],
        f"head_sha={server.repo.ref('refs/heads/main')}&event=push": sorted([*odd, 3], reverse=True),
    }
    for query, expected in filtered.items():
        told = answer(server, f"{ACTIONS}/workflows/train.yml/runs?{query}&per_page=100").json()
        assert [one["id"] for one in told["workflow_runs"]] == expected
    assert answer(server, f"{ACTIONS}/workflows/none.yml/runs").status_code == 404
    assert server.violations == []
    # A filter that nobody built is not a filter that lets everything through.
    assert answer(server, f"{ACTIONS}/workflows/train.yml/runs?actor=alice").status_code == 500
    assert server.violations == ["handler actions/list-workflow-runs: KeyError('actor')"]


def test_what_is_described_and_not_built_is_not_there(server: GitHubServer) -> None:
    assert answer(server, "/rate_limit").status_code == 200
    del server.operations["rate-limit/get"]
    assert answer(server, "/rate_limit").status_code == 404
    assert server.violations == ["no such operation: GET /rate_limit"]


def test_what_is_built_is_described(server: GitHubServer) -> None:
    assert set(server.operations) <= {one.id for one in server.spec.operations}


def test_a_download_leads_to_a_store_that_wants_no_token(server: GitHubServer) -> None:
    server.add_workflow_run(11)
    number = server.add_artifact(11, "bundle", {"b/x": b"2", "a": b"1"})
    told = answer(server, f"{ACTIONS}/artifacts/{number}").json()
    led = answer(server, f"{ACTIONS}/artifacts/{number}/zip")
    assert (led.status_code, led.content) == (302, b"")
    data = answer(server, led.headers["Location"], token=False).content
    assert told["digest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert told["size_in_bytes"] == len(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a": b"1", "b/x": b"2"}
        assert archive.namelist() == ["a", "b/x"]
    assert server.violations == []
    for address in (led.headers["Location"][:-1], led.headers["Location"].partition("?")[0]):
        assert answer(server, address, token=False).status_code == 403
    assert server.violations == []
    assert answer(server, led.headers["Location"]).status_code == 403
    assert server.violations == ["GitHub's token was sent to the artifact store"]
    assert [one.status for one in server.store_log] == [200, 403, 403, 403]


def test_what_is_over_or_not_there_is_not_handed_out(server: GitHubServer) -> None:
    server.add_workflow_run(11)
    number = server.add_artifact(11, "old", {"a": b"1"}, expired=True)
    assert answer(server, f"{ACTIONS}/artifacts/{number}").json()["expired"] is True
    assert answer(server, f"{ACTIONS}/artifacts/{number}/zip").status_code == 410
    assert answer(server, f"{ACTIONS}/artifacts/{number}/tar").status_code == 404
    assert answer(server, f"{ACTIONS}/artifacts/77/zip").status_code == 404
    assert answer(server, f"{ACTIONS}/runs/12/artifacts").status_code == 404
    assert server.violations == []


def test_the_same_files_are_the_same_bytes() -> None:
    one, other = zipped({"a": b"1", "b": b"2"}), zipped({"b": b"2", "a": b"1"})
    assert one == other
    assert one != zipped({"a": b"1", "b": b"3"})


def test_the_folder_of_the_upload_stand_in_is_seen(server: GitHubServer, tmp_path: Path) -> None:
    server.artifacts_folder = tmp_path / "artifacts"
    server.add_workflow_run(11)
    server.add_workflow_run(12)

    def listed(run: int) -> list[tuple[int, str, str]]:
        told = answer(server, f"{ACTIONS}/runs/{run}/artifacts").json()["artifacts"]
        return [(one["id"], one["name"], one["digest"]) for one in told]

    assert listed(11) == []
    for path in ("11/bundle-x/run/a.json", "11/bundle-x/b", "11/empty/.keep", "12/other/a"):
        (tmp_path / "artifacts" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "artifacts" / path).write_bytes(path.encode())
    kept = server.add_artifact(11, "by hand", {"a": b"1"})
    first = listed(11)
    assert sorted(name for _, name, _ in first) == ["bundle-x", "by hand", "empty"]
    assert [name for _, name, _ in listed(12)] == ["other"]
    assert listed(11) == first
    assert kept in {number for number, _, _ in first}
    number, _, digest = next(one for one in first if one[1] == "bundle-x")
    led = answer(server, f"{ACTIONS}/artifacts/{number}/zip").headers["Location"]
    data = answer(server, led, token=False).content
    assert digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["b", "run/a.json"]
    assert server.violations == []


def test_a_run_is_cancelled_once(server: GitHubServer, repo: Repository) -> None:
    server.add_workflow_run(11)
    assert repo.get_workflow_run(11).cancel()
    assert not repo.get_workflow_run(11).cancel()
    assert server.cancels == [11]
    assert (repo.get_workflow_run(11).status, repo.get_workflow_run(11).conclusion) == (
        "completed",
        "cancelled",
    )
    assert server.violations == []
