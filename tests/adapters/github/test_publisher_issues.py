"""One tracking issue for a project and one note for a key, whoever writes beside us and whatever is lost."""

from collections.abc import Callable

import pytest

from clinft.adapters.github import GitHubPublisher
from clinft.adapters.github.client import Address
from clinft.adapters.github.issues import TRACKING, issue_marker, note_marker
from clinft.artifacts.labels import LABELS
from clinft.errors import ClinftError
from tests.fakes.github.state import Issue
from tests.fakes.meanwhile import Meanwhile, refused

US = "github-actions[bot]"
CREATE, UPDATE, COMMENT = "issues/create", "issues/update", "issues/create-comment"
LABEL, ADD = "issues/create-label", "issues/add-labels"
BODY = "What the project is.\n"


def publisher(server: Meanwhile, login: str = US) -> GitHubPublisher:
    address = Address(server.api, "hosp/clinft", server.token, "report")
    return GitHubPublisher(address, login, pause_seconds=0)


def issue(server: Meanwhile, *labels: str, project: str = "demo") -> int:
    return publisher(server).issue(project, f"Fine-tuning: {project}", BODY, labels)


def opened(server: Meanwhile, number: int, body: str, author: str = US, *labels: str) -> Issue:
    made = Issue(number, "an issue", body, author, server.now(), labels=list(labels))
    server.issues[number] = made
    return made


def notes(server: Meanwhile) -> list[str]:
    return [one.body for one in server.comments.values()]


def test_opened_once_and_found_again(meanwhile: Meanwhile) -> None:
    number = issue(meanwhile, "data-prep")
    made = meanwhile.issues[number]
    assert (made.title, made.body, made.author) == (
        "Fine-tuning: demo",
        f"{issue_marker('demo')}\n{BODY}",
        US,
    )
    assert made.labels == [TRACKING, "data-prep"]
    made.body = str(made.body).replace("\n", "\r\n") + "\r\nSomebody added a line."
    assert issue(meanwhile, "data-prep") == number
    assert meanwhile.writes == [LABEL, LABEL, CREATE]
    assert issue(meanwhile, project="demo-2") != number
    assert issue(meanwhile) == number


def test_labels_are_made_as_clinft_describes_them(meanwhile: Meanwhile) -> None:
    issue(meanwhile, *(label.name for label in LABELS), "of the hospital")
    assert meanwhile.labels == {**{label.name: label.color for label in LABELS}, "of the hospital": "ededed"}


def test_labels_are_only_ever_added(meanwhile: Meanwhile) -> None:
    meanwhile.labels = {"Data-Prep": "000000", "priority": "111111"}
    opened(meanwhile, 3, issue_marker("demo"), US, TRACKING, "priority", "Data-Prep")
    assert issue(meanwhile, "DATA-prep", "evaluation") == 3
    assert meanwhile.issues[3].labels == [TRACKING, "priority", "Data-Prep", "evaluation"]
    # Whoever chose another colour keeps it.
    assert meanwhile.labels["Data-Prep"] == "000000"
    assert meanwhile.writes == [LABEL, ADD]


def test_found_without_its_label_and_reopened(meanwhile: Meanwhile) -> None:
    made = opened(meanwhile, 3, f"{issue_marker('demo')}\nold")
    made.state = "closed"
    assert issue(meanwhile) == 3
    assert (made.labels, made.state, made.body) == ([TRACKING], "open", f"{issue_marker('demo')}\nold")
    assert meanwhile.writes == [LABEL, ADD, UPDATE]


def test_the_oldest_of_two_wins(meanwhile: Meanwhile) -> None:
    for number in (7, 4, 9):
        opened(meanwhile, number, issue_marker("demo"), US, TRACKING)
    assert issue(meanwhile) == 4
    assert meanwhile.writes == []


FORGED = [
    ("mallory", issue_marker("demo")),
    ("github-actions", f"{issue_marker('demo')}\n{BODY}"),
    (US, f"> {issue_marker('demo')}"),
    (US, f"Somebody asked.\n{issue_marker('demo')}"),
    (US, f" {issue_marker('demo')}"),
    (US, issue_marker("demo-2")),
    (US, issue_marker("Demo")),
    (US, f"{issue_marker('demo')} and more"),
    (US, note_marker("demo")),
    (US, ""),
]


