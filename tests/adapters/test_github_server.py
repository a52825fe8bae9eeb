"""The GitHub of the tests, driven by PyGithub: it must be a GitHub before anything may be proven with it."""

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from github import Auth, Github, GithubException
from github.Repository import Repository

from tests.fakes.github.bare import identity, run_git
from tests.fakes.github.server import GitHubServer

WHO = {**identity("alice"), **identity("alice", role="COMMITTER")}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    with GitHubServer(tmp_path / "git") as running:
        tree = running.repo.git("mktree", stdin=b"")
        first = running.repo.git("commit-tree", tree, "-m", "first", env=WHO)
        running.repo.git("update-ref", "refs/heads/main", first)
        yield running


@pytest.fixture
def repo(server: GitHubServer) -> Repository:
    return client(server).get_repo("hosp/clinft")


def client(server: GitHubServer) -> Github:
    return Github(
        auth=Auth.Token(server.token),
        base_url=server.api,
        user_agent="clinft/gate",
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=None,
    )


def branch(server: GitHubServer, name: str, *files: str, author: str = "alice") -> str:
    who = {**identity(author), **identity(author, role="COMMITTER")}
    server.repo.git("update-ref", f"refs/heads/{name}", str(server.repo.ref("refs/heads/main")))
    for file in files:
        server.repo.write_file(name, file, b"text\n", f"add {file}", who)
    return str(server.repo.ref(f"refs/heads/{name}"))


def test_a_gate_reads_all_it_needs_without_violation(server: GitHubServer, repo: Repository) -> None:
    head = branch(server, "feat", "projects/a.yaml", "projects/b.yaml")
    server.open_pull(7, "feat")
    for n in range(40):
        server.review(7, f"reviewer{n}", "APPROVED")
    server.check_run(head, "gate", "success")
    server.check_run(head, "gate", "failure", suite=2)
    pull = repo.get_pull(7)
    assert (pull.state, pull.merged, pull.user.login, pull.user.type) == ("open", False, "alice", "User")
    assert (pull.head.sha, pull.head.repo.full_name, pull.base.ref) == (head, "hosp/clinft", "main")
    assert [one.user.login for one in pull.get_reviews()] == [f"reviewer{n}" for n in range(40)]
    assert {one.commit_id for one in pull.get_reviews()} == {head}
    assert [one.author.login for one in pull.get_commits()] == ["alice", "alice"]
    assert [one.filename for one in pull.get_files()] == ["projects/a.yaml", "projects/b.yaml"]
    commit = repo.get_commit(head)
    assert [(one.conclusion, one.app.slug) for one in commit.get_check_runs()] == [
        ("success", "github-actions"),
        ("failure", "github-actions"),
    ]
    assert [one.number for one in commit.get_pulls()] == [7]
    assert repo.get_collaborator_permission("reviewer3") == "write"
    assert repo.compare("main", head).ahead_by == 2
    assert repo.get_git_commit(head).tree.sha == commit.commit.tree.sha
    assert next(iter(repo.get_commits(sha="feat"))).sha == head
    pages = [one.query.get("page") for one in server.log if one.operation_id == "pulls/list-reviews"]
    assert pages == [None, "2", None, "2"]
    assert {one.job for one in server.log} == {"gate"}
    assert server.violations == []


def test_a_commit_tells_who_wrote_it_or_that_nobody_knows(server: GitHubServer, repo: Repository) -> None:
    head = branch(server, "feat", "a", author="stranger")
    assert repo.get_commit(head).author is None
    server.commit_users[head] = ("mallory", "web-flow")
    assert repo.get_commit(head).author.login == "mallory"
    assert server.violations == []


