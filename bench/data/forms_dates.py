"""Dates, ages and places of the second development set, in other forms than the first's."""

import datetime as dt

from bench.data.templating import Draw

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
)
YEARS = ("nineteen", "twenty", "twenty one", "twenty two", "twenty three", "twenty four", "twenty five")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# HHS's list of 2000 and later ones, clinical.md section 8.
RESTRICTED_ZIP3 = (
    "036",
    "059",
    "063",
    "102",
    "203",
    "556",
    "692",
    "790",
    "821",
    "823",
    "830",
    "831",
    "878",
    "879",
    "884",
    "890",
    "893",
)


def pick(draw: Draw, *forms: str) -> str:
    return draw.rng.choice(forms)


def dotted(month: str) -> str:
    return month if month == "May" else f"{month[:3]}."


def day(draw: Draw, first: int, last: int) -> dt.date:
    start, end = dt.date(first, 1, 1), min(dt.date(last, 12, 31), dt.date(2026, 11, 20))
    return start + dt.timedelta(days=draw.rng.randint(0, (end - start).days))


def date(draw: Draw, _part: str, argument: str) -> str:
    first, last = (argument or "2015-2026").split("-")
    when = day(draw, int(first), int(last))
    month, d, y = MONTHS[when.month - 1], when.day, when.year
    return pick(
        draw,
        f"{y} {month[:3]} {d}",
        f"{d} {month} {y}",
        f"{d}.{when.month}.{y}",
        f"{when:%m/%d/%y}",
        f"{when.month}-{d}-{y}",
        f"{y}.{when:%m.%d}",
        f"{month} {d} {y}",
        f"{dotted(month)} {d}, {y}",
        f"{d}-{month[:3]}-{when:%y}",
        f"{month[:3]}/{when:%d}/{y}",
        f"{when:%d} {month[:3].upper()} {y}",
        f"{d} of {month}, {y}",
        f"{month[:3]}-{when:%d}-{y}",
        f"{when:%m} / {when:%d} / {y}",
        f"{month} the {DAYS[d % 20]}, {y}",
    )


def birth_date(draw: Draw, part: str, _argument: str) -> str:
    return date(draw, part, "1938-2006")


def month_day(draw: Draw, _part: str, _argument: str) -> str:
    when = day(draw, 2025, 2025)
    month = MONTHS[when.month - 1]
    return pick(
        draw,
        f"{dotted(month)} {when.day}",
        f"{when.day} {month[:3]}",
        f"{month} the {DAYS[when.day % 20]}",
        f"{when:%d}-{month[:3]}",
        f"{when.month}-{when.day}",
        f"{when:%d} {month.upper()}",
    )


def week_date(draw: Draw, _part: str, _argument: str) -> str:
    when = day(draw, 2024, 2026)
    month, name = MONTHS[when.month - 1], WEEKDAYS[when.weekday()]
    return pick(
        draw,
        f"{name}, {month} {when.day}",
        f"{name[:3]} {when.month}/{when.day}",
        f"{name} {when.day} {month[:3]}",
        f"{name[:3]}, {when.day} {month} {when.year}",
    )


def month_year(draw: Draw, _part: str, _argument: str) -> str:
    when = day(draw, 2004, 2026)
    month = MONTHS[when.month - 1]
    return pick(
        draw,
        f"{month}, {when.year}",
        f"{dotted(month)} {when.year}",
        f"{when.month}/{when.year}",
        f"{month[:3]}-{when:%y}",
        f"{when.year} {month}",
        f"{month} '{when:%y}",
    )


def spelled(draw: Draw, _part: str, _argument: str) -> str:
    return f"{draw.rng.choice(MONTHS)} {draw.rng.choice(DAYS)} two thousand {draw.rng.choice(YEARS)}"


def moment(draw: Draw, _part: str, argument: str) -> str:
    when = dt.datetime.combine(
        day(draw, 2019, 2026), dt.time(draw.rng.randrange(24), draw.rng.randrange(60), 7)
    )
    compact = pick(draw, "%Y%m%d%H%M%S-0500", "%Y%m%d%H%M%S.0000")
    return (
        f"{when:{compact}}"
        if argument
        else pick(draw, f"{when.isoformat()}+00:00", f"{when:%Y-%m-%d %H:%M:%S.000}")
    )


def iso_day(draw: Draw, _part: str, _argument: str) -> str:
    return day(draw, 2017, 2026).isoformat()


def old_age(draw: Draw, _part: str, argument: str) -> str:
    words = (
        "ninety one",
        "ninety two",
        "ninety four",
        "ninety-seven",
        "ninety eight",
        "one hundred",
        "one hundred and one",
    )
    return draw.rng.choice(words) if argument else str(draw.rng.randint(90, 108))


def birth_year(draw: Draw, _part: str, _argument: str) -> str:
    return str(draw.rng.randint(1917, 1935))


def street(draw: Draw, _part: str, _argument: str) -> str:
    number, name = draw.rng.randint(3, 9899), f"{draw.pick('street')} {draw.pick('street_suffix')}"
    return pick(
        draw,
        f"{number} {name}",
        f"{number} {name}",
        f"{number} {name}, Unit {draw.rng.randint(1, 60)}",
        f"{number} {name}, Apartment {draw.pattern('#?')}",
        f"{number}-{draw.rng.randint(2, 40)} {name}",
        f"{number} {name} Fl {draw.rng.randint(2, 30)}",
        f"Apt. {draw.rng.randint(2, 900)}, {number} {name}",
        f"{number} {pick(draw, 'N', 'South', 'NE')} {name}",
        f"{number}½ {name}",
        f"Lot {draw.rng.randint(2, 90)}, {name}",
    )


def road(draw: Draw, _part: str, _argument: str) -> str:
    return f"{draw.pick('street')} {draw.pick('street_suffix').rstrip('.')}"


def coordinates(draw: Draw, _part: str, _argument: str) -> str:
    north, west = draw.rng.uniform(26, 48), draw.rng.uniform(70, 123)
    minute = draw.rng.randint
    return pick(
        draw,
        f"{north:.5f}, -{west:.5f}",
        f"{north:.4f},-{west:.4f}",
        f"{north:.4f}° N, {west:.4f}° W",
        f"{int(north)}°{minute(10, 59)}'{minute(10, 59)}\"N {int(west)}°{minute(10, 59)}'{minute(10, 59)}\"W",
    )
