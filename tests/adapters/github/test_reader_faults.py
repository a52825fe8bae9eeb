"""Whatever goes wrong is one ServiceError: never half of the facts, never the token."""

import json
import socket
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from clinft.adapters.github import GitHubReader
from clinft.adapters.github.client import Address
from clinft.errors import ServiceError
from tests.fakes.github.bare import identity
from tests.fakes.github.server import TOKEN
from tests.fakes.second_page import Raw, SecondPage

LISTS = (
    "pulls/list-reviews",
    "pulls/list-commits",
    "checks/list-for-ref",
    "repos/list-commit-statuses-for-ref",
)
OPERATIONS = ("pulls/get", *LISTS)


def reader(api: str, token: str = TOKEN) -> GitHubReader:
    return GitHubReader(Address(api, "hosp/clinft", token, "gate"))


def refused(call: Callable[[], object]) -> str:
    """What is said, after three sentences and no token were seen in all of it."""
    with pytest.raises(ServiceError) as error:
        call()
    assert error.value.what
    assert error.value.cause
    assert error.value.next_step
    told = "".join(traceback.format_exception(error.value)) + repr(error.value) + repr(error.value.__dict__)
    assert TOKEN not in told
    assert "injected" not in told
    assert error.value.__suppress_context__
    return error.value.what


@pytest.fixture
def opened(server: SecondPage) -> SecondPage:
    who = {**identity("alice"), **identity("alice", role="COMMITTER")}
    server.repo.git("update-ref", "refs/heads/feat", str(server.repo.ref("refs/heads/main")))
    head = server.repo.write_file("feat", "a", b"1", "m", who)
    server.open_pull(7, "feat")
    server.review(7, "carol", "APPROVED")
    server.check_run(head, "gate", "success")
    server.status(head, "clinft/plan/demo", "success")
    return server


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_refusal_anywhere_refuses_all(opened: SecondPage, operation: str) -> None:
    for times, status in enumerate((401, 403, 404, 422), start=1):
        opened.fail_next(operation, status)
        assert refused(lambda: reader(opened.api).pull_request(7)).endswith(f"it answered {status}.")
        # It is asked once: these do not get better.
        assert sum(one.operation_id == operation for one in opened.log) == times


@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_hiccup_is_survived(opened: SecondPage, operation: str) -> None:
    for times, status in enumerate((500, 502, 503, 504), start=1):
        opened.fail_next(operation, status)
        pull = reader(opened.api).pull_request(7)
        assert (len(pull.reviews), len(pull.commits), len(pull.checks), len(pull.statuses)) == (1, 1, 1, 1)
        assert sum(one.operation_id == operation for one in opened.log) == 2 * times


@pytest.mark.parametrize("operation", ["pulls/get", "checks/list-for-ref"])
def test_what_stays_broken_is_given_up(opened: SecondPage, operation: str) -> None:
    opened.fail_next(operation, 500, times=100)
    assert refused(lambda: reader(opened.api).pull_request(7)).endswith("it answered 500.")
    assert 2 <= sum(one.operation_id == operation for one in opened.log) <= 5


def test_the_commits_own_pull_request_too(opened: SecondPage) -> None:
    main = str(opened.repo.ref("refs/heads/main"))
    opened.fail_next("repos/list-pull-requests-associated-with-commit", 403)
    assert main[:12] in refused(lambda: reader(opened.api).pull_request_of(main))
    # A commit that GitHub does not know is not a direct push.
    assert "it answered 422" in refused(lambda: reader(opened.api).pull_request_of("1" * 40))


@pytest.mark.parametrize("operation", LISTS)
def test_a_broken_second_page_is_not_the_end_of_the_list(opened: SecondPage, operation: str) -> None:
    head = opened.head_sha(opened.pulls[7])
    for n in range(101):
        opened.review(7, f"r{n}", "APPROVED")
        opened.check_run(head, f"c{n}", "success")
        opened.status(head, f"s{n}", "success")
    who = {
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        **identity("alice"),
        **identity("alice", role="COMMITTER"),
    }
    for _ in range(101 if operation == "pulls/list-commits" else 0):
        head = opened.repo.git("commit-tree", f"{head}^{{tree}}", "-p", head, "-m", "m", env=who)
    opened.repo.git("update-ref", "refs/heads/feat", head)
    opened.broken = (operation, 404)
    assert "it answered 404" in refused(lambda: reader(opened.api).pull_request(7))
    assert opened.asked == 1
    opened.broken = None
    assert reader(opened.api).pull_request(7).number == 7