def test_comments_and_statuses_are_written_as_the_token(server: GitHubServer, repo: Repository) -> None:
    head = branch(server, "feat", "a")
    server.open_pull(7, "feat")
    server.add_comment(7, "bob", "<!-- marker -->")
    issue = repo.get_issue(7)
    issue.create_comment("first").edit("second")
    assert [(one.user.login, one.body) for one in issue.get_comments()] == [
        ("bob", "<!-- marker -->"),
        ("github-actions[bot]", "second"),
    ]
    commit = repo.get_commit(head)
    commit.create_status("pending", context="clinft/plan", description="waits")
    commit.create_status(
        "success", context="clinft/plan", description="abc", target_url="https://example.org/"
    )
    server.status(head, "other", "failure", login="mallory")
    combined = commit.get_combined_status()
    assert combined.state == "failure"
    assert [(one.context, one.state) for one in combined.statuses] == [
        ("clinft/plan", "success"),
        ("other", "failure"),
    ]
    repo.create_label("clinft", "00ff00")
    issue.add_to_labels("clinft")
    assert [one.name for one in issue.get_labels()] == ["clinft"]
    assert server.violations == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"state": "succes"}, "'succes' is not one of"),
        ({"state": "success", "contxt": "clinft/plan"}, "unknown body field contxt"),
    ],
)
def test_what_github_does_not_describe_is_refused(
    server: GitHubServer, repo: Repository, body: dict[str, str], said: str
) -> None:
    url = f"/repos/hosp/clinft/statuses/{server.repo.ref('refs/heads/main')}"
    with pytest.raises(GithubException) as refused:
        repo.requester.requestJsonAndCheck("POST", url, input=body)
    assert refused.value.status == 422
    assert said in server.violations[0]


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_each_merge_method_leaves_its_history(server: GitHubServer, repo: Repository, method: str) -> None:
    head = branch(server, "feat", "a", "b", author="bob")
    server.open_pull(7, "feat", author="bob", title="Add both")
    old = branch(server, "other", "c")
    server.repo.git("update-ref", "refs/heads/main", old)
    sha = server.merge_pull(7, method, by="carol")  # type: ignore[arg-type]
    pull = repo.get_pull(7)
    assert (pull.merged, pull.merge_commit_sha, pull.merged_by.login) == (True, sha, "carol")
    assert pull.head.sha == head == server.repo.ref("refs/pull/7/head")
    assert [one.commit.message for one in pull.get_commits()] == ["add a", "add b"]
    tip = repo.get_branch("main").commit
    assert [one.sha for one in tip.parents][:1] == [old] or method == "rebase"
    expected = {
        "merge": (2, "carol", "web-flow", "Merge pull request #7 from hosp/feat\n\nAdd both"),
        "squash": (1, "bob", "web-flow", "Add both (#7)\n\n* add a\n\n* add b"),
        "rebase": (1, "bob", "carol", "add b"),
    }
    said = (len(tip.parents), tip.author.login, tip.committer.login, tip.commit.message)
    assert said == expected[method]
    assert [one.number for one in repo.get_commit(sha).get_pulls()] == [7]
    assert [one.number for one in repo.get_commit(old).get_pulls()] == []
    assert server.violations == []


def test_a_fork_has_its_own_repository_and_a_token_that_cannot_write(
    server: GitHubServer, repo: Repository
) -> None:
    head = branch(server, "elsewhere", "a", author="mallory")
    server.repo.git("update-ref", "refs/pull/8/head", head)
    server.open_pull(8, "elsewhere", author="mallory", fork=True)
    assert repo.get_pull(8).head.repo.full_name == "mallory/clinft"
    server.readonly = True
    with pytest.raises(GithubException, match="Resource not accessible by integration"):
        repo.get_issue(8).create_comment("hello")
    assert server.comments == {}
    assert server.violations == []


def test_faults_happen_before_or_after_the_write(server: GitHubServer, repo: Repository) -> None:
    branch(server, "feat", "a")
    server.open_pull(7, "feat")
    issue = repo.get_issue(7)
    server.fail_next("issues/create-comment", 502, after_accepting=True)
    with pytest.raises(GithubException):
        issue.create_comment("arrived")
    server.fail_next("issues/create-comment", 500)
    with pytest.raises(GithubException):
        issue.create_comment("lost")
    assert [one.body for one in server.comments.values()] == ["arrived"]
    server.rate_limited = True
    with pytest.raises(GithubException) as limited:
        issue.create_comment("too many")
    assert (limited.value.status, (limited.value.headers or {})["x-ratelimit-remaining"]) == (403, "0")


