"""Fetching over HTTP: with a token that nobody sees, and None for what cannot be had."""

import base64
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clinft.adapters.git import GitHistory
from clinft.errors import ServiceError
from tests.e2e.repository import Repository
from tests.fakes.github.bare import run_git
from tests.fakes.github.server import GitHubServer

NOWHERE = "1" * 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    with GitHubServer(tmp_path / "git") as running:
        yield running
        assert running.violations == []


@pytest.fixture
def people(server: GitHubServer, tmp_path: Path) -> Repository:
    return Repository(server, tmp_path / "people", files={"README.md": "first"})


@pytest.fixture
def clone(server: GitHubServer, people: Repository, tmp_path: Path) -> Path:
    """As of the first commit of main, before anything else happens."""
    target = tmp_path / "clone"
    run_git(tmp_path, "clone", "--quiet", str(server.bare), str(target))
    return target


def history(clone: Path, server: GitHubServer, token: str | None = None) -> GitHistory:
    environment = {"PATH": os.environ["PATH"], "HOME": os.devnull}
    return GitHistory(clone, environment, f"{server.base}/hosp/clinft", token or server.token)


def test_what_is_not_here_is_asked_of_the_remote(
    server: GitHubServer, people: Repository, clone: Path
) -> None:
    head = people.fork_head(7, {"a": "of a fork"})
    more = people.commit("main", {"b": "on main"})
    reader = history(clone, server)
    assert reader.resolve(head) is None
    assert reader.fetch(head) == head
    assert reader.fetch("refs/heads/main") == more
    assert reader.fetch("refs/pull/7/head") == head
    assert [one.path for one in reader.entries(head)] == ["README.md", "a"]
    # A branch is asked for each time: it moves.
    newer = people.commit("main", {"b": "again"})
    assert reader.fetch("refs/heads/main") == newer
    asked = len(server.git_log)
    assert reader.fetch(head) == head
    assert len(server.git_log) == asked
    assert (
        run_git(clone, "rev-parse", "HEAD", "refs/remotes/origin/main").split()
        == [run_git(clone, "rev-list", "--max-parents=0", "HEAD").strip()] * 2
    )
    assert not (clone / "b").exists()


@pytest.mark.parametrize(
    "revision",
    [
        NOWHERE,
        "refs/heads/nothing",
        "--upload-pack=touch x",
        "refs/heads/main:refs/heads/planted",
        "refs/heads/*",
        "refs/heads/main refs/heads/main",
        "^refs/heads/main",
        "$(touch x)",
    ],
)
def test_what_cannot_be_had_is_none(server: GitHubServer, clone: Path, revision: str) -> None:
    reader = history(clone, server)
    assert reader.fetch("refs/heads/main")
    refs = run_git(clone, "for-each-ref")
    assert reader.fetch(revision) is None
    assert run_git(clone, "for-each-ref") == refs
    assert not list(clone.rglob("x"))


def test_a_wrong_token_or_no_server_gives_none_and_asks_nobody(server: GitHubServer, clone: Path) -> None:
    assert history(clone, server, "ghs_wrong").fetch("refs/heads/main") is None
    nobody = GitHistory(clone, os.environ, f"{server.base}/hosp/clinft")
    assert nobody.fetch("refs/heads/main") is None
    closed = GitHistory(clone, os.environ, "http://127.0.0.1:1/hosp/clinft", server.token)
    assert closed.fetch("refs/heads/main") is None
    assert server.git_log == []


def test_without_a_remote_only_what_is_here_is_known(clone: Path) -> None:
    reader = GitHistory(clone, os.environ)
    here = run_git(clone, "rev-parse", "HEAD").decode().strip()
    assert reader.fetch("refs/heads/main") == reader.fetch(here) == here
    assert reader.fetch(NOWHERE) is None


class Watching(BaseHTTPRequestHandler):
    """Sees what every process of this machine was called with while git waits for an answer."""

    seen: list[tuple[str, str]]

    def do_GET(self) -> None:  # the name http.server looks for
        lines = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue  # ended meanwhile
        self.seen.append((self.headers.get("Authorization", ""), "\n".join(lines)))
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def watching() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    class Handler(Watching):
        seen: list[tuple[str, str]] = []  # noqa: RUF012  # of this test only

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", Handler.seen
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs Linux's list of processes")
def test_the_token_travels_in_a_header_and_stands_in_no_command_line(
    clone: Path, watching: tuple[str, list[tuple[str, str]]]
) -> None:
    base, seen = watching
    token = "ghs_secret0123456789"
    encoded = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    reader = GitHistory(clone, os.environ, f"{base}/hosp/clinft", token)
    assert reader.fetch("refs/heads/main") is None
    ((header, processes),) = seen
    assert header == f"basic {encoded}"
    # Git itself is among the processes, with the remote's address, and without the token.
    assert f"{base}/hosp/clinft +refs/heads/main:refs/clinft/fetched" in processes
    assert token not in processes
    assert encoded not in processes
    assert token not in repr(reader)
    for path in (clone / ".git").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert token.encode() not in data
            assert encoded.encode() not in data


def test_the_token_is_sent_to_its_own_host_only(
    server: GitHubServer, clone: Path, watching: tuple[str, list[tuple[str, str]]], tmp_path: Path
) -> None:
    """A user's `insteadOf` leads elsewhere: the header stays behind."""
    base, seen = watching
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[url "{base}/"]\n\tinsteadOf = {server.base}/\n')
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    reader = GitHistory(clone, environment, f"{server.base}/hosp/clinft", server.token)
    assert reader.fetch("refs/heads/main") is None
    assert [header for header, _ in seen] == [""]


def test_a_shallow_clone_is_refused_with_what_to_do(
    server: GitHubServer, people: Repository, tmp_path: Path
) -> None:
    first = str(server.repo.ref("refs/heads/main"))
    people.commit("main", {"a": "1"})
    tip = people.commit("main", {"b": "1"})
    shallow = tmp_path / "shallow"
    run_git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{server.bare}", str(shallow))
    reader = history(shallow, server)
    # A cut history pretends that its oldest commit brought everything and has no parent.
    for call in (
        lambda: reader.newest(tip, ["a"]),
        lambda: reader.parents(tip),
        lambda: reader.outside(tip, "projects"),
        lambda: reader.roots(tip),
        lambda: reader.differences(first, tip),
    ):
        with pytest.raises(ServiceError) as refused:
            call()
        assert "cannot be read" in refused.value.what
        assert "shallow" in refused.value.cause
        assert "fetch-depth: 0" in refused.value.next_step
    assert [one.path for one in reader.entries(tip)] == ["README.md", "a", "b"]
