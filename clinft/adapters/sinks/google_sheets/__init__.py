"""The tables of projects/tracking/ as the worksheets of one spreadsheet; each row is written once."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from clinft.adapters.sinks.google.client import Google
from clinft.adapters.sinks.google.files import Files
from clinft.adapters.sinks.google.login import Login
from clinft.adapters.sinks.google.modes import check
from clinft.adapters.sinks.google.places import SPREADSHEET, file_id, scopes
from clinft.adapters.sinks.google_sheets import cells
from clinft.adapters.sinks.google_sheets.worksheet import Brought, Worksheet
from clinft.adapters.sinks.tools import SinkTools
from clinft.ports.sinks import Document, Parcel, Reached, Receipt, Rows
from clinft.spec.sinks import Sink as Place

MEMORY = "spreadsheet"
DESCRIPTION = (
    "Written by clinft from projects/tracking/. Rows are only added; columns of your own are left alone."
)


class GoogleSheets:
    """`transport`: a test's way to its own server, in place of the network."""

    def __init__(self, place: Place, tools: SinkTools, transport: Any | None = None) -> None:
        self._place, self._tools, self._transport = place, tools, transport
        self._seen: str | None = None

    @cached_property
    def _google(self) -> Google:
        return Google(
            Login(self._place.login, self._tools), self._tools, scopes(self._place), self._transport
        )

    def accepts(self, parcel: Parcel) -> bool:
        return isinstance(parcel, Rows)

    def send(self, parcel: Parcel, memory: Mapping[str, str]) -> Receipt:
        assert isinstance(parcel, Rows)
        cells.checked(parcel)
        spreadsheet, fresh = self._spreadsheet(memory)
        brought = Worksheet(self._google, spreadsheet, parcel, fresh).bring()
        return Receipt(
            changed=bool(brought.added or brought.made),
            what=_what(parcel.table, brought),
            url=_url(spreadsheet, brought.sheet_id),
            remember={} if self._place.spreadsheet else {MEMORY: spreadsheet},
        )

    def found(self, parcel: Document | Rows, memory: Mapping[str, str]) -> str | None:
        assert isinstance(parcel, Rows)
        spreadsheet = self._place.spreadsheet or self._standing(memory)
        if spreadsheet is None:
            return None
        sheet_id = Worksheet(self._google, spreadsheet, parcel).found()
        return None if sheet_id is None else _url(spreadsheet, sheet_id)

    def preview(self, parcel: Parcel, memory: Mapping[str, str]) -> str:
        assert isinstance(parcel, Rows)
        cells.checked(parcel)
        shown = {
            "spreadsheet": self._place.spreadsheet or memory.get(MEMORY) or "a new one",
            "folder": self._place.folder,
            "worksheet": parcel.table,
            "columns": list(parcel.columns),
            "rows, of those that are not there yet": [
                [cells.text(one) for one in row] for row in parcel.rows
            ],
        }
        return json.dumps(shown, ensure_ascii=False, indent=1)

    def check(self) -> Iterator[Reached]:
        return check(self._place, self._tools, self._transport)

    def _spreadsheet(self, memory: Mapping[str, str]) -> tuple[str, bool]:
        """Its id, and whether it was made just now."""
        known = self._place.spreadsheet or self._seen
        if known is not None:
            return known, False
        if (standing := self._standing(memory)) is not None:
            return standing, False
        title = f"clinft {self._tools.repository}".strip()
        self._seen, fresh = self._files.make(MEMORY, SPREADSHEET, title, DESCRIPTION)
        return self._seen, fresh

    def _standing(self, memory: Mapping[str, str]) -> str | None:
        """The remembered one, if Google says now that it is ours; asked once."""
        remembered = file_id(memory.get(MEMORY))
        if remembered is None or remembered == self._seen:
            return remembered
        if not self._files.standing(remembered, MEMORY, SPREADSHEET):
            return None
        self._seen = remembered
        return remembered

    @cached_property
    def _files(self) -> Files:
        return Files(self._google, self._place.folder, self._tools.repository)


def _url(spreadsheet: str, sheet_id: int) -> str:
    return f"https://docs.google.com/spreadsheets/d/{spreadsheet}/edit#gid={sheet_id}"


def _what(table: str, brought: Brought) -> str:
    rows = f"{brought.added} row{'' if brought.added == 1 else 's'} added to {table}"
    if not brought.twice:
        return rows
    return f"{rows}; {brought.twice} stand there twice, changed by somebody: delete the copies by hand"
