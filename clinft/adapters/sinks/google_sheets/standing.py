"""What stands in a worksheet, as far as clinft is concerned. No calls here: values in, decisions out.

People may add, move and hide columns, add rows, notes and formulas of their own, sort and rename: none of
that is touched. A column is found by its name in the first row, a row by its `row_id`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clinft.adapters.sinks.google_sheets import cells
from clinft.errors import PolicyViolation
from clinft.ports.sinks import Rows


@dataclass(frozen=True)
class Layout:
    """`places`: of our columns, in our order, counted from 0. `new`: those that have no name there yet."""

    places: tuple[int, ...]
    new: tuple[str, ...]

    @property
    def width(self) -> int:
        return max(self.places) + 1

    @property
    def new_from(self) -> int:
        """New ones stand side by side, to the right of all others."""
        return self.width - len(self.new)


@dataclass(frozen=True)
class Standing:
    """`values`: of the whole worksheet, formulas as formulas, so that the last row of data is the last."""

    parcel: Rows
    values: Sequence[Sequence[Any]]

    @cached_property
    def layout(self) -> Layout:
        """Raises where it cannot be told which column is which. New columns go to the right of everything."""
        columns, named = self.parcel.columns, self._named
        if not any(map(len, self.values)):
            return Layout(tuple(range(len(columns))), tuple(columns))
        if columns[0] not in named:
            raise self._renamed(columns[0])
        new = tuple(name for name in columns if name not in named)
        width = max(map(len, self.values))
        for name in new:
            if any(self._holds(name, place) for place in range(width) if place not in named.values()):
                raise self._renamed(name)
        places = named | {name: width + number for number, name in enumerate(new)}
        return Layout(tuple(places[name] for name in columns), new)

    @cached_property
    def _named(self) -> dict[str, int]:
        header = [str(value) for value in (self.values[0] if self.values else ())]
        return {name: header.index(name) for name in self.parcel.columns if name in header}

    def _holds(self, name: str, place: int) -> bool:
        """Whether the column is this one under another name: in all rows that are there it has our values."""
        number = self.parcel.columns.index(name)
        compared = [
            (cells.plain(row[number], name), self.values[index][place : place + 1])
            for row in self.parcel.rows
            for index in self.rows_by_id.get(row[0].casefold(), [])[:1]
            if row[number]
        ]
        return bool(compared) and all(list(found) == [expected] for expected, found in compared)

    def _renamed(self, name: str) -> PolicyViolation:
        return PolicyViolation(
            f"The worksheet of {self.parcel.table} has no column {name!r} any more.",
            "Somebody changed a name in the first row; rows would go into wrong columns.",
            "Put it back (File, Version history), or delete the worksheet: it is written anew from git.",
        )

    @cached_property
    def rows_by_id(self) -> dict[str, list[int]]:
        """Rows, counted from 0, by what their `row_id` says."""
        place = self._named.get(self.parcel.columns[0], 0)
        found: dict[str, list[int]] = {}
        for index, row in enumerate(self.values[1:], start=1):
            if len(row) > place and (name := str(row[place]).strip()):
                found.setdefault(name.casefold(), []).append(index)
        return found

    @property
    def missing(self) -> list[Sequence[str]]:
        return [row for row in self.parcel.rows if row[0].casefold() not in self.rows_by_id]

    @property
    def twice(self) -> list[int]:
        """Rows with a row_id of ours that stands further up already."""
        known = (self.rows_by_id.get(row[0].casefold(), []) for row in self.parcel.rows)
        return sorted(index for found in known for index in found[1:])

    @property
    def span_to_clear(self) -> tuple[int, int] | None:
        """First row, and one behind the last, of where Google may delete duplicates: those and nothing else.

        None where it would take a row of people with it, or where none of the copies is the same.
        """
        copies = self.twice
        if not copies:
            return None
        firsts = (found[0] for found in self.rows_by_id.values() if set(found) & set(copies))
        span = (min(firsts), max(copies) + 1)
        gone = self._deleted(*span)
        return span if gone and set(gone) <= set(copies) else None

    def _deleted(self, start: int, end: int) -> list[int]:
        """As Google describes it: of rows that are equal in our columns, all but the first."""
        seen: set[tuple[str, ...]] = set()
        gone = []
        for index in range(start, end):
            row = self.values[index]
            key = tuple(str(row[n]).casefold() if n < len(row) else "" for n in self.layout.places)
            if key in seen:
                gone.append(index)
            seen.add(key)
        return gone
