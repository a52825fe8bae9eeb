"""Contacts, numbers and payloads of the second development set, in other forms than the first's."""

import base64
import unicodedata

from bench.data import check_digits as check
from bench.data.forms_dates import pick
from bench.data.people import person
from bench.data.templating import Draw

AREA_CODES = (
    "503",
    "614",
    "212",
    "404",
    "313",
    "702",
    "816",
    "919",
    "206",
    "305",
    "617",
    "720",
    "808",
    "907",
    "504",
    "412",
)
MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
PUBLIC_NETS = (
    "68.44",
    "71.198",
    "76.103",
    "99.61",
    "107.77",
    "184.53",
    "208.54",
    "64.233",
    "47.150",
    "12.40",
    "136.49",
    "5.102",
)


def plain(text: str) -> str:
    """Letters without accents, for addresses."""
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(mark for mark in folded if "a" <= mark <= "z")


def nanp(draw: Draw) -> tuple[str, str, str]:
    """Area, exchange, line. No 555 and no x11 exchange: those are nobody's."""
    exchange = draw.rng.choice("234678") + draw.rng.choice("02346789") + draw.digits(1)
    return draw.rng.choice(AREA_CODES), exchange, draw.digits(4)


def phone(draw: Draw, _part: str, argument: str) -> str:
    a, b, c = nanp(draw)
    if argument == "e164":
        return f"+1{a}{b}{c}"
    if argument == "local":
        return f"{b}{pick(draw, '-', ' ', '.')}{c}"
    if argument == "free":
        return f"1-{pick(draw, '800', '888', '877')}-{b}-{c} ext {draw.digits(5)}"
    return pick(
        draw,
        f"({a}) {b} {c}",
        f"{a}–{b}–{c}",
        f"+1.{a}.{b}.{c}",
        f"1 ({a}) {b}-{c}",
        f"{a}-{b}{c}",
        f"+1 {a} {b} {c}",
        f"{a}. {b}. {c}",
        f"({a})-{b}-{c}",
        f"{a} - {b} - {c}",
        f"{a}-{b}-{c} extension {draw.digits(2)}",
        f"{a}-{b}-{c}",
        f"1.{a}.{b}.{c}",
        f"({a}) {b} - {c}",
        f"({a}) {b}.{c}",
        f"001-{a}-{b}-{c}",
        f"{a}{b}{c}",
    )


def abroad(draw: Draw, _part: str, _argument: str) -> str:
    return draw.pattern(
        pick(
            draw,
            "+33 6 ## ## ## ##",
            "+61 4## ### ###",
            "+254 7## ######",
            "+81 90-####-####",
            "+971 50 ### ####",
            "+502 5### ####",
            "0044 7### ######",
            "+55 11 9####-####",
            "+82 10-####-####",
        )
    )


def email(draw: Draw, _part: str, argument: str) -> str:
    who, domain = person(draw, "p"), draw.pick("mail_domain")
    first, last = plain(who.first), plain(who.last)
    if argument:
        return f"{first} dot {last} at {domain.replace('.', ' dot ')}"
    return pick(
        draw,
        f"{last}{first[0]}{draw.digits(4)}@{domain}",
        f"{first}-{last}@{domain}",
        f"{first}{draw.digits(3)}@{domain}",
        f"{first}.{who.middle.lower()}.{last}@{domain}",
        f"{last}_{first}@{domain}",
        f"{draw.pick('user')}{draw.digits(2)}@{domain}",
        f"family.{last}{draw.digits(1)}@{domain}",
        f"{first[0]}.{last}@mail.{domain}",
        f"{first}+{draw.pick('user')}@{domain}",
    )


def ssn(draw: Draw, _part: str, argument: str) -> str:
    """An area that is issued, a group and a serial that are not zero."""
    area = draw.rng.choice([number for number in range(2, 770) if number not in {78, 219, 457, 666}])
    a, b, c = f"{area:03d}", f"{draw.rng.randint(2, 99):02d}", f"{draw.rng.randint(3, 9998):04d}"
    forms = {
        "dashed": (f"{a}-{b}-{c}",),
        "plain": (f"{a}{b}{c}",),
        "spaced": (f"{a} {b} {c}", f"{a} - {b} - {c}"),
        "four": (c,),
        "masked": (f"***-**-{c}", f"XXX-XX-{c}", f"xxxxx{c}", f"*****{c}"),
        "hicn": (f"{a}-{b}-{c}{pick(draw, 'A', 'B', 'D')}",),
    }
    return pick(
        draw,
        *forms.get(
            argument,
            (f"{a}-{b}-{c}", f"{a}-{b}-{c}", f"{a} {b} {c}", f"{a}.{b}.{c}", f"{a}–{b}–{c}", f"{a}{b}{c}"),
        ),
    )


def mbi(draw: Draw, _part: str, _argument: str) -> str:
    kinds = {"C": "123456789", "N": "0123456789", "A": MBI_LETTERS, "X": MBI_LETTERS + "0123456789"}
    code = "".join(draw.rng.choice(kinds[kind]) for kind in "CAXNAXNAANN")
    return pick(draw, code, f"{code[:4]} {code[4:7]} {code[7:]}", f"{code[:4]}-{code[4:7]}-{code[7:]}")


def routing(draw: Draw, _part: str, _argument: str) -> str:
    return check.routing(pick(draw, "0310", "0610", "1210", "2710", "0917") + draw.digits(4))


