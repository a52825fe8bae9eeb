"""Sheets v4."""

import copy
import re
from typing import Any

from tests.fakes.google.calls import Call, Handler, Reply, refused
from tests.fakes.google.grid import REQUESTS, Sheet, invalid
from tests.fakes.google.state import SPREADSHEET, File


def _file(call: Call, write: bool) -> File:
    assert call.token is not None
    file = call.server.opened(call.parts["spreadsheetId"], call.token, write)
    if file.kind != SPREADSHEET:
        raise refused(
            400,
            "failedPrecondition",
            "This operation is not supported for this document",
            "FAILED_PRECONDITION",
        )
    return file


def get(call: Call) -> Reply:
    file = _file(call, write=False)
    return Reply(200, {"sheets": [{"properties": one.properties} for one in file.sheets]})


def batch_update(call: Call) -> Reply:
    """As a whole or not at all."""
    file = _file(call, write=True)
    sheets = copy.deepcopy(file.sheets)
    replies = []
    for request in call.body["requests"]:
        (name, body), *more = [(name, one) for name, one in request.items() if one is not None]
        if more or name not in REQUESTS:
            raise AssertionError(f"not built: {list(request)}")
        try:
            replies.append(REQUESTS[name](sheets, body))
        except KeyError as lacking:
            raise invalid(f"{name}: {lacking} is required") from None
    file.sheets = sheets
    return Reply(200, {"spreadsheetId": file.id, "replies": replies})


def batch_get_by_data_filter(call: Call) -> Reply:
    file = _file(call, write=False)
    found = []
    for wanted in call.body["dataFilters"]:
        grid = wanted["gridRange"]
        if set(grid) != {"sheetId"}:
            raise AssertionError("not built: a part of a worksheet")
        sheet = next((one for one in file.sheets if one.id == grid["sheetId"]), None)
        if sheet is None:
            raise invalid("No grid with this id")
        found.append(
            {"valueRange": _range(sheet, call.body.get("valueRenderOption")), "dataFilters": [wanted]}
        )
    return Reply(200, {"spreadsheetId": file.id, "valueRanges": found})


def values_get(call: Call) -> Reply:
    """A whole worksheet, by its title: what a person's own script would read."""
    file = _file(call, write=False)
    title = re.sub(r"^'(.*)'$", r"\1", call.parts["range"]).replace("''", "'")
    sheet = next((one for one in file.sheets if one.title == title), None)
    if sheet is None:
        raise invalid("Unable to parse range")
    return Reply(200, _range(sheet, call.query.get("valueRenderOption")))


def _range(sheet: Sheet, render: str | None) -> dict[str, Any]:
    values = sheet.values(formulas=render == "FORMULA")
    return {"range": f"'{sheet.title}'", "majorDimension": "ROWS", **({"values": values} if values else {})}


OPERATIONS: dict[str, Handler] = {
    "sheets.spreadsheets.get": get,
    "sheets.spreadsheets.batchUpdate": batch_update,
    "sheets.spreadsheets.values.batchGetByDataFilter": batch_get_by_data_filter,
    "sheets.spreadsheets.values.get": values_get,
}
