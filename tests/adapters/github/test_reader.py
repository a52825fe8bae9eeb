"""Facts about a pull request: all pages of everything, every person told apart from what is none."""

import pytest

from clinft.adapters.github import GitHubReader
from clinft.adapters.github.client import Address
from clinft.adapters.github.reader import CO_AUTHOR
from clinft.artifacts.forge import Check, PullCommit, PullRequest, Review, Status
from clinft.errors import ServiceError
from tests.fakes.github.bare import identity
from tests.fakes.github.server import GitHubServer
from tests.fakes.second_page import SecondPage


def reader(server: GitHubServer) -> GitHubReader:
    return GitHubReader(Address(server.api, "hosp/clinft", server.token, "gate"))


def commits(server: GitHubServer, branch: str, count: int, author: str = "alice", base: str = "main") -> str:
    """That many commits in one go; each has a file of its own."""
    lines = []
    for n in range(count):
        who = f"{author} <{author}@users.noreply.github.com> {1_700_000_000 + n} +0000"
        start = "" if n else f"from refs/heads/{base}^0\n"
        file = f"M 100644 inline {branch}-{n}-{base}\ndata 1\nx\n"
        lines.append(f"commit refs/heads/{branch}\nauthor {who}\ncommitter {who}\ndata 1\nm\n{start}{file}\n")
    server.repo.git("fast-import", "--quiet", stdin="".join(lines).encode())
    return str(server.repo.ref(f"refs/heads/{branch}"))


def test_everything_is_read_over_all_pages(server: GitHubServer) -> None:
    head = commits(server, "feat", 120)
    server.open_pull(7, "feat", author="alice")
    for n in range(130):
        server.review(7, f"reviewer-{n}", "APPROVED", at=f"2026-11-24T10:{n // 60:02}:{n % 60:02}Z")
    server.review(7, "Petra", "CHANGES_REQUESTED", body=" no ", at="2026-11-24T11:00:00Z")
    for n in range(140):
        server.check_run(head, f"check-{n:03}", "success")
    for n in range(110):
        server.status(head, f"context-{n:03}", "success", "fine")
    pull = reader(server).pull_request(7)
    assert (len(pull.commits), len(pull.reviews), len(pull.checks), len(pull.statuses)) == (
        120,
        131,
        140,
        110,
    )
    assert pull.commits[-1].sha == head
    last = pull.reviews[-1]
    assert (last.person, last.state, last.has_text, last.commit) == ("petra", "CHANGES_REQUESTED", True, head)
    assert last.at == "2026-11-24T11:00:00+00:00"
    pages = {one.operation_id for one in server.log if one.query.get("page") == "2"}
    assert pages == {
        "pulls/list-reviews",
        "pulls/list-commits",
        "checks/list-for-ref",
        "repos/list-commit-statuses-for-ref",
    }
    assert {one.job for one in server.log} == {"gate"}


def test_the_plain_facts(server: GitHubServer) -> None:
    head = commits(server, "feat", 1, author="bob")
    server.open_pull(7, "feat", author="Bob")
    pull = reader(server).pull_request(7)
    assert pull == PullRequest(
        number=7,
        author="bob",
        author_is_bot=False,
        from_fork=False,
        base_ref="main",
        head_ref="feat",
        head_sha=head,
        merged=False,
        merge_sha=None,
        reviews=(),
        commits=(PullCommit(sha=head, people=("bob",), unknown=False),),
        checks=(),
        statuses=(),
    )
    merge = server.merge_pull(7, by="carol")
    pull = reader(server).pull_request(7)
    assert (pull.merged, pull.merge_sha, pull.head_sha) == (True, merge, head)


def test_a_test_merge_is_no_merge(server: GitHubServer) -> None:
    """GitHub names the test merge in the same field while the pull request is open."""
    head = commits(server, "feat", 1)
    server.open_pull(7, "feat")
    server.repo.git("update-ref", "refs/pull/7/merge", head)
    assert server.renderer.pull(server.pulls[7])["merge_commit_sha"] == head
    pull = reader(server).pull_request(7)
    assert (pull.merged, pull.merge_sha) == (False, None)