def test_what_only_looks_like_ours_is_left_alone(meanwhile: Meanwhile) -> None:
    for number, (author, body) in enumerate(FORGED, start=1):
        opened(meanwhile, number, body, author, TRACKING)
    meanwhile.ignored = ("creator",)
    assert issue(meanwhile) == len(FORGED) + 1  # the number of a forged one would tell which
    assert [(one.author, one.body) for one in meanwhile.issues.values()][: len(FORGED)] == FORGED
    assert meanwhile.writes == [LABEL, CREATE]


@pytest.mark.parametrize(
    ("operation", "times"), [(LABEL, 1), (LABEL, 3), (CREATE, 1), (CREATE, 3), (ADD, 1), (UPDATE, 1)]
)
def test_a_lost_answer_makes_nothing_twice(meanwhile: Meanwhile, operation: str, times: int) -> None:
    if operation in (ADD, UPDATE):
        opened(meanwhile, 1, issue_marker("demo"), US).state = "closed"
    meanwhile.fail_next(operation, 502, after_accepting=True, times=times)
    assert issue(meanwhile) == 1
    assert (list(meanwhile.issues), meanwhile.issues[1].labels) == ([1], [TRACKING])
    assert meanwhile.issues[1].state == "open"
    assert meanwhile.writes.count(operation) == 1
    assert issue(meanwhile) == 1
    assert meanwhile.writes.count(operation) == 1


@pytest.mark.parametrize("operation", [LABEL, CREATE, COMMENT])
def test_a_cut_connection_makes_nothing_twice(meanwhile: Meanwhile, operation: str) -> None:
    meanwhile.cut = [operation]
    publisher(meanwhile).note(issue(meanwhile), "run:1", "A note.\n")
    assert (list(meanwhile.issues), notes(meanwhile)) == ([1], [f"{note_marker('run:1')}\nA note.\n"])
    assert meanwhile.writes == [LABEL, CREATE, COMMENT]


@pytest.mark.parametrize("operation", [LABEL, CREATE, COMMENT])
def test_a_rate_limit_leaves_nothing_that_a_repeat_would_double(meanwhile: Meanwhile, operation: str) -> None:
    def both() -> None:
        publisher(meanwhile).note(issue(meanwhile), "run:1", "A note.\n")

    meanwhile.before = {operation: [lambda: setattr(meanwhile, "rate_limited", True)]}
    assert "rate limit is used up" in refused(both, meanwhile.token).what
    assert meanwhile.writes[-1] == operation
    meanwhile.rate_limited = False
    both()
    assert (list(meanwhile.issues), list(meanwhile.labels), len(notes(meanwhile))) == ([1], [TRACKING], 1)


def test_a_label_that_somebody_else_made_meanwhile(meanwhile: Meanwhile) -> None:
    meanwhile.before = {LABEL: [lambda: meanwhile.labels.update({TRACKING: "123456"})]}
    assert meanwhile.issues[issue(meanwhile)].labels == [TRACKING]
    assert meanwhile.labels == {TRACKING: "123456"}
    # 422 for another reason is a refusal.
    meanwhile.fail_next(LABEL, 422)
    assert refused(lambda: issue(meanwhile, "evaluation"), meanwhile.token).what.endswith("it answered 422.")


def test_an_issue_that_another_job_opened_meanwhile(meanwhile: Meanwhile) -> None:
    """Two may come to be then; from the next time on it is the older one for everybody."""
    meanwhile.before = {CREATE: [lambda: opened(meanwhile, 1, issue_marker("demo"), US, TRACKING)]}
    issue(meanwhile)
    assert issue(meanwhile) == 1
    assert meanwhile.writes.count(CREATE) == 1


def test_ours_is_found_on_a_later_page(meanwhile: Meanwhile) -> None:
    for number in range(1, 121):
        opened(meanwhile, number, issue_marker(f"p{number}"), US, TRACKING)
    assert issue(meanwhile, project="p115") == 115
    meanwhile.broken = ("issues/list-for-repo", 404)
    refused(lambda: issue(meanwhile, project="p115"), meanwhile.token)
    assert meanwhile.writes == []


