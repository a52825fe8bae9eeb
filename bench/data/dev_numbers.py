"""Dates, contacts and numbers of the development set: all invented, in the forms that people write."""

import base64
import datetime as dt

from bench.data import check_digits as check
from bench.data.people import person, place
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
MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
WELL_KNOWN_SSN = {"078051120", "219099999", "457555462"}


def day(draw: Draw, first: int, last: int) -> dt.date:
    return dt.date(first, 1, 1) + dt.timedelta(days=draw.rng.randrange((last - first + 1) * 365))


def ordinal(number: int) -> str:
    ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def written_date(draw: Draw, when: dt.date) -> str:
    month = MONTHS[when.month - 1]
    return draw.rng.choice(
        (
            f"{when.month}/{when.day}/{when:%y}",
            f"{when:%m/%d/%Y}",
            f"{when:%m/%d/%Y}",
            f"{when.month}/{when.day}/{when.year}",
            f"{when:%Y-%m-%d}",
            f"{month} {when.day}, {when.year}",
            f"{month[:3]} {when.day}, {when.year}",
            f"{when:%m-%d-%Y}",
            f"{when.day} {month[:3]} {when.year}",
            f"{when:%d}-{month[:3].upper()}-{when.year}",
            f"{when:%m.%d.%Y}",
            f"{month} {ordinal(when.day)}, {when.year}",
            f"{when:%m-%d-%y}",
            f"{when:%d}{month[:3].upper()}{when:%y}",
            f"{when:%Y/%m/%d}",
            f"the {ordinal(when.day)} of {month} {when.year}",
        )
    )


def date(draw: Draw, _part: str, _argument: str) -> str:
    return written_date(draw, day(draw, 2018, 2026))


def birth_date(draw: Draw, _part: str, argument: str) -> str:
    first, last = (argument or "1940-2007").split("-")
    return written_date(draw, day(draw, int(first), int(last)))


def month_day(draw: Draw, _part: str, _argument: str) -> str:
    when = day(draw, 2024, 2026)
    month = MONTHS[when.month - 1]
    return draw.rng.choice(
        (
            f"{when.month}/{when.day}",
            f"{when:%m/%d}",
            f"{month} {when.day}",
            f"{month[:3]} {when.day}",
            f"{when.day} {month}",
            f"{month} {ordinal(when.day)}",
            f"the {ordinal(when.day)} of {month}",
        )
    )


def month_year(draw: Draw, _part: str, _argument: str) -> str:
    when = day(draw, 2009, 2026)
    month = MONTHS[when.month - 1]
    return draw.rng.choice(
        (
            f"{month} {when.year}",
            f"{month[:3]} {when.year}",
            f"{when:%m/%Y}",
            f"{month} of {when.year}",
            f"{month[:3]} '{when:%y}",
            f"{when:%Y-%m}",
        )
    )


def month(draw: Draw, _part: str, _argument: str) -> str:
    return draw.rng.choice(MONTHS)


def stamp(draw: Draw, _part: str, argument: str) -> str:
    when = dt.datetime.combine(day(draw, 2019, 2026), dt.time(draw.rng.randrange(24), draw.rng.randrange(60)))
    return f"{when:{argument or '%Y-%m-%dT%H:%M:00Z'}}"


def old_age(draw: Draw, _part: str, _argument: str) -> str:
    return str(draw.rng.randint(90, 106))


def old_age_words(draw: Draw, _part: str, _argument: str) -> str:
    return "ninety" + draw.rng.choice(
        ("", "-one", "-two", "-three", "-four", "-five", "-six", "-seven", "-eight")
    )


def phone(draw: Draw, _part: str, argument: str) -> str:
    area, end = place(draw, "l").area, draw.digits(4)
    mid = draw.rng.choice("234678") + draw.rng.choice("023456789") + draw.digits(1)  # never x11
    if argument == "local":
        return f"{mid}-{end}"
    return draw.rng.choice(
        (
            f"({area}) {mid}-{end}",
            f"({area}) {mid}-{end}",
            f"{area}-{mid}-{end}",
            f"{area}-{mid}-{end}",
            f"{area}.{mid}.{end}",
            f"{area} {mid} {end}",
            f"+1 {area}-{mid}-{end}",
            f"1-{area}-{mid}-{end}",
            f"{area}{mid}{end}",
            f"({area}){mid}-{end}",
            f"+1{area}{mid}{end}",
            f"{area}/{mid}-{end}",
            f"{area}-{mid}-{end} x{draw.digits(3)}",
            f"{area} {mid}-{end}",
            f"({area}) {mid}-{end} ext. {draw.digits(4)}",
            f"+1 ({area}) {mid}-{end}",
        )
    )


def foreign_phone(draw: Draw, _part: str, _argument: str) -> str:
    return draw.pattern(
        draw.rng.choice(
            (
                "+52 55 4### ####",
                "+44 20 7### ####",
                "+63 917 ### ####",
                "+91 98### #####",
                "+84 91 ### ## ##",
                "+49 171 ### ####",
            )
        )
    )


def email(draw: Draw, _part: str, _argument: str) -> str:
    who, domain = person(draw, "p"), draw.pick("mail_domain")
    first, last = (ascii_only(part) for part in (who.first, who.last))
    return draw.rng.choice(
        (
            f"{first}.{last}{draw.digits(2)}@{domain}",
            f"{first[0]}{last}{draw.digits(3)}@{domain}",
            f"{first}_{draw.digits(4)}@{domain}",
            f"{last}.{first}.{draw.digits(2)}@{domain}",
            f"{first}{last}+{draw.rng.choice(('clinic', 'labs'))}@{domain}",
            f"{first.title()}.{last.title()}{draw.digits(2)}@{domain}",
            f"the{last}family{draw.digits(2)}@{domain}",
        )
    )


