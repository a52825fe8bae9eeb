"""Pull requests of ours: one for each branch, brought up to date, never somebody else's."""

import pytest

from clinft.adapters.github import GitHubPublisher
from clinft.adapters.github.client import Address
from clinft.adapters.github.issues import note_marker
from clinft.errors import ClinftError
from clinft.ports.publishing import OpenPull
from tests.fakes.meanwhile import Meanwhile, refused

US = "github-actions[bot]"
BRANCH = "clinft/results/0123456789ab-a1"
LIST, CREATE, UPDATE, COMMENT = "pulls/list", "pulls/create", "pulls/update", "issues/create-comment"


@pytest.fixture
def pushed(meanwhile: Meanwhile) -> Meanwhile:
    """A branch of ours with one commit, and one that looks like it."""
    for branch in (BRANCH, f"{BRANCH}0", "feat"):
        meanwhile.repo.git("update-ref", f"refs/heads/{branch}", "refs/heads/main")
        meanwhile.push(branch, "a", b"1", US)
    return meanwhile


def publisher(server: Meanwhile, login: str = US) -> GitHubPublisher:
    address = Address(server.api, "hosp/clinft", server.token, "report")
    return GitHubPublisher(address, login, pause_seconds=0)


def open_pull(server: Meanwhile, title: str = "Results of r", body: str = "One.\n\nTwo.\n") -> int:
    return publisher(server).open_pull(BRANCH, "main", title, body)


def closing_notes(server: Meanwhile, number: int) -> list[str]:
    return [one.body for one in server.comments.values() if one.number == number]


def test_opened_once_then_brought_up_to_date(pushed: Meanwhile) -> None:
    number = open_pull(pushed)
    made = pushed.issues[number]
    assert (made.title, made.body, made.author) == ("Results of r", "One.\n\nTwo.\n", US)
    assert (pushed.pulls[number].head_ref, pushed.pulls[number].base_ref) == (BRANCH, "main")
    made.body = str(made.body).replace("\n", "\r\n")
    assert open_pull(pushed) == number
    assert pushed.writes == [CREATE]
    for title, body in (("Results of r", "Other.\n"), ("Other", "Other.\n")):
        assert open_pull(pushed, title, body) == number
        assert (made.title, made.body) == (title, body)
    assert pushed.writes == [CREATE, UPDATE, UPDATE]
    assert publisher(pushed).pulls() == (
        OpenPull(
            number,
            BRANCH,
            str(pushed.tip(BRANCH)),
            f"{pushed.base}/hosp/clinft/pull/{number}",
            "Other.\n",
        ),
    )


def test_a_closed_one_is_not_brought_back(pushed: Meanwhile) -> None:
    """People close what they do not want; what is asked for anew is a new one."""
    first = open_pull(pushed)
    pushed.close_pull(first)
    assert open_pull(pushed) != first
    assert pushed.issues[first].state == "closed"


@pytest.mark.parametrize("times", [1, 3])
def test_a_lost_answer_opens_no_second_one(pushed: Meanwhile, times: int) -> None:
    pushed.fail_next(CREATE, 502, after_accepting=True, times=times)
    number = open_pull(pushed)
    pushed.fail_next(UPDATE, 504, after_accepting=True, times=times)
    assert open_pull(pushed, "Other") == number
    assert list(pushed.pulls) == [number]
    assert pushed.writes == [CREATE, UPDATE]


def test_a_cut_connection_opens_no_second_one(pushed: Meanwhile) -> None:
    pushed.cut = [CREATE, UPDATE]
    number = open_pull(pushed)
    assert open_pull(pushed, "Other") == number
    assert (list(pushed.pulls), pushed.writes) == ([number], [CREATE, UPDATE])


def test_what_was_not_accepted_is_tried_again(pushed: Meanwhile) -> None:
    pushed.fail_next(CREATE, 503, times=3)
    open_pull(pushed)
    assert len(pushed.pulls) == 1
    pushed.fail_next(UPDATE, 503, times=100)
    assert refused(lambda: open_pull(pushed, "Other"), pushed.token).what.endswith("it answered 503.")


def test_another_job_of_ours_was_faster(pushed: Meanwhile) -> None:
    pushed.before = {CREATE: [lambda: pushed.open_pull(9, BRANCH, author=US, title="Older")]}
    assert open_pull(pushed) == 9
    assert list(pushed.pulls) == [9]
    assert pushed.issues[9].title == "Results of r"


def test_a_pull_request_of_somebody_else_from_our_branch_is_not_taken_over(pushed: Meanwhile) -> None:
    pushed.open_pull(9, BRANCH, author="mallory", title="Mine", body="mine")
    error = refused(lambda: open_pull(pushed), pushed.token)
    assert "Another account" in error.cause
    assert (pushed.issues[9].title, pushed.issues[9].body) == ("Mine", "mine")
    assert publisher(pushed).pulls() == ()
    # Another base is another pull request.
    pushed.repo.git("update-ref", "refs/heads/stable", "refs/heads/main")
    assert publisher(pushed).open_pull(BRANCH, "stable", "title", "body") == 10


