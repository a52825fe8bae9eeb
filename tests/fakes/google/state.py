"""Who there is, what lies in Drive, and who may do what with it."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.google.calls import refused
from tests.fakes.google.grid import Sheet

SCOPE = "https://www.googleapis.com/auth/"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
DOCUMENT = "application/vnd.google-apps.document"
FOLDER = "application/vnd.google-apps.folder"
EDITORS = ("owner", "fileOrganizer", "writer")


@dataclass
class Account:
    """`storage`: bytes it may own, None: no limit. `app`: the project that its files belong to."""

    email: str
    storage: int | None
    app: str = "project-1"


@dataclass
class Token:
    """`federated`: only good for acting as somebody else."""

    text: str
    account: str
    scopes: frozenset[str]
    app: str = "project-1"
    federated: bool = False
    alive: bool = True


@dataclass
class File:
    id: str
    name: str
    kind: str
    owner: str | None
    created: str
    app: str = "people"
    drive: str | None = None
    parents: tuple[str, ...] = ()
    shared: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    description: str = ""
    trashed: bool = False
    content: bytes = b""
    media_type: str = ""
    sheets: list[Sheet] = field(default_factory=list)


class State:
    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.files: dict[str, File] = {}
        # Shared Drives: members and their roles.
        self.drives: dict[str, dict[str, str]] = {}
        # Files that the search does not know yet.
        self.unseen: set[str] = set()
        self.import_formats: dict[str, list[str]] = {"text/html": [DOCUMENT], "text/markdown": [DOCUMENT]}
        self._numbers = itertools.count(1)

    def new_file(self, name: str, kind: str, owner: str | None, **more: Any) -> File:
        number = next(self._numbers)
        made = File(
            f"file-{number:06d}-id",
            name,
            kind,
            owner,
            f"2026-11-26T12:00:{number % 60:02d}.{number:03d}Z",
            **more,
        )
        if kind == SPREADSHEET:
            made.sheets.append(Sheet(0, "Sheet1"))
        self.files[made.id] = made
        return made

    def new_drive(self, members: dict[str, str]) -> File:
        """Its folder."""
        number = next(self._numbers)
        self.drives[f"drive-{number:06d}"] = members
        return self.new_file("Fine-tuning", FOLDER, None, drive=f"drive-{number:06d}")

    def new_token(self, account: str, scopes: frozenset[str], **more: Any) -> Token:
        # Long, so that a test finds it wherever it may have been written.
        text = f"ya29.token-{len(self.tokens) + 1:04d}-{'x' * 40}"
        app = self.accounts[account].app if account in self.accounts else "nobody"
        self.tokens[text] = Token(text, account, scopes, app, **more)
        return self.tokens[text]

    def role(self, file: File, email: str) -> str | None:
        if file.owner == email:
            return "owner"
        if file.drive is not None and email in self.drives[file.drive]:
            return self.drives[file.drive][email]
        above = (self.role(self.files[parent], email) for parent in file.parents if parent in self.files)
        return file.shared.get(email) or next((role for role in above if role), None)

    def opened(self, file_id: str, token: Token, write: bool = False) -> File:
        file = self.files.get(file_id)
        role = self.role(file, token.account) if file is not None else None
        if file is None or role is None or not sees(token, file):
            raise refused(404, "notFound", f"File not found: {file_id}.")
        if write and role not in EDITORS:
            raise refused(
                403,
                "insufficientFilePermissions",
                "The user does not have sufficient permissions for this file.",
            )
        return file

    def usage(self, email: str) -> int:
        return sum(len(file.content) + 1 for file in self.files.values() if file.owner == email)


def sees(token: Token, file: File) -> bool:
    """drive.file alone opens what this program made and nothing else."""
    drive = token.scopes & {
        f"{SCOPE}{name}" for name in ("drive", "drive.readonly", "drive.metadata.readonly", "spreadsheets")
    }
    return bool(drive) or file.app == token.app
