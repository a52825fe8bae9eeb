"""Brings one worksheet up to date: reads, writes what is missing, and reads again until nothing is.

Rows are added and their duplicates removed in one call, which Google applies as a whole or not at all. So of
two publishers at once, each sees the other's rows or removes its own copies; and where an answer is lost,
reading tells what was done. What people wrote is left alone.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from clinft.adapters.sinks.google.client import PAUSES, Google
from clinft.adapters.sinks.google.refusal import Refusal
from clinft.adapters.sinks.google_sheets import cells
from clinft.adapters.sinks.google_sheets.standing import Clearing, Layout, Standing
from clinft.errors import ServiceError
from clinft.ports.sinks import Rows

# The id is of our choosing, so that a worksheet is found after it was renamed, and made once by two at once.
# Further ones for the case that Google does not give a deleted worksheet's id again.
IDS = 3
GRID_ROWS = 1_000
BAD_REQUEST = 400


@dataclass(frozen=True)
class Brought:
    """`added`: rows that were not there. `twice`: copies that people changed, which stay."""

    sheet_id: int
    added: int
    made: bool
    twice: int


@dataclass
class Worksheet:
    """`fresh`: the spreadsheet was made just now, and its one blank worksheet is in the way."""

    google: Google
    spreadsheet: str
    parcel: Rows
    fresh: bool = False
    _pauses: Iterator[int] = field(default_factory=lambda: iter(PAUSES))
    _refused: int = 0

    def bring(self) -> Brought:
        made = False
        first: int | None = None  # how many rows were missing to begin with
        written: set[str] = set()
        unseen: int | None = None  # how many were missing before a call of which Google said that it was done
        cleared: Clearing | None = None
        while True:
            sheet = self._find()
            if sheet is None:
                made = self._write(self._adding(), "Making the worksheet") or made
                continue
            standing = self._read(sheet["sheetId"])
            if standing.layout.new:
                self._write(self._heading(sheet, standing.layout), "Writing the header")
                continue
            missing = standing.missing
            first = len(missing) if first is None else first
            if missing:
                self._progress(len(missing), unseen)
                written |= {row[0].casefold() for row in missing}
                done = self._write(self._appending(sheet, standing, missing), "Adding rows")
                unseen = len(missing) if done else None
                continue
            clearing = standing.to_clear(written)
            if clearing is None or clearing == cleared:
                return Brought(sheet["sheetId"], first, made, len(standing.twice))
            if self._write([self._unique(sheet, clearing)], "Removing copies"):
                cleared = clearing

    def found(self) -> int | None:
        sheet = self._find()
        return None if sheet is None else int(sheet["sheetId"])

    def _progress(self, missing: int, unseen: int | None) -> None:
        """What was written and is not there is not written again and again."""
        if unseen is not None and missing >= unseen:
            raise ServiceError(
                f"Rows of {self.parcel.table} were written and are not there.",
                "Something removes them, or Google shows an older state.",
                "Look into the spreadsheet, and at its scripts; the next `clinft reconcile` tries it again.",
            )

    @property
    def place(self) -> str:
        return f"The spreadsheet {self.spreadsheet}"

    def _find(self) -> dict[str, Any] | None:
        request = self.google.spreadsheets.get(
            spreadsheetId=self.spreadsheet, fields="sheets(properties(sheetId,title,gridProperties))"
        )
        answer = self.google.ask(request, "Opening the spreadsheet", self.place)
        found: list[dict[str, Any]] = [one["properties"] for one in answer.get("sheets", ())]
        # Google leaves out what is 0.
        listed = [{"sheetId": 0, **one} for one in found]
        ids = [self._id(number) for number in range(IDS)]
        ours = [one for one in listed if one["sheetId"] in ids]
        title = self.parcel.table.casefold()
        named = [one for one in listed if str(one.get("title")).casefold() == title]
        return next(iter(ours + named), None)

    def _read(self, sheet_id: int) -> Standing:
        request = self.google.values.batchGetByDataFilter(
            spreadsheetId=self.spreadsheet,
            body={
                "dataFilters": [{"gridRange": {"sheetId": sheet_id}}],
                "majorDimension": "ROWS",
                "valueRenderOption": "FORMULA",
            },
        )
        answer = self.google.ask(request, "Reading the worksheet", self.place)
        ranges = answer.get("valueRanges") or [{}]
        values = ranges[0].get("valueRange", {}).get("values", [])
        return Standing(self.parcel, values)

    def _adding(self) -> list[dict[str, Any]]:
        sheet_id, columns = self._id(min(self._refused, IDS - 1)), self.parcel.columns
        grid = {"rowCount": GRID_ROWS, "columnCount": max(26, len(columns)), "frozenRowCount": 1}
        properties = {"sheetId": sheet_id, "title": self.parcel.table, "gridProperties": grid}
        first_row = {"sheetId": sheet_id, "startRowIndex": 0, "endRowIndex": 1}
        warning = {
            "range": first_row,
            "description": "clinft writes below by these names",
            "warningOnly": True,
        }
        return [
            {"addSheet": {"properties": properties}},
            self._header(sheet_id, columns),
            {"addProtectedRange": {"protectedRange": warning}},
            *([{"deleteSheet": {"sheetId": 0}}] if self.fresh and not self._refused else []),
        ]

    def _heading(self, sheet: dict[str, Any], layout: Layout) -> list[dict[str, Any]]:
        lacking = layout.width - sheet["gridProperties"]["columnCount"]
        more = {"sheetId": sheet["sheetId"], "dimension": "COLUMNS", "length": lacking}
        header = self._header(sheet["sheetId"], layout.new, layout.new_from)
        return [*([{"appendDimension": more}] if lacking > 0 else []), header]

    def _header(self, sheet_id: int, names: Sequence[str], start: int = 0) -> dict[str, Any]:
        return {
            "updateCells": {
                "start": {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": start},
                "rows": [cells.header(names)],
                "fields": "userEnteredValue,userEnteredFormat.textFormat.bold",
            }
        }

    def _appending(
        self, sheet: dict[str, Any], standing: Standing, missing: Sequence[Sequence[str]]
    ) -> list[dict[str, Any]]:
        """Room for these rows and for another publisher's; the rows; away with what that one has written."""
        places = standing.layout.places
        rows = cells.first_call(missing, self.parcel.columns, places)
        start, end = len(standing.values), sheet["gridProperties"]["rowCount"]
        room = {"sheetId": sheet["sheetId"], "dimension": "ROWS", "length": 2 * len(rows) + GRID_ROWS}
        grown = end - start < 2 * len(rows)
        return [
            *([{"appendDimension": room}] if grown else []),
            {"appendCells": {"sheetId": sheet["sheetId"], "rows": rows, "fields": "userEnteredValue"}},
            self._unique(sheet, Clearing(start, end + (room["length"] if grown else 0), places)),
        ]

    def _unique(self, sheet: dict[str, Any], clearing: Clearing) -> dict[str, Any]:
        """Deletes whole rows: what people put beside ours goes up together with them."""
        sheet_id = sheet["sheetId"]
        bounds = {"startColumnIndex": 0, "endColumnIndex": sheet["gridProperties"]["columnCount"]}
        compared = [
            {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
            for place in sorted(clearing.places)
        ]
        return {
            "deleteDuplicates": {
                "range": {
                    "sheetId": sheet_id,
                    "startRowIndex": clearing.start,
                    "endRowIndex": clearing.end,
                    **bounds,
                },
                "comparisonColumns": compared,
            }
        }

    def _write(self, requests: list[dict[str, Any]], doing: str) -> bool:
        """Once. False where it may have been done or not: reading tells. Raises where it never will be."""
        answer = self.google.once(
            self.google.spreadsheets.batchUpdate(spreadsheetId=self.spreadsheet, body={"requests": requests})
        )
        if not isinstance(answer, Refusal):
            return True
        # Another publisher was faster, or somebody deleted rows meanwhile: reading tells that, too.
        again = answer.status == BAD_REQUEST and self._refused < IDS
        self._refused += answer.status == BAD_REQUEST
        pause = next(self._pauses, None)
        if pause is None or not (answer.passing or again):
            raise self.google.problem(answer, f"{doing} of {self.parcel.table}", self.place)
        self.google.tools.sleep(pause)
        return False

    def _id(self, number: int) -> int:
        """A positive number of 31 bits."""
        digest = hashlib.sha256(f"clinft {self.parcel.table} {number}".encode()).digest()
        return int.from_bytes(digest[:4], "big") >> 1 or 1
