"""Tables whose rows are JSON lists, the first of them the names of the columns."""

import json
from collections.abc import Iterator

from clinft.stages.audit.views.columns import heads_of

LONGEST_HEADER = 1 << 16
DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
SPACE = " \t\r\n"


def header_of(row: bytes) -> tuple[str, ...]:
    """The names of columns in a first row that is a list of nothing but text; otherwise none."""
    if not row.lstrip().startswith(b"[") or len(row) > LONGEST_HEADER:
        return ()
    try:
        names = json.loads(row)
    except (ValueError, RecursionError):
        return ()
    # A row of data holds no name twice by chance only.
    if len(names) < 2 or not all(isinstance(name, str) and name for name in names):
        return ()
    return tuple(names) if len(set(names)) == len(names) and any(heads_of(names)) else ()


def under(header: tuple[str, ...], row: str) -> str:
    """A list of as many values as a JSON object; any other row, and the header itself, as it is."""
    if not row.lstrip(SPACE).startswith("["):
        return row
    try:
        values = [row[start:end] for start, end in items_of(row)]
    except (ValueError, RecursionError):
        return row
    if len(values) != len(header) or values == [json.dumps(name) for name in header]:
        return row
    pairs = (
        f"{json.dumps(name, ensure_ascii=False)}: {value}" for name, value in zip(header, values, strict=True)
    )
    return f"{{{', '.join(pairs)}}}"


def items_of(text: str) -> Iterator[tuple[int, int]]:
    """Where each item begins and ends. Raises ValueError where the text is no JSON."""
    place = _skip(text, 0)
    if text.startswith("[", place):
        place = _skip(text, place + 1)
        closed = text.startswith("]", place)
        while not closed:
            start, (_, end) = place, DECODER.raw_decode(text, place)
            yield start, end
            place = _skip(text, end)
            closed = text.startswith("]", place)
            if not closed and not text.startswith(",", place):
                raise ValueError("two items without a comma")
            place = place if closed else _skip(text, place + 1)
        place += 1
    else:
        start, (_, place) = place, DECODER.raw_decode(text, place)
        yield start, place
    if _skip(text, place) != len(text):
        raise ValueError("something follows the document")


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in SPACE:
        place += 1
    return place