def test_a_spent_rate_limit_is_said_at_once(opened: SecondPage) -> None:
    opened.rate_limited = True
    assert "its rate limit is used up" in refused(lambda: reader(opened.api).pull_request(7))
    assert len(opened.log) == 1


def test_a_long_retry_after_is_not_waited_for(opened: SecondPage) -> None:
    opened.fail_next("pulls/get", 503, headers={"Retry-After": "3600"})
    assert reader(opened.api).pull_request(7).number == 7


def test_a_wrong_token(opened: SecondPage) -> None:
    assert "it answered 401" in refused(lambda: reader(opened.api, "ghs_wrong").pull_request(7))
    assert opened.log == []


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert "ConnectionError" in refused(lambda: reader(f"http://127.0.0.1:{port}/api/v3").pull_request(7))


WHOLE = {
    "number": 7, "merged": False, "commits": 0, "merge_commit_sha": None, "user": {"login": "a", "type": "User"},
    "head": {"sha": "1" * 40, "ref": "f", "repo": None}, "base": {"ref": "main", "repo": {"full_name": "hosp/clinft"}},
}  # fmt: skip
MALFORMED = {
    "no json": b"<html>Whoa there!</html>",
    "empty": b"",
    "cut": b'{"number": 7, "head": {"sha": ',
    "null": b"null",
    "list": b"[]",
    "object": b"{}",
    "string": b'"ok"',
    "no user": json.dumps({**WHOLE, "user": None}).encode(),
    "user without login": json.dumps({**WHOLE, "user": {}}).encode(),
    "no head": json.dumps({**WHOLE, "head": None}).encode(),
    "head without sha": json.dumps({**WHOLE, "head": {"ref": "f"}}).encode(),
    "wrong type": json.dumps({**WHOLE, "head": 3}).encode(),
    "wrong inner type": json.dumps({**WHOLE, "user": {"login": 5, "type": []}}).encode(),
    "lists are objects": json.dumps(WHOLE).encode(),
    "not utf-8": b'{"number": "\xff\xfe"}',
    "deep": b"[" * 20_000,
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_no_github_says_is_refused(body: bytes) -> None:
    with Raw(body) as raw:
        refused(lambda: reader(raw.api).pull_request(7))
        assert len(raw.calls) < 20


@pytest.mark.parametrize("body", [MALFORMED[name] for name in ("no json", "object", "string", "cut", "deep")])
def test_a_commit_whose_pull_requests_make_no_sense_is_no_direct_push(body: bytes) -> None:
    with Raw(body) as raw:
        refused(lambda: reader(raw.api).pull_request_of("1" * 40))


def test_an_answer_cut_short_is_refused() -> None:
    with Raw(b"[", headers={"Content-Length": "5000"}) as raw:
        refused(lambda: reader(raw.api).pull_request_of("1" * 40))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_leads_to_another_host(tmp_path: Path, status: int) -> None:
    with Raw(b"[]") as other:
        elsewhere = {"Location": f"{other.api}/repos/hosp/clinft/commits/{'1' * 40}/pulls"}
        with Raw(b"", status, elsewhere) as raw:
            refused(lambda: reader(raw.api).pull_request_of("1" * 40))
            assert raw.calls
        assert other.calls == []


def test_no_next_page_is_asked_of_another_host() -> None:
    with Raw(b"[]") as other:
        link = {"Link": f'<{other.api}/page2>; rel="next", <{other.api}/page9>; rel="last"'}
        body = json.dumps([{"number": 7, "merged_at": "2026-11-24T10:00:00Z", "merge_commit_sha": "2" * 40}])
        with Raw(body.encode(), headers=link) as raw:
            refused(lambda: reader(raw.api).pull_request_of("1" * 40))
        assert other.calls == []
