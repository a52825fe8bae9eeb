"""The files of a benchmark in a folder of the user's, read without believing them."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from clinft.artifacts.canonical import digest_bytes
from clinft.errors import SpecError

MOST_BYTES = 512 * 1024 * 1024
# A row of a benchmark is a note at most; the csv module's own limit is smaller.
MOST_CHARACTERS = 10_000_000
PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def located(slug: str, wanted: Sequence[Sequence[str]], folder: Path, access: str) -> list[Path]:
    """One path for each file, in the folder or in its subfolder of the benchmark's name.

    SpecError that says what to fetch, and on which terms: nothing is downloaded here.
    """
    found = []
    for names in wanted:
        places = [place / name for place in (folder / slug, folder) for name in names]
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            raise SpecError(
                f"{folder} has no file {' or '.join(names)} for the benchmark {slug}.",
                "clinft downloads no data set: each has terms that somebody must have read.",
                f"Terms: {access}. Put the file there, or into {folder / slug}.",
            )
        found.append(path)
    return found


def read_text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise _unread(path, f"is larger than {MOST_BYTES:,} bytes")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unread(path, "is not UTF-8") from None


def read_json(path: Path) -> Any:
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError):
        raise _unread(path, "is no JSON") from None


def read_json_lines(path: Path) -> list[Any]:
    lines = [line for line in read_text(path).split("\n") if line.strip()]
    try:
        return [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        raise _unread(path, "is not one JSON value a line") from None


def read_csv(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Rows of a file with a heading. SpecError where a column is missing or a row is short."""
    before = csv.field_size_limit(MOST_CHARACTERS)
    try:
        rows = csv.DictReader(io.StringIO(read_text(path), newline=""))
        missing = [name for name in columns if name not in (rows.fieldnames or ())]
        if missing:
            raise _unread(path, f"has no column {missing[0]}")
        for number, row in enumerate(rows, start=1):
            if any(not isinstance(row[name], str) for name in columns):
                raise _unread(path, f"is short in row {number}")
            yield {name: row[name] for name in columns}
    except csv.Error:
        raise _unread(path, "is no CSV") from None
    finally:
        csv.field_size_limit(before)


def text(value: Any, path: Path) -> str:
    """A string as the publisher's form has it."""
    if not isinstance(value, str):
        raise _unread(path, "has another form than its publisher's")
    return value


def mapping(value: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unread(path, "has another form than its publisher's")
    return value


def plain_id(given: str) -> str:
    """An id that can hold no text: as given where it is short and plain, else a digest of it."""
    return given if PLAIN_ID.fullmatch(given) else digest_bytes(given.encode())[:16]


def _unread(path: Path, what: str) -> SpecError:
    return SpecError(
        f"{path.name} {what}.",
        "It was cut, changed or saved in another form than its publisher's.",
        "Take it from the publisher again; docs/benchmarks-public.md names the version.",
    )
