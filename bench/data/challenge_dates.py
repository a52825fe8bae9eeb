"""Dates, ages and places of the challenge set, as charts, forms and letters write them."""

import datetime as dt

from bench.data.forms_dates import DAYS, MONTHS, WEEKDAYS, YEARS, day, pick
from bench.data.templating import Draw

SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")


def ordinal(number: int) -> str:
    ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def date(draw: Draw, _part: str, argument: str) -> str:
    first, last = (argument or "2014-2026").split("-")
    when = day(draw, int(first), int(last))
    month, short, d, y = MONTHS[when.month - 1], SHORT[when.month - 1], when.day, when.year
    return pick(
        draw,
        f"{when:%m/%d/%Y}",
        f"{when:%m/%d/%Y}",
        f"{when:%m/%d/%Y}",
        f"{when.month}/{d}/{when:%y}",
        f"{when.month}/{d}/{when:%y}",
        f"{when.month}/{d}/{y}",
        f"{when:%Y-%m-%d}",
        f"{when:%Y-%m-%d}",
        f"{month} {d}, {y}",
        f"{month} {d}, {y}",
        f"{short} {d}, {y}",
        f"{short} {d} {y}",
        f"{d} {short} {y}",
        f"{when:%d}-{short[:3]}-{y}",
        f"{when:%d-%m-%Y}",
        f"{month} {ordinal(d)}, {y}",
        f"{ordinal(d)} {month} {y}",
        f"{when.month}-{d}-{when:%y}",
        f"{when.month}.{d}.{when:%y}",
        f"{month} {d} {y}",
        f"{when:%d}{short[:3].lower()}{y}",
    )


def birth_date(draw: Draw, part: str, _argument: str) -> str:
    return date(draw, part, "1939-2006")


def month_day(draw: Draw, _part: str, _argument: str) -> str:
    when = day(draw, 2025, 2026)
    month, short = MONTHS[when.month - 1], SHORT[when.month - 1]
    return pick(
        draw,
        f"{when.month}/{when.day}",
        f"{when:%m/%d}",
        f"{month} {when.day}",
        f"{month} {ordinal(when.day)}",
        f"{short} {when.day}",
        f"{short} {ordinal(when.day)}",
        f"{when.day} {month}",
        f"the {ordinal(when.day)} of {month}",
    )


def weekday_date(draw: Draw, _part: str, _argument: str) -> str:
    when = day(draw, 2025, 2026)
    month, name = MONTHS[when.month - 1], WEEKDAYS[when.weekday()]
    return pick(
        draw,
        f"{name}, {month} {when.day}, {when.year}",
        f"{name} {when.month}/{when.day}/{when:%y}",
        f"{name} {month} {ordinal(when.day)}",
        f"{name[:3]} {when:%m/%d}",
    )


def month_year(draw: Draw, _part: str, _argument: str) -> str:
    when = day(draw, 2003, 2026)
    month, short = MONTHS[when.month - 1], SHORT[when.month - 1]
    return pick(
        draw,
        f"{month} {when.year}",
        f"{month} {when.year}",
        f"{short} {when.year}",
        f"{when:%m/%Y}",
        f"{month} of {when.year}",
        f"{when:%m-%Y}",
    )


def spelled(draw: Draw, _part: str, _argument: str) -> str:
    return f"the {draw.rng.choice(DAYS)} of {draw.rng.choice(MONTHS)} twenty {draw.rng.choice(YEARS[1:])}"


def moment(draw: Draw, _part: str, argument: str) -> str:
    """A date with a time of day, as systems write it; `compact` is HL7's."""
    clock = dt.time(draw.rng.randrange(24), draw.rng.randrange(60), draw.rng.randrange(60))
    when = dt.datetime.combine(day(draw, 2020, 2026), clock)
    if argument:
        return f"{when:%Y%m%d%H%M%S}"
    return pick(
        draw, f"{when:%Y-%m-%dT%H:%M:%SZ}", f"{when:%Y-%m-%dT%H:%M:%S-06:00}", f"{when:%Y-%m-%d %H:%M}"
    )


def compact_day(draw: Draw, _part: str, argument: str) -> str:
    first, last = (argument or "2018-2026").split("-")
    return f"{day(draw, int(first), int(last)):%Y%m%d}"


def old_age(draw: Draw, _part: str, argument: str) -> str:
    words = (
        "ninety",
        "ninety-one",
        "ninety-three",
        "ninety-five",
        "ninety six",
        "ninety-nine",
        "a hundred and two",
    )
    return (
        draw.rng.choice(words)
        if argument
        else str(draw.rng.choice((*range(90, 100), *range(90, 97), 101, 103)))
    )


def birth_year(draw: Draw, _part: str, _argument: str) -> str:
    return str(draw.rng.randint(1921, 1934))


def street(draw: Draw, _part: str, _argument: str) -> str:
    number, name = draw.rng.randint(11, 18999), road(draw, "", "")
    return pick(
        draw,
        f"{number} {name}",
        f"{number} {name}",
        f"{number} {name}",
        f"{number} {name}, Apt {draw.rng.randint(1, 30)}{draw.pattern('?')}",
        f"{number} {name}, Trlr {draw.rng.randint(2, 60)}",
        f"{number} {name} #{draw.rng.randint(2, 220)}",
        f"{number} {pick(draw, 'S', 'West', 'NW')} {name}",
    )


def road(draw: Draw, _part: str, _argument: str) -> str:
    return f"{draw.pick('street')} {draw.pick('street_suffix')}"


def coordinates(draw: Draw, _part: str, _argument: str) -> str:
    north, west = draw.rng.uniform(28, 47), draw.rng.uniform(72, 121)
    return pick(
        draw,
        f"{north:.6f}, -{west:.6f}",
        f"{north:.6f},-{west:.6f}",
        f"{north:.4f}N {west:.4f}W",
        f"N {north:.5f} W {west:.5f}",
    )
