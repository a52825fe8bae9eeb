"""What a cell holds: text as text, whatever it looks like, and a plain number as a number."""

import json
import re
from collections.abc import Sequence
from typing import Any

from clinft.errors import PolicyViolation
from clinft.ports.sinks import Rows

ROW_ID = "row_id"
# A cell holds no more characters than this, and Google advises calls below 2 MB.
LONGEST_CELL = 50_000
CUT = "… (cut here; whole in git)"
LARGEST_CALL_BYTES, MOST_ROWS = 1_500_000, 2_000
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# No leading zeros and no exponent: those are names more often than numbers.
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,17})?")
# Columns that hold names, some of which have only digits.
NAMES = re.compile(r"(^|_)(id|sha256|digest|version|run)$")


def text(value: str) -> str:
    shown = HIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return shown if len(shown) < LONGEST_CELL else shown[: LONGEST_CELL - 1 - len(CUT)] + CUT


def plain(value: str, column: str) -> str | float:
    shown = text(value)
    return float(shown) if NUMBER.fullmatch(shown) and not NAMES.search(column) else shown


def cell(value: str, column: str) -> dict[str, Any]:
    """CellData. `stringValue` is never taken for a formula, `numberValue` can be summed."""
    found = plain(value, column)
    if found == "":
        return {}
    return {"userEnteredValue": {"stringValue" if isinstance(found, str) else "numberValue": found}}


def row_data(row: Sequence[str], columns: Sequence[str], places: Sequence[int]) -> dict[str, Any]:
    """`places`: of the columns in the worksheet; what lies between them is people's and stays blank."""
    values: list[dict[str, Any]] = [{} for _ in range(max(places) + 1)]
    for value, column, place in zip(row, columns, places, strict=True):
        values[place] = cell(value, column)
    return {"values": values}


def header(columns: Sequence[str]) -> dict[str, Any]:
    bold = {"textFormat": {"bold": True}}
    return {
        "values": [{"userEnteredValue": {"stringValue": name}, "userEnteredFormat": bold} for name in columns]
    }


def first_call(
    rows: Sequence[Sequence[str]], columns: Sequence[str], places: Sequence[int]
) -> list[dict[str, Any]]:
    """As many of the first rows as one call should carry; at least one."""
    found: list[dict[str, Any]] = []
    size = 0
    for row in rows[:MOST_ROWS]:
        data = row_data(row, columns, places)
        size += len(json.dumps(data))
        if found and size > LARGEST_CALL_BYTES:
            break
        found.append(data)
    return found


def checked(parcel: Rows) -> None:
    """Row ids decide what is there already. Google compares without regard to upper and lower case."""
    ids = [row[0].casefold() for row in parcel.rows if row]
    whole = all(len(row) == len(parcel.columns) for row in parcel.rows)
    named = list(parcel.columns[:1]) == [ROW_ID] and all(
        text(one) == one and one == one.strip() != "" for one in ids
    )
    if not (whole and named and len(set(ids)) == len(parcel.rows)):
        raise PolicyViolation(
            f"The table {parcel.table} cannot be sent: its rows cannot be told apart.",
            f"Every row needs as many cells as there are columns, and first a {ROW_ID} of its own.",
            "Run: clinft tracking rebuild",
        )
