"""What each slot of the development set's templates stands for, and its label."""

from pathlib import Path

from bench.data import dev_numbers as numbers
from bench.data.people import people, person, places
from bench.data.templating import Draw, Slot, shaped

SOURCE = Path(__file__).resolve().parent / "dev_clinical"


def number(draw: Draw, _part: str, argument: str) -> str:
    low, high = argument.split("-")
    return str(draw.rng.randint(int(low), int(high)))


def decimal(draw: Draw, _part: str, argument: str) -> str:
    low, high = argument.split("-")
    places = len(low.partition(".")[2])
    return f"{draw.rng.uniform(float(low), float(high)):.{places}f}"


def pool(kind: str | None, name: str) -> Slot:
    return Slot(kind, lambda draw, _part, _argument: draw.pick(name))


SLOTS: dict[str, Slot] = {
    **people({"p": "NAME", "r": "NAME", "q": "NAME", "d": "~PROVIDER", "e": "~PROVIDER"}),
    **places(("l", "m"), "LOCATION", "~STATE"),
    **shaped(SOURCE / "shapes.txt"),
    "street": Slot("LOCATION", numbers.street),
    "road": Slot("LOCATION", numbers.bare_street),
    "facility": pool("LOCATION", "facility"),
    "school": pool("LOCATION", "school"),
    "employer": pool("NAME", "employer"),
    "date": Slot("DATE", numbers.date),
    "dob": Slot("DATE", numbers.birth_date),
    "md": Slot("DATE", numbers.month_day),
    "my": Slot("DATE", numbers.month_year),
    "month": Slot("DATE", numbers.month),
    "stamp": Slot("DATE", numbers.stamp),
    "age90": Slot("AGE_OVER_89", numbers.old_age),
    "ninety": Slot("AGE_OVER_89", numbers.old_age_words),
    "year90": Slot("AGE_OVER_89", lambda draw, _part, _argument: str(draw.rng.randint(1918, 1935))),
    "phone": Slot("PHONE", numbers.phone),
    "abroad": Slot("PHONE", numbers.foreign_phone),
    "fax": Slot("FAX", numbers.phone),
    "email": Slot("EMAIL", numbers.email),
    "url": Slot("URL", numbers.url),
    "ip": Slot("IP", numbers.ip),
    "ssn": Slot("SSN", numbers.ssn),
    "mbi": Slot("HEALTH_PLAN", numbers.mbi),
    "card": Slot("ACCOUNT", numbers.card),
    "iban": Slot("ACCOUNT", numbers.iban),
    "routing": Slot("ACCOUNT", numbers.routing),
    "dea": Slot("LICENSE", numbers.dea),
    "npi": Slot("~PROVIDER", numbers.npi),
    "vin": Slot("VEHICLE", numbers.vin),
    "udi": Slot("DEVICE", numbers.udi),
    "imei": Slot("DEVICE", numbers.imei),
    "image": Slot("PHOTO", numbers.image_data),
    "photo": Slot("PHOTO", numbers.photo),
    "handle": Slot(
        "OTHER_ID",
        lambda draw, _p, _a: f"@{numbers.ascii_only(person(draw, 'p').first)}_{draw.pattern('%%%')}",
    ),
    "payer": pool("~ORG", "payer"),
    "drug": pool(None, "drug"),
    "problem": pool(None, "problem"),
    "complaint": pool(None, "complaint"),
    "specialty": pool(None, "specialty"),
    "state": pool(None, "state_name"),
    "n": Slot(None, number),
    "f": Slot(None, decimal),
    "h": Slot(None, lambda draw, _part, _argument: draw.digits(1)),
}