def test_actions_that_may_open_no_pull_requests(pushed: Meanwhile) -> None:
    pushed.actions_may_open_pulls = False
    error = refused(lambda: open_pull(pushed), pushed.token)
    assert "Allow GitHub Actions to create and approve pull requests" in error.next_step
    assert "GitHub App" in error.next_step
    assert pushed.writes == [CREATE]
    # A GitHub App is not meant by the setting.
    pushed.token_login = "clinft-app[bot]"
    assert publisher(pushed, "clinft-app[bot]").open_pull(BRANCH, "main", "title", "body")


def test_other_refusals_are_said_at_once(pushed: Meanwhile) -> None:
    pushed.readonly = True
    error = refused(lambda: open_pull(pushed), pushed.token)
    assert "permissions" in error.next_step
    assert "setting" not in error.next_step
    pushed.readonly = False
    pushed.repo.git("update-ref", f"refs/heads/{BRANCH}", "refs/heads/main")
    assert "nothing that its base lacks" in refused(lambda: open_pull(pushed), pushed.token).cause
    assert pushed.writes == [CREATE] * 2
    pushed.rate_limited = True
    assert "rate limit is used up" in refused(lambda: open_pull(pushed), pushed.token).what


def test_only_ours_are_listed(pushed: Meanwhile) -> None:
    pushed.open_pull(1, BRANCH, author=US)
    pushed.open_pull(2, BRANCH, "feat", author="mallory")
    pushed.open_pull(3, "feat", author=US)
    pushed.open_pull(4, f"{BRANCH}0", author=US)
    pushed.close_pull(4)
    pushed.repo.git("update-ref", "refs/pull/5/head", "feat")
    pushed.open_pull(5, BRANCH, author=US, fork=True)
    assert [one.number for one in publisher(pushed).pulls()] == [1]
    assert [one.number for one in publisher(pushed, US.upper()).pulls()] == [1]
    assert publisher(pushed, "mallory").pulls()[0].number == 2
    assert pushed.writes == []


def test_a_filter_that_github_drops_brings_no_other_one(pushed: Meanwhile) -> None:
    pushed.open_pull(8, f"{BRANCH}0", author=US, title="Another run")
    pushed.open_pull(9, BRANCH, "feat", author=US, title="Another base")
    pushed.ignored = ("head", "base")
    assert open_pull(pushed) == 10
    assert open_pull(pushed) == 10
    assert pushed.writes == [CREATE]


def test_all_pages_or_none(pushed: Meanwhile) -> None:
    for number in range(1, 103):
        made = pushed.open_pull(number, BRANCH, author=US if number > 100 else "mallory")
        # The server need not ask git for each of them.
        made.frozen_head = made.merge_commit_sha = str(pushed.tip(BRANCH))
    assert [one.number for one in publisher(pushed).pulls()] == [101, 102]
    pushed.broken = (LIST, 404)
    refused(lambda: publisher(pushed).pulls(), pushed.token)


def test_closed_with_one_note(pushed: Meanwhile) -> None:
    number = open_pull(pushed)
    publisher(pushed).close_pull(number, "Replaced by a newer one.\n")
    assert pushed.issues[number].state == "closed"
    (note,) = closing_notes(pushed, number)
    assert note.startswith(note_marker("closed:")[:-4])
    assert note.endswith(" -->\nReplaced by a newer one.\n")
    publisher(pushed).close_pull(number, "Replaced by a newer one.\n")
    assert pushed.writes == [CREATE, COMMENT, UPDATE]
    pushed.issues[number].state = "open"  # somebody reopened it
    publisher(pushed).close_pull(number, "Replaced by a newer one.\n")
    publisher(pushed).close_pull(number, "Another reason, too late.\n")
    assert len(closing_notes(pushed, number)) == 1
    assert pushed.issues[number].state == "closed"
    with pytest.raises(ClinftError, match="bug in clinft"):
        publisher(pushed).close_pull(number, "x" * 60_001)


@pytest.mark.parametrize("operation", [COMMENT, UPDATE])
def test_a_lost_answer_while_closing(pushed: Meanwhile, operation: str) -> None:
    number = open_pull(pushed)
    pushed.fail_next(operation, 502, after_accepting=True)
    publisher(pushed).close_pull(number, "why")
    assert pushed.issues[number].state == "closed"
    assert len(closing_notes(pushed, number)) == 1
    assert pushed.writes == [CREATE, COMMENT, UPDATE]


def test_none_of_ours_is_closed(pushed: Meanwhile) -> None:
    pushed.open_pull(1, BRANCH, author="mallory")
    pushed.open_pull(2, "feat", author=US)
    assert "none of clinft's" in refused(lambda: publisher(pushed).close_pull(1, "why"), pushed.token).what
    assert "none of clinft's" in refused(lambda: publisher(pushed).close_pull(2, "why"), pushed.token).what
    refused(lambda: publisher(pushed).close_pull(99, "why"), pushed.token)
    assert pushed.writes == []
