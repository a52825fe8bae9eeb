"""Forms of streets, cities, counties and facilities. A state or country beside a city is not part of it."""

from detector.draw import Draw
from detector.lists import pool
from detector.people import given, initial, surname
from detector.template import Piece
from detector.words import places, words

# Weight and form of what a street is called.
STREET_BASES = (
    *((30, "{word}"), (12, "{word} {second}"), (23, "{last}"), (7, "{first} {last}"), (10, "{city}")),
    *((10, "{number}"), (2, "Martin Luther King"), (1, "MLK"), (2, "Saint {last}"), (3, "{last} {second}")),
)
ROADS = (
    "Highway",
    "Hwy",
    "Route",
    "Rte",
    "US",
    "State Road",
    "State Route",
    "FM",
    "County Road",
    "County Rd",
)
BOXES = ("PO Box", "P.O. Box", "P. O. Box", "Box", "Post Office Box", "PMB", "RR 2 Box")
FOREIGN_STREETS = (
    *((6, "{base} {n}"), (3, "{n} {base}"), (3, "{last}, {n}")),
    *((10, "{before} {base} {n}"), (10, "{before} {base}, {n}"), (9, "{n} {before} {base}")),
    *(
        (9, "{n}, {before} {base}"),
        (22, "{last}{after} {n}"),
        (14, "{base} {after} {n}"),
        (14, "{n} {base} {after}"),
    ),
)
FOREIGN_CODES = (
    *((30, "{d2}{d3}"), (15, "{d2}{e2}"), (15, "{a}{d1}{b} {e1}{c}{f1}"), (15, "{a}{b}{d1} {e1}{c}{b}")),
    *((10, "{d2}-{d3}"), (8, "{d3} {d2}"), (7, "{d2}{d3}-{e3}")),
)
TOWN_LINES = (
    (3, "{code} {town}"),
    (1, "{town} {code}"),
    (1, "{town}, {code}"),
    (0.8, "{town} {region} {code}"),
)
UNITS = ("Suite", "Unit", "Apt.", "Flat", "Floor", "Block", "P.O. Box", "Building", "Sector", "Level")
FACILITY_BASES = (
    *((28, "{city}"), (17, "{last}"), (17, "{saint}"), (22, "{word}"), (8, "{city} {region}")),
    *((4, "{first} {last} Memorial"), (4, "{first} {last}")),
)
REGIONS = ("Valley", "County", "General", "Memorial", "Bay", "Hills", "Regional")
TOWN_PREFIXES = ("East", "West", "North", "South", "New", "Port", "Fort", "Lake", "Mount", "Old")
CITY_SOURCES = ((42, "cities_large"), (28, "cities"), (23, "cities_world"), (4, "area"), (3, "prefix"))


def cased(name: str, draw: Draw) -> str:
    share = draw.share()
    return name.upper() if share < 0.04 else name.lower() if share < 0.09 else name


def world_city(draw: Draw) -> str:
    return draw.one(pool("cities_world")).split("|")[0]


def city_name(draw: Draw) -> str:
    source = draw.pick(CITY_SOURCES)
    if source == "area":
        return f"{surname(draw)} {draw.one(words('places', 'area_words'))}"
    if source == "prefix":
        return f"{draw.one(TOWN_PREFIXES)} {surname(draw)}"
    return draw.one(pool(source)).split("|")[0]


def street_name(draw: Draw) -> str:
    """Without a house number."""
    share = draw.share()
    if share < 0.03:
        return draw.one(places("street_only"))
    if share < 0.08:
        return f"{draw.one(ROADS)} {draw.between(1, 999)}"
    base = draw.pick(STREET_BASES).format(
        word=draw.one(places("street_words")),
        second=draw.one(places("street_second")),
        number=draw.one(places("street_numbers")),
        first=given(draw),
        last=surname(draw),
        city=city_name(draw),
    )
    if draw.chance(0.13):
        base = f"{draw.one(words('places', 'directions'))} {base}"
    base = f"{base} {draw.one(words('places', 'street_suffixes'))}"
    return f"{base} {draw.one(words('places', 'directions'))}" if draw.chance(0.03) else base


def house_number(draw: Draw) -> str:
    share = draw.share()
    if share < 0.9:
        return str(draw.between(1, draw.one((99, 999, 9999, 39999))))
    if share < 0.95:
        return f"{draw.between(1, 999)}{draw.one('ABCD')}"
    return f"{draw.between(1, 99)}-{draw.between(1, 99)}"


def street_line(draw: Draw) -> str:
    share = draw.share()
    if share < 0.06:
        return f"{draw.one(BOXES)} {draw.between(1, 9999)}"
    if share < 0.16:
        return foreign_street(draw)
    line = f"{house_number(draw)} {street_name(draw)}"
    if draw.chance(0.2):
        unit = draw.one((draw.digits(draw.between(1, 3)), initial(draw), draw.digits(1) + initial(draw)))
        line += (
            draw.one((", ", " ", ", ")) + draw.one(words("places", "units")) + draw.one((" ", " ", "")) + unit
        )
    return line