def ascii_only(text: str) -> str:
    return "".join(mark for mark in text.lower() if "a" <= mark <= "z") or "anon"


def url(draw: Draw, _part: str, _argument: str) -> str:
    path = draw.rng.choice(
        ("/u/{}", "/patient/{}", "/in/{}-{}", "/watch?v={}", "/share?id={}&t={}", "/p/{}/wound-{}")
    )
    slugs = (ascii_only(person(draw, "p").last) + draw.digits(3), draw.pattern("%%%%%%%"))
    return (
        draw.rng.choice(("https://", "https://", "http://", "")) + draw.pick("web_host") + path.format(*slugs)
    )


def ip(draw: Draw, _part: str, _argument: str) -> str:
    if draw.rng.random() < 0.2:
        return draw.pattern("2600:1702:%%%:%%%%::%%")
    head = draw.rng.choice(("10.4", "172.19", "192.168", "73.162", "24.118", "98.207", "174.49"))
    return f"{head}.{draw.rng.randint(0, 255)}.{draw.rng.randint(1, 254)}"


def ssn(draw: Draw, _part: str, argument: str) -> str:
    if argument == "4":
        return draw.pattern("####")
    area = draw.rng.choice([number for number in range(1, 773) if number != 666])
    number = f"{area:03d}{draw.rng.randint(1, 99):02d}{draw.rng.randint(1, 9999):04d}"
    if number in WELL_KNOWN_SSN:
        return ssn(draw, _part, argument)
    a, b, c = number[:3], number[3:5], number[5:]
    if argument:
        return argument.join((a, b, c))
    return draw.rng.choice((f"{a}-{b}-{c}", f"{a}-{b}-{c}", f"{a} {b} {c}", f"{a}{b}{c}", f"{a}.{b}.{c}"))


def card(draw: Draw, _part: str, _argument: str) -> str:
    body = draw.rng.choice(("4", "51", "55")) + draw.digits(15)
    number = body[:15] + check.luhn(body[:15])
    joint = draw.rng.choice((" ", "-", ""))
    return joint.join(number[at : at + 4] for at in range(0, 16, 4))


def iban(draw: Draw, _part: str, _argument: str) -> str:
    whole = draw.rng.choice((check.iban("DE", draw.digits(18)), check.iban("ES", draw.digits(20))))
    return draw.rng.choice((whole, " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))))


def routing(draw: Draw, _part: str, _argument: str) -> str:
    return check.routing(draw.rng.choice(("0210", "0710", "1110", "3250")) + draw.digits(4))


def dea(draw: Draw, _part: str, _argument: str) -> str:
    return draw.pattern(draw.rng.choice(("A?", "B?", "F?", "M?"))) + check.dea(draw.digits(6))


def vin(draw: Draw, _part: str, _argument: str) -> str:
    return check.vin(
        draw.rng.choice(("1HGC", "2T1B", "1FTF", "3VWD", "5NPE"))
        + draw.pattern("?#?#?")
        + draw.pattern("?######")
    )


def udi(draw: Draw, _part: str, _argument: str) -> str:
    code = check.gtin("0" + draw.digits(12))
    return draw.pattern(
        f"(01){code}(17)27{draw.rng.randint(1, 12):02d}{draw.rng.randint(1, 28):02d}(10)?##?##(21)######"
    )


def imei(draw: Draw, _part: str, _argument: str) -> str:
    body = "35" + draw.digits(12)
    return body + check.luhn(body)


def mbi(draw: Draw, _part: str, _argument: str) -> str:
    """Medicare beneficiary identifier: eleven places, letters without S, L, O, I, B and Z."""
    kinds = {"C": "123456789", "N": "0123456789", "A": MBI_LETTERS, "X": MBI_LETTERS + "0123456789"}
    code = "".join(draw.rng.choice(kinds[kind]) for kind in "CAXNAXNAANN")
    return code if draw.rng.random() < 0.5 else f"{code[:4]}-{code[4:7]}-{code[7:]}"


def photo(draw: Draw, _part: str, _argument: str) -> str:
    when = f"{day(draw, 2022, 2026):%Y%m%d}"
    return draw.pattern(
        draw.rng.choice(
            (
                "IMG_####.jpg",
                f"IMG_{when}_1#0###.jpg",
                "DSC0####.JPG",
                "face_front_##.png",
                f"PXL_{when}.jpeg",
                "wound-####-face.jpg",
                "ptphoto_######.png",
                "IMG-####.HEIC",
            )
        )
    )


def npi(draw: Draw, _part: str, _argument: str) -> str:
    return check.npi("1" + draw.digits(8))


def image_data(draw: Draw, _part: str, argument: str) -> str:
    """Noise behind the head of a picture file: no picture is in it."""
    head = (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
        if argument == "png"
        else b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01"
    )
    body = base64.b64encode(head + draw.rng.randbytes(draw.rng.randint(48, 120))).decode()
    return body if argument == "bare" else f"data:image/{argument or 'jpeg'};base64,{body}"


def street(draw: Draw, _part: str, _argument: str) -> str:
    number = draw.rng.choice(
        (draw.rng.randint(2, 99), draw.rng.randint(100, 9999), draw.rng.randint(10000, 14999))
    )
    unit = draw.rng.choice(
        ("", "", "", f" Apt {draw.rng.randint(1, 40)}{draw.pattern('?')}", f" #{draw.rng.randint(1, 300)}")
    )
    return f"{number} {draw.pick('street')} {draw.pick('street_suffix')}{unit}"


def bare_street(draw: Draw, _part: str, _argument: str) -> str:
    return f"{draw.pick('street')} {draw.pick('street_suffix')}"
