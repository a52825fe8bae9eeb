"""Contacts, numbers and payloads of the challenge set, in the ways that people and systems write them."""

import base64
import json
import re

from bench.data import check_digits as check
from bench.data.forms_dates import pick
from bench.data.forms_numbers import MBI_LETTERS, plain
from bench.data.people import person
from bench.data.templating import Draw

AREA_CODES = (
    "330",
    "563",
    "812",
    "928",
    "256",
    "417",
    "434",
    "603",
    "360",
    "719",
    "802",
    "605",
    "828",
    "307",
    "785",
    "601",
    "718",
    "512",
    "214",
    "602",
    "615",
    "317",
)
CARRIER_NETS = (
    "24.5",
    "50.83",
    "67.160",
    "69.245",
    "72.192",
    "75.71",
    "96.232",
    "98.156",
    "108.28",
    "173.66",
    "174.229",
    "199.19",
    "23.241",
)
PRIVATE_NETS = ("10.21", "10.117", "172.22", "192.168")


def phone(draw: Draw, _part: str, argument: str) -> str:
    """No 555 and no x11 exchange: those are nobody's."""
    area, line = draw.rng.choice(AREA_CODES), draw.digits(4)
    exchange = draw.rng.choice("2346789") + draw.rng.choice("02346789") + draw.digits(1)
    if argument == "local":
        return f"{exchange}-{line}"
    if argument == "e164":
        return f"+1{area}{exchange}{line}"
    common = (
        f"({area}) {exchange}-{line}",
        f"{area}-{exchange}-{line}",
        f"{area}.{exchange}.{line}",
        f"{area}{exchange}{line}",
    )
    rare = (
        f"({area}){exchange}-{line}",
        f"{area} {exchange} {line}",
        f"{area} {exchange}-{line}",
        f"+1 ({area}) {exchange}-{line}",
        f"+1 {area}-{exchange}-{line}",
        f"1-{area}-{exchange}-{line}",
        f"1 {area} {exchange} {line}",
        f"{area}/{exchange}-{line}",
    )
    extensions = (
        f"({area}) {exchange}-{line} x{draw.digits(3)}",
        f"{area}-{exchange}-{line} ext {draw.digits(4)}",
    )
    extended = () if argument == "fax" else extensions
    return pick(draw, *(common if draw.rng.random() < 0.6 else (*rare, *extended)))


def abroad(draw: Draw, _part: str, _argument: str) -> str:
    shapes = (
        "+44 7### ######",
        "+49 30 ########",
        "+52 33 #### ####",
        "+86 138 #### ####",
        "+39 34# ### ####",
        "+234 80# ### ####",
        "+91 9#### #####",
        "011 48 22 ### ## ##",
    )
    return draw.pattern(pick(draw, *shapes))


def email(draw: Draw, _part: str, argument: str) -> str:
    who, domain = person(draw, "p"), draw.pick("mail_domain")
    first, last = plain(who.first), plain(who.last)
    if argument == "spoken":
        return f"{first}{last} at {domain.replace('.', ' dot ')}"
    if argument == "capital":
        return f"{first.title()}.{last.title()}@{domain}"
    return pick(
        draw,
        f"{first}.{last}@{domain}",
        f"{first}.{last}@{domain}",
        f"{first}{last}@{domain}",
        f"{first}{last}{draw.digits(2)}@{domain}",
        f"{first[0]}{last}@{domain}",
        f"{first}_{last}@{domain}",
        f"{last}{draw.digits(2)}@{domain}",
        f"{draw.pick('handle')}{draw.digits(2)}@{domain}",
        f"{first}{pick(draw, '1', '19')}{draw.digits(2)}@{domain}",
    )


def ssn(draw: Draw, _part: str, argument: str) -> str:
    """An area that is issued, a group and a serial that are not zero."""
    area = draw.rng.choice([number for number in range(3, 765) if number not in {78, 219, 457, 666}])
    a, b, c = f"{area:03d}", f"{draw.rng.randint(1, 99):02d}", f"{draw.rng.randint(101, 9987):04d}"
    forms = {
        "dashed": (f"{a}-{b}-{c}",),
        "plain": (f"{a}{b}{c}",),
        "four": (c,),
        "masked": (f"xxx-xx-{c}", f"XXXXX{c}", f"•••-••-{c}", f"***-**-{c}"),
        "hicn": (f"{a}-{b}-{c}-{pick(draw, 'A', 'B', 'C1')}",),
    }
    common = (f"{a}-{b}-{c}",) * 5 + (f"{a}{b}{c}",) * 2 + (f"{a} {b} {c}",)
    return pick(draw, *forms.get(argument, common))


def mbi(draw: Draw, _part: str, _argument: str) -> str:
    kinds = {"C": "123456789", "N": "0123456789", "A": MBI_LETTERS, "X": MBI_LETTERS + "0123456789"}
    code = "".join(draw.rng.choice(kinds[kind]) for kind in "CAXNAXNAANN")
    return pick(draw, code, f"{code[:4]}-{code[4:7]}-{code[7:]}")


def routing(draw: Draw, _part: str, _argument: str) -> str:
    return check.routing(pick(draw, "0720", "0412", "0520", "2440", "1020", "2910") + draw.digits(4))


