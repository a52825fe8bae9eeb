"""People and places of one text: each keeps its name, its sex and its town through the text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.data.templating import Draw, Slot


@dataclass(frozen=True)
class Person:
    first: str
    middle: str
    last: str
    female: bool
    relation: str


@dataclass(frozen=True)
class Place:
    city: str
    state: str
    zip3: str
    area: str
    county: str


def person(draw: Draw, name: str) -> Person:
    if name not in draw.memory:
        female = draw.rng.random() < 0.5
        kin = draw.memory.get("p") if name == "r" and draw.rng.random() < 0.5 else None
        last = (
            kin.last if isinstance(kin, Person) else draw.pick("doctor" if name in {"d", "e"} else "surname")
        )
        draw.memory[name] = Person(
            draw.pick("given_f" if female else "given_m"),
            draw.pattern("?"),
            last,
            female,
            draw.pick("female_relation" if female else "male_relation"),
        )
    found = draw.memory[name]
    assert isinstance(found, Person)
    return found


def place(draw: Draw, name: str) -> Place:
    if name not in draw.memory:
        draw.memory[name] = Place(*draw.pick("place").split("|"))
    found = draw.memory[name]
    assert isinstance(found, Place)
    return found


def person_part(name: str, kind: str) -> Slot:
    """Every part that is a name; the parts of grammar are `grammar` below."""

    def fill(draw: Draw, part: str, _argument: str) -> str:
        who = person(draw, name)
        initials = f"{who.first[0]}{who.last[0]}".upper()
        return {
            "": f"{who.first} {who.last}",
            "first": who.first,
            "last": who.last,
            "lf": f"{who.last}, {who.first}",
            "lfm": f"{who.last}, {who.first} {who.middle}",
            "LF": f"{who.last}, {who.first}".upper(),
            "LAST": who.last.upper(),
            "UP": f"{who.first} {who.last}".upper(),
            "low": f"{who.first} {who.last}".lower(),
            "fml": f"{who.first} {who.middle}. {who.last}",
            "fl": f"{who.first[0]}. {who.last}",
            "hl": f"{who.last}^{who.first}^{who.middle}".upper(),
            "init": initials,
            "inits": f"{initials[0]}.{initials[1]}.",
            "three": f"{initials[0]}.{who.middle}.{initials[1]}.",
        }[part]

    return Slot(kind, fill)


def grammar(name: str, part: str) -> Slot:
    def fill(draw: Draw, _part: str, _argument: str) -> str:
        who = person(draw, name)
        pair = {
            "mr": ("Ms.", "Mr."),
            "Mr": ("Mrs", "Mr"),
            "he": ("she", "he"),
            "He": ("She", "He"),
            "his": ("her", "his"),
            "him": ("her", "him"),
            "man": ("woman", "man"),
            "sex": ("F", "M"),
            "rel": (who.relation, who.relation),
        }[part]
        return pair[0 if who.female else 1]

    return Slot(None, fill)


def place_part(name: str, part: str, kind: str | None) -> Slot:
    def fill(draw: Draw, _part: str, _argument: str) -> str:
        where = place(draw, name)
        zip5 = where.zip3 + draw.digits(2)
        return {
            "city": where.city,
            "st": where.state,
            "zip": zip5,
            "county": f"{where.county} County",
            "zip9": f"{zip5}-{draw.digits(4)}",
            "zip3": where.zip3,
            "CITY": where.city.upper(),
        }[part]

    return Slot(kind, fill)


def people(kinds: Mapping[str, str]) -> dict[str, Slot]:
    """Slots of the people in `kinds`, each with the label of its names."""
    words = ("mr", "Mr", "he", "He", "his", "him", "man", "sex", "rel")
    slots = {name: person_part(name, kind) for name, kind in kinds.items()}
    return slots | {f"{name}.{word}": grammar(name, word) for name in kinds for word in words}


def places(names: Iterable[str], kind: str, state: str | None) -> dict[str, Slot]:
    """`state` is the label of a State, which may stay and yet stands inside an address."""
    parts = ("city", "CITY", "zip", "zip9", "zip3", "county")
    named = {f"{name}.{part}": place_part(name, part, kind) for name in names for part in parts}
    return named | {f"{name}.st": place_part(name, "st", state) for name in names}
