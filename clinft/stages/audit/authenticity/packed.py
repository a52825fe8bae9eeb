"""Evidence as JSON, for a partial result on disk."""

import base64
import binascii
import sys
from array import array
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, JsonValue, StringConstraints, ValidationError

from clinft.spec.base import Count, Strict
from clinft.stages.audit.authenticity.rows import COLUMNS
from clinft.stages.audit.authenticity.shapes import SHAPES
from clinft.stages.audit.authenticity.signs import SHOWN, Counts, Tally
from clinft.stages.audit.authenticity.sketch import BYTES
from clinft.stages.audit.authenticity.text_files import Begun

if TYPE_CHECKING:
    from clinft.stages.audit.authenticity.evidence import Evidence

# JSON has lists for tuples, and texts for keys; a count that comes as a text or as true is none.
Pair = Annotated[tuple[str, Count], Field(strict=False)]
FileNumber = Annotated[int, Field(ge=0, strict=False)]
# 64 bits do not fit into the numbers of canonical JSON.
Bits = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,16}$")]


BROKEN = "not what was packed"


class PackedCounts(Strict):
    records: Count
    lines: Count
    files: Count


class PackedTally(Strict):
    counts: PackedCounts
    places: list[Pair] = Field(max_length=SHOWN)


class PackedBegun(Strict):
    file: Count
    shape: Count
    parts: Count
    row: Count


class PackedEvidence(Strict):
    """`columns` and `sketches`: base64 of little-endian numbers; `dates`: file → bits."""

    files: list[str]
    columns: dict[str, str]
    sketches: str
    units: PackedCounts
    tallies: dict[str, PackedTally]
    text_files: dict[FileNumber, Bits]
    begun: list[PackedBegun]
    dates: Bits
    kinds: Count


def pack(evidence: "Evidence") -> JsonValue:
    rows = evidence.rows
    rows.settle()
    packed = PackedEvidence(
        files=list(evidence.files),
        columns={name: _text(getattr(rows, name)) for name in COLUMNS},
        sketches=base64.b64encode(rows.sketches).decode(),
        units=_counts(evidence.units),
        tallies={
            kind: PackedTally(counts=_counts(tally.counts), places=list(tally.places))
            for kind, tally in sorted(evidence.tallies.items())
        },
        text_files={file: f"{bits:x}" for file, bits in evidence.text_files.dates.items()},
        begun=[
            PackedBegun(file=file, shape=shape, parts=begun.parts, row=begun.row)
            for (file, shape), begun in evidence.text_files.begun.items()
        ],
        dates=f"{evidence.dates:x}",
        kinds=evidence.kinds,
    )
    dumped: JsonValue = packed.model_dump(mode="json")
    return dumped


def unpack(value: JsonValue, evidence: "Evidence") -> None:
    """Fills an empty Evidence. ValueError, without data, where `value` is not what `pack` wrote."""
    try:
        packed = PackedEvidence.model_validate(value)
        for name in COLUMNS:
            _fill(getattr(evidence.rows, name), packed.columns[name])
        evidence.rows.sketches += base64.b64decode(packed.sketches, validate=True)
    except (ValidationError, KeyError, ValueError, binascii.Error):
        raise ValueError(BROKEN) from None
    lengths = {len(getattr(evidence.rows, name)) for name in COLUMNS}
    files = {*evidence.rows.file, *packed.text_files, *(begun.file for begun in packed.begun)}
    if (
        lengths != {len(evidence.rows.sketches) // BYTES}
        or len(evidence.rows.sketches) % BYTES
        or len({*packed.files}) < len(packed.files)
        or any(not 0 <= file < len(packed.files) for file in files)
        or any(not 0 <= begun.shape < len(SHAPES) for begun in packed.begun)
    ):
        raise ValueError(BROKEN)
    evidence.files |= {name: place for place, name in enumerate(packed.files)}
    evidence.units = Counts(**packed.units.model_dump())
    for kind, tally in packed.tallies.items():
        evidence.tallies[kind] = Tally(Counts(**tally.counts.model_dump()), list(tally.places))
    evidence.text_files.dates = {file: int(bits, 16) for file, bits in packed.text_files.items()}
    for begun in packed.begun:
        evidence.text_files.begin(begun.file, begun.shape, Begun(begun.parts, begun.row))
    evidence.dates, evidence.kinds = int(packed.dates, 16), packed.kinds


def _counts(counts: Counts) -> PackedCounts:
    return PackedCounts(records=counts.records, lines=counts.lines, files=counts.files)


def _text(column: "array[int]") -> str:
    return base64.b64encode(_little(column).tobytes()).decode()


def _fill(column: "array[int]", text: str) -> None:
    column.frombytes(base64.b64decode(text, validate=True))
    column[:] = _little(column)


def _little(column: "array[int]") -> "array[int]":
    """The same numbers with the lowest byte first, or back again."""
    if sys.byteorder == "little":
        return column
    turned = column[:]
    turned.byteswap()
    return turned
