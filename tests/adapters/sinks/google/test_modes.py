"""What the doctor says of the four ways of storing; it only reads."""

from typing import Any

import pytest

from clinft.ports.sinks import Reached
from clinft.spec.sinks import GoogleLogin
from tests.adapters.sinks.google.sending import KEYLESS, Sending, assert_says_nothing, place
from tests.fakes.google.people import ACCOUNT, USER, user_login
from tests.fakes.google.server import GoogleServer
from tests.fakes.google.state import DOCUMENT, FOLDER, SCOPE, SPREADSHEET

READING = {"oauth2.token", "sts.token", "drive.about.get", "drive.files.get"} | {
    f"iamcredentials.projects.serviceAccounts.{name}" for name in ("generateAccessToken", "signJwt")
}


def checked(sending: Sending, kind: str = "google_sheets", tools: Any = None, **more: Any) -> list[Reached]:
    at = place(kind, **more)
    found = list((sending.sheets if kind == "google_sheets" else sending.docs)(at, tools).check())
    assert {one.operation_id for one in sending.google.requests} <= READING
    assert all(one.ok or one.advice for one in found)
    return found


def test_a_spreadsheet_that_people_made_and_shared(google: GoogleServer, sending: Sending) -> None:
    book = google.new_file("Board", SPREADSHEET, USER, shared={ACCOUNT: "writer"})
    found = checked(sending, spreadsheet=book.id, login=KEYLESS, tools=sending.keyless())
    assert found == [
        Reached(True, f"Google lets {ACCOUNT} in, without a key."),
        Reached(True, f"The spreadsheet {book.id}, made and shared by people, can be written."),
    ]


@pytest.mark.parametrize(
    ("role", "what"),
    [(None, "Google gave 404"), ("reader", "may read the spreadsheet")],
)
def test_a_spreadsheet_that_is_not_shared_for_writing(
    role: str | None, what: str, google: GoogleServer, sending: Sending
) -> None:
    book = google.new_file("Board", SPREADSHEET, USER, shared={ACCOUNT: role} if role else {})
    last = checked(sending, spreadsheet=book.id)[-1]
    assert not last.ok
    assert what in last.what
    assert f"{ACCOUNT} as editor" in last.advice or f"Make {ACCOUNT} an editor" in last.advice


def test_a_folder_of_a_shared_drive(google: GoogleServer, sending: Sending) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    assert checked(sending, folder=folder.id)[-1] == Reached(
        True, f"The folder {folder.id}, of a Shared Drive, can be written."
    )
    readers = google.new_drive({ACCOUNT: "reader"})
    assert not checked(sending, folder=readers.id)[-1].ok


def test_a_folder_of_a_person_s_drive_does_not_help_a_service_account(
    google: GoogleServer, sending: Sending
) -> None:
    folder = google.new_file("Mine", FOLDER, USER, shared={ACCOUNT: "writer"})
    last = checked(sending, folder=folder.id)[-1]
    assert not last.ok
    assert "is in no Shared Drive" in last.what
    assert "docs/google.md" in last.advice


def test_a_user_s_own_login(google: GoogleServer, sending: Sending) -> None:
    google.allow_user(f"{SCOPE}drive.file")
    tools = sending.tools(user_login())
    assert checked(sending, tools=tools)[-1].what.endswith("by the user's own login.")
    google.accounts[USER].storage = 0
    assert checked(sending, tools=tools)[-1] == Reached(
        False, "The storage of the user who gave the login is full.", checked(sending, tools=tools)[-1].advice
    )


def test_domain_wide_delegation(google: GoogleServer, sending: Sending) -> None:
    login = GoogleLogin(subject=USER)
    (refused,) = checked(sending, login=login)
    assert not refused.ok
    assert "unauthorized_client" in refused.what
    google.delegated[ACCOUNT, USER] = frozenset({f"{SCOPE}drive.file"})
    google.accounts[USER].storage = None
    found = checked(sending, login=login)
    assert [one.ok for one in found] == [True, True]
    assert found[1].what == f"Files are made in the Drive of {USER}, by domain-wide delegation."


def test_a_service_account_with_nowhere_to_store(google: GoogleServer, sending: Sending) -> None:
    last = checked(sending)[-1]
    assert (last.ok, last.what) == (False, f"{ACCOUNT} can make no files: a service account has no storage.")
    assert "Shared Drive" in last.advice


def test_documents_of_people(google: GoogleServer, sending: Sending) -> None:
    good = google.new_file("Card", DOCUMENT, USER, shared={ACCOUNT: "writer"})
    word = google.new_file("card.docx", "application/msword", USER, shared={ACCOUNT: "writer"})
    gone = google.new_file("Old", DOCUMENT, USER, shared={ACCOUNT: "writer"}, trashed=True)
    found = checked(
        sending,
        "google_docs",
        documents={"a/model_card": good.id, "b/model_card": word.id, "c/model_card": gone.id},
    )
    assert [one.ok for one in found] == [True, True, False, False, False]
    assert "other than those named" in found[-1].what


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        (403, "SERVICE_DISABLED", "Switch both on"),
        (403, "accessNotConfigured", "Switch both on"),
        (403, "insufficientPermissions", "Allow the scopes"),
        (403, "forbidden", "Share it with"),
        (401, "authError", "Give it anew"),
        (400, "badRequest", "clinft doctor"),
        (500, "", "clinft reconcile"),
    ],
)
def test_what_google_refuses_is_told_with_the_next_step(
    status: int, reason: str, said: str, google: GoogleServer, sending: Sending
) -> None:
    google.fail_next("drive.about.get", status, reason, times={401: 3, 500: 7}.get(status, 1))
    (found,) = checked(sending)
    assert not found.ok
    assert said in found.advice
    assert_says_nothing(Exception(found.what, found.advice), google)


def test_a_full_storage_is_told_with_the_four_ways(google: GoogleServer, sending: Sending) -> None:
    from clinft.errors import PolicyViolation
    from tests.adapters.sinks.google.sending import rows

    with pytest.raises(PolicyViolation, match=r"403 \(PERMISSION_DENIED, storageQuotaExceeded\)") as caught:
        sending.sheets(place("google_sheets")).send(rows(1), {})
    assert "a folder of a Shared Drive, with clinft@project-1" in caught.value.next_step
    assert len(google.asked("drive.files.create")) == 1
    assert sending.slept == []
