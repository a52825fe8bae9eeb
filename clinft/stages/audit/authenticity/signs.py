"""How often each sign occurs and where first, and what that amounts to."""

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from clinft.artifacts.audit import Place, Sign
from clinft.stages.audit import tables

SHOWN = 20


@dataclass(frozen=True)
class Kind:
    """One row of the table: `at_least` times and in this `share` of records makes it weigh."""

    declines: bool
    meaning: str
    at_least: int = 1
    share: float = 0.0
    quiet: bool = False

    def weighs(self, count: int, of: int) -> bool:
        return count >= self.at_least and count >= self.share * of


@cache
def kinds() -> dict[str, Kind]:
    return {name: Kind(**row) for name, row in tables.table("authenticity")["kinds"].items()}


@dataclass
class Counts:
    """Records, single lines of text files, and whole text files are counted apart."""

    records: int = 0
    lines: int = 0
    files: int = 0

    def add(self, other: "Counts") -> None:
        self.records += other.records
        self.lines += other.lines
        self.files += other.files

    @property
    def total(self) -> int:
        return self.records + self.lines + self.files


@dataclass
class Tally:
    counts: Counts = field(default_factory=Counts)
    places: list[tuple[str, int]] = field(default_factory=list)

    def see(self, place: tuple[str, int]) -> None:
        if len(self.places) < SHOWN or place < self.places[-1]:
            insort(self.places, place)
            del self.places[SHOWN:]

    def add(self, other: "Tally") -> None:
        self.counts.add(other.counts)
        self.places = sorted(self.places + other.places)[:SHOWN]


def signs(tallies: Mapping[str, Tally], units: Counts) -> tuple[Sign, ...]:
    """In the order of the table. `units`: all records, lines and text files that were read."""
    found = []
    for name, kind in kinds().items():
        tally = tallies.get(name, Tally())
        seen, of = tally.counts, units
        weighs = (
            kind.weighs(seen.records, of.records)
            or kind.weighs(seen.lines, of.lines)
            or kind.weighs(seen.files, of.files)
        )
        if seen.total and (weighs or not kind.quiet):
            found.append(
                Sign(
                    kind=name,
                    declines=kind.declines and weighs,
                    count=seen.total,
                    places=tuple(Place(file=file, row=row) for file, row in tally.places),
                    meaning=kind.meaning,
                )
            )
    return tuple(found)
