"""What is taken from Google's answers, and where they could lead."""

from pathlib import Path

import pytest

from clinft.adapters.sinks.google.refusal import Refusal, explained, of_answer
from clinft.errors import PolicyViolation, ServiceError
from tests.adapters.sinks.google.sending import Sending, assert_says_nothing, place, rows
from tests.fakes.google.people import ACCOUNT, USER
from tests.fakes.google.server import GoogleServer
from tests.fakes.google.state import SPREADSHEET, File


@pytest.fixture
def book(google: GoogleServer) -> File:
    return google.new_file("Board", SPREADSHEET, USER, shared={ACCOUNT: "writer"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"[]",
        b'{"error": []}',
        b'{"error": {"errors": 3}}',
        b'{"error": {"status": {"a": 1}, "errors": [3, {"reason": "two words, Jane"}], "details": [{}]}}',
        b'{"error": "Jane Canary"}',
        b"\xff\xfe",
    ],
)
def test_answers_that_are_none_of_google_s(content: bytes) -> None:
    found = of_answer(403, content)
    assert found.status == 403
    said = str(explained(found, "Adding rows", "The spreadsheet x", ACCOUNT))
    assert "Jane" not in said
    assert said.startswith("Adding rows was refused: Google gave 403")


@pytest.mark.parametrize("status", [0, 408, 429, 500, 502, 503, 504])
def test_what_passes_is_a_service_s_error(status: int) -> None:
    assert isinstance(explained(Refusal(status), "a", "b", "c"), ServiceError)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 413])
def test_what_does_not_is_for_a_person(status: int) -> None:
    found = explained(Refusal(status), "a", "b", "c")
    assert isinstance(found, PolicyViolation)
    assert found.cause
    assert found.next_step


def test_no_redirect_is_followed_with_a_token(google: GoogleServer, sending: Sending, book: File) -> None:
    google.redirect_next("sheets.spreadsheets.get", "https://evil.example/v4")
    with pytest.raises(
        PolicyViolation, match="Opening the spreadsheet was refused: Google gave 302"
    ) as caught:
        sending.send(sending.sheets(place("google_sheets", spreadsheet=book.id)), rows(1))
    assert_says_nothing(caught.value, google, "evil.example")
    assert {one.host for one in google.requests} == {"oauth2.googleapis.com", "sheets.googleapis.com"}


def test_no_redirect_is_followed_with_a_login(google: GoogleServer, sending: Sending, book: File) -> None:
    google.redirect_next("oauth2.token", "https://evil.example/token")
    sending.send(sending.sheets(place("google_sheets", spreadsheet=book.id)), rows(1))
    assert sending.slept == [1]
    assert {one.host for one in google.requests} == {"oauth2.googleapis.com", "sheets.googleapis.com"}


def test_a_password_file_of_the_machine_does_not_replace_the_token(
    google: GoogleServer, sending: Sending, book: File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine sheets.googleapis.com login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    sending.send(sending.sheets(place("google_sheets", spreadsheet=book.id)), rows(1))
    assert all(
        one.headers["authorization"].startswith("Bearer ") for one in google.asked("sheets.spreadsheets.get")
    )


def test_nothing_is_logged(
    google: GoogleServer, sending: Sending, book: File, caplog: pytest.LogCaptureFixture
) -> None:
    """Google's client would write addresses, and answers that are no JSON as a whole."""
    caplog.set_level("INFO")
    google.fail_next("sheets.spreadsheets.batchUpdate", 403, "forbidden")
    with pytest.raises(PolicyViolation):
        sending.send(sending.sheets(place("google_sheets", spreadsheet=book.id)), rows(1))
    assert caplog.text == ""


@pytest.mark.parametrize("body", [[], 3, "text", {"error": 3}], ids=str)
@pytest.mark.parametrize("status", [200, 403])
def test_an_answer_that_something_in_between_made_up(
    status: int, body: object, google: GoogleServer, sending: Sending, book: File
) -> None:
    google.answer_next("sheets.spreadsheets.get", status, body)
    sending.send(sending.sheets(place("google_sheets", spreadsheet=book.id)), rows(1))
    assert len(google.read(book.id, "runs")) == 2
