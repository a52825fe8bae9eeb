"""Slots that are no name or place. Dates, phones and addresses of mail are found by rules."""

from collections.abc import Callable

from detector.coined import medical_word, medicine
from detector.draw import Draw
from detector.people import given, surname
from detector.template import Piece, Slot
from detector.values import VALUES
from detector.words import words


def plain(make: Callable[[Draw], str]) -> Slot:
    def slot(draw: Draw) -> list[Piece]:
        return [(make(draw), None)]

    return slot


def listed(file: str, key: str) -> Slot:
    def slot(draw: Draw) -> list[Piece]:
        return [(draw.one(words(file, key)), None)]

    return slot


def number(low: int, high: int) -> Slot:
    def slot(draw: Draw) -> list[Piece]:
        return [(str(draw.between(low, high)), None)]

    return slot


AGES = ("{}-year-old", "{}-year-old", "{} year old", "{} y.o.", "{}yo", "{} y/o", "{}-yr-old", "{}y")
SEXES = ("male", "female", "man", "woman", "M", "F", "gentleman", "lady", "patient", "boy", "girl")
DOMAINS = ("gmail.com", "yahoo.com", "example.org", "mail.net", "hotmail.com", "outlook.com")


def age(draw: Draw) -> str:
    return draw.one(AGES).format(draw.between(1, 89))


def date(draw: Draw) -> str:
    month, day, year = draw.between(1, 12), draw.between(1, 28), draw.between(1930, 2029)
    name = draw.one(words("general", "months"))
    return draw.one(
        (
            f"{month:02d}/{day:02d}/{year}",
            f"{month}/{day}/{year}",
            f"{month}/{day}/{year % 100:02d}",
            f"{month}/{day}",
            f"{year}-{month:02d}-{day:02d}",
            f"{name} {day}, {year}",
            f"{name} {day}",
            f"{day} {name} {year}",
            f"{name} {year}",
            f"{month:02d}-{day:02d}-{year}",
            f"{draw.one(words('general', 'weekdays'))}, {name} {day}",
            f"{day}.{month}.{year}",
        )
    )


def clock(draw: Draw) -> str:
    hour, minute = draw.between(0, 23), draw.between(0, 59)
    return draw.one(
        (
            f"{hour:02d}:{minute:02d}",
            f"{hour:02d}{minute:02d}",
            f"{hour % 12 + 1}:{minute:02d} {draw.one(('am', 'pm', 'AM', 'PM'))}",
        )
    )


def phone(draw: Draw) -> str:
    area, office, line = draw.between(201, 989), draw.between(200, 999), draw.digits(4)
    return draw.one(
        (
            f"({area}) {office}-{line}",
            f"{area}-{office}-{line}",
            f"{area}.{office}.{line}",
            f"+1 {area} {office} {line}",
        )
    )


def email(draw: Draw) -> str:
    left = "".join(
        filter(str.isalnum, draw.one((given(draw), given(draw) + surname(draw), surname(draw))).lower())
    )
    return f"{left}{draw.digits(draw.below(4)) if draw.chance(0.5) else ''}@{draw.one(DOMAINS)}"


def dose(draw: Draw) -> str:
    amount = draw.one((1, 2, 5, 10, 20, 25, 40, 50, 81, 100, 250, 325, 500, 650, 1000))
    unit, route, often = (
        draw.one(("mg", "mg", "mcg", "g", "mL", "units")),
        draw.one(("PO", "IV", "SQ", "IM", "by mouth")),
        draw.one(("daily", "BID", "TID", "q6h PRN", "qHS", "twice daily", "once", "every 8 hours", "weekly")),
    )
    return f"{amount} {unit} {route} {often}"


def vitals(draw: Draw) -> str:
    return (
        f"BP {draw.between(88, 190)}/{draw.between(45, 105)}, HR {draw.between(44, 140)},"
        f" RR {draw.between(10, 32)},"
        f" T {draw.between(96, 103)}.{draw.below(10)},"
        f" SpO2 {draw.between(86, 100)}%{draw.one((' on RA', ' on 2L NC', ''))}"
    )