def card(draw: Draw, _part: str, argument: str) -> str:
    """A card number with its check digit: Visa or Mastercard, American Express, Discover."""
    head, length = {"amex": (pick(draw, "34", "37"), 15), "discover": ("6011", 16)}.get(
        argument, (pick(draw, "44", "47", "53", "54"), 16)
    )
    body = head + draw.digits(length - 1 - len(head))
    number = body + check.luhn(body)
    if length == 15:
        return pick(
            draw,
            number,
            f"{number[:4]} {number[4:10]} {number[10:]}",
            f"{number[:4]}-{number[4:10]}-{number[10:]}",
        )
    return pick(draw, "", " ", "-").join(number[at : at + 4] for at in range(0, 16, 4))


def iban(draw: Draw, _part: str, _argument: str) -> str:
    whole = draw.rng.choice(
        (
            check.iban("GB", draw.pattern("????") + draw.digits(14)),
            check.iban("FR", draw.digits(23)),
            check.iban("NL", draw.pattern("????") + draw.digits(10)),
            check.iban("BE", draw.digits(12)),
        )
    )
    return pick(draw, whole, " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)))


def dea(draw: Draw, _part: str, _argument: str) -> str:
    return draw.pattern(pick(draw, "C?", "G?", "P?", "X?")) + check.dea(draw.digits(6))


def vin(draw: Draw, _part: str, _argument: str) -> str:
    return check.vin(
        pick(draw, "JTDK", "1C4R", "WBA3", "KNDJ", "4T1B", "5YJ3")
        + draw.pattern("#?##")
        + draw.pattern("?#######")[:8]
    )


def udi(draw: Draw, _part: str, _argument: str) -> str:
    code = check.gtin(pick(draw, "1", "3") + draw.digits(12))
    expiry = f"28{draw.rng.randint(1, 12):02d}{draw.rng.randint(1, 28):02d}"
    return draw.pattern(
        pick(
            draw,
            f"(01){code}(17){expiry}(21)?#######",
            f"01{code}17{expiry}21",
            f"(01) {code} (11) 250614 (21) ####-##",
        )
    ) + (draw.pattern("####???"))


def imei(draw: Draw, _part: str, _argument: str) -> str:
    body = pick(draw, "86", "01") + draw.digits(12)
    whole = body + check.luhn(body)
    return pick(
        draw,
        whole,
        f"{whole[:2]}-{whole[2:8]}-{whole[8:14]}-{whole[14]}",
        f"{whole[:2]} {whole[2:8]} {whole[8:14]} {whole[14]}",
    )


def url(draw: Draw, _part: str, argument: str) -> str:
    host, slug = draw.pick("web_host"), plain(person(draw, "p").last)
    tail = pick(
        draw,
        f"/{slug}.{draw.digits(2)}",
        f"/results/{draw.digits(7)}",
        f"/stories/{draw.digits(4)}/{slug}",
        f"/s/{draw.pattern('?%%?%%')}",
        f"/~{slug}/",
        f"/view?pid={draw.digits(6)}#labs",
        f"/albums/{slug}-{draw.pattern('%%%%')}/2",
        f"/?u={slug}{draw.digits(3)}",
    )
    bare, top = host.removeprefix("www."), pick(draw, "com", "org", "net")
    return {
        "ftp": f"{pick(draw, 'ftp', 'sftp')}://files.{bare}{tail}",
        "bare": f"{slug}{pick(draw, '-story', 'care', 'journey')}.{top}",
        "www": f"www.{slug}{pick(draw, 'family', '-strong', 'blog')}.{top}{pick(draw, '', '/news')}",
        "short": draw.pick("short_host") + draw.pattern("#?%%?#"),
    }.get(argument, pick(draw, "https://", "https://", "http://") + host + tail)


def ip(draw: Draw, _part: str, argument: str) -> str:
    if argument == "6":
        return draw.pattern(
            pick(
                draw,
                "2601:%%%:%%%%:%%%%:%%%%:%%%%:%%%%:%%%%",
                "2a02:c7%:%%%%::%%%%",
                "2607:fb90:%%%%:%%%%::#",
                "2804:14d:%%%%::%%",
            )
        )
    if argument == "cidr":
        return f"{draw.rng.choice(PUBLIC_NETS)}.{draw.rng.randint(1, 254)}.0/24"
    return f"{draw.rng.choice(PUBLIC_NETS)}.{draw.rng.randint(0, 255)}.{draw.rng.randint(1, 254)}"


def vector(draw: Draw, _part: str, _argument: str) -> str:
    return "[" + ", ".join(f"{draw.rng.uniform(-0.4, 0.4):.4f}" for _ in range(draw.rng.randint(8, 14))) + "]"


def payload(draw: Draw, _part: str, argument: str) -> str:
    """The head of a file and noise behind it, as text: no picture, voice or finger is in it."""
    heads = {
        "jpeg": b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00",
        "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "gif": b"GIF89a",
        "webp": b"RIFF\x9a\x00\x00\x00WEBPVP8 ",
        "wav": b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00",
        "fmr": b"FMR\x00 20\x00",
        "wsq": b"\xff\xa0\xff\xa8\x00\x7a",
    }
    kind, _, form = argument.partition(" ")
    body = heads[kind] + draw.rng.randbytes(draw.rng.randint(60, 96))
    if form == "hex":
        return body.hex().upper()
    text = base64.b64encode(body).decode()
    return text if form == "raw" else f"data:{'audio' if kind == 'wav' else 'image'}/{kind};base64,{text}"


def user_name(draw: Draw, _part: str, _argument: str) -> str:
    name = draw.pick("user") + draw.digits(2)
    return pick(
        draw, f"@{name}", f"u/{name}", f"@{plain(person(draw, 'p').first)}.{name}", f"{name}#{draw.digits(4)}"
    )


def cut_code(draw: Draw, _part: str, _argument: str) -> str:
    return pick(
        draw,
        f"...{draw.digits(4)}",
        f"xxxx{draw.digits(4)}",
        f"****{draw.digits(3)}",
        f"{draw.digits(4)}--",
        f"#{draw.digits(5)}…",
    )
