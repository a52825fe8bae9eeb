"""JSON within a text: edited string by string, so that it stays JSON with its keys."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from clinft.stages.audit.finds import Find
from clinft.stages.audit.fix.json_row import JsonRow
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.units import DECODER

# Where JSON may begin in a sentence. `[1]` there is a reference.
START = regex(r"\{\s{0,20}\"|\[\s{0,20}[{\"\[]")
WHOLE_START = ("{", "[", '"')
# Beginnings that are no JSON: each may have cost a look at the whole text.
MOST_FAILURES = 20
# One character of a JSON string as it is written.
CHARACTER = regex(
    r"(?s)\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]"
)


class Edit(NamedTuple):
    """`value`: the whole identifier, of which the text may hold a part."""

    start: int
    end: int
    find: Find
    value: str


# A text without JSON in it, and the edits that touch it → what stands there instead.
Write = Callable[[str, list[Edit]], str]


def rewritten(text: str, edits: Sequence[Edit], write: Write) -> str:
    """`write` takes what is beside JSON, and each key, string and number of it, however deep."""
    pieces: list[tuple[int, int, JsonRow | None]] = []
    end = 0
    for start, row in _documents(text):
        pieces += [(end, start, None), (start, start + len(row.line), row)]
        end = start + len(row.line)
    pieces.append((end, len(text), None))
    shared = _shared(edits, [(start, end) for start, end, _ in pieces])
    kept = []
    for (start, end, inner), touching in zip(pieces, shared, strict=True):
        piece = text[start:end]
        if inner:
            piece = _inside(inner, touching, write)
        elif piece.strip():
            piece = write(piece, touching)
        kept.append(piece)
    return "".join(kept)


def _inside(row: JsonRow, edits: Sequence[Edit], write: Write) -> str:
    # Without the quotes.
    quoted = [row.line[leaf.start] == '"' for leaf in row.leaves]
    places = [(leaf.start + quote, leaf.end - quote) for leaf, quote in zip(row.leaves, quoted, strict=True)]
    shared = _shared(edits, places)
    # What begins in one value and ends in the next does not mean the key between them.
    in_values = {
        edit.find for leaf, own in zip(row.leaves, shared, strict=True) if not leaf.is_key for edit in own
    }
    texts = []
    for leaf, (start, end), own in zip(row.leaves, places, shared, strict=True):
        meant = [edit for edit in own if edit.find not in in_values] if leaf.is_key else own
        texts.append(rewritten(leaf.text, _decoded(row.line[start:end], leaf.text, meant), write))
    return row.with_texts(texts)


def _decoded(written: str, text: str, edits: list[Edit]) -> list[Edit]:
    """The same edits in places of the string that JSON writes so."""
    if not edits or len(written) == len(text):
        return edits
    places = [match.start() for match in CHARACTER.finditer(written)]
    return [
        edit._replace(start=bisect_right(places, edit.start) - 1, end=bisect_left(places, edit.end))
        for edit in edits
    ]


def _shared(edits: Sequence[Edit], places: Sequence[tuple[int, int]]) -> list[list[Edit]]:
    """For each of some places, by start and apart, the edits that touch it, told from its start."""
    shared: list[list[Edit]] = [[] for _ in places]
    ends = [end for _, end in places]
    for edit in edits:
        for index in range(bisect_right(ends, edit.start), len(places)):
            start, end = places[index]
            if start >= edit.end:
                break
            if start < end:
                shared[index].append(
                    edit._replace(start=max(edit.start, start) - start, end=min(edit.end, end) - start)
                )
    return shared


def _documents(text: str) -> Iterator[tuple[int, JsonRow]]:
    """Where JSON stands in the text, without overlaps."""
    start = len(text) - len(text.lstrip())
    if text.startswith(WHOLE_START, start):
        whole = _row(text[start:].rstrip())
        if whole is not None:
            yield start, whole
            return
    failures = 0
    while failures < MOST_FAILURES and (match := START.search(text, start)):
        start = match.start()
        end = _end(text, start)
        row = _row(text[start:end]) if end else None
        if row is not None:
            yield start, row
            start = end
        else:
            failures += 1
            start += 1


def _end(text: str, start: int) -> int:
    """Where JSON ends that begins here, or 0."""
    try:
        return DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return 0


def _row(line: str) -> JsonRow | None:
    """None where it is no JSON or empty. A rule may take a `null` in a text for a value."""
    try:
        row = JsonRow(line, _unnamed, literals=True)
    except (ValueError, RecursionError):
        return None
    return row if row.leaves else None


def _unnamed(key: str) -> bool:
    """No report names these fields."""
    return False
