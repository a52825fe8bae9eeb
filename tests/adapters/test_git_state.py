"""One document per project in a ref of a real repository: who is slower, too late or not allowed is told so."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.git_state import GitStateStore
from clinft.artifacts.run_state import Claim, ProjectState
from clinft.errors import ServiceError, SpecError
from clinft.pipeline.github.state import Taken, holds, renew, take, update
from clinft.ports.state import NoState, Version
from clinft.run_folder import to_bytes
from tests.fakes.github.bare import BareRepository, identity, run_git

REF = "refs/clinft/demo"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WHO = {**identity("mallory"), **identity("mallory", role="COMMITTER")}
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.devnull}


@pytest.fixture
def remote(tmp_path: Path) -> BareRepository:
    return BareRepository(tmp_path / "remote.git")


@pytest.fixture
def another(remote: BareRepository, tmp_path: Path) -> Callable[[], GitStateStore]:
    """Stores in clones of their own."""

    def make() -> GitStateStore:
        folder = tmp_path / f"clone-{len(list(tmp_path.glob('clone-*')))}"
        run_git(tmp_path, "init", "--quiet", str(folder))
        return GitStateStore(folder, ENVIRONMENT, str(remote.path), None)

    return make


def counted(number: int, project: str = "demo") -> ProjectState:
    claim = Claim(workflow_run=number, attempt=1, run_id="aaaaaaaaaaaa-a1", taken_at="", lease_until="")
    return ProjectState(project=project, holder=claim)


def count(state: ProjectState) -> int:
    return state.holder.workflow_run if state.holder else 0


def test_each_version_is_a_commit_on_the_former_one(
    remote: BareRepository, another: Callable[[], GitStateStore]
) -> None:
    store, reader = another(), another()
    assert store.projects() == ()
    empty = store.read("demo")
    assert empty == Version(ProjectState(project="demo"), None)
    assert store.swap(empty, counted(1))
    first = reader.read("demo")
    assert first == Version(counted(1), remote.ref(REF))
    assert reader.swap(first, counted(2))
    assert store.read("demo").state == counted(2)
    assert store.swap(store.read("demo"), counted(3))
    # Another project's document is another one.
    assert store.swap(store.read("other"), counted(9, "other"))
    assert store.projects() == reader.projects() == ("demo", "other")
    assert reader.read("demo").state == counted(3)

    log = remote.log(REF)
    assert [len(commit.parents) for commit in log] == [1, 1, 0]
    documents = [remote.blob(commit.sha, "state.json") for commit in log]
    assert documents == [to_bytes(counted(number)) for number in (3, 2, 1)]
    assert remote.git("ls-tree", "-r", "--name-only", REF) == "state.json"
    people = {(one.name, one.email) for commit in log for one in (commit.author, commit.committer)}
    assert people == {("clinft", "noreply@clinft.invalid")}


def test_who_is_slower_loses(remote: BareRepository, another: Callable[[], GitStateStore]) -> None:
    one, two = another(), another()
    nothing = (one.read("demo"), two.read("demo"))
    assert one.swap(nothing[0], counted(1))
    assert not two.swap(nothing[1], counted(2))
    seen = (one.read("demo"), two.read("demo"))
    assert two.swap(seen[1], counted(2))
    assert not one.swap(seen[0], counted(3))
    # Not even where both write the same: each has to know who made it.
    same = (one.read("demo"), two.read("demo"))
    assert one.swap(same[0], counted(4))
    assert not two.swap(same[1], counted(4))
    assert len(remote.log(REF)) == 3


def test_of_many_at_once_exactly_one_wins_and_no_change_is_lost(
    remote: BareRepository, another: Callable[[], GitStateStore]
) -> None:
    stores = [another() for _ in range(4)]
    stores.append(stores[0])  # two threads in one clone
    gate = threading.Barrier(len(stores))
    retried: list[float] = []

    def races(number: int) -> list[bool]:
        won = []
        for round_number in range(3):
            before = stores[number].read("demo")
            gate.wait()
            won.append(stores[number].swap(before, counted(10 * round_number + number)))
            gate.wait()
        return won

    def counts(number: int) -> None:
        for _ in range(2):
            update(
                stores[number],
                "demo",
                lambda state: counted(count(state) + 1),
                tries=60,
                sleep=retried.append,
            )

    with ThreadPoolExecutor(len(stores)) as pool:
        rounds = list(zip(*pool.map(races, range(len(stores))), strict=True))
        assert [sum(won) for won in rounds] == [1, 1, 1]
        before = stores[0].read("demo").state
        list(pool.map(counts, range(len(stores))))
    assert count(stores[0].read("demo").state) == count(before) + 2 * len(stores)
    assert len(remote.log(REF)) == 3 + 2 * len(stores)
    assert retried, "nobody met anybody"


def test_the_old_holder_wakes_up_and_finds_the_lock_taken(another: Callable[[], GitStateStore]) -> None:
    asleep, awake = another(), another()
    lease = timedelta(hours=1)

    def taking(by: int, now: datetime) -> Callable[[ProjectState], ProjectState]:
        def change(state: ProjectState) -> ProjectState:
            answer = take(
                state,
                claim_by=(by, 1),
                purpose="train",
                plan_digest="a" * 64,
                on_main={},
                provider="fake",
                runner="gpu",
                main_sha="1" * 40,
                pull_request=None,
                now=now,
                lease=lease,
            )
            assert isinstance(answer, Taken)
            return answer.state

        return change

    update(asleep, "demo", taking(1, NOW))
    before = asleep.read("demo")
    update(awake, "demo", taking(2, NOW + lease))
    # It had read before it fell asleep, and holds the lock as far as it knows.
    longer = renew(before.state, 1, 1, now=NOW + 2 * lease, lease=lease)
    assert holds(longer, 1, 1, "aaaaaaaaaaaa-a1")
    assert not asleep.swap(before, longer)
    with pytest.raises(ServiceError, match="The lock of demo was lost"):
        update(asleep, "demo", lambda state: renew(state, 1, 1, now=NOW + 2 * lease, lease=lease))
    assert holds(asleep.read("demo").state, 2, 1, "aaaaaaaaaaaa-a1")


def test_a_deleted_ref_is_an_empty_state_and_whoever_held_it_has_lost(
    remote: BareRepository, another: Callable[[], GitStateStore]
) -> None:
    store = another()
    store.swap(store.read("demo"), counted(1))
    held = store.read("demo")
    remote.git("update-ref", "-d", REF)
    assert not store.swap(held, counted(2))
    assert store.projects() == ()
    empty = store.read("demo")
    assert empty == Version(ProjectState(project="demo"), None)
    assert store.swap(empty, counted(3))
    assert len(remote.log(REF)) == 1


def planted(remote: BareRepository, *files: tuple[str, str, bytes], ref: str = REF) -> None:
    """Somebody with write access pushes a commit of these (mode, name, content)."""
    lines = b"".join(
        f"{mode} blob {remote.git('hash-object', '-w', '--stdin', stdin=data)}\t{name}\0".encode()
        for mode, name, data in files
    )
    tree = remote.git("mktree", "-z", stdin=lines)
    remote.git("update-ref", ref, remote.git("commit-tree", tree, "-m", "planted", env=WHO))


GOOD = to_bytes(counted(1))
FILE = "100644"
JUNK: list[tuple[str, list[tuple[str, str, bytes]]]] = [
    ("no file", []),
    ("another name", [(FILE, "state.yaml", GOOD)]),
    ("one more file", [(FILE, "a", b""), (FILE, "state.json", GOOD)]),
    ("a link", [("120000", "state.json", b"/etc/passwd")]),
    ("a program", [("100755", "state.json", GOOD)]),
    ("nothing in it", [(FILE, "state.json", b"")]),
    ("no JSON", [(FILE, "state.json", b"<html>")]),
    ("no UTF-8", [(FILE, "state.json", b'{"project": "\xff"}')]),
    ("a list", [(FILE, "state.json", b"[]")]),
    ("deeply nested", [(FILE, "state.json", b"[" * 50_000)]),
    ("another project's", [(FILE, "state.json", to_bytes(counted(1, "other")))]),
    ("an unknown key", [(FILE, "state.json", GOOD.replace(b'"runs"', b'"more": 1, "runs"'))]),
    ("another type", [(FILE, "state.json", GOOD.replace(b'"workflow_run": 1', b'"workflow_run": "1"'))]),
    ("too large", [(FILE, "state.json", GOOD + b" " * 5_000_000)]),
]  # fmt: skip


@pytest.mark.parametrize(("why", "files"), JUNK, ids=[row[0] for row in JUNK])
def test_what_is_not_ours_is_refused_with_the_way_out(
    remote: BareRepository, another: Callable[[], GitStateStore], why: str, files: list[Any]
) -> None:
    planted(remote, *files)
    with pytest.raises(NoState, match=f"{REF} does not hold a state of clinft") as refused:
        another().read("demo")
    assert f"git push origin --delete {REF}" in refused.value.next_step
    assert "html" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("kind", ["blob", "tree", "tag"])
def test_a_ref_that_names_no_commit_is_refused(
    remote: BareRepository, another: Callable[[], GitStateStore], kind: str
) -> None:
    planted(remote, (FILE, "state.json", GOOD), ref="refs/heads/x")
    remote.git("tag", "-a", "v", "-m", "v", "refs/heads/x", env=WHO)
    names = {"blob": "refs/heads/x:state.json", "tree": "refs/heads/x^{tree}", "tag": "refs/tags/v"}
    remote.git("update-ref", REF, remote.git("rev-parse", names[kind]))
    with pytest.raises(NoState, match="does not hold a state of clinft"):
        another().read("demo")


def test_a_later_clinft_is_not_told_to_be_junk(
    remote: BareRepository, another: Callable[[], GitStateStore]
) -> None:
    planted(remote, (FILE, "state.json", b'{"schema_version": 2, "locks": []}'))
    with pytest.raises(NoState, match="a later version of clinft") as refused:
        another().read("demo")
    assert "delete" not in str(refused.value)


def test_a_history_that_was_replaced_by_force_is_read_as_it_is(
    remote: BareRepository, another: Callable[[], GitStateStore]
) -> None:
    store = another()
    store.swap(store.read("demo"), counted(1))
    before = store.read("demo")
    planted(remote, (FILE, "state.json", to_bytes(counted(7))))
    assert store.read("demo").state == counted(7)
    assert not store.swap(before, counted(2))


def test_only_projects_names_count_and_only_below_their_place(
    remote: BareRepository, another: Callable[[], GitStateStore]
) -> None:
    # Refs are asked for by the end of their names.
    names = ("refs/heads/x/refs/clinft/demo", "refs/clinft/deep/refs/clinft/demo")
    for name in (*names, *(f"refs/clinft/{one}" for one in ("UPPER", "nested/demo", "a\u2028b", "x", "a_b"))):
        planted(remote, (FILE, "state.json", GOOD), ref=name)
    store = another()
    assert store.projects() == ()
    assert store.read("demo").token is None
    assert store.swap(store.read("demo"), counted(1))
    assert store.projects() == ("demo",)
    assert remote.show(str(remote.ref(names[0]))).message == "planted"


@pytest.mark.parametrize("kind", ["heads", "tags"])
def test_a_branch_of_the_same_name_is_never_written_to(
    remote: BareRepository, another: Callable[[], GitStateStore], kind: str
) -> None:
    store = another()
    before = store.read("demo")
    planted(remote, (FILE, "state.json", GOOD), ref=f"refs/{kind}/{REF}")
    assert not store.swap(before, counted(1))
    with pytest.raises(NoState, match="A branch or a tag is called") as refused:
        store.read("demo")
    assert f"--delete refs/heads/{REF}" in refused.value.next_step
    assert remote.show(str(remote.ref(f"refs/{kind}/{REF}"))).message == "planted"


@pytest.mark.parametrize(
    "name", ["", "a", "A", "../demo", "demo/x", "de mo", "demo\n", "de:mo", "-demo", "--all", "*", "demo.lock"]
)  # fmt: skip
def test_what_is_no_projects_name_reaches_no_git(
    remote: BareRepository, another: Callable[[], GitStateStore], name: str
) -> None:
    store = another()
    with pytest.raises(SpecError, match="no project's name"):
        store.read(name)
    named = ProjectState.model_construct(project=name, holder=None, runs=())
    with pytest.raises(SpecError, match="no project's name"):
        store.swap(Version(named, None), named)
    assert remote.refs() == {}
