"""For the doctor: which of the four ways of storing is set up, and what is wrong with it. Reads only."""

from collections.abc import Iterator
from typing import Any

from clinft.adapters.sinks.google.client import Google
from clinft.adapters.sinks.google.files import SHARED
from clinft.adapters.sinks.google.login import Login
from clinft.adapters.sinks.google.places import DOCUMENT, FOLDER, METADATA, SPREADSHEET, scopes
from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import ClinftError
from clinft.ports.sinks import Reached
from clinft.spec.sinks import Sink as Place

WAYS = (
    "Name a file that a person made and shared, or a folder of a Shared Drive; or let a user's login or "
    "domain-wide delegation write: docs/google.md."
)


def check(place: Place, tools: SinkTools, transport: Any | None) -> Iterator[Reached]:
    login = Login(place.login, tools)
    wanted = (*scopes(place), METADATA) if place.spreadsheet else scopes(place)
    google = Google(login, tools, wanted, transport)
    try:
        yield from _checked(place, login, google)
    except ClinftError as error:
        yield Reached(False, error.what, f"{error.cause} {error.next_step}")


def _checked(place: Place, login: Login, google: Google) -> Iterator[Reached]:
    about = google.ask(
        google.about.get(fields="user(emailAddress),storageQuota(limit,usage)"),
        "Logging in",
        "Google",
    )
    how = "without a key" if login.keyless else "with a key"
    yield Reached(True, f"Google lets {login.account} in, {how}.")
    for name, known, kind in _files(place):
        yield _try(google, name, known, kind, "canEdit")
    if place.spreadsheet:
        return
    if place.folder:
        yield _try(google, "folder", place.folder, FOLDER, "canAddChildren", login)
    elif login.is_user:
        yield _storage(about, login)
    else:
        named = " other than those named" if place.documents else ""
        yield Reached(
            False, f"{login.account} can make no files{named}: a service account has no storage.", WAYS
        )


def _files(place: Place) -> Iterator[tuple[str, str, str]]:
    if place.spreadsheet:
        yield "spreadsheet", place.spreadsheet, SPREADSHEET
    for key, known in sorted(place.documents.items()):
        yield f"document {key}", known, DOCUMENT


def _try(google: Google, name: str, known: str, kind: str, right: str, login: Login | None = None) -> Reached:
    """`login`: of whoever would own what is made in this folder."""
    named, account = f"the {name} {known}", google.login.account
    fields = f"id,mimeType,trashed,driveId,capabilities({right})"
    try:
        found = google.ask(
            google.files.get(fileId=known, fields=fields, **SHARED), f"Opening {named}", f"The {name} {known}"
        )
    except ClinftError as error:
        return Reached(False, error.what, f"{error.cause} {error.next_step}")
    if found.get("mimeType") != kind or found.get("trashed", False):
        return Reached(
            False, f"The {name} {known} lies in the bin or is of another kind.", "Name another in the policy."
        )
    if not found.get("capabilities", {}).get(right, False):
        return Reached(
            False, f"{account} may read {named} and not write.", f"Make {account} an editor of it."
        )
    if login is None:
        return Reached(True, f"The {name} {known}, made and shared by people, can be written.")
    if "driveId" not in found and not login.is_user:
        what = f"The {name} {known} is in no Shared Drive, and {account} has no storage to own files with."
        return Reached(False, what, WAYS)
    where = "of a Shared Drive" if "driveId" in found else "of a person's Drive"
    return Reached(True, f"The {name} {known}, {where}, can be written.")


def _storage(about: dict[str, Any], login: Login) -> Reached:
    quota = about.get("storageQuota", {})
    # Without a limit there is none.
    if "limit" in quota and int(quota.get("usage", 0)) >= int(quota["limit"]):
        return Reached(False, f"The storage of {login.account} is full.", WAYS)
    way = "by domain-wide delegation" if login.subject else "by the user's own login"
    return Reached(True, f"Files are made in the Drive of {login.account}, {way}.")
