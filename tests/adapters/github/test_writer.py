"""One comment of ours, whatever happens: not two, not somebody else's, and never back to an older state."""

import traceback

import pytest

from clinft.adapters.github import GitHubWriter
from clinft.adapters.github.client import Address
from clinft.adapters.github.writer import marker
from clinft.errors import ServiceError
from tests.fakes.github.server import GitHubServer
from tests.fakes.second_page import SecondPage

US = "github-actions[bot]"
HEAD, OTHER = "a" * 40, "b" * 40
CREATE, UPDATE = "issues/create-comment", "issues/update-comment"


@pytest.fixture
def opened(server: SecondPage) -> SecondPage:
    server.repo.git("update-ref", "refs/heads/feat", str(server.repo.ref("refs/heads/main")))
    server.open_pull(7, "feat")
    server.open_pull(8, "feat", base_ref="feat")
    return server


def writer(server: GitHubServer, login: str = US) -> GitHubWriter:
    return GitHubWriter(Address(server.api, "hosp/clinft", server.token, "publish"), login, pause_seconds=0)


def bodies(server: GitHubServer, login: str = US) -> list[str]:
    return [one.body for one in server.comments.values() if one.login == login]


def writes(server: GitHubServer) -> list[str]:
    return [one.operation_id for one in server.log if one.method != "GET"]


def test_created_once_then_edited_in_place(opened: SecondPage) -> None:
    assert writer(opened).comment(7, "first\n", HEAD, (10, 1)) == "created"
    (number,) = opened.comments
    assert bodies(opened) == [f"{marker(HEAD, (10, 1))}\nfirst\n"]
    assert writer(opened).comment(7, "second\n", OTHER, (11, 1)) == "updated"
    assert list(opened.comments) == [number]
    assert bodies(opened) == [f"{marker(OTHER, (11, 1))}\nsecond\n"]
    assert writes(opened) == [CREATE, UPDATE]
    assert writer(opened).comment(8, "another pull request\n", HEAD, (1, 1)) == "created"
    assert len(opened.comments) == 2


def test_what_is_unchanged_is_not_written(opened: SecondPage) -> None:
    writer(opened).comment(7, "same\n", HEAD, (10, 1))
    assert writer(opened).comment(7, "same\n", HEAD, (10, 1)) == "unchanged"
    assert writes(opened) == [CREATE]


def test_line_ends_of_github_are_no_change(opened: SecondPage) -> None:
    writer(opened).comment(7, "one\n\ntwo\n", HEAD, (10, 1))
    (made,) = opened.comments.values()
    made.body = made.body.replace("\n", "\r\n")
    assert writer(opened).comment(7, "one\n\ntwo\n", HEAD, (10, 1)) == "unchanged"
    assert writer(opened).comment(7, "one\n\ntwo\n", HEAD, (9, 1)) == "newer one stands"
    assert writer(opened).comment(7, "one\nthree\n", HEAD, (11, 1)) == "updated"
    assert writes(opened) == [CREATE, UPDATE]


@pytest.mark.parametrize(
    ("there", "late", "outcome"),
    [
        ((11, 1), (10, 1), "newer one stands"),
        ((11, 1), (10, 2), "newer one stands"),  # somebody pressed "re-run" on an old run
        ((11, 1), (9, 99), "newer one stands"),
        ((11, 2), (11, 1), "newer one stands"),
        ((11, 1), (11, 2), "updated"),
        ((11, 9), (11, 10), "updated"),
        ((9, 1), (10, 1), "updated"),
        ((99_999_999_999, 1), (100_000_000_000, 1), "updated"),
    ],
)
def test_an_older_run_never_overwrites_a_newer_one(
    opened: SecondPage, there: tuple[int, int], late: tuple[int, int], outcome: str
) -> None:
    writer(opened).comment(7, "there\n", HEAD, there)
    assert writer(opened).comment(7, "late\n", OTHER, late) == outcome
    assert ("late" in bodies(opened)[0]) is (outcome == "updated")
    assert len(opened.comments) == 1


def test_a_marker_of_somebody_else_is_only_text(opened: SecondPage) -> None:
    forged = f"{marker(HEAD, (999, 1))}\nall is well"
    for login in ("mallory", "github-actions", "github-actions-bot"):
        opened.add_comment(7, login, forged)
    assert writer(opened).comment(7, "ours\n", HEAD, (10, 1)) == "created"
    assert writer(opened).comment(7, "ours again\n", HEAD, (11, 1)) == "updated"
    assert [one.body for one in opened.comments.values()][:3] == [forged] * 3
    assert bodies(opened) == [f"{marker(HEAD, (11, 1))}\nours again\n"]


@pytest.mark.parametrize(
    "body",
    [
        f"Somebody said:\n> {marker(HEAD, (999, 1))}",
        f" {marker(HEAD, (999, 1))}",
        f"\n{marker(HEAD, (999, 1))}",
        marker("A" * 40, (999, 1)),
        marker(HEAD[:39], (999, 1)),
        marker(HEAD, (999, 1)).replace("pull-request", "tracking"),
        "",
    ],
)
def test_a_marker_that_is_not_the_beginning_is_no_marker(opened: SecondPage, body: str) -> None:
    """Other jobs of the repository comment under the same login."""
    opened.add_comment(7, US, body)
    assert writer(opened).comment(7, "ours\n", HEAD, (10, 1)) == "created"
    assert bodies(opened) == [body, f"{marker(HEAD, (10, 1))}\nours\n"]


