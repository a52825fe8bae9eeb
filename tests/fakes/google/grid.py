"""The cells of one worksheet, and the requests of spreadsheets.batchUpdate that change them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.google.calls import refused

CELL_LIMIT = 50_000
Cell = dict[str, Any]  # CellData


@dataclass
class Sheet:
    id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    frozen: int = 0
    rows: list[list[Cell]] = field(default_factory=list)
    protected: list[dict[str, Any]] = field(default_factory=list)

    @property
    def properties(self) -> dict[str, Any]:
        grid = {"rowCount": self.row_count, "columnCount": self.column_count}
        if self.frozen:
            grid["frozenRowCount"] = self.frozen
        # Like Google, what is 0 is left out.
        named = {"sheetId": self.id} if self.id else {}
        return {**named, "title": self.title, "sheetType": "GRID", "gridProperties": grid}

    @property
    def last_row(self) -> int:
        """How many rows there are up to the last one with data."""
        return max((index + 1 for index, row in enumerate(self.rows) if any(map(filled, row))), default=0)

    def values(self, formulas: bool) -> list[list[Any]]:
        """Without empty rows and cells at the end, as Google gives them."""
        rows = [[shown(cell, formulas) for cell in row] for row in self.rows[: self.last_row]]
        return [row[: max((i + 1 for i, value in enumerate(row) if value != ""), default=0)] for row in rows]

    def put(self, row: int, column: int, value: str | float) -> None:
        """As a person would type it."""
        kind = (
            "numberValue"
            if not isinstance(value, str)
            else "formulaValue"
            if value.startswith("=")
            else "stringValue"
        )
        self.write(row, column, {"userEnteredValue": {kind: value}})

    def write(self, row: int, column: int, cell: Cell) -> None:
        if row >= self.row_count or column >= self.column_count:
            raise invalid(f"({row}, {column}) is after the last cell of the grid")
        if len(str(cell.get("userEnteredValue", {}).get("stringValue", ""))) > CELL_LIMIT:
            raise invalid("Your input contains more than the maximum of 50000 characters in a single cell.")
        while len(self.rows) <= row:
            self.rows.append([])
        while len(self.rows[row]) <= column:
            self.rows[row].append({})
        self.rows[row][column] = cell


def filled(cell: Cell) -> bool:
    return bool(cell.get("userEnteredValue"))


def shown(cell: Cell, formulas: bool) -> Any:
    value = cell.get("userEnteredValue", {})
    if "formulaValue" in value:
        # This server calculates nothing; to most formulas of its tests the answer is an empty text.
        return value["formulaValue"] if formulas else ""
    return next(iter(value.values()), "")


def invalid(message: str) -> Exception:
    return refused(400, "badRequest", f"Invalid requests: {message}", word="INVALID_ARGUMENT")


def _sheet(sheets: list[Sheet], sheet_id: int) -> Sheet:
    found = next((one for one in sheets if one.id == sheet_id), None)
    if found is None:
        raise invalid(f"No grid with id: {sheet_id}")
    return found


def add_sheet(sheets: list[Sheet], body: dict[str, Any]) -> dict[str, Any]:
    asked = body.get("properties", {})
    sheet_id = asked.get("sheetId", 1 + max((one.id for one in sheets), default=0))
    title = asked.get("title", f"Sheet{len(sheets) + 1}")
    if any(one.id == sheet_id for one in sheets):
        raise invalid(f"Sheet with id {sheet_id} already exists.")
    if any(one.title.casefold() == title.casefold() for one in sheets):
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')
    grid = asked.get("gridProperties", {})
    made = Sheet(
        sheet_id,
        title,
        grid.get("rowCount", 1000),
        grid.get("columnCount", 26),
        grid.get("frozenRowCount", 0),
    )
    sheets.append(made)
    return {"addSheet": {"properties": made.properties}}


def delete_sheet(sheets: list[Sheet], body: dict[str, Any]) -> dict[str, Any]:
    sheets.remove(_sheet(sheets, body.get("sheetId", 0)))
    if not sheets:
        raise invalid("You can't remove all the sheets in a document.")
    return {}


def append_dimension(sheets: list[Sheet], body: dict[str, Any]) -> dict[str, Any]:
    sheet = _sheet(sheets, body.get("sheetId", 0))
    if body["dimension"] == "ROWS":
        sheet.row_count += body["length"]
    else:
        sheet.column_count += body["length"]
    return {}


def update_cells(sheets: list[Sheet], body: dict[str, Any]) -> dict[str, Any]:
    start = body["start"]
    sheet = _sheet(sheets, start.get("sheetId", 0))
    _write(sheet, start.get("rowIndex", 0), start.get("columnIndex", 0), body)
    return {}


def append_cells(sheets: list[Sheet], body: dict[str, Any]) -> dict[str, Any]:
    """After the last row with data; rows are inserted where there are not enough."""
    sheet = _sheet(sheets, body.get("sheetId", 0))
    start = sheet.last_row
    sheet.row_count = max(sheet.row_count, start + len(body["rows"]))
    _write(sheet, start, 0, body)
    return {}


def _write(sheet: Sheet, row: int, column: int, body: dict[str, Any]) -> None:
    if not body.get("fields"):
        raise invalid("At least one field must be listed in 'fields'.")
    kept = {path.split(".")[0] for path in body["fields"].split(",")}
    for down, data in enumerate(body["rows"]):
        for across, cell in enumerate(data.get("values", [])):
            sheet.write(
                row + down, column + across, {name: one for name, one in cell.items() if name in kept}
            )


def delete_duplicates(sheets: list[Sheet], body: dict[str, Any]) -> dict[str, Any]:
    """Compared without regard to case, the first is kept; blank rows behind the data are left alone."""
    area = body["range"]
    sheet = _sheet(sheets, area.get("sheetId", 0))
    start, end = area.get("startRowIndex", 0), area.get("endRowIndex", sheet.row_count)
    left, right = area.get("startColumnIndex", 0), area.get("endColumnIndex", sheet.column_count)
    if not (start < end <= sheet.row_count and left < right <= sheet.column_count):
        raise invalid("range exceeds grid limits")
    compared = body.get("comparisonColumns") or [{"startIndex": left, "endIndex": right}]
    columns = [n for one in compared for n in range(one.get("startIndex", 0), one["endIndex"])]
    if not all(left <= n < right for n in columns):
        raise invalid("comparisonColumns must lie within the range")
    seen, gone = set(), []
    for index in range(start, min(end, sheet.last_row)):
        row = sheet.rows[index]
        key = tuple(str(shown(row[n], False)).casefold() if n < len(row) else "" for n in columns)
        if key in seen:
            gone.append(index)
        seen.add(key)
    if (left, right) != (0, sheet.column_count):
        raise invalid("this server deletes whole rows only")
    sheet.rows = [row for index, row in enumerate(sheet.rows) if index not in gone]
    return {"deleteDuplicates": {"duplicatesRemovedCount": len(gone)} if gone else {}}


def add_protected_range(sheets: list[Sheet], body: dict[str, Any]) -> dict[str, Any]:
    made = body["protectedRange"]
    sheet = _sheet(sheets, made["range"].get("sheetId", 0))
    sheet.protected.append(made)
    return {"addProtectedRange": {"protectedRange": {**made, "protectedRangeId": len(sheet.protected)}}}


REQUESTS: dict[str, Callable[[list[Sheet], dict[str, Any]], dict[str, Any]]] = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "appendDimension": append_dimension,
    "updateCells": update_cells,
    "appendCells": append_cells,
    "deleteDuplicates": delete_duplicates,
    "addProtectedRange": add_protected_range,
}
