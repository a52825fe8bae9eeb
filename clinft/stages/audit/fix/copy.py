"""File in, de-identified copy out, row by row; a row without a finding keeps its bytes."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from clinft.errors import SpecError
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.fix.record import fixed_lines, fixed_rows, fixed_table
from clinft.stages.audit.fix.rounds import Cleaner
from clinft.stages.audit.reading.arrays import header_of
from clinft.stages.audit.reading.dialect import DELIMITERS, HEAD_BYTES, dialect_of
from clinft.stages.audit.reading.raw import BYTE_ORDER_MARK
from clinft.stages.audit.reading.source import COMPRESSED, format_of, unreadable

# Each takes the stream behind a byte order mark, and gives every row before and after.
Rows = Callable[[BinaryIO, str, Cleaner], Iterator[tuple[bytes, bytes]]]
FORMATS: dict[str, Rows] = {"jsonl": fixed_rows, "lines": fixed_lines}


@dataclass(frozen=True)
class FixSummary:
    """`replaced`: by entity type, over all rounds. `rows` counts the header of a table."""

    replaced: Counter[str]
    rows_changed: int
    rows: int


def write_copy(
    path: Path, target: Path, engine: Engine, *, name: str | None = None, everything: bool = False
) -> FixSummary:
    """Writes `target`, whole or not at all. `name`: of the file, as messages may show it.

    SpecError where `target` exists or the format cannot be written. INFO findings stay unless `everything`.
    The copy holds nothing above INFO that `engine` finds; it may hold what no rule finds.
    """
    shown = name or path.name
    rows = refuse_format(path, shown)
    refuse_existing(target)
    cleaner = Cleaner(engine, everything)
    partial = target.with_name(f".{target.name}.partial")
    counted: Counter[str] = Counter()
    try:
        with path.open("rb") as source, partial.open("wb") as copy:
            shutil.copymode(path, partial)
            mark = source.read(len(BYTE_ORDER_MARK))
            if mark == BYTE_ORDER_MARK:
                copy.write(mark)
            else:
                source.seek(0)
            for before, after in rows(source, shown, cleaner):
                counted["rows"] += 1
                counted["changed"] += before != after
                copy.write(after)
            copy.flush()
            os.fsync(copy.fileno())
        refuse_existing(target)
        partial.replace(target)
    except OSError as error:
        raise SpecError(
            f"{shown}: the copy cannot be written: {(error.strerror or type(error).__name__).lower()}.",
            "The file cannot be read, or its folder not be written to.",
            "Correct the permissions or free some space, and call again.",
        ) from None
    finally:
        partial.unlink(missing_ok=True)
    return FixSummary(cleaner.replaced, counted["changed"], counted["rows"])


def refuse_format(path: Path, shown: str) -> Rows:
    """How a copy of this file is written. SpecError where none can be."""
    read_as = format_of(path.name)
    if path.name.lower().endswith(COMPRESSED) or read_as not in (*FORMATS, *DELIMITERS):
        raise SpecError(
            f"{shown}: no de-identified copy can be written of this format.",
            "Copies are written of .jsonl, .ndjson, .csv, .tsv, .psv, .txt, .md and .log files.",
            "Write the data as JSON Lines, unpacked, and call again.",
        )
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES).removeprefix(BYTE_ORDER_MARK)
    except OSError as error:
        raise unreadable(shown, error) from None
    dialect = dialect_of(head, DELIMITERS[read_as]) if read_as in DELIMITERS else None
    if (dialect and (dialect.titles or dialect.mac)) or (
        read_as == "jsonl" and header_of(head.partition(b"\n")[0])
    ):
        raise SpecError(
            f"{shown}: no de-identified copy can be written of a table in this form.",
            "Lines stand above its header, its lines end with carriage returns alone, or its rows are lists.",
            "Write the table with its header in the first line, or as JSON objects, and call again.",
        )
    return fixed_table(dialect.delimiter) if dialect else FORMATS[read_as]


def refuse_existing(target: Path) -> None:
    if target.is_symlink() or target.exists():
        raise SpecError(
            "The de-identified copy's place is taken: there is a file of that name already.",
            "An earlier call wrote it, and somebody may have reviewed it since.",
            "Move or delete that file, and call again.",
        )
