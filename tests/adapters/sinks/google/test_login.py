"""Who is let in, by which way, and what is said where nobody is."""

import json
from dataclasses import replace
from typing import Any

import pytest

from clinft.adapters.sinks.google.login import KEY_HOST, Login
from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import PolicyViolation, ServiceError
from clinft.spec.sinks import GoogleLogin
from tests.adapters.sinks.google.sending import KEYLESS, Sending, assert_says_nothing, place, rows
from tests.fakes.google.people import (
    ACCOUNT,
    PROVIDER,
    SUBJECT,
    USER,
    encoded,
    github_token,
    service_account_key,
    user_login,
)
from tests.fakes.google.server import GoogleServer
from tests.fakes.google.state import SCOPE, SPREADSHEET, File

TOKEN = "oauth2.token"
EXCHANGE = "sts.token"
ACCESS = "iamcredentials.projects.serviceAccounts.generateAccessToken"
SIGN = "iamcredentials.projects.serviceAccounts.signJwt"
SHEETS, OWN_FILES, DRIVE = f"{SCOPE}spreadsheets", f"{SCOPE}drive.file", f"{SCOPE}drive"


@pytest.fixture
def book(google: GoogleServer) -> File:
    return google.new_file("Board", SPREADSHEET, USER, shared={ACCOUNT: "writer"})


def granted(google: GoogleServer) -> set[str]:
    return {scope for token in google.tokens.values() if not token.federated for scope in token.scopes}


def test_keyless_from_github_s_token_to_the_row(google: GoogleServer, sending: Sending, book: File) -> None:
    at = place("google_sheets", spreadsheet=book.id, login=KEYLESS)
    sending.send(sending.sheets(at, sending.keyless()), rows(1))
    (exchanged,), (acted,) = google.asked(EXCHANGE), google.asked(ACCESS)
    assert exchanged.body["audience"] == f"//iam.googleapis.com/{PROVIDER}"
    assert exchanged.host == "sts.googleapis.com"
    assert acted.path == f"/v1/projects/-/serviceAccounts/{ACCOUNT}:generateAccessToken"
    assert acted.body["scope"] == [SHEETS]
    assert google.asked(TOKEN) == []
    assert granted(google) == {SHEETS}
    assert len(google.read(book.id, "runs")) == 2
    hosts = {one.host for one in google.requests}
    assert hosts == {"sts.googleapis.com", "iamcredentials.googleapis.com", "sheets.googleapis.com"}


def test_keyless_in_the_name_of_a_user(google: GoogleServer, sending: Sending) -> None:
    google.delegated[ACCOUNT, USER] = frozenset({OWN_FILES})
    at = place("google_sheets", login=KEYLESS.model_copy(update={"subject": USER}))
    sending.send(sending.sheets(at, sending.keyless()), rows(1))
    made = google.files[sending.memory["spreadsheet"]]
    assert made.owner == USER
    assert len(google.asked(SIGN)) == 1
    assert granted(google) == {OWN_FILES}


def test_a_key_in_the_name_of_a_user(google: GoogleServer, sending: Sending) -> None:
    google.delegated[ACCOUNT, USER] = frozenset({OWN_FILES})
    sending.send(sending.sheets(place("google_sheets", login=GoogleLogin(subject=USER))), rows(1))
    assert google.files[sending.memory["spreadsheet"]].owner == USER


def test_a_user_s_own_login(google: GoogleServer, sending: Sending) -> None:
    google.allow_user(OWN_FILES)
    sending.send(sending.sheets(place("google_sheets"), sending.tools(user_login())), rows(1))
    assert google.files[sending.memory["spreadsheet"]].owner == USER