def test_a_token_that_may_not_write(meanwhile: Meanwhile) -> None:
    opened(meanwhile, 1, "")
    meanwhile.readonly = True
    calls: list[Callable[[], object]] = [
        lambda: issue(meanwhile),
        lambda: publisher(meanwhile).note(1, "k", "body"),
    ]
    for call in calls:
        error = refused(call, meanwhile.token)
        assert error.what.endswith("it answered 403.")
        assert "permissions" in error.next_step
    assert meanwhile.writes == [LABEL, COMMENT]
    refused(lambda: publisher(meanwhile).note(99, "k", "body"), meanwhile.token)


def test_a_note_is_written_once_and_never_again(meanwhile: Meanwhile) -> None:
    number = issue(meanwhile)
    for body in ("first\n", "other words\n"):
        publisher(meanwhile).note(number, "train:r-a1:started", body)
    publisher(meanwhile).note(number, "train:r-a1:start", "another key\n")
    publisher(meanwhile, US.upper()).note(number, "train:r-a1:start", "the same login\n")
    assert notes(meanwhile) == [
        f"{note_marker('train:r-a1:started')}\nfirst\n",
        f"{note_marker('train:r-a1:start')}\nanother key\n",
    ]


def test_a_note_that_only_looks_like_ours(meanwhile: Meanwhile) -> None:
    opened(meanwhile, 1, "")
    forged = [
        ("mallory", note_marker("k")),
        (US, f"> {note_marker('k')}"),
        (US, f"before\n{note_marker('k')}"),
        (US, note_marker("k2")),
        (US, issue_marker("k")),
        (US, ""),
    ]
    for author, body in forged:
        meanwhile.add_comment(1, author, body)
    publisher(meanwhile).note(1, "k", "ours\n")
    assert notes(meanwhile) == [*(body for _, body in forged), f"{note_marker('k')}\nours\n"]


def test_a_note_is_found_on_a_later_page(meanwhile: Meanwhile) -> None:
    opened(meanwhile, 1, "")
    for n in range(130):
        meanwhile.add_comment(1, "mallory", f"talk {n}")
    publisher(meanwhile).note(1, "k", "ours\n")
    publisher(meanwhile).note(1, "k", "ours\n")
    assert len(notes(meanwhile)) == 131
    meanwhile.broken = ("issues/list-comments", 404)
    refused(lambda: publisher(meanwhile).note(1, "k", "ours\n"), meanwhile.token)
    assert len(notes(meanwhile)) == 131


@pytest.mark.parametrize(
    ("what", "call"),
    [
        ("key", lambda one: one.note(1, "", "body")),
        ("key", lambda one: one.note(1, "a b", "body")),
        ("key", lambda one: one.note(1, "a-->b", "body")),
        ("key", lambda one: one.note(1, "A", "body")),
        ("key", lambda one: one.note(1, "a\n", "body")),
        ("key", lambda one: one.note(1, "a" * 201, "body")),
        ("text", lambda one: one.note(1, "a", "x" * 60_001)),
        ("text", lambda one: one.issue("demo", "title", "x" * 60_001, ())),
        ("text", lambda one: one.open_pull("clinft/x", "main", "title", "x" * 60_001)),
        ("text", lambda one: one.close_pull(1, "x" * 60_001)),
        ("title", lambda one: one.issue("demo", "", "body", ())),
        ("title", lambda one: one.issue("demo", "two\nlines", "body", ())),
        ("title", lambda one: one.open_pull("clinft/x", "main", "x" * 257, "body")),
        ("title", lambda one: one.commit("clinft/x", "1" * 40, {}, (), " \n ")),
        ("project", lambda one: one.issue("demo -->", "title", "body", ())),
        ("project", lambda one: one.issue("", "title", "body", ())),
        ("label", lambda one: one.issue("demo", "title", "body", ("a,b",))),
        ("label", lambda one: one.issue("demo", "title", "body", ("",))),
        ("label", lambda one: one.issue("demo", "title", "body", ("x" * 51,))),
    ],
)
def test_what_no_caller_asks_for(what: str, call: Callable[[GitHubPublisher], object]) -> None:
    nowhere = GitHubPublisher(Address("http://127.0.0.1:9/api/v3", "hosp/clinft", "t", "report"), US, 0)
    with pytest.raises(ClinftError, match="bug in clinft") as error:
        call(nowhere)
    assert what in error.value.what.lower() or what in error.value.cause.lower()
