"""The slots of the second development set's templates; the label is the letter of the identifier."""

from collections.abc import Callable
from pathlib import Path

from bench.data import forms_dates as dates
from bench.data import forms_numbers as numbers
from bench.data.people import people, places
from bench.data.templating import Draw, Slot, shaped

SOURCE = Path(__file__).resolve().parent / "dev_forms"

Fill = Callable[[Draw, str, str], str]


def pool(kind: str | None, name: str) -> Slot:
    return Slot(kind, lambda draw, _part, _argument: draw.pick(name))


def fixed(kind: str, fill: Fill, argument: str) -> Slot:
    return Slot(kind, lambda draw, part, _argument: fill(draw, part, argument))


def pattern(kind: str, *shapes: str) -> Slot:
    return Slot(kind, lambda draw, _part, _argument: draw.pattern(draw.rng.choice(shapes)))


def number(draw: Draw, _part: str, argument: str) -> str:
    low, high = argument.split("-")
    return str(draw.rng.randint(int(low), int(high)))


def decimal(draw: Draw, _part: str, argument: str) -> str:
    low, high = argument.split("-")
    places_after = len(low.partition(".")[2])
    return f"{draw.rng.uniform(float(low), float(high)):.{places_after}f}"


SLOTS: dict[str, Slot] = {
    **people({"p": "A", "q": "A", "r": "A"}),
    **places(("l",), "B", None),
    **shaped(SOURCE / "shapes.txt"),
    "employer": pool("A", "employer"),
    "street": Slot("B", dates.street),
    "road": Slot("B", dates.road),
    "city": pool("B", "city"),
    "region": pool("B", "region"),
    "area": pool("B", "area"),
    "facility": pool("B", "facility"),
    "site": pool("B", "site"),
    "coords": Slot("B", dates.coordinates),
    "restricted": Slot("B", lambda draw, _part, _argument: draw.rng.choice(dates.RESTRICTED_ZIP3)),
    "pobox": pattern("B", "P.O. Box ###", "PO Box ####", "Post Office Box ##"),
    "rural": pattern("B", "Rural Route # Box ##", "RR # Box ###", "HC ## Box ###"),
    "tract": pattern("B", "##01.0#", "9#0#.02"),
    "precinct": pattern("B", "precinct ##-#", "Precinct 4##"),
    "date": Slot("C", dates.date),
    "dob": Slot("C", dates.birth_date),
    "md": Slot("C", dates.month_day),
    "my": Slot("C", dates.month_year),
    "month": Slot("C", lambda draw, _part, _argument: draw.rng.choice(dates.MONTHS)),
    "weekdate": Slot("C", dates.week_date),
    "iso": Slot("C", dates.moment),
    "hl7": fixed("C", dates.moment, "compact"),
    "isoday": Slot("C", dates.iso_day),
    "spelled": Slot("C", dates.spelled),
    "holiday": pool("C", "holiday"),
    "age90": Slot("C", dates.old_age),
    "ninetyword": fixed("C", dates.old_age, "words"),
    "year90": Slot("C", dates.birth_year),
    "phone": Slot("D", numbers.phone),
    "intl": Slot("D", numbers.abroad),
    "e164": fixed("D", numbers.phone, "e164"),
    "local": fixed("D", numbers.phone, "local"),
    "tollfree": fixed("D", numbers.phone, "free"),
    "fax": Slot("E", numbers.phone),
    "email": Slot("F", numbers.email),
    "spoken": fixed("F", numbers.email, "spoken"),
    "ssn": Slot("G", numbers.ssn),
    **{name: fixed("G", numbers.ssn, name) for name in ("dashed", "plain", "spaced", "four", "masked")},
    "mbi": Slot("I", numbers.mbi),
    "hicn": fixed("I", numbers.ssn, "hicn"),
    "routing": Slot("J", numbers.routing),
    "card": Slot("J", numbers.card),
    "amex": fixed("J", numbers.card, "amex"),
    "discover": fixed("J", numbers.card, "discover"),
    "iban": Slot("J", numbers.iban),
    "dea": Slot("K", numbers.dea),
    "vin": Slot("L", numbers.vin),
    "udi": Slot("M", numbers.udi),
    "imei": Slot("M", numbers.imei),
    "url": Slot("N", numbers.url),
    **{name: fixed("N", numbers.url, name) for name in ("ftp", "bare", "www", "short")},
    "ip": Slot("O", numbers.ip),
    "ip6": fixed("O", numbers.ip, "6"),
    "cidr": fixed("O", numbers.ip, "cidr"),
    "port": Slot(None, lambda draw, _part, _argument: draw.rng.choice(("443", "8080", "5060", "8443"))),
    "vector": Slot("P", numbers.vector),
    "audio": fixed("P", numbers.payload, "wav"),
    "fmr": fixed("P", numbers.payload, "fmr raw"),
    "wsq": fixed("P", numbers.payload, "wsq hex"),
    "jpeg": fixed("Q", numbers.payload, "jpeg"),
    "png": fixed("Q", numbers.payload, "png"),
    "gif": fixed("Q", numbers.payload, "gif"),
    "webp": fixed("Q", numbers.payload, "webp"),
    "rawjpeg": fixed("Q", numbers.payload, "jpeg raw"),
    "rawpng": fixed("Q", numbers.payload, "png raw"),
    "hexjpeg": fixed("Q", numbers.payload, "jpeg hex"),
    "username": Slot("R", numbers.user_name),
    "trunc": Slot("R", numbers.cut_code),
    "rx": pool(None, "rx"),
    "dx": pool(None, "dx"),
    "cc": pool(None, "cc"),
    "n": Slot(None, number),
    "f": Slot(None, decimal),
}
