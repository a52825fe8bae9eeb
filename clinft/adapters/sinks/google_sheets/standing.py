"""What stands in a worksheet, as far as clinft is concerned. No calls here: values in, decisions out.

People may add columns to the right, rows, notes and formulas of their own, sort, hide and rename: none of
that is touched. Only the header and the `row_id` column are relied on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clinft.errors import PolicyViolation


@dataclass(frozen=True)
class Standing:
    """`values`: of the whole worksheet, formulas as formulas, so that the last row of data is the last."""

    values: Sequence[Sequence[Any]]
    columns: Sequence[str]

    @property
    def places(self) -> dict[str, list[int]]:
        """Rows, counted from 0, by what their first cell says."""
        found: dict[str, list[int]] = {}
        for index, row in enumerate(self.values[1:], start=1):
            if row and (name := str(row[0]).strip()):
                found.setdefault(name.casefold(), []).append(index)
        return found

    def missing(self, rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
        known = self.places
        return [row for row in rows if row[0].casefold() not in known]

    def twice(self, rows: Sequence[Sequence[str]]) -> list[int]:
        """Rows with a row_id of ours that stands further up already."""
        known = self.places
        return sorted(index for row in rows for index in known.get(row[0].casefold(), [])[1:])

    def span_to_clear(self, rows: Sequence[Sequence[str]]) -> tuple[int, int] | None:
        """First row, and one behind the last, of where Google may delete duplicates: those and nothing else.

        None where it would take a row of people with it, or where none of the copies is the same.
        """
        copies = self.twice(rows)
        if not copies:
            return None
        known = self.places
        first = min(known[str(self.values[index][0]).strip().casefold()][0] for index in copies)
        span = (first, max(copies) + 1)
        gone = self._deleted(*span)
        return span if gone and set(gone) <= set(copies) else None

    def _deleted(self, start: int, end: int) -> list[int]:
        """As Google describes it: of rows that are equal in our columns, all but the first."""
        seen: set[tuple[str, ...]] = set()
        gone = []
        for index in range(start, end):
            row = [str(value).casefold() for value in self.values[index][: len(self.columns)]]
            key = (*row, *[""] * (len(self.columns) - len(row)))
            if key in seen:
                gone.append(index)
            seen.add(key)
        return gone

    def header_is_whole(self, table: str) -> bool:
        """False where cells of it are blank and may be written. Raises where another column stands there."""
        found = [str(value) for value in (self.values[0] if self.values else ())]
        found += [""] * (len(self.columns) - len(found))
        for index, name in enumerate(self.columns):
            blank = not found[index].strip()
            below = blank and any(len(row) > index and row[index] != "" for row in self.values[1:])
            if below or (not blank and found[index] != name):
                raise PolicyViolation(
                    f"Column {_letter(index)} of the worksheet of {table} should be {name!r} and is another.",
                    "Somebody changed the first row or moved a column; rows would go into wrong columns.",
                    "Put it back (File, Version history), with own columns to the right of all others. Or "
                    "delete the worksheet: the next publish writes it anew from git.",
                )
        return all(found[index].strip() for index in range(len(self.columns)))


def _letter(index: int) -> str:
    """0: A, 26: AA."""
    head, rest = divmod(index, 26)
    return (_letter(head - 1) if head else "") + chr(ord("A") + rest)
