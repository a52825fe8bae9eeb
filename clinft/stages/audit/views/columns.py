"""Tables in text: each cell behind the head of its column, `| MRN |` over `| 1234567 |` as `Mrn: 1234567`."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.keys import TRIMMED, is_head, words_of_key
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import Signals

# Offset and text.
Cell = tuple[int, str]
LINE = regex(r"[^\n]+")
RULER = regex(r"[|+:=\s-]*")
QUOTED = regex(r"\"[^\"]*\"")
SIGNS = {
    "|": regex(r"\|"),
    "\t": regex(r"\t"),
    ";": regex(r";"),
    ",": regex(r","),
    "  ": regex(r" {2,}"),
}
# Signs that sentences have as well: one word that may be a head proves nothing.
OF_SENTENCES = frozenset((";", ",", "  "))
# How a head ends, before what ends a cell: without one there is no table to read.
CELL_END = regex(r"(?<![a-z])([a-z]+)[\"'*:. #]{0,4}(?:[|\t;,\n]|[ ]{2}|$)")
HEAD_ENDS = frozenset((
    "accession", "account", "acct", "addr", "address", "admission", "birth", "birthdate", "birthday",
    "card", "cell", "chart", "city", "code", "contact", "county", "csn", "date", "dea", "death", "device",
    "dob", "dos", "email", "empi", "employer", "family", "fax", "first", "fname", "given", "group",
    "guarantor", "guardian", "iban", "id", "identifier", "imei", "insurance", "ip", "kin", "last",
    "licence", "license", "lname", "mail", "maiden", "mbi", "medicaid", "medicare", "member", "mobile",
    "mrn", "name", "no", "npi", "num", "number", "pager", "passport", "patient", "phone", "plan", "plate",
    "policy", "postcode", "pt", "record", "security", "serial", "service", "social", "spouse", "ss",
    "ssn", "street", "subscriber", "surname", "tel", "telephone", "town", "url", "vin", "website", "zip",
    "zipcode",
))  # fmt: skip
PARTS = {
    "first": "first name", "last": "last name", "given": "given name", "family": "family name",
    "fname": "first name", "lname": "last name",
}  # fmt: skip
# Beside a comma in a sentence these are words.
WORDS = frozenset((
    *PARTS.values(), "name", "patient", "pt", "city", "town", "street", "address", "county", "employer",
    "guardian", "spouse", "cell", "plan",
))  # fmt: skip
WIDEST_HEAD, MOST_WORDS, MOST_COLUMNS = 40, 4, 500


def suspected(signals: Signals) -> bool:
    odd = signals.odd
    table = b"\n" in odd or b"|" in odd or b"\t" in odd
    return table and not HEAD_ENDS.isdisjoint(CELL_END.findall(signals.lower))


def edits(signals: Signals) -> Iterator[Edit]:
    for sign in SIGNS:
        if sign in signals.text:
            for head, (place, _) in _labelled(signals.text, sign):
                yield Edit(place, place, f"\n{head.capitalize()}: ")


def _labelled(text: str, sign: str) -> Iterator[tuple[str, Cell]]:
    heads: Sequence[str] = ()
    for line in LINE.finditer(text):
        if RULER.fullmatch(line.group()):
            continue
        cells = _cells(line, sign)
        if len(cells) > 1 and len(cells) == len(heads):
            yield from ((head, cell) for head, cell in zip(heads, cells, strict=True) if head and cell[1])
        else:
            heads = heads_of([cell for _, cell in cells], 2 if sign in OF_SENTENCES else 1)
            if not any(heads):
                yield from _beside(cells, sign)


def _cells(line: re.Match[str], sign: str) -> list[Cell]:
    """Without the spaces and quotes around their text."""
    text = line.group()
    # Signs inside quotes part nothing.
    masked = QUOTED.sub(lambda quoted: "\0" * len(quoted.group()), text) if '"' in text else text
    cells, position = [], 0
    for gap in (*SIGNS[sign].finditer(masked), None):
        end = gap.start() if gap else len(text)
        cell = text[position:end]
        cells.append((line.start() + position + len(cell) - len(cell.lstrip(TRIMMED)), cell.strip(TRIMMED)))
        position = gap.end() if gap else end
        if len(cells) > MOST_COLUMNS:
            return []
    edges = sign in ("|", "  ")
    return [cell for index, cell in enumerate(cells) if cell[1] or not edges or 0 < index < len(cells) - 1]


def heads_of(row: Sequence[str], fewest: int = 1) -> list[str]:
    """A row of heads, each empty or a label; a lone `name` may be a drug's, and then it is none."""
    if not all(map(_is_short, row)):
        return []
    heads = [_head(cell) for cell in row]
    others = sum(bool(head) and head != "name" for head in heads)
    return heads if others and sum(map(bool, heads)) >= fewest else []


def _is_short(cell: str) -> bool:
    return len(cell) <= WIDEST_HEAD and cell.count(" ") < MOST_WORDS and sum(map(str.isdigit, cell)) < 2


def _head(cell: str) -> str:
    if not is_head(cell):
        return ""
    words = words_of_key(cell)
    return PARTS.get(words, words)


def _beside(cells: list[Cell], sign: str) -> Iterator[tuple[str, Cell]]:
    """A head in the cell before: `MRN, 1234567`."""
    for (_, text), cell in pairwise(cells):
        head = _head(text)
        if head and cell[1] and not is_head(cell[1]) and not (sign in OF_SENTENCES and head in WORDS):
            yield head, cell
