"""Forms, headers, records: fields with a name and a value, in many notations."""

from collections.abc import Callable
from functools import lru_cache

from detector import locations, organisations, people
from detector.draw import Draw
from detector.plain import PLAIN
from detector.template import Piece, Slot
from detector.words import words

VALUES: dict[str, Slot] = {
    "person": people.person,
    "clinician": people.clinician,
    "given": people.given_only,
    "surname": people.surname_only,
    "street": locations.street,
    "city": locations.city,
    "county": locations.county,
    "zip": locations.zip_code,
    "facility": locations.facility,
    "ward": locations.ward,
    "employer": organisations.employer,
    "school": organisations.school,
    "id": organisations.free_id,
}
# One entry per chance: names are the most usual.
KINDS = ("person",) * 5 + ("clinician",) * 4 + ("facility",) * 2 + ("city", "street", *VALUES)
COLONS = (": ", ": ", ": ", ":", " - ", "\t", " = ", "=", ":  ", " : ", "..... ", "\n", " ")
JOINS = ("\n", "\n", "   ", " ", " | ", "; ", ", ", "\t", "\n\n", ". ")
CLEAN_SHARE, BLANK_SHARE = 0.35, 0.06


def fields(draw: Draw) -> list[Piece]:
    """One to eight fields in one notation."""
    count = draw.one((1, 1, 2, 3, 4, 6, 8))
    rows = [_field(draw) for _ in range(count)]
    share = draw.share()
    if share < 0.2:
        return _json(rows, draw)
    if share < 0.27:
        return _tags(rows, draw)
    if share < 0.37:
        return _table(rows, draw)
    return _lines(rows, draw)


def _field(draw: Draw) -> tuple[str, list[Piece]]:
    if draw.chance(CLEAN_SHARE):
        name, slot = draw.one(words("fields", "clean")).split("=")
        return name, PLAIN[slot](draw)
    kind = draw.one(KINDS)
    name = draw.one(words("fields", kind))
    if draw.chance(BLANK_SHARE):
        return name, [(draw.one(words("fields", "blank")), None)]
    return name, VALUES[kind](draw)


def _lines(rows: list[tuple[str, list[Piece]]], draw: Draw) -> list[Piece]:
    colon, join = draw.one(COLONS), draw.one(JOINS)
    case = draw.below(6)
    pieces: list[Piece] = []
    for place, (name, value) in enumerate(rows):
        shown = name.upper() if case == 0 else name.lower() if case == 1 else name
        pieces.append(((join if place else "") + shown + colon, None))
        pieces += value
    return pieces


def _json(rows: list[tuple[str, list[Piece]]], draw: Draw) -> list[Piece]:
    notations: tuple[Callable[[str], str], ...] = (snake, camel, str)
    key, quote = draw.one(notations), draw.one(('"', '"', "'"))
    join = draw.one((", ", ",\n  ", ","))
    pieces: list[Piece] = [("{", None)]
    for place, (name, value) in enumerate(rows):
        pieces.append((f"{join if place else ''}{quote}{key(name)}{quote}: {quote}", None))
        pieces += [(text.replace("\n", " ").replace('"', ""), label) for text, label in value]
        pieces.append((quote, None))
    return [*pieces, ("}", None)]


def _tags(rows: list[tuple[str, list[Piece]]], draw: Draw) -> list[Piece]:
    pieces: list[Piece] = []
    for name, value in rows:
        pieces += [(f"<{snake(name)}>", None), *value, (f"</{snake(name)}>{draw.one(('', ' '))}", None)]
    return pieces


def _table(rows: list[tuple[str, list[Piece]]], draw: Draw) -> list[Piece]:
    """A line of names over a line of values, or values alone."""
    bar = draw.one((",", "|", " | ", "\t", ";"))
    pieces: list[Piece] = []
    if draw.chance(0.6):
        pieces.append((bar.join(name for name, _ in rows) + "\n", None))
    for place, (_, value) in enumerate(rows):
        pieces += [(bar if place else "", None), *value]
    return pieces


@lru_cache(maxsize=2048)
def snake(name: str) -> str:
    letters = "".join(character if character.isalnum() else " " for character in name.lower())
    return "_".join(letters.split())


@lru_cache(maxsize=2048)
def camel(name: str) -> str:
    first, *rest = snake(name).split("_")
    return first + "".join(word.capitalize() for word in rest)
