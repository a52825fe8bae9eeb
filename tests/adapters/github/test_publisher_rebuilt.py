"""A branch of ours as one commit on the newest main; what was ever proposed; results that go to main itself."""

import pytest

from clinft.adapters.github import GitHubPublisher
from clinft.adapters.github.client import Address
from clinft.errors import ClinftError
from tests.fakes.meanwhile import COMMIT, FILES, Meanwhile, refused

US = "github-actions[bot]"
BRANCH = "clinft/results/0123456789ab-a1"
CREATE, MOVE, DELETE = "git/create-ref", "git/update-ref", "git/delete-ref"
WANTED = {"projects/demo/a": b"1\n", "projects/tracking/runs.csv": b"all rows\n"}


def publisher(server: Meanwhile, pushes_to: str | None = None) -> GitHubPublisher:
    address = Address(server.api, "hosp/clinft", server.token, "report")
    return GitHubPublisher(address, US, pause_seconds=0, pushes_to=pushes_to)


def rebuild(server: Meanwhile) -> str:
    return publisher(server).rebuild(BRANCH, str(server.tip("main")), WANTED, "Results of r")


@pytest.fixture
def old(meanwhile: Meanwhile) -> Meanwhile:
    """The branch left main two commits ago, has two commits itself, and an open pull request."""
    meanwhile.repo.git("update-ref", f"refs/heads/{BRANCH}", "refs/heads/main")
    meanwhile.push(BRANCH, "projects/demo/a", b"1\n", US)
    meanwhile.push(BRANCH, "projects/tracking/runs.csv", b"one row\n", US)
    meanwhile.open_pull(7, BRANCH, author=US)
    meanwhile.push("main", "projects/tracking/runs.csv", b"other rows\n")
    return meanwhile


def as_wanted(server: Meanwhile) -> bool:
    tip, main = str(server.tip(BRANCH)), str(server.tip("main"))
    changed = {one.path for one in server.repo.changed(main, tip)}
    held = {path: server.repo.blob(tip, path) for path in WANTED}
    beside = [ref for ref in server.repo.refs() if ref.startswith("refs/heads/clinft/rebuilt/")]
    return (
        (server.repo.show(tip).parents, held) == ((main,), WANTED) and changed <= set(WANTED) and beside == []
    )


def test_one_commit_on_the_base_in_place_of_what_was_there(old: Meanwhile) -> None:
    old.push(BRANCH, "theirs", b"1")
    made = rebuild(old)
    assert as_wanted(old)
    assert made == old.tip(BRANCH) == old.head_sha(old.pulls[7])
    assert old.issues[7].state == "open"
    assert old.repo.show(made).committer.name == "GitHub"


def test_what_is_so_already_is_left_alone(old: Meanwhile) -> None:
    made, written = rebuild(old), len(old.writes)
    assert rebuild(old) == made
    assert len(old.writes) == written


