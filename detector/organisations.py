"""Forms of employers and schools, and of identifiers without a label."""

from collections.abc import Callable
from functools import lru_cache

from detector.draw import Draw
from detector.exclusions import allowed_place
from detector.locations import cased, city_name
from detector.people import given, surname
from detector.template import Piece
from detector.words import places, words

# A: one to three letters, a: a letter, 9: two to five digits, 0: a digit, Y: a year.
SHAPES: tuple[str, ...] = (
    "900000",
    "99000",
    "9-9-9",
    "9-9-9",
    "A9",
    "A-9",
    "A 9",
    "A/9",
    "A900",
    "A-900",
    "aa00-9",
    "aa00-9a",
    "9A9",
    "9aa9",
)
SHAPES += (
    "aa-Y-900",
    "a-Y-9",
    "Y-9",
    "000-00-9",
    "A-9-9",
    "a0a0a0",
    "mixed",
    "mixed",
    "#9000",
    "9/9/9",
    "A.9.0",
)
SHAPE_PARTS: dict[str, Callable[[Draw], str]] = {
    "A": lambda draw: draw.letters(draw.between(1, 3)),
    "a": lambda draw: draw.letters(1),
    "9": lambda draw: draw.digits(draw.between(2, 5)),
    "0": lambda draw: draw.digits(1),
    "Y": lambda draw: str(draw.between(1990, 2029)),
}
MIXED = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@lru_cache(maxsize=1)
def organisations() -> tuple[str, ...]:
    """Well-known employers that no development set names."""
    return tuple(name for name in words("general", "organisations") if allowed_place(name))


def _base(draw: Draw) -> str:
    share = draw.share()
    if share < 0.35:
        return surname(draw)
    if share < 0.5:
        return city_name(draw)
    if share < 0.85:
        return draw.one(words("general", "org_words"))
    second = draw.one(("Sons", "Co", "Daughters", "Associates", surname(draw)))
    return f"{surname(draw)} {draw.one(('&', 'and'))} {second}"


def employer_name(draw: Draw) -> str:
    share = draw.share()
    if share < 0.22:
        return draw.one(organisations())
    if share < 0.32:
        return (
            f"{surname(draw)}, {surname(draw)} and {surname(draw)}"
            if share < 0.27
            else f"{surname(draw)}-{surname(draw)}"
        )
    name = f"{_base(draw)} {draw.one(words('general', 'org_types'))}"
    return f"{name} {draw.one(words('general', 'org_types'))}" if draw.chance(0.1) else name


def employer(draw: Draw) -> list[Piece]:
    return [(cased(employer_name(draw), draw), "ORGANISATION")]


def school(draw: Draw) -> list[Piece]:
    share = draw.share()
    base = (
        city_name(draw)
        if share < 0.35
        else surname(draw)
        if share < 0.65
        else f"{given(draw)} {surname(draw)}"
    )
    if share > 0.85:
        base = draw.one(places("street_words")) + " " + draw.one(places("street_second"))
    if 0.3 < share < 0.38:
        return [(f"University of {city_name(draw)}", "ORGANISATION")]
    return [(cased(f"{base} {draw.one(words('general', 'school_types'))}", draw), "ORGANISATION")]


def church(draw: Draw) -> list[Piece]:
    base = draw.one(
        (
            city_name(draw),
            surname(draw),
            "First",
            "St. " + draw.one(places("saints")),
            "Mount " + surname(draw),
        )
    )
    return [(f"{base} {draw.one(words('general', 'church_types'))}", "ORGANISATION")]


def free_id(draw: Draw) -> list[Piece]:
    """An identifier of no known form: case, study, specimen, badge or locker."""
    shape = draw.one(SHAPES)
    if shape == "mixed":
        return [("".join(draw.one(MIXED) for _ in range(draw.between(7, 12))), "ID")]
    made = "".join(SHAPE_PARTS[part](draw) if part in SHAPE_PARTS else part for part in shape)
    return [(made.lower() if draw.chance(0.08) else made, "ID")]
