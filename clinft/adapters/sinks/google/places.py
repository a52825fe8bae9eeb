"""Where files may lie, and so which scopes a place needs: never more than its way of storing."""

import re
from typing import Any

from clinft.spec.sinks import Sink as Place

SCOPE = "https://www.googleapis.com/auth/"
# A folder or a document that people made was not made by this program: drive.file does not open it.
WHOLE_DRIVE, OWN_FILES, SHEETS = f"{SCOPE}drive", f"{SCOPE}drive.file", f"{SCOPE}spreadsheets"
# For the doctor, who wants to know whether a file may be written without writing it.
METADATA = f"{SCOPE}drive.metadata.readonly"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
DOCUMENT = "application/vnd.google-apps.document"
FOLDER = "application/vnd.google-apps.folder"
FILE_ID = re.compile(r"[A-Za-z0-9_-]{10,120}")


def scopes(place: Place) -> tuple[str, ...]:
    if place.spreadsheet is not None:
        return (SHEETS,)
    return (WHOLE_DRIVE,) if place.folder is not None or place.documents else (OWN_FILES,)


def file_id(value: Any) -> str | None:
    """What Google gave, if it is an id: it becomes part of an address."""
    return value if isinstance(value, str) and FILE_ID.fullmatch(value) else None
