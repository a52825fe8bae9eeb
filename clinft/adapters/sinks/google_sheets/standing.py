"""What stands in a worksheet, as far as clinft is concerned. No calls here: values in, decisions out.

People may add, move and hide columns, add rows, notes and formulas of their own, sort and rename: none of
that is touched. A column is found by its name in the first row, a row by its `row_id`.
"""

from collections.abc import Collection, Sequence
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
class Clearing:
    """Rows from `start` to before `end`, in which those go that repeat what stands further up in `places`."""

    start: int
    end: int
    places: tuple[int, ...]


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

    def to_clear(self, written: Collection[str]) -> Clearing | None:
        """Copies that Google may delete; None where it would take a row of people with them.

        `written`: ids of rows that were not there a moment ago: another publisher wrote them at the same time
        and may know more of them. Of other rows only those go that are the same in all our columns.
        """
        raced = [found for name, found in self.rows_by_id.items() if name in written and found[1:]]
        return self._clearing(raced, self.layout.places[:1]) or self._clearing(
            [found for found in self.rows_by_id.values() if set(found[1:]) & set(self.twice)],
            self.layout.places,
        )

    def _clearing(self, found: Sequence[Sequence[int]], places: Sequence[int]) -> Clearing | None:
        if not found:
            return None
        copies = {index for rows in found for index in rows[1:]}
        start, end = min(rows[0] for rows in found), max(copies) + 1
        gone = self._deleted(start, end, places)
        return Clearing(start, end, tuple(places)) if gone and gone <= copies else None

    def _deleted(self, start: int, end: int, places: Sequence[int]) -> set[int]:
        """As Google describes it: of rows that are equal in these columns, all but the first."""
        seen: set[tuple[str, ...]] = set()
        gone = set()
        for index in range(start, end):
            row = self.values[index]
            key = tuple(str(row[n]).casefold() if n < len(row) else "" for n in places)
            if key in seen:
                gone.add(index)
            seen.add(key)
        return gone