def card(draw: Draw, _part: str, argument: str) -> str:
    heads = {"amex": ("371", "376"), "mastercard": ("52", "2223"), "visa": ("40", "42", "45")}
    head = pick(draw, *heads.get(argument, (*heads["visa"], *heads["mastercard"])))
    body = head + draw.digits((14 if argument == "amex" else 15) - len(head))
    number = body + check.luhn(body)
    if argument == "amex":
        return pick(draw, number, f"{number[:4]} {number[4:10]} {number[10:]}")
    return pick(draw, " ", " ", "-", "").join(number[at : at + 4] for at in range(0, 16, 4))


def iban(draw: Draw, _part: str, _argument: str) -> str:
    whole = draw.rng.choice(
        (
            check.iban("IT", draw.pattern("?") + draw.digits(22)),
            check.iban("PL", draw.digits(24)),
            check.iban("AT", draw.digits(16)),
            check.iban("IE", draw.pattern("????") + draw.digits(14)),
        )
    )
    return pick(draw, whole, " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)))


def dea(draw: Draw, _part: str, _argument: str) -> str:
    return draw.pattern(pick(draw, "A?", "B?", "F?", "M?")) + check.dea(draw.digits(6))


def vin(draw: Draw, _part: str, _argument: str) -> str:
    heads = ("1G1Z", "2HKR", "3FA6", "5TDK", "1N4A", "WVWZ", "KM8J", "1FMC", "JF2S")
    return check.vin(pick(draw, *heads) + draw.pattern("?##?") + draw.pattern("??######"))


def udi(draw: Draw, _part: str, _argument: str) -> str:
    code = check.gtin("00" + draw.digits(11))
    expiry = f"29{draw.rng.randint(1, 12):02d}{draw.rng.randint(1, 28):02d}"
    shapes = (
        f"(01){code}(17){expiry}(21)########",
        f"(01){code}(11)2503{draw.rng.randint(1, 28):02d}(17){expiry}(10)?####(21)?######",
        f"(01){code}(21)??######",
    )
    return draw.pattern(pick(draw, *shapes))


def imei(draw: Draw, _part: str, _argument: str) -> str:
    body = pick(draw, "35", "99") + draw.digits(12)
    whole = body + check.luhn(body)
    return pick(draw, whole, whole, f"{whole[:2]} {whole[2:8]} {whole[8:14]} {whole[14:]}")


def url(draw: Draw, _part: str, argument: str) -> str:
    """An address of the kind that the sentence speaks of: a fund, an album, an obituary."""
    who = person(draw, "p")
    first, last = plain(who.first), plain(who.last)
    shape = draw.pick(argument)
    return "".join(
        {"FIRST": first, "LAST": last, "CODE": draw.pattern("#?%%?%?#%%"), "#": draw.digits(1)}.get(
            mark, mark
        )
        for mark in re.split("(FIRST|LAST|CODE|#)", shape)
    )


def without_scheme(draw: Draw, part: str, argument: str) -> str:
    return url(draw, part, argument).split("://")[-1]


def own_site(draw: Draw, _part: str, argument: str) -> str:
    """Argument: bare, www or short."""
    who = person(draw, "p")
    last, ending = plain(who.last), pick(draw, "com", "com", "org", "net")
    if argument == "bare":
        return f"{plain(who.first)}{last}{pick(draw, '', 'blog', 'art', 'fights')}.{ending}"
    if argument == "www":
        return f"www.{pick(draw, 'team', 'prayfor', 'the')}{last}{pick(draw, '', 's')}.{ending}"
    return f"{pick(draw, '', 'https://')}{draw.pick('short_host')}{draw.pattern('%?#%?')}"


def ip(draw: Draw, _part: str, argument: str) -> str:
    if argument == "6":
        shapes = (
            "2600:8805:%%%%:%%%%:%%%%:%%%%:%%%%:%%%%",
            "2603:6011:%%%%:%%%%::%%%%",
        )
        return draw.pattern(pick(draw, *shapes))
    nets = PRIVATE_NETS if draw.rng.random() < 0.15 else CARRIER_NETS
    return f"{draw.rng.choice(nets)}.{draw.rng.randint(0, 255)}.{draw.rng.randint(1, 254)}"


def vector(draw: Draw, _part: str, _argument: str) -> str:
    return json.dumps([round(draw.rng.uniform(-1, 1), 3) for _ in range(draw.rng.randint(8, 12))])


def payload(draw: Draw, _part: str, argument: str) -> str:
    """The head of a file and noise behind it, as text: no picture, voice or finger is in it."""
    heads = {
        "jpeg": b"\xff\xd8\xff\xdb\x00\x43\x00\x08\x06",
        "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "heic": b"\x00\x00\x00\x18ftypheic",
        "mp3": b"ID3\x03\x00\x00\x00\x00",
        "ogg": b"OggS\x00\x02\x00\x00",
        "fmr": b"FMR\x00 30\x00",
        "wsq": b"\xff\xa0\xff\xa4\x00\x3a",
    }
    kind, _, form = argument.partition(" ")
    text = base64.b64encode(heads[kind] + draw.rng.randbytes(draw.rng.randint(54, 100))).decode()
    return (
        text
        if form == "raw"
        else f"data:{'audio' if kind in {'mp3', 'ogg'} else 'image'}/{kind};base64,{text}"
    )


def handle(draw: Draw, _part: str, _argument: str) -> str:
    who = person(draw, "p")
    return pick(
        draw,
        f"@{draw.pick('handle')}{draw.digits(2)}",
        f"@{plain(who.first)}{plain(who.last)}{draw.digits(2)}",
    )