def test_a_results_pull_request_is_opened_once(server: GitHubServer, repo: Repository) -> None:
    main = str(server.repo.ref("refs/heads/main"))
    repo.create_git_ref("refs/heads/clinft/results/abc-a1", main)
    repo.create_file("projects/x/run.json", "Record", "{}", branch="clinft/results/abc-a1")
    pull = repo.create_pull(base="main", head="clinft/results/abc-a1", title="Results", body="of abc-a1")
    assert [one.number for one in repo.get_pulls(head="hosp:clinft/results/abc-a1")] == [pull.number]
    with pytest.raises(GithubException, match="already exists"):
        repo.create_pull(base="main", head="clinft/results/abc-a1", title="Results", body="again")
    assert repo.get_contents("projects/x/run.json", ref="clinft/results/abc-a1").decoded_content == b"{}"  # type: ignore[union-attr]
    with pytest.raises(GithubException, match="already exists"):
        repo.create_git_ref("refs/heads/main", main)
    repo.get_git_ref("heads/clinft/results/abc-a1").delete()
    assert server.violations == []


def test_rules_are_shown_as_far_as_a_workflow_may_see_them(server: GitHubServer, repo: Repository) -> None:
    assert not repo.get_branch("main").protected
    server.protect("main", ruleset=True)
    assert repo.get_branch("main").protected
    _, rules = repo.requester.requestJsonAndCheck("GET", "/repos/hosp/clinft/rules/branches/main")
    assert [one["type"] for one in rules] == ["pull_request", "required_status_checks"]
    _, rulesets = repo.requester.requestJsonAndCheck("GET", "/repos/hosp/clinft/rulesets")
    assert [one["name"] for one in rulesets] == ["main"]
    with pytest.raises(GithubException, match="not accessible"):
        repo.get_branch("main").get_protection()
    server.token_login = "alice"
    server.protect("main")
    with pytest.raises(GithubException, match="404"):
        repo.get_branch("main").get_protection()
    server.add_user("alice", permission="admin")
    assert repo.get_branch("main").get_protection().required_status_checks.contexts == ["gate"]
    assert client(server).get_user().login == "alice"
    assert client(server).get_rate_limit().rate.remaining > 0
    assert server.violations == []


def push(server: GitHubServer, clone: Path, ref: str, header: str | None) -> subprocess.CompletedProcess[str]:
    auth = ["-c", f"http.extraheader=AUTHORIZATION: basic {header}"] if header else []
    url = f"{server.base}/hosp/clinft"
    return subprocess.run(
        ["git", *auth, "push", url, f"HEAD:{ref}"],
        cwd=clone,
        env={"PATH": os.environ["PATH"], "GIT_TERMINAL_PROMPT": "0", "HOME": str(clone)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_push_needs_the_token_and_an_unprotected_branch(server: GitHubServer, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    run_git(clone, "clone", "--quiet", str(server.bare), ".")
    run_git(clone, "commit", "--quiet", "--allow-empty", "-m", "more", env=WHO)
    token = base64.b64encode(f"x-access-token:{server.token}".encode()).decode()
    refused = push(server, clone, "refs/heads/main", None)
    assert "could not read Username" in refused.stderr
    server.protect("main")
    assert "GH013" in push(server, clone, "refs/heads/main", token).stderr
    assert push(server, clone, "refs/pull/7/head", token).returncode
    assert push(server, clone, "refs/heads/feat", token).returncode == 0
    assert [one.ref for one in server.activities] == ["refs/heads/feat"]
    server.readonly = True
    assert "403" in push(server, clone, "refs/heads/feat2", token).stderr