def test_a_laptop_takes_the_key_where_the_policy_says_keyless(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    at = place("google_sheets", spreadsheet=book.id, login=KEYLESS)
    sending.send(sending.sheets(at), rows(1))
    assert google.asked(EXCHANGE) == []


@pytest.mark.parametrize(
    ("named", "scope"),
    [("spreadsheet", SHEETS), ("folder", DRIVE), ("documents", DRIVE), (None, OWN_FILES)],
)
def test_no_more_is_asked_for_than_the_place_needs(
    named: str | None, scope: str, google: GoogleServer, sending: Sending
) -> None:
    from clinft.adapters.sinks.google.places import scopes

    given: dict[str, Any] = (
        {"documents": {"icd10/model_card": "x" * 20}} if named == "documents" else {named: "x" * 20}
    )
    kind = "google_docs" if named == "documents" else "google_sheets"
    assert scopes(place(kind, **(given if named else {}))) == (scope,)


def test_a_token_that_expires_is_renewed(google: GoogleServer, sending: Sending, book: File) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    sending.send(sink, rows(1))
    for token in google.tokens.values():
        token.alive = False
    sending.send(sink, rows(1, 2))
    assert len(google.asked(TOKEN)) == 2
    assert len(google.read(book.id, "runs")) == 3


def refused(sending: Sending, at: Any, tools: SinkTools, *secrets: str) -> PolicyViolation:
    with pytest.raises(PolicyViolation) as caught:
        sending.sheets(at, tools).send(rows(1), {})
    assert_says_nothing(caught.value, sending.google, *secrets)
    assert caught.value.cause
    assert caught.value.next_step
    return caught.value


def test_a_login_that_was_taken_back(google: GoogleServer, sending: Sending) -> None:
    error = refused(sending, place("google_sheets"), sending.tools(user_login()))
    assert "invalid_grant" in error.what
    assert "taken" in error.cause or "took" in error.cause


def test_a_key_that_was_deleted(google: GoogleServer, sending: Sending, book: File) -> None:
    from tests.fakes.google.people import key_pair

    google.certificates[ACCOUNT] = key_pair("another")[1]
    error = refused(sending, place("google_sheets", spreadsheet=book.id), sending.tools())
    assert f"Google lets nobody in as {ACCOUNT}: invalid_grant." == error.what


def test_delegation_that_no_administrator_allowed(google: GoogleServer, sending: Sending) -> None:
    error = refused(sending, place("google_sheets", login=GoogleLogin(subject=USER)), sending.tools())
    assert "Domain-wide delegation" in error.next_step


@pytest.mark.parametrize(
    ("broken", "word", "advice"),
    [
        ("provider", "invalid_target", "workload_identity_provider"),
        ("condition", "unauthorized_client", "attribute condition"),
        ("audience", "invalid_grant", "audience at its default"),
        ("role", "PERMISSION_DENIED", "Workload Identity User"),
        ("account", "NOT_FOUND", "service_account"),
    ],
)
def test_each_link_of_the_keyless_chain(
    broken: str, word: str, advice: str, google: GoogleServer, sending: Sending, book: File
) -> None:
    tools = sending.keyless()
    match broken:
        case "provider":
            google.providers.clear()
        case "condition":
            tools = sending.tools(id_token=lambda audience: github_token(audience, "repo:evil/fork:ref:main"))
        case "audience":
            tools = sending.tools(id_token=lambda _: github_token("https://elsewhere.example"))
        case "role":
            google.impersonators.clear()
        case "account":
            del google.accounts[ACCOUNT]
    at = place("google_sheets", spreadsheet=book.id, login=KEYLESS)
    token = github_token(f"https://iam.googleapis.com/{PROVIDER}")
    error = refused(sending, at, tools, token)
    assert word in error.what
    assert advice in error.next_step


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (service_account_key(token_uri="https://evil.example/token"), "wants its token from elsewhere"),
        (service_account_key(universe_domain="evil.example"), "wants its token from elsewhere"),
        (service_account_key(private_key="-----BEGIN nothing"), "private key cannot be read"),
        (service_account_key(client_email=3), "lacks one of client_email, private_key"),
        (
            {"type": "external_account", "credential_source": {"url": "https://evil.example"}},
            "neither a service",
        ),
        ({"type": "authorized_user", "client_id": "x"}, "lacks one of"),
    ],
)
def test_a_key_that_is_none_is_never_sent(
    key: dict[str, Any], said: str, google: GoogleServer, sending: Sending, book: File
) -> None:
    at = place("google_sheets", spreadsheet=book.id)
    error = refused(sending, at, sending.tools(key), "evil.example", "-----BEGIN nothing")
    assert said in error.what
    assert google.requests == []


@pytest.mark.parametrize("text", ["", "not base64!", encoded({})[:-4], "WzFd"])
def test_a_line_that_is_no_key(text: str, google: GoogleServer, sending: Sending, book: File) -> None:
    tools = replace(sending.tools(), key_of=lambda host: text if host == KEY_HOST else None)
    error = refused(sending, place("google_sheets", spreadsheet=book.id), tools)
    assert "base64" in error.cause
    assert google.requests == []


def test_no_login_at_all(google: GoogleServer, sending: Sending, book: File) -> None:
    tools = replace(sending.tools(), key_of=lambda _: None)
    error = refused(sending, place("google_sheets", spreadsheet=book.id, login=KEYLESS), tools)
    assert error.what == "There is no login for Google."
    assert "docs/google.md" in error.next_step


def test_a_key_of_another_account_than_the_policy_names(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    other = GoogleLogin(service_account="other@project-1.iam.gserviceaccount.com")
    error = refused(sending, place("google_sheets", spreadsheet=book.id, login=other), sending.tools())
    assert "other@project-1.iam.gserviceaccount.com" in error.what
    assert google.requests == []


def test_github_s_token_that_fails_to_come_later(google: GoogleServer, sending: Sending, book: File) -> None:
    tokens = iter([github_token("x")])
    tools = sending.tools(id_token=lambda _: next(tokens, None))
    error = refused(sending, place("google_sheets", spreadsheet=book.id, login=KEYLESS), tools)
    assert "no_id_token" in error.what


def test_nobody_answers(google: GoogleServer, sending: Sending, book: File) -> None:
    google.drop_next(TOKEN, times=7)
    with pytest.raises(ServiceError, match="Google gave no answer") as caught:
        sending.sheets(place("google_sheets", spreadsheet=book.id)).send(rows(1), {})
    assert_says_nothing(caught.value, google)
    assert len(sending.slept) == 6


def test_a_login_service_that_is_down_for_a_moment(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    google.fail_next(EXCHANGE, 503)
    google.fail_next(ACCESS, 503)
    at = place("google_sheets", spreadsheet=book.id, login=KEYLESS)
    sending.send(sending.sheets(at, sending.keyless()), rows(1))
    assert sending.slept == [1, 2]
    assert len(google.read(book.id, "runs")) == 2


def test_the_key_s_own_address_is_not_used() -> None:
    """Whatever the key says, tokens come from the address that is written in the program."""
    tools = SinkTools(
        key_of=lambda _: encoded(service_account_key(token_uri="https://accounts.google.com/o/oauth2/token"))
    )
    made = Login(None, tools).credentials([SHEETS])
    assert made._token_uri == "https://oauth2.googleapis.com/token"
    assert SUBJECT not in json.dumps(repr(made))