@pytest.mark.parametrize(("count", "fits"), [(250, True), (251, False)])
def test_more_commits_than_github_lists_are_refused(server: GitHubServer, count: int, fits: bool) -> None:
    commits(server, "feat", count)
    server.open_pull(7, "feat")
    if fits:
        assert len(reader(server).pull_request(7).commits) == 250
        return
    with pytest.raises(ServiceError, match="it lists 250 of 251"):
        reader(server).pull_request(7)


def test_bots_ghosts_and_people_are_told_apart(server: GitHubServer) -> None:
    head = commits(server, "feat", 1)
    server.add_user("dependabot[bot]", type="Bot")
    server.add_user("hosp-machine", type="Bot")
    server.add_user("disguised[bot]", type="User")
    server.open_pull(7, "feat", author="dependabot[bot]")
    for who in ("hosp-machine", "disguised[bot]", "carol", None):
        server.review(7, who, "APPROVED", at="2026-11-24T10:00:00Z")
    pull = reader(server).pull_request(7)
    assert (pull.author, pull.author_is_bot) == ("dependabot[bot]", True)
    assert [(one.person, one.is_bot) for one in pull.reviews] == [
        ("hosp-machine", True),
        ("disguised[bot]", True),
        ("carol", False),
        ("(deleted account)", False),
    ]
    assert {one.commit for one in pull.reviews} == {head}


def test_reviews_say_what_they_say(server: GitHubServer) -> None:
    first = commits(server, "feat", 1)
    server.open_pull(7, "feat")
    states = ("APPROVED", "COMMENTED", "CHANGES_REQUESTED", "DISMISSED")
    made = [server.review(7, f"r{n}", state, body="\n \t") for n, state in enumerate(states)]
    pull = reader(server).pull_request(7)
    assert [(one.id, one.state, one.has_text, one.commit) for one in pull.reviews] == [
        (number, state, False, first) for number, state in zip(made, states, strict=True)
    ]
    assert isinstance(pull.reviews[0], Review)
    # A push later: the review stays with the commit it was given to.
    second = commits(server, "feat", 1, base="feat")
    pull = reader(server).pull_request(7)
    assert pull.head_sha == second != first
    assert {one.commit for one in pull.reviews} == {first}


def test_a_state_that_nobody_knows_is_refused(server: GitHubServer) -> None:
    commits(server, "feat", 1)
    server.open_pull(7, "feat")
    server.review(7, "carol", "ENDORSED")
    with pytest.raises(ServiceError):
        reader(server).pull_request(7)


def test_people_of_commits(server: GitHubServer) -> None:
    head = commits(server, "feat", 4, author="bob")
    shas = server.repo.git("rev-list", "--reverse", f"main..{head}").split()
    server.commit_users[shas[0]] = ("Bob", "web-flow")
    server.commit_users[shas[1]] = ("bob", "carol")
    server.commit_users[shas[2]] = (None, "carol")
    server.commit_users[shas[3]] = ("bob", None)
    server.open_pull(7, "feat")
    assert [(one.people, one.unknown) for one in reader(server).pull_request(7).commits] == [
        (("bob",), False),
        (("bob", "carol"), False),
        (("carol",), True),
        (("bob",), True),
    ]


def test_forks_are_known_also_when_they_are_gone(server: SecondPage) -> None:
    head = commits(server, "elsewhere", 1, author="mallory")
    server.repo.git("update-ref", "refs/pull/8/head", head)
    server.open_pull(8, "main", author="mallory", fork=True)
    commits(server, "feat", 1)
    server.open_pull(7, "feat")
    assert reader(server).pull_request(8).from_fork
    assert not reader(server).pull_request(7).from_fork
    server.forks_are_gone = True
    assert reader(server).pull_request(8).from_fork
    assert reader(server).pull_request(7).from_fork


def test_the_newest_run_of_each_check_counts(server: GitHubServer) -> None:
    head = commits(server, "feat", 1)
    server.open_pull(7, "feat")
    server.check_run(head, "gate", "failure", suite=1)
    server.check_run(head, "gate", "success", suite=2)
    server.check_run(head, "prep", "success", suite=1)
    server.check_run(head, "prep", None, status="in_progress", suite=2)
    server.check_run(head, "hipaa-audit", "skipped")
    server.check_run(head, "gate", "failure", app="mallory-ci")
    server.check_run(str(server.repo.ref("refs/heads/main")), "other", "success")
    assert reader(server).pull_request(7).checks == (
        Check(name="gate", conclusion="success", app="github-actions"),
        Check(name="gate", conclusion="failure", app="mallory-ci"),
        Check(name="hipaa-audit", conclusion="skipped", app="github-actions"),
        Check(name="prep", conclusion=None, app="github-actions"),
    )


