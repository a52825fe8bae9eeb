"""Drive v3."""

import re
from typing import Any

from tests.fakes.google.calls import Call, Handler, Reply, refused
from tests.fakes.google.state import DOCUMENT, EDITORS, File, Token, sees

QUERY = re.compile(
    r"appProperties has \{ key='(?P<key>\w+)' and value='(?P<value>\w+)' \} and mimeType = '(?P<kind>[\w.+/-]+)'"
    r" and trashed = false( and '(?P<parent>[\w-]+)' in parents)?"
)


def about(call: Call) -> Reply:
    token = _token(call)
    account = call.server.accounts[token.account]
    quota = {"usage": str(call.server.usage(account.email))}
    if account.storage is not None:
        quota["limit"] = str(account.storage)
    body = {
        "user": {"emailAddress": account.email},
        "storageQuota": quota,
        "importFormats": call.server.import_formats,
    }
    if "fields" not in call.query:
        raise refused(400, "required", "The 'fields' parameter is required for this method.")
    return Reply(200, {name: body[name] for name in _fields(call) if name in body})


def get(call: Call) -> Reply:
    token = _token(call)
    return Reply(200, _shown(call, _opened(call), token))


def listed(call: Call) -> Reply:
    token = _token(call)
    asked = QUERY.fullmatch(call.query["q"])
    if asked is None:
        raise AssertionError(f"not built: {call.query['q']}")
    found = [
        one
        for one in call.server.files.values()
        if _matches(one, asked, token) and one.id not in call.server.unseen and _in_corpus(call, one)
    ]
    shown = [_shown(call, one, token) for one in sorted(found, key=lambda one: one.created)]
    return Reply(200, {"files": shown})


def _matches(file: File, asked: re.Match[str], token: Token) -> bool:
    return (
        file.properties.get(asked["key"]) == asked["value"]
        # What one program notes, another does not see.
        and file.app == token.app
        and sees(token, file)
        and file.kind == asked["kind"]
        and not file.trashed
        and (asked["parent"] is None or asked["parent"] in file.parents)
    )


def _in_corpus(call: Call, file: File) -> bool:
    """A Shared Drive's files are found where it is named, and files of all Drives are asked for."""
    if file.drive is None:
        return "driveId" not in call.query
    wanted = call.query.get("corpora") == "drive" and call.query.get("driveId") == file.drive
    return wanted and call.query.get("includeItemsFromAllDrives") == "true" == call.query.get(
        "supportsAllDrives"
    )


def create(call: Call) -> Reply:
    token, body = _token(call), call.body or {}
    parents = tuple(body.get("parents", ()))
    folder = call.server.opened(parents[0], token, write=True) if parents else None
    if folder is not None and folder.drive is not None and call.query.get("supportsAllDrives") != "true":
        raise refused(404, "notFound", f"File not found: {folder.id}.")
    drive = folder.drive if folder is not None else None
    if drive is None:
        account = call.server.accounts[token.account]
        if account.storage is not None and call.server.usage(account.email) >= account.storage:
            raise refused(403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded.")
    made = call.server.new_file(
        body.get("name", "Untitled"),
        body["mimeType"],
        None if drive else token.account,
        app=token.app,
        drive=drive,
        parents=parents,
        properties=dict(body.get("appProperties") or {}),
        description=body.get("description", ""),
    )
    _upload(call, made)
    return Reply(200, _shown(call, made, token))


def update(call: Call) -> Reply:
    token, body = _token(call), call.body or {}
    file = _opened(call, write=True)
    file.name = body.get("name", file.name)
    file.description = body.get("description", file.description)
    file.trashed = body.get("trashed", file.trashed)
    _upload(call, file)
    return Reply(200, _shown(call, file, token))


def export(call: Call) -> Reply:
    file = _opened(call)
    if file.kind != DOCUMENT:
        raise refused(403, "fileNotExportable", "Export only supports Docs Editors files.")
    if call.query["mimeType"] not in ("text/plain", file.media_type):
        raise refused(400, "badRequest", "The requested conversion is not supported.")
    return Reply(200, file.content)


def _upload(call: Call, file: File) -> None:
    if call.media is None:
        return
    if file.kind == DOCUMENT and DOCUMENT not in call.server.import_formats.get(call.media.media_type, ()):
        raise refused(400, "invalidContentType", "The content cannot be converted.")
    file.content, file.media_type = call.media.data, call.media.media_type


def _opened(call: Call, write: bool = False) -> File:
    file = call.server.opened(call.parts["fileId"], _token(call), write)
    if file.drive is not None and call.query.get("supportsAllDrives") != "true":
        raise refused(404, "notFound", f"File not found: {file.id}.")
    return file


def _token(call: Call) -> Token:
    assert call.token is not None
    return call.token


def _fields(call: Call) -> list[str]:
    """The names on the first level of a mask like `id,capabilities(canEdit)` or `files(id)`."""
    inner = re.fullmatch(r"files\((.*)\)", call.query["fields"])
    return re.findall(r"(\w+)(?:\([^)]*\))?(?:,|$)", inner.group(1) if inner else call.query["fields"])


def _shown(call: Call, file: File, token: Token) -> dict[str, Any]:
    role = call.server.role(file, token.account)
    body: dict[str, Any] = {
        "id": file.id,
        "name": file.name,
        "mimeType": file.kind,
        "trashed": file.trashed,
        "createdTime": file.created,
        "capabilities": {"canEdit": role in EDITORS, "canAddChildren": role in EDITORS},
    }
    if file.drive is not None:
        body["driveId"] = file.drive
    if file.parents:
        body["parents"] = list(file.parents)
    if file.properties and file.app == token.app:
        body["appProperties"] = file.properties
    return {name: body[name] for name in _fields(call) if name in body}


OPERATIONS: dict[str, Handler] = {
    "drive.about.get": about,
    "drive.files.get": get,
    "drive.files.list": listed,
    "drive.files.create": create,
    "drive.files.update": update,
    "drive.files.export": export,
}
