"""Files that clinft makes in Drive: found again by a mark of this program, also after a lost answer.

Google's search lags behind, so an id that is remembered comes first; of two files that were made at once, the
older counts and the younger goes to the bin. Whoever may push a ref can write what is remembered: an id
counts only for a file with this mark that lies where the policy says.
"""

import hashlib
from functools import cached_property
from typing import Any

from clinft.adapters.sinks.google.client import PAUSES, Google
from clinft.adapters.sinks.google.places import file_id
from clinft.adapters.sinks.google.refusal import Refusal
from clinft.errors import PolicyViolation, ServiceError

# Properties of files that only this program sees.
PROPERTY = "clinft"
SHARED = {"supportsAllDrives": True}


class Files:
    def __init__(self, google: Google, folder: str | None, repository: str) -> None:
        self._google, self._folder, self._repository = google, folder, repository

    def standing(self, known: str, what: str, kind: str) -> bool:
        """Whether the file that is remembered is ours, in the policy's folder and not in the bin."""
        fields = "id,mimeType,trashed,parents,appProperties"
        request = self._google.files.get(fileId=known, fields=fields, **SHARED)
        answer = self._google.once(request)
        if isinstance(answer, Refusal):
            if answer.status == 404:
                return False
            answer = self._google.ask(request, "Looking for the file", "The file")
        if answer.get("trashed", False) or answer.get("mimeType") != kind:
            return False
        if answer.get("appProperties", {}).get(PROPERTY) != self._mark(what):
            return False
        return self._folder is None or self._folder in answer.get("parents", ())

    def people_s(self, known: str, kind: str, place: str) -> None:
        """Raises unless the file that people made and shared is of this kind and not in the bin."""
        request = self._google.files.get(fileId=known, fields="id,mimeType,trashed", **SHARED)
        answer = self._google.ask(request, f"Looking at {place}", place)
        if answer.get("mimeType") != kind or answer.get("trashed", False):
            raise PolicyViolation(
                f"{place} is not a file that clinft can write.",
                "It lies in the bin, or it is not Google's own format: an uploaded Word file is none.",
                "Name another one in the policy.",
            )

    def make(self, what: str, kind: str, title: str, description: str, media: Any = None) -> tuple[str, bool]:
        """The file's id, and whether this call made it as it is now."""
        metadata = {
            "name": title,
            "description": description,
            "mimeType": kind,
            "appProperties": {PROPERTY: self._mark(what)},
            **({"parents": [self._folder]} if self._folder else {}),
        }
        doing, place = (
            f"Making the {what.partition(':')[2] or what}",
            f"The folder {self._folder}" if self._folder else "The Drive",
        )
        for pause in (*PAUSES, None):
            if found := self._oldest(what, kind):
                return found, False
            request = self._google.files.create(body=metadata, media_body=media, fields="id", **SHARED)
            answer = self._google.once(request)
            if not isinstance(answer, Refusal):
                return self._settled(answer, what, kind)
            if not answer.passing or pause is None:
                break
            self._google.tools.sleep(pause)
        raise self._google.problem(answer, doing, place)

    def _settled(self, answer: Any, what: str, kind: str) -> tuple[str, bool]:
        made = file_id(answer.get("id"))
        if made is None:
            raise ServiceError(
                "Google made a file and gave no id for it.",
                "Something between here and Google answered in its place.",
                "Look into the folder; the next `clinft reconcile` takes up the file that lies there.",
            )
        oldest = self._oldest(what, kind) or made
        if oldest == made:
            return made, True
        # Made a moment ago, and by nobody else seen: this is not somebody's file.
        self._google.once(
            self._google.files.update(fileId=made, body={"trashed": True}, fields="id", **SHARED)
        )
        return oldest, False

    def _oldest(self, what: str, kind: str) -> str | None:
        mark = f"appProperties has {{ key='{PROPERTY}' and value='{self._mark(what)}' }}"
        query = f"{mark} and mimeType = '{kind}' and trashed = false"
        if self._folder:
            query += f" and '{self._folder}' in parents"
        request = self._google.files.list(
            q=query,
            orderBy="createdTime",
            fields="files(id,createdTime)",
            includeItemsFromAllDrives=True,
            **SHARED,
            **self._corpus,
        )
        answer = self._google.ask(request, "Looking for what was sent before", "The Drive")
        found = sorted(
            (str(one.get("createdTime")), known)
            for one in answer.get("files", ())
            if (known := file_id(one.get("id"))) is not None
        )
        return found[0][1] if found else None

    @cached_property
    def _corpus(self) -> dict[str, str]:
        """A Shared Drive is searched as a whole only where it is named."""
        if self._folder is None:
            return {}
        request = self._google.files.get(fileId=self._folder, fields="id,driveId", **SHARED)
        folder = self._google.ask(request, "Opening the folder", f"The folder {self._folder}")
        drive = file_id(folder.get("driveId"))
        return {} if drive is None else {"corpora": "drive", "driveId": drive}

    def _mark(self, what: str) -> str:
        return hashlib.sha256(f"{self._repository}\n{what}".encode()).hexdigest()[:32]