def test_the_newest_status_of_each_context_and_creator(server: GitHubServer) -> None:
    head = commits(server, "feat", 1)
    server.open_pull(7, "feat")
    server.status(head, "clinft/plan/demo", "success", "old")
    server.status(head, "other", "pending", None, login="Mallory")
    server.status(head, "clinft/plan/demo", "success", "new")
    # Covers nothing: whoever reads ours asks for the creator.
    server.status(head, "clinft/plan/demo", "failure", "forged", login="Mallory")
    assert reader(server).pull_request(7).statuses == (
        Status(context="clinft/plan/demo", state="success", description="new", creator="github-actions[bot]"),
        Status(context="clinft/plan/demo", state="failure", description="forged", creator="mallory"),
        Status(context="other", state="pending", description="", creator="mallory"),
    )


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_commit_of_main_leads_to_its_pull_request(server: GitHubServer, method: str) -> None:
    commits(server, "feat", 3)
    server.open_pull(7, "feat")
    commits(server, "other", 1)
    server.open_pull(8, "other")
    before = str(server.repo.ref("refs/heads/main"))
    merge = server.merge_pull(7, method)  # type: ignore[arg-type]
    after = server.merge_pull(8, "squash")
    brought = server.repo.git("rev-list", "--first-parent", f"{before}..{merge}").split()
    assert len(brought) == {"merge": 1, "squash": 1, "rebase": 3}[method]
    assert {reader(server).pull_request_of(commit) for commit in brought} == {7}
    assert reader(server).pull_request_of(after) == 8
    assert reader(server).pull_request_of(before) is None


def test_a_direct_push_belongs_to_nobody(server: GitHubServer) -> None:
    pushed = commits(server, "main", 1)
    assert reader(server).pull_request_of(pushed) is None
    # An open pull request whose branch holds the commit did not bring it either.
    head = commits(server, "feat", 1)
    server.open_pull(7, "feat")
    assert reader(server).pull_request_of(head) is None


def test_a_commit_that_two_pull_requests_brought_is_refused(server: GitHubServer) -> None:
    server.repo.git("update-ref", "refs/heads/release", str(server.repo.ref("refs/heads/main")))
    head = commits(server, "feat", 1)
    server.open_pull(7, "feat")
    server.open_pull(8, "feat", base_ref="release")
    merges = server.merge_pull(7), server.merge_pull(8)
    with pytest.raises(ServiceError, match="several claim it"):
        reader(server).pull_request_of(head)
    assert [reader(server).pull_request_of(merge) for merge in merges] == [7, 8]


def test_the_token_shows_nowhere(server: GitHubServer) -> None:
    address = Address(server.api, "hosp/clinft", server.token)
    assert server.token not in repr(address) + str(address) + repr(reader(server)) + repr(
        vars(reader(server))
    )


def test_who_wrote_is_told_by_accounts_not_by_names(server: GitHubServer) -> None:
    """The name in git is free text: a commit in somebody else's name without their account is unknown."""
    sha = server.repo.write_file(
        "main", "a", b"1", "m", {**identity("nobody"), **identity("nobody", role="COMMITTER")}
    )
    server.repo.git("update-ref", "refs/heads/feat", sha)
    server.repo.git("update-ref", "refs/heads/main", f"{sha}^")
    server.open_pull(7, "feat")
    assert reader(server).pull_request(7).commits == (PullCommit(sha=sha, people=(), unknown=True),)


def test_who_is_named_as_a_co_author_took_part() -> None:
    found = CO_AUTHOR.findall(
        "Apply suggestion\n\nCo-authored-by: Petra P <12345+petra@users.noreply.github.com>\n"
        "co-authored-by: Sam <sam@users.noreply.github.com>\nCo-authored-by: X <x@example.org>\n"
    )
    assert found == ["petra", "sam"]
