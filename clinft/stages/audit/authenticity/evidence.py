"""What rows say of their origin, collected by workers and merged."""

import copy
from collections import defaultdict
from collections.abc import Mapping

from pydantic import JsonValue

from clinft.artifacts.audit import Authenticity, Provenance
from clinft.stages.audit.authenticity import packed
from clinft.stages.audit.authenticity.duplicates import duplicates, shared_passages
from clinft.stages.audit.authenticity.fields import fields_of, is_export_header
from clinft.stages.audit.authenticity.rows import Rows, Sorted
from clinft.stages.audit.authenticity.shapes import SHAPES, shapes_in
from clinft.stages.audit.authenticity.signs import Counts, Tally, signs
from clinft.stages.audit.authenticity.text_files import TextFiles
from clinft.stages.audit.authenticity.times import Times, times_in
from clinft.stages.audit.authenticity.uniqueness import bits_of, quasi_text, uniqueness

DATES_OF_A_CHART = 3
# The same few dates in every record stand in its template. 20 different dates fill 17 of 64 bits on average.
FEWEST_DATES = 14
# A line of a text file as long as this is compared as a record.
LONG_LINE = 120


class Evidence:
    """Counts, places and hashes; `add` keeps up to 64 KB of text until the next call of another method."""

    def __init__(self) -> None:
        self.files: dict[str, int] = {}
        self.rows = Rows()
        self.units = Counts()
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self.text_files = TextFiles()
        self.dates = 0
        self.kinds = 0

    def add(self, file: str, row: int, value: Mapping[str, JsonValue] | None, text: str) -> None:
        """`row` counts from 1; `value`: the row where it is an object; `text`: the row as it stands."""
        index = self.files.setdefault(file, len(self.files))
        times, shapes = times_in(text), shapes_in(text)
        complete = {shape: kind for shape, parts in shapes.items() if (kind := SHAPES[shape].kind_of(parts))}
        seen = {*complete.values(), *_kinds_of(times)}
        self.dates |= times.seen
        if value is None:
            begun = {shape: parts for shape, parts in shapes.items() if shape not in complete}
            seen |= self._line(index, row, text, times.seen, begun)
        else:
            seen |= self._record(index, row, value)
        for kind in seen:
            tally = self.tallies[kind]
            tally.see((file, row))
            if value is None:
                tally.counts.lines += 1
            else:
                tally.counts.records += 1

    def _line(self, file: int, row: int, text: str, dates: int, begun: dict[int, int]) -> set[str]:
        self.units.lines += bool(text) and not text.isspace()
        self.text_files.add(file, row, dates, begun)
        if len(text) >= LONG_LINE:
            self.rows.add(file, row, text, "")
        return {"ehr-export"} if is_export_header(text) else set()

    def _record(self, file: int, row: int, value: Mapping[str, JsonValue]) -> set[str]:
        self.units.records += 1
        fields = fields_of(value)
        self.rows.add(file, row, fields.text, quasi_text(fields.quasi))
        self.kinds |= bits_of(fields.quasi)
        held = {"ehr-export": fields.exported, "record-numbers": fields.numbered}
        return {kind for kind, is_held in held.items() if is_held}

    def merge(self, other: "Evidence") -> None:
        """Takes in what another worker saw in other rows; their order does not show in `result`."""
        files = [self.files.setdefault(name, len(self.files)) for name in other.files]
        self.rows.extend(other.rows, files)
        self.text_files.merge(other.text_files, files)
        self.units.add(other.units)
        for kind, tally in other.tallies.items():
            self.tallies[kind].add(tally)
        self.dates |= other.dates
        self.kinds |= other.kinds

    def named(self) -> set[str]:
        """Every file of which something was seen."""
        return {*self.files, *(file for tally in self.tallies.values() for file, _ in tally.places)}

    def result(self, provenance: Provenance) -> Authenticity:
        self.rows.settle()
        names = list(self.files)
        records = Sorted(self.rows, names)
        return Authenticity(
            provenance=provenance,
            signs=signs(*self._counted(names, records)),
            duplicates=duplicates(records),
            uniqueness=uniqueness(records, self.kinds),
        )

    def _counted(self, names: list[str], records: Sorted) -> tuple[dict[str, Tally], Counts]:
        """Tallies and units with what only whole files and all rows together tell."""
        tallies = copy.deepcopy(self.tallies)
        whole = list(self.text_files.completed())
        whole += [
            ("dense-dates", file, 1)
            for file, dates in self.text_files.dates.items()
            if dates.bit_count() >= DATES_OF_A_CHART
        ]
        for kind, file, row in whole:
            tally = tallies[kind]
            tally.counts.files += 1
            tally.see((names[file], row))
        if self.dates.bit_count() < FEWEST_DATES:
            tallies.pop("dense-dates", None)
        count, places = shared_passages(records)
        passages = tallies["long-passages"]
        passages.counts.records += count
        for place in places:
            passages.see((place.file, place.row))
        units = Counts(self.units.records, self.units.lines, len(self.text_files.dates))
        return tallies, units

    def to_json(self) -> JsonValue:
        """No text: hashes, counts and places."""
        return packed.pack(self)

    @classmethod
    def from_json(cls, value: JsonValue) -> "Evidence":
        evidence = cls()
        packed.unpack(value, evidence)
        return evidence


def _kinds_of(times: Times) -> set[str]:
    held = {
        "dense-dates": times.different >= DATES_OF_A_CHART,
        "shifted-dates": times.shifted,
        "timestamps": times.to_the_second,
        "export-stamps": times.stamped,
    }
    return {kind for kind, is_held in held.items() if is_held}
