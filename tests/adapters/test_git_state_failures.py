"""Writing when something fails half-way: a lost answer is found out, a refusal says which permission it lacks."""

import base64
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinft.adapters.git import GitHistory
from clinft.adapters.git_state import GitStateStore
from clinft.artifacts.run_state import Claim, ProjectState
from clinft.errors import ServiceError
from clinft.ports.state import Version
from tests.fakes.git_objects import marks, writes_mark
from tests.fakes.github.bare import BareRepository, identity, run_git
from tests.fakes.github.server import GitHubServer

REF = "refs/clinft/demo"
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.devnull}
EMPTY = Version(ProjectState(project="demo"), None)


def counted(number: int) -> ProjectState:
    claim = Claim(workflow_run=number, attempt=1, run_id="aaaaaaaaaaaa-a1", taken_at="", lease_until="")
    return ProjectState(project="demo", holder=claim)


@pytest.fixture
def remote(tmp_path: Path) -> BareRepository:
    return BareRepository(tmp_path / "remote.git")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    run_git(tmp_path, "init", "--quiet", "clone")
    return tmp_path / "clone"


@pytest.fixture
def store(remote: BareRepository, clone: Path) -> GitStateStore:
    return GitStateStore(clone, ENVIRONMENT, str(remote.path), None)


