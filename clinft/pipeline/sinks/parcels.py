"""What makes a parcel the same one, and what makes its content the same: keys and digests for the memory."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clinft.artifacts.canonical import digest_json
from clinft.errors import ClinftError
from clinft.ports.sinks import Dataset, Document, Experiment, Milestone, Parcel, Rows

# Told of a project something of which is not to be sent from here; it keeps no other from its own.
Left = Callable[[str, ClinftError], None]


def not_made(error: Exception) -> ClinftError:
    """A bug by its type alone: its text may quote what was to be sent."""
    if isinstance(error, ClinftError):
        return error
    return ClinftError(
        f"What is to be sent of it cannot be made ({type(error).__name__}).",
        "A bug in clinft, or evidence that no version of it wrote.",
        "Call `clinft verify` on its runs, and report what you find.",
    )


@dataclass(frozen=True)
class Due:
    """`at`: when it came to be; None: it counts however old it is."""

    parcel: Parcel
    at: datetime | None = None


def moment(text: str | None) -> datetime | None:
    """None where it is no time: the parcel then counts as new."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def key_of(parcel: Parcel) -> str:
    match parcel:
        case Milestone():
            return f"message/{parcel.key}"
        case Rows():
            return f"rows/{parcel.table}"
        case Document():
            return document_key(parcel.project, parcel.name)
        case Dataset():
            return f"dataset/{parcel.run_id}"
        case Experiment():
            return f"experiment/{parcel.run_id}/{parcel.system}/{parcel.split}"


def document_key(project: str, name: str) -> str:
    return f"document/{project}/{name}"


def digest_of(parcel: Parcel) -> str:
    """Files count by their digests, not by where they lie."""
    content = {field.name: getattr(parcel, field.name) for field in dataclasses.fields(parcel)}
    return digest_json(_plain(content))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value if not isinstance(each, Path)]
    if isinstance(value, Path):
        return ""
    return value


def what_of(parcel: Parcel) -> str:
    """A few words for people; nothing that others wrote."""
    match parcel:
        case Milestone():
            return f"message {parcel.kind} of {parcel.project}"
        case Rows():
            return f"rows of {parcel.table}"
        case Document():
            return f"document {parcel.name} of {parcel.project}"
        case Dataset():
            return f"dataset of {parcel.run_id} of {parcel.project}"
        case Experiment():
            return f"experiment {parcel.system} of {parcel.run_id}"