def test_ours_is_found_on_a_later_page(opened: SecondPage) -> None:
    for n in range(130):
        opened.add_comment(7, "bob", f"talk {n}")
    writer(opened).comment(7, "ours\n", HEAD, (10, 1))
    assert writer(opened).comment(7, "newer\n", HEAD, (11, 1)) == "updated"
    assert writer(opened).comment(7, "older\n", HEAD, (10, 1)) == "newer one stands"
    assert len(opened.comments) == 131


def test_a_page_that_cannot_be_read_makes_no_second_comment(opened: SecondPage) -> None:
    for n in range(100):
        opened.add_comment(7, "bob", f"talk {n}")
    writer(opened).comment(7, "ours\n", HEAD, (10, 1))
    opened.broken = ("issues/list-comments", 404)
    with pytest.raises(ServiceError):
        writer(opened).comment(7, "newer\n", HEAD, (11, 1))
    assert bodies(opened) == [f"{marker(HEAD, (10, 1))}\nours\n"]


def test_two_of_ours_end_as_the_older_one_with_the_newest_state(opened: SecondPage) -> None:
    """Two jobs may create at once; the newer run decides, in the comment that links lead to."""
    first = opened.add_comment(7, US, f"{marker(HEAD, (10, 1))}\nfirst")
    opened.add_comment(7, US, f"{marker(HEAD, (12, 1))}\nsecond")
    assert writer(opened).comment(7, "between\n", HEAD, (11, 1)) == "newer one stands"
    assert writer(opened).comment(7, "newest\n", HEAD, (13, 1)) == "updated"
    assert opened.comments[first].body == f"{marker(HEAD, (13, 1))}\nnewest\n"


def test_our_login_is_compared_without_case(opened: SecondPage) -> None:
    opened.token_login = "Clinft-App[bot]"
    writer(opened, "clinft-app[bot]").comment(7, "one\n", HEAD, (10, 1))
    assert writer(opened, "CLINFT-APP[bot]").comment(7, "two\n", HEAD, (11, 1)) == "updated"
    assert len(opened.comments) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_lost_answer_makes_one_comment(opened: SecondPage, times: int) -> None:
    opened.fail_next(CREATE, 502, after_accepting=True, times=times)
    writer(opened).comment(7, "ours\n", HEAD, (10, 1))
    assert bodies(opened) == [f"{marker(HEAD, (10, 1))}\nours\n"]
    assert writes(opened) == [CREATE]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_refused_write_is_tried_again(opened: SecondPage, status: int) -> None:
    opened.fail_next(CREATE, status, times=2)
    assert writer(opened).comment(7, "ours\n", HEAD, (10, 1)) == "created"
    assert writes(opened) == [CREATE] * 3
    opened.fail_next(UPDATE, status, after_accepting=True)
    writer(opened).comment(7, "newer\n", HEAD, (11, 1))
    assert bodies(opened) == [f"{marker(HEAD, (11, 1))}\nnewer\n"]
    assert writes(opened) == [CREATE] * 3 + [UPDATE]


def test_what_stays_broken_is_given_up(opened: SecondPage) -> None:
    opened.fail_next(CREATE, 502, times=100)
    with pytest.raises(ServiceError, match="it answered 502"):
        writer(opened).comment(7, "ours\n", HEAD, (10, 1))
    assert writes(opened) == [CREATE] * 3
    assert opened.comments == {}


def test_a_token_that_may_not_write_writes_nothing(opened: SecondPage) -> None:
    opened.readonly = True
    for write in (
        lambda: writer(opened).comment(7, "ours\n", HEAD, (10, 1)),
        lambda: writer(opened).status(HEAD, "clinft/plan/demo", "success", "text", "https://example.org/"),
    ):
        with pytest.raises(ServiceError) as refused:
            write()
        assert refused.value.what.endswith("it answered 403.")
        assert "permissions" in refused.value.next_step
        assert opened.token not in "".join(traceback.format_exception(refused.value))
    assert opened.comments == {}
    assert opened.statuses == []


def test_a_pull_request_that_is_not_there(opened: SecondPage) -> None:
    with pytest.raises(ServiceError, match="it answered 404"):
        writer(opened).comment(99, "ours\n", HEAD, (10, 1))


def test_a_status_is_written_once(opened: SecondPage) -> None:
    sha = str(opened.repo.ref("refs/heads/feat"))
    writer(opened).status(sha, "clinft/plan/demo", "success", "text", "https://example.org/run")
    (made,) = opened.statuses
    assert (made.sha, made.context, made.state, made.description, made.target_url, made.login) == (
        sha,
        "clinft/plan/demo",
        "success",
        "text",
        "https://example.org/run",
        US,
    )
    opened.fail_next("repos/create-commit-status", 502, after_accepting=True)
    with pytest.raises(ServiceError, match="it answered 502"):
        writer(opened).status(sha, "clinft/plan/demo", "success", "new", "https://example.org/run")
    assert len(opened.statuses) == 2