def foreign_street(draw: Draw) -> str:
    return draw.pick(FOREIGN_STREETS).format(
        n=str(draw.between(1, 240)) + draw.one(("", "", "", "a", "/3", " bis", "-B")),
        base=draw.one((surname(draw), f"{given(draw)} {surname(draw)}", world_city(draw))),
        last=surname(draw),
        before=draw.one(words("places", "foreign_before")),
        after=draw.one(words("places", "foreign_after")),
    )


def street(draw: Draw) -> list[Piece]:
    return [(street_line(draw), "PLACE")]


def road(draw: Draw) -> list[Piece]:
    """A street without a number."""
    return [(street_name(draw), "PLACE")]


def city(draw: Draw) -> list[Piece]:
    return [(cased(city_name(draw), draw), "PLACE")]


def city_state(draw: Draw) -> list[Piece]:
    share = draw.share()
    if share < 0.2:
        return [(world_city(draw), "PLACE"), (", " + draw.one(words("places", "countries")), None)]
    town, state, _ = draw.one(pool("cities_large" if share < 0.6 else "cities")).split("|")
    if draw.chance(0.3):
        state = draw.one(words("places", "states"))
    return [(cased(town, draw), "PLACE"), (draw.one((", ", ", ", " ")) + state, None)]


def zip_code(draw: Draw) -> list[Piece]:
    code = draw.one(pool("cities")).split("|")[2]
    return [(code + (f"-{draw.digits(4)}" if draw.chance(0.15) else ""), "PLACE")]


def foreign_code(draw: Draw) -> str:
    a, b, c = list(draw.letters(3))
    digits = {f"{name}{count}": draw.digits(count) for name in "def" for count in (1, 2, 3)}
    return draw.pick(FOREIGN_CODES).format(a=a, b=b, c=c, **digits)


def city_line(draw: Draw) -> list[Piece]:
    """City, state and code as on an envelope."""
    share = draw.share()
    if share < 0.03:
        return [
            (f"{draw.one(('APO', 'FPO', 'DPO'))} {draw.one(('AE', 'AP', 'AA'))} {draw.digits(5)}", "PLACE")
        ]
    if share < 0.3:
        region = draw.letters(draw.between(2, 3))
        line = draw.pick(TOWN_LINES)
        return [(line.format(town=world_city(draw), code=foreign_code(draw), region=region), "PLACE")]
    town, state, code = draw.one(pool("cities_large" if share < 0.6 else "cities")).split("|")
    comma = draw.one((", ", ", ", " ", ","))
    full = code + (f"-{draw.digits(4)}" if draw.chance(0.12) else "")
    return [(cased(town, draw), "PLACE"), (f"{comma}{state} ", None), (full, "PLACE")]


def address(draw: Draw) -> list[Piece]:
    """Street and city line, on one line or several."""
    join = draw.one((", ", ", ", "\n", " "))
    pieces = street(draw)
    if draw.chance(0.12):
        pieces += [(join, None), (f"{draw.one(UNITS)} {draw.between(1, 999)}", "PLACE")]
    pieces += [(join, None), *city_line(draw)]
    if draw.chance(0.12):
        pieces.append((draw.one((join, ", ", "\n")) + draw.one(words("places", "countries")), None))
    return pieces


def county(draw: Draw) -> list[Piece]:
    name = f"{surname(draw)} County" if draw.chance(0.1) else draw.one(pool("counties"))
    if draw.chance(0.05):
        name = name.replace("County", "Co.")
    return [(cased(name, draw), "PLACE")]


def _facility_base(draw: Draw) -> str:
    saint = f"{draw.one(('St.', 'St', 'Saint', 'St.'))} {draw.one(places('saints'))}"
    return draw.pick(FACILITY_BASES).format(
        city=city_name(draw),
        last=surname(draw),
        first=given(draw),
        saint=saint + draw.one(("'s", "", "’s", "")),
        word=draw.one(places("facility_words")).replace("-", " "),
        region=draw.one(REGIONS),
    )


def facility(draw: Draw) -> list[Piece]:
    """A hospital, clinic, home or pharmacy; without the word Hospital now and then."""
    share = draw.share()
    if share < 0.08:
        return [(draw.one(places("facility_known")), "PLACE")]
    if share < 0.11:
        return [(draw.one(places("facility_acronyms")), "PLACE")]
    base = _facility_base(draw)
    if (base.startswith("S") and "t" in base[1:5] and draw.chance(0.3)) or draw.chance(0.05):
        return [(base, "PLACE")]
    name = f"{base} {draw.one(words('places', 'facility_types'))}"
    if draw.chance(0.05):
        name = draw.one(("University of ", "The ", "Hospital of ")) + name
    return [(cased(name, draw), "PLACE")]


def bare_facility(draw: Draw) -> list[Piece]:
    """As staff say it: Mercy, St. Anne's, Lakeside."""
    word = draw.one(places("facility_words")).replace("-", " ")
    return [(cased(_facility_base(draw) if draw.chance(0.7) else word, draw), "PLACE")]


def ward(draw: Draw) -> list[Piece]:
    """A ward, tower or building named for somebody."""
    name = surname(draw) if draw.chance(0.7) else f"{given(draw)} {surname(draw)}"
    return [(f"{name} {draw.one(words('places', 'ward_kinds'))}", "PLACE")]
