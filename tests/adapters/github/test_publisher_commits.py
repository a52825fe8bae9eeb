"""One commit on a branch of ours, whatever happens: not two, not over what nobody looked at, not elsewhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clinft.adapters.github import GitHubPublisher
from clinft.adapters.github.client import Address
from clinft.adapters.github.commits import blob_id
from clinft.errors import ClinftError, ServiceError
from tests.fakes.github.bare import run_git
from tests.fakes.meanwhile import COMMIT, FILES, Meanwhile, refused

US = "github-actions[bot]"
BRANCH = "clinft/results/0123456789ab-a1"
CREATE = "git/create-ref"
FOUND = {
    "projects/demo/runs/r/record.json": b'{"a":1}\n',
    "projects/demo/runs/r/report.md": "Bericht, ärztlich\r\n".encode(),
    "projects/demo/runs/r/empty": b"",
    "projects/demo/runs/r/plot.png": bytes(range(256)) * 20,
}
MESSAGE = "Results of r\n\nThe first line of the body.\nThe second.\n"


def publisher(server: Meanwhile) -> GitHubPublisher:
    return GitHubPublisher(Address(server.api, "hosp/clinft", server.token, "report"), US, pause_seconds=0)


def nowhere() -> GitHubPublisher:
    """Whatever asks anything of it fails in another way than the tests below want."""
    return GitHubPublisher(Address("http://127.0.0.1:9/api/v3", "hosp/clinft", "t", "report"), US, 0)


def commit(
    server: Meanwhile,
    additions: dict[str, bytes] | None = None,
    deletions: tuple[str, ...] = (),
    branch: str = BRANCH,
    base: str | None = None,
) -> str:
    base = base or str(server.tip("main"))
    wanted = FOUND if additions is None else additions
    return publisher(server).commit(branch, base, wanted, deletions, MESSAGE)


def branch_of(server: Meanwhile, *files: tuple[str, bytes]) -> None:
    server.repo.git("update-ref", f"refs/heads/{BRANCH}", str(server.tip("main")))
    for path, content in files:
        server.push(BRANCH, path, content, US)


def test_the_branch_is_made_at_its_base_and_holds_one_commit(meanwhile: Meanwhile) -> None:
    base = str(meanwhile.tip("main"))
    meanwhile.push("main", "later", b"main went on")
    made = commit(meanwhile, base=base)
    found = meanwhile.repo.show(made)
    assert (meanwhile.tip(BRANCH), found.parents) == (made, (base,))
    assert {path: meanwhile.repo.blob(made, path) for path in FOUND} == FOUND
    assert found.message == MESSAGE.strip()
    # GitHub commits, and therefore signs.
    assert (found.author.name, found.committer.name, found.committer.email) == (
        US,
        "GitHub",
        "noreply@github.com",
    )
    assert [one.operation_id for one in meanwhile.log] == [FILES, CREATE, FILES, COMMIT]


def test_what_the_branch_holds_already_is_not_committed_again(meanwhile: Meanwhile) -> None:
    made = commit(meanwhile)
    asked = len(meanwhile.log)
    assert commit(meanwhile, deletions=("projects/demo/never-there",)) == made
    assert [one.operation_id for one in meanwhile.log[asked:]] == [FILES]
    # Somebody's commit beside ours is no reason either; the tip is theirs then.
    theirs = meanwhile.push(BRANCH, "beside", b"x")
    assert commit(meanwhile) == theirs
    assert meanwhile.writes == [CREATE, COMMIT]


def test_nothing_asked_is_nothing_committed(meanwhile: Meanwhile) -> None:
    assert commit(meanwhile, {}) == meanwhile.tip("main") == meanwhile.tip(BRANCH)
    assert meanwhile.writes == [CREATE]


def test_only_what_differs_is_sent_and_the_newest_content_wins(meanwhile: Meanwhile) -> None:
    branch_of(meanwhile, ("same", b"same\n"), ("old", b"old\n"), ("gone", b"gone\n"), ("not ours", b"x"))
    before = str(meanwhile.tip(BRANCH))
    made = commit(meanwhile, {"same": b"same\n", "old": b"new\n", "added": b"1"}, ("gone", "never-there"))
    changed = {one.path: one.status for one in meanwhile.repo.changed(before, made)}
    assert changed == {"old": "modified", "gone": "removed", "added": "added"}
    assert meanwhile.repo.blob(made, "old") == b"new\n"


def test_a_blob_is_named_as_git_names_it(tmp_path: Path) -> None:
    for content in (b"", b"\n", b"a\r\nb", b"\0\xff", b"x" * 70_000):
        named = run_git(tmp_path, "hash-object", "--stdin", stdin=content)
        assert blob_id(content) == named.decode().strip()


@pytest.mark.parametrize("operation", [CREATE, COMMIT])
@pytest.mark.parametrize(("status", "times"), [(502, 1), (500, 3)])
def test_a_lost_answer_gives_no_second_commit(
    meanwhile: Meanwhile, operation: str, status: int, times: int
) -> None:
    meanwhile.fail_next(operation, status, after_accepting=True, times=times)
    assert commit(meanwhile) == meanwhile.tip(BRANCH)
    assert meanwhile.history(BRANCH) == ["Results of r"]
    assert meanwhile.writes == [CREATE, COMMIT]


@pytest.mark.parametrize("operation", [CREATE, COMMIT, FILES])
def test_a_cut_connection_gives_no_second_commit(meanwhile: Meanwhile, operation: str) -> None:
    meanwhile.cut = [operation]
    assert commit(meanwhile) == meanwhile.tip(BRANCH)
    assert meanwhile.history(BRANCH) == ["Results of r"]
    assert meanwhile.writes == [CREATE, COMMIT]


@pytest.mark.parametrize("operation", [CREATE, COMMIT, FILES])
def test_what_was_not_accepted_is_tried_again(meanwhile: Meanwhile, operation: str) -> None:
    meanwhile.fail_next(operation, 503, times=3)
    commit(meanwhile)
    assert meanwhile.history(BRANCH) == ["Results of r"]
    meanwhile.fail_next(FILES, 503, times=100)
    assert refused(lambda: commit(meanwhile), meanwhile.token).what.endswith("it answered 503.")


def test_a_branch_that_moved_is_read_again(meanwhile: Meanwhile) -> None:
    branch_of(meanwhile)
    meanwhile.before = {COMMIT: [lambda: meanwhile.push(BRANCH, "theirs", b"1")]}
    made = commit(meanwhile)
    assert meanwhile.history(BRANCH) == ["Results of r", "from elsewhere"]
    assert meanwhile.repo.blob(made, "theirs") == b"1"
    assert meanwhile.writes == [COMMIT] * 2


def test_what_another_job_of_ours_committed_meanwhile_is_enough(meanwhile: Meanwhile) -> None:
    branch_of(meanwhile)

    def other() -> None:
        for path, content in FOUND.items():
            meanwhile.push(BRANCH, path, content, US)

    meanwhile.before = {COMMIT: [other]}
    assert commit(meanwhile) == meanwhile.tip(BRANCH)
    assert "Results of r" not in meanwhile.history(BRANCH)
    assert meanwhile.writes == [COMMIT]


def test_a_branch_that_keeps_moving_is_given_up(meanwhile: Meanwhile) -> None:
    branch_of(meanwhile)
    meanwhile.before = {COMMIT: [lambda: meanwhile.push(BRANCH, "theirs", b"1")] * 50}
    assert "moved meanwhile" in refused(lambda: commit(meanwhile), meanwhile.token).what
    assert 2 <= meanwhile.writes.count(COMMIT) <= 10
    assert "Results of r" not in meanwhile.history(BRANCH)


def test_a_branch_that_vanished_or_came_up_meanwhile(meanwhile: Meanwhile) -> None:
    meanwhile.before = {
        CREATE: [lambda: branch_of(meanwhile, ("theirs", b"1"))],
        COMMIT: [lambda: meanwhile.repo.git("update-ref", "-d", f"refs/heads/{BRANCH}")],
    }
    commit(meanwhile)
    assert meanwhile.writes == [CREATE, COMMIT, CREATE, COMMIT]
    assert meanwhile.history(BRANCH) == ["Results of r"]


def test_a_file_that_somebody_else_deleted_meanwhile(meanwhile: Meanwhile) -> None:
    branch_of(meanwhile, ("gone", b"1"))
    before = f"refs/heads/{BRANCH}"
    meanwhile.before = {COMMIT: [lambda: meanwhile.repo.git("update-ref", before, "main")]}
    commit(meanwhile, deletions=("gone",))
    assert meanwhile.history(BRANCH) == ["Results of r"]


def test_a_base_that_is_not_there(meanwhile: Meanwhile) -> None:
    assert "could not be made" in refused(lambda: commit(meanwhile, base="1" * 40), meanwhile.token).what
    assert meanwhile.tip(BRANCH) is None


def test_more_files_than_one_question_takes(meanwhile: Meanwhile) -> None:
    many = {f"projects/demo/runs/r/{n}": b"%d" % n for n in range(101)}
    branch_of(meanwhile, *list(many.items())[:1])
    # Between the two halves of the question: what the first half said is not so any more.
    meanwhile.before = {FILES: [lambda: None, lambda: meanwhile.push(BRANCH, "theirs", b"1")]}
    made = commit(meanwhile, many)
    assert [one.operation_id for one in meanwhile.log] == [FILES] * 4 + [COMMIT]
    assert len(meanwhile.repo.changed(f"{made}^", made)) == 100
    assert commit(meanwhile, many) == made


@pytest.mark.parametrize("ruleset", [False, True])
def test_a_protected_branch_is_left_alone(meanwhile: Meanwhile, ruleset: bool) -> None:
    branch_of(meanwhile)
    meanwhile.protect(BRANCH, ruleset=ruleset)
    refused(lambda: commit(meanwhile), meanwhile.token)
    assert meanwhile.writes == [COMMIT]
    assert meanwhile.history(BRANCH) == []


@pytest.mark.parametrize("there", [False, True])
def test_a_token_that_may_not_write(meanwhile: Meanwhile, there: bool) -> None:
    if there:
        branch_of(meanwhile)
    meanwhile.readonly = True
    error = refused(lambda: commit(meanwhile), meanwhile.token)
    assert error.what.endswith("this token may not." if there else "it answered 403.")
    assert "permissions" in error.next_step
    assert meanwhile.writes == [COMMIT if there else CREATE]


def test_a_spent_rate_limit_is_said_at_once(meanwhile: Meanwhile) -> None:
    meanwhile.rate_limited = True
    assert "rate limit is used up" in refused(lambda: commit(meanwhile), meanwhile.token).what
    assert len(meanwhile.log) == 1


def test_a_server_without_graphql(meanwhile: Meanwhile) -> None:
    meanwhile.fail_next(FILES, 404)
    assert "Enterprise Server" in refused(lambda: commit(meanwhile), meanwhile.token).cause


@pytest.mark.parametrize("mode", ["120000", "100755", "folder"])
def test_what_is_no_plain_file_where_one_of_ours_belongs(meanwhile: Meanwhile, mode: str) -> None:
    """A link whose target is spelt like our content would compare equal."""
    branch_of(meanwhile)
    path, content = "projects/demo/runs/r/record.json", b"elsewhere"
    if mode == "folder":
        meanwhile.push(BRANCH, f"{path}/inside", content)
    else:
        blob = meanwhile.repo.git("hash-object", "-w", "--stdin", stdin=content)
        index = {"GIT_INDEX_FILE": str(meanwhile.folder / "index")}
        line = f"{mode} {blob}\t{path}".encode()
        run_git(meanwhile.bare, "update-index", "--index-info", stdin=line, env=index)
        tree = meanwhile.repo.git("write-tree", env=index)
        who = {f"GIT_{role}_{field}": "m" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
        tip = meanwhile.repo.git("commit-tree", tree, "-p", "main", "-m", "m", env=who)
        meanwhile.repo.git("update-ref", f"refs/heads/{BRANCH}", tip)
    with pytest.raises(ServiceError, match="plain file"):
        commit(meanwhile, {path: content})
    assert meanwhile.writes == []
    if mode == "folder":
        with pytest.raises(ServiceError, match="plain file"):
            commit(meanwhile, {}, (path,))


BAD_PATHS = [
    "/etc/passwd",
    "../x",
    "projects/../../x",
    "projects/./x",
    "projects//x",
    "projects/x/",
    "",
    "projects\\..\\x",
    "projects/a\nb",
    "projects/\u202ex",
    ".github/workflows/train.yml",
    ".GitHub/clinft.yml",
    ".git/config",
    "projects/.GIT/hooks/x",
]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_path_that_no_run_may_write(path: str) -> None:
    for additions, deletions in (({path: b"x"}, ()), ({}, (path,))):
        with pytest.raises(ClinftError, match="bug in clinft"):
            nowhere().commit(BRANCH, "1" * 40, additions, deletions, MESSAGE)


BAD_BRANCHES = [
    "main",
    "clinft",
    "clinft/",
    "clinft/../main",
    "clinft//x",
    "clinft/x/",
    "clinft/x.lock",
    "clinft/x..y",
    "clinft/x y",
    "refs/heads/clinft/x",
    "Clinft/x",
    "clinft/x\n",
    "clinft/?x",
]


@pytest.mark.parametrize("branch", BAD_BRANCHES)
def test_a_branch_that_is_none_of_ours(branch: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: nowhere().commit(branch, "1" * 40, FOUND, (), MESSAGE),
        lambda: nowhere().delete_branch(branch),
        lambda: nowhere().open_pull(branch, "main", "title", "body"),
    ]
    for call in calls:
        with pytest.raises(ClinftError, match="bug in clinft"):
            call()


@pytest.mark.parametrize(
    ("additions", "deletions", "base", "match"),
    [
        ({"a": b"1"}, ("a",), "1" * 40, "bug in clinft"),
        ({}, ("a", "a"), "1" * 40, "bug in clinft"),
        ({}, (), "main", "bug in clinft"),
        ({}, (), "1" * 39, "bug in clinft"),
        ({"a": bytes(10_000_001)}, (), "1" * 40, "a file of more than 10,000,000 bytes"),
        ({str(n): bytes(7_000_000) for n in range(3)}, (), "1" * 40, "larger than 20,000,000 bytes"),
    ],
)
def test_other_calls_that_are_refused_without_a_request(
    additions: dict[str, bytes], deletions: tuple[str, ...], base: str, match: str
) -> None:
    with pytest.raises(ClinftError, match=match):
        nowhere().commit(BRANCH, base, additions, deletions, MESSAGE)


def test_a_branch_is_deleted_once(meanwhile: Meanwhile) -> None:
    publisher(meanwhile).delete_branch(BRANCH)
    branch_of(meanwhile)
    meanwhile.fail_next("git/delete-ref", 502, after_accepting=True)
    publisher(meanwhile).delete_branch(BRANCH)
    assert meanwhile.tip(BRANCH) is None
    branch_of(meanwhile)
    meanwhile.fail_next("git/delete-ref", 404)  # GitHub's answer to a token that may see less
    refused(lambda: publisher(meanwhile).delete_branch(BRANCH), meanwhile.token)
    meanwhile.protect(BRANCH)
    assert refused(lambda: publisher(meanwhile).delete_branch(BRANCH), meanwhile.token).what.endswith("422.")
    assert meanwhile.tip(BRANCH) == meanwhile.tip("main")