def test_what_is_nearly_so_is_rebuilt(old: Meanwhile) -> None:
    first = rebuild(old)
    old.push("main", "elsewhere", b"1")  # the base moved
    second = rebuild(old)
    old.push(BRANCH, "theirs", b"1")  # a second commit with something else
    assert first != second
    rebuild(old)
    assert as_wanted(old)
    # One commit with the wanted files and one more.
    who = {f"GIT_{role}_{field}": "m" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
    more = old.repo.commit_files(str(old.tip("main")), {**WANTED, "theirs": b"1"}, (), "m", who)
    old.repo.git("update-ref", f"refs/heads/{BRANCH}", more)
    assert rebuild(old) != more
    assert as_wanted(old)


def test_a_branch_that_is_not_there_is_made(meanwhile: Meanwhile) -> None:
    rebuild(meanwhile)
    assert as_wanted(meanwhile)


def test_a_branch_that_somebody_made_meanwhile_is_moved_too(meanwhile: Meanwhile) -> None:
    name = f"refs/heads/{BRANCH}"
    # The first creation is of the branch beside it.
    meanwhile.before = {CREATE: [lambda: None, lambda: meanwhile.repo.git("update-ref", name, "main")]}
    rebuild(meanwhile)
    assert as_wanted(meanwhile)


@pytest.mark.parametrize("operation", [COMMIT, MOVE, DELETE, CREATE, FILES])
def test_a_lost_answer_leaves_one_commit(old: Meanwhile, operation: str) -> None:
    old.fail_next(operation, 502, after_accepting=True)
    rebuild(old)
    assert as_wanted(old)


@pytest.mark.parametrize("operation", [COMMIT, MOVE])
def test_a_job_that_was_cut_off_is_made_good_by_the_next(old: Meanwhile, operation: str) -> None:
    before = old.tip(BRANCH)
    old.fail_next(operation, 403)
    refused(lambda: rebuild(old), old.token)
    assert old.tip(BRANCH) == before
    rebuild(old)
    assert as_wanted(old)


def test_the_newest_that_was_ever_proposed(meanwhile: Meanwhile) -> None:
    for branch in (BRANCH, f"{BRANCH}0"):
        meanwhile.repo.git("update-ref", f"refs/heads/{branch}", "refs/heads/main")
        meanwhile.push(branch, "a", b"1", US)
    assert publisher(meanwhile).proposed(BRANCH) is None
    meanwhile.open_pull(3, BRANCH, author="mallory")
    meanwhile.open_pull(4, f"{BRANCH}0", author=US)
    assert publisher(meanwhile).proposed(BRANCH) is None
    meanwhile.open_pull(5, BRANCH, author=US)
    meanwhile.merge_pull(5)
    assert publisher(meanwhile).proposed(BRANCH) == 5
    meanwhile.open_pull(6, BRANCH, author=US)
    meanwhile.close_pull(6)
    meanwhile.ignored = ("head",)
    assert publisher(meanwhile).proposed(BRANCH) == 6
    assert meanwhile.writes == []


def test_main_is_written_to_where_it_was_named_and_nowhere_else(meanwhile: Meanwhile) -> None:
    base = str(meanwhile.tip("main"))
    for call in (
        lambda: publisher(meanwhile).commit("main", base, WANTED, (), "m"),
        lambda: publisher(meanwhile, "main").commit("stable", base, WANTED, (), "m"),
        lambda: publisher(meanwhile, "main").delete_branch("main"),
        lambda: publisher(meanwhile, "main").rebuild("main", base, WANTED, "m"),
        lambda: publisher(meanwhile, "main").open_pull("main", "stable", "title", "body"),
    ):
        with pytest.raises(ClinftError, match="bug in clinft"):
            call()
    assert meanwhile.log == []
    assert publisher(meanwhile, "main").commit("main", base, WANTED, (), "m") == meanwhile.tip("main") != base
    meanwhile.protect("main")
    refused(lambda: publisher(meanwhile, "main").commit("main", base, {"b": b"1"}, (), "m"), meanwhile.token)


def test_main_that_moved_on_is_not_written_over(meanwhile: Meanwhile) -> None:
    """Tables made from an older main lack the rows of the results that came in between."""
    base, table = str(meanwhile.tip("main")), "projects/tracking/runs.csv"
    meanwhile.before = {COMMIT: [lambda: meanwhile.push("main", table, b"other rows\n")]}
    error = refused(
        lambda: publisher(meanwhile, "main").commit("main", base, WANTED, (), "m"), meanwhile.token
    )
    assert "moved on" in error.what
    assert meanwhile.repo.blob("main", table) == b"other rows\n"
    assert meanwhile.writes == [COMMIT]


def test_a_lost_answer_of_main_is_found(meanwhile: Meanwhile) -> None:
    base = str(meanwhile.tip("main"))
    meanwhile.fail_next(COMMIT, 502, after_accepting=True)
    made = publisher(meanwhile, "main").commit("main", base, WANTED, (), "m")
    assert (meanwhile.tip("main"), meanwhile.repo.show(made).parents) == (made, (base,))
    assert meanwhile.writes == [COMMIT]