def result(draw: Draw) -> str:
    decimals = draw.one(("", "." + draw.digits(1), "." + draw.digits(2)))
    return f"{draw.one(words('clinical', 'labs'))} {draw.between(1, 200)}{decimals}"


def condition(draw: Draw) -> str:
    if draw.chance(0.08):
        return medical_word(draw)
    return draw.one(words("clinical", "eponyms" if draw.chance(0.15) else "diagnoses"))


def code(draw: Draw) -> str:
    """Codes of vocabularies, genes, catalogues and rooms: nobody's identifier."""
    n = draw.digits
    return draw.one(
        (
            n(5),
            n(3),
            n(2),
            f"{n(2)}/{n(2)}",
            f"CPT {n(5)}",
            f"ICD-10 {draw.letters(1)}{n(2)}.{n(1)}",
            f"NDC {n(5)}-{n(3)}-{n(2)}",
            f"CD{n(1)} count {n(3)}",
            f"HLA-B{n(2)}",
            f"c.{n(3)}{draw.one('ACGT')}>{draw.one('ACGT')}",
            f"p.{draw.letters(1)}{n(3)}{draw.letters(1)}",
            f"rs{n(7)}",
            f"DRG {n(3)}",
            f"IL-{n(1)}",
            f"CYP2D{n(1)}",
            f"CA {n(2)}-{n(1)}",
            f"LOINC {n(5)}-{n(1)}",
            f"SNOMED {n(8)}",
            f"T{n(1)}N{n(1)}M{n(1)}",
            f"{n(2)} Fr",
            f"L{n(1)}-S1",
            f"C{n(1)}-C{n(1)}",
            f"{n(1)}-0 Vicryl",
            f"Model {n(4)}",
            f"ISO {n(4)}",
            f"size {n(1)}.{n(1)}",
            f"FiO2 0.{n(1)}",
            f"x{n(2)}",
        )
    )


def drug(draw: Draw) -> str:
    return medicine(draw) if draw.chance(0.2) else draw.one(words("clinical", "drugs"))


MADE: dict[str, Callable[[Draw], str]] = {
    "age": age,
    "sex": lambda draw: draw.one(SEXES),
    "date": date,
    "time": clock,
    "phone": phone,
    "email": email,
    "dose": dose,
    "vitals": vitals,
    "result": result,
    "dx": condition,
    "code": code,
    "drug": drug,
    **VALUES,
}
# Slot and the list of `words/` it draws from.
LISTED = {
    "clinical": "eponym=eponyms sign=signs device=devices score=scores lab=labs"
    " finding=findings cc=complaints procedure=procedures abbr=abbreviations heading=headings anatomy=anatomy"
    " verb=symptoms_verb organism=organisms gene=genes vaccine=vaccines supplement=supplements"
    " vent=vent_modes imaging=imaging_terms operation=operations nursing=nursing_terms"
    " specialty=specialties ros=ros"
    " question=questionnaire answer=answers allergen=allergens reaction=reactions",
    "general": "job=jobs relation=relations staff=staff nationality=nationalities language=languages"
    " month=months weekday=weekdays holiday=holidays brand=brands opener=openers thing=things"
    " activity=activities food=foods sport=sports instrument=instruments system=systems journal=journals"
    " trial=trials agency=agencies payer=payers guideline=guidelines"
    " wordname=ordinary_names occupation=occupations kin=kin care_staff=care_staff"
    " starter=starters pastime=pastimes",
    "places": "country=countries state=states state_code=state_codes",
    "names": "credential=credentials",
}
NUMBERS = {
    "n": (2, 12),
    "nn": (10, 99),
    "nnn": (100, 999),
    "nnnn": (1000, 9999),
    "year": (1940, 2029),
    "room": (100, 999),
}
PLAIN: dict[str, Slot] = {
    **{slot: plain(make) for slot, make in MADE.items()},
    **{
        slot: listed(file, key)
        for file, pairs in LISTED.items()
        for slot, key in (pair.split("=") for pair in pairs.split())
    },
    **{slot: number(low, high) for slot, (low, high) in NUMBERS.items()},
}