def on_write(remote: BareRepository, moment: str, commands: str, hook: str = "reference-transaction") -> None:
    """What the server does at a moment of each write: prepared is before it, committed after it."""
    path = remote.path / "hooks" / hook
    path.write_text(f'#!/bin/sh\nif [ "$1" = "{moment}" ]; then\n{commands}\nfi\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_a_write_whose_answer_was_lost_is_found_out(remote: BareRepository, store: GitStateStore) -> None:
    on_write(remote, "committed", "kill -9 $PPID")
    assert store.swap(EMPTY, counted(1))
    assert store.swap(store.read("demo"), counted(2))
    assert store.read("demo").state == counted(2)
    assert len(remote.log(REF)) == 2


def test_it_is_found_out_also_below_what_somebody_else_wrote_since(
    remote: BareRepository, store: GitStateStore
) -> None:
    names = " ".join(
        f'{name}="{value}"'
        for role in ("AUTHOR", "COMMITTER")
        for name, value in identity("x", role=role).items()
    )
    on_write(
        remote,
        "committed",
        f"[ -e done ] && exit 0\ntouch done\n"
        f"next=$({names} git commit-tree {REF}^{{tree}} -p {REF} -m next)\n"
        f"git update-ref {REF} $next\nkill -9 $PPID",
    )  # fmt: skip
    assert store.swap(EMPTY, counted(1))
    assert [commit.message for commit in remote.log(REF)][:1] == ["next"]


def test_what_was_lost_before_it_was_written_is_said(remote: BareRepository, store: GitStateStore) -> None:
    on_write(remote, "prepared", "kill -9 $PPID")
    with pytest.raises(ServiceError, match=f"{REF} cannot be written"):
        store.swap(EMPTY, counted(1))
    assert remote.ref(REF) is None


def test_who_meets_another_writer_at_the_server_tries_again(
    remote: BareRepository, store: GitStateStore
) -> None:
    lock = remote.path / f"{REF}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    assert not store.swap(EMPTY, counted(1))
    lock.unlink()
    assert store.swap(EMPTY, counted(1))


def test_a_rule_of_the_repository_is_named(remote: BareRepository, store: GitStateStore) -> None:
    on_write(remote, "", "echo 'GH013: Repository rule violations found' >&2; exit 1", hook="pre-receive")
    with pytest.raises(ServiceError, match=f"{REF} cannot be written") as refused:
        store.swap(EMPTY, counted(1))
    assert "rule of the repository" in refused.value.cause
    assert "GH013" not in str(refused.value)


def test_a_document_that_nobody_could_read_is_not_written(
    remote: BareRepository, store: GitStateStore
) -> None:
    state = counted(1)
    assert state.holder is not None
    huge = state.holder.model_copy(update={"taken_at": "x" * 5_000_000})
    with pytest.raises(ServiceError, match="too large"):
        store.swap(EMPTY, state.model_copy(update={"holder": huge}))
    assert remote.refs() == {}


def test_nothing_of_the_clone_is_run_or_changed(
    remote: BareRepository, store: GitStateStore, clone: Path, tmp_path: Path
) -> None:
    (clone / "file").write_text("mine")
    for hook in ("pre-push", "reference-transaction", "post-checkout", "pre-auto-gc"):
        (clone / ".git" / "hooks" / hook).symlink_to(writes_mark(tmp_path, hook))
    run_git(clone, "config", "core.hooksPath", str(clone / ".git" / "hooks"))
    program = str(writes_mark(tmp_path, "program"))
    for name in ("gpg.program", "core.fsmonitor", "core.editor", "core.pager", "diff.external"):
        run_git(clone, "config", name, program)
    for name in (
        "commit.gpgSign",
        "push.gpgSign",
        "push.followTags",
        "push.useForceIfIncludes",
        "fetch.prune",
    ):
        run_git(clone, "config", name, "true")
    run_git(clone, "config", "push.recurseSubmodules", "on-demand")
    assert store.swap(EMPTY, counted(1))
    assert store.projects() == ("demo",)
    other = GitStateStore(tmp_path / "clone", ENVIRONMENT, str(remote.path), None)
    assert other.swap(other.read("demo"), counted(2))
    assert other.read("demo").state == counted(2)
    assert marks(tmp_path) == []
    assert run_git(clone, "status", "--porcelain") == b"?? file\n"


def test_a_shallow_checkout_will_do_and_a_whole_one_stays_whole(
    remote: BareRepository, tmp_path: Path
) -> None:
    tree = remote.git("mktree", stdin=b"")
    names = {**identity("alice"), **identity("alice", role="COMMITTER")}
    first = remote.git("commit-tree", tree, "-m", "first", env=names)
    remote.git(
        "update-ref",
        "refs/heads/main",
        remote.git("commit-tree", tree, "-p", first, "-m", "second", env=names),
    )
    for name, *flags in (("shallow", "--depth=1"), ("whole",)):
        run_git(tmp_path, "clone", "--quiet", *flags, f"file://{remote.path}", name)
        store = GitStateStore(tmp_path / name, ENVIRONMENT, str(remote.path), None)
        assert store.swap(store.read("demo"), counted(len(name)))
        assert store.read("demo").state == counted(len(name))
    # Another worker's version had to be fetched here.
    assert GitHistory(tmp_path / "whole", ENVIRONMENT).parents("refs/remotes/origin/main") == (first,)
    refs = run_git(tmp_path / "whole", "for-each-ref", "--format=%(refname)").decode().split()
    assert [ref for ref in refs if "clinft" in ref] == ["refs/clinft-state/demo"]


@pytest.mark.parametrize("missing", ["git", "remote", "clone"])
def test_what_is_not_there_is_said(remote: BareRepository, clone: Path, tmp_path: Path, missing: str) -> None:
    environment = {"PATH": str(tmp_path)} if missing == "git" else ENVIRONMENT
    address = str(tmp_path / "nowhere") if missing == "remote" else str(remote.path)
    lacking = GitStateStore(tmp_path / "nowhere" if missing == "clone" else clone, environment, address, None)
    for call in (lacking.projects, lambda: lacking.read("demo"), lambda: lacking.swap(EMPTY, counted(1))):
        with pytest.raises(ServiceError) as refused:
            call()
        assert refused.value.next_step
        assert str(tmp_path) not in str(refused.value)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    with GitHubServer(tmp_path / "git") as running:
        yield running
        assert running.violations == []


def over_http(server: GitHubServer, clone: Path, token: str | None) -> GitStateStore:
    return GitStateStore(clone, ENVIRONMENT, f"{server.base}/hosp/clinft", token)


def test_over_http_the_token_opens_and_stays_nowhere(
    server: GitHubServer, clone: Path, tmp_path: Path
) -> None:
    store = over_http(server, clone, server.token)
    assert store.swap(store.read("demo"), counted(1))
    run_git(tmp_path, "init", "--quiet", "another")
    other = over_http(server, tmp_path / "another", server.token)
    before = other.read("demo")
    assert store.swap(store.read("demo"), counted(2))
    assert not other.swap(before, counted(3))
    assert (other.projects(), other.read("demo").state) == (("demo",), counted(2))
    for path in (tmp_path / "another" / ".git").rglob("*"):
        assert not path.is_file() or server.token.encode() not in path.read_bytes()


def test_what_a_checkout_left_in_the_clone_is_not_sent(server: GitHubServer, clone: Path) -> None:
    left = base64.b64encode(b"x-access-token:ghs_left").decode()
    run_git(clone, "config", f"http.{server.base}/.extraheader", f"AUTHORIZATION: basic {left}")
    store = over_http(server, clone, server.token)
    assert store.swap(store.read("demo"), counted(1))


@pytest.mark.parametrize("token", ["ghs_wrong", None])
def test_a_wrong_token_is_said_and_not_shown(server: GitHubServer, clone: Path, token: str | None) -> None:
    store = over_http(server, clone, token)
    for call in (store.projects, lambda: store.read("demo"), lambda: store.swap(EMPTY, counted(1))):
        with pytest.raises(ServiceError) as refused:
            call()
        assert "cannot be" in refused.value.what
        assert "The token is missing, wrong" in refused.value.cause
        assert "ghs_" not in str(refused.value)
        assert server.base not in str(refused.value)


def test_a_token_that_may_only_read_lacks_a_permission_with_a_name(server: GitHubServer, clone: Path) -> None:
    store = over_http(server, clone, server.token)
    assert store.swap(EMPTY, counted(1))
    server.readonly = True
    before = store.read("demo")
    assert before.state == counted(1)
    with pytest.raises(ServiceError, match=f"{REF} cannot be written") as refused:
        store.swap(before, counted(2))
    assert "`contents: write`" in refused.value.next_step
    assert store.read("demo") == before


def test_another_repository_and_a_silent_server_are_told_apart(server: GitHubServer, clone: Path) -> None:
    elsewhere = GitStateStore(clone, ENVIRONMENT, f"{server.base}/hosp/other", server.token)
    with pytest.raises(ServiceError, match="cannot be read") as refused:
        elsewhere.read("demo")
    assert "no such repository" in refused.value.cause
    closed = GitStateStore(clone, ENVIRONMENT, "http://127.0.0.1:1/hosp/clinft", server.token)
    with pytest.raises(ServiceError, match="cannot be read") as silent:
        closed.read("demo")
    assert "did not answer" in silent.value.cause
    with pytest.raises(ServiceError, match=f"Nobody knows whether {REF} was written"):
        closed.swap(EMPTY, counted(1))
