"""(R) Identity and health numbers of other countries, by their check digits or beside a word."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.labelled import CLOSE, labelled
from clinft.stages.audit.rule import Certainty, after, before, digits_of, luhn, rule, value_of

# Verhoeff: the dihedral group of ten and its permutation, as UIDAI uses them for Aadhaar.
PRODUCT = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
PERMUTATION = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
SPANISH_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
COUNTED = regex(r"(?i)[$€£=]\s?$|\bn ?$")


def _is_aadhaar(match: re.Match[str]) -> Certainty | None:
    check = 0
    for position, digit in enumerate(reversed(digits_of(value_of(match)))):
        check = int(PRODUCT[check][int(PERMUTATION[position % 8][int(digit)])])
    return None if check else "plausible"


def _is_brazilian(match: re.Match[str]) -> Certainty | None:
    """CPF, Receita Federal: two check digits by 11."""
    digits = [int(digit) for digit in digits_of(value_of(match))]
    for length in (9, 10):
        total = sum(digit * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != digits[length]:
            return None
    return "plausible"


def _is_spanish(match: re.Match[str]) -> Certainty | None:
    """DNI and NIE: the letter is the remainder by 23; a NIE's X, Y, Z stand for 0, 1, 2."""
    value = value_of(match).replace("-", "")
    digits = value[:-1].translate(str.maketrans("XYZ", "012"))
    return "plausible" if SPANISH_LETTERS[int(digits) % 23] == value[-1] else None


def _is_canadian(match: re.Match[str]) -> Certainty | None:
    """Social insurance number: Luhn."""
    counted = COUNTED.search(before(match, 4)) or re.match(r" \d|\s?(?:mg|ml)", after(match, 4))
    return "plausible" if luhn(digits_of(value_of(match))) and not counted else None


RULES = (
    labelled(
        "national-number",
        "NATIONAL_IDENTIFIER",
        r"nino|nin|aadhaa?r|cpf|rut|curp|dni|nie|nif|bsn|pesel|codice fiscale|social insurance|"
        r"sin(?=[ ]?[:#])|fodselsnummer|personnummer|medicare card|ihi|irn(?=[ ]?[:#])|ahv|avs|nir|"
        r"emirates id|nric|hkid|my ?kad",
        signed=r"(?:national|personal|citizen|civil)(?: identity| identification| insurance| registration)?"
        r"(?: card)?|pan|sin|cpr|fin",
        score=0.9,
        link=CLOSE,
    ),
    # HMRC: two letters (not D, F, I, Q, U, V, nor O in second place), six digits, A to D.
    rule(
        "uk-insurance",
        "NATIONAL_IDENTIFIER",
        (
            r"(?<![\w-])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
            r"[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?[A-D](?![\w-])"
        ),
        0.9,
        digit=True,
    ),
    rule(
        "aadhaar",
        "NATIONAL_IDENTIFIER",
        r"(?<![\w.-])(?<!\d )[2-9]\d{3} \d{4} \d{4}(?![\w-]| \d|[.,]\d)",
        0.85,
        judge=_is_aadhaar,
        digit=True,
    ),
    rule(
        "cpf",
        "NATIONAL_IDENTIFIER",
        r"(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])",
        0.9,
        judge=_is_brazilian,
        digit=True,
    ),
    rule(
        "dni",
        "NATIONAL_IDENTIFIER",
        rf"(?<![\w-])(?:\d{{8}}|[XYZ]-?\d{{7}})-?[{SPANISH_LETTERS}](?![\w-])",
        0.85,
        judge=_is_spanish,
        digit=True,
    ),
    rule(
        "sin",
        "NATIONAL_IDENTIFIER",
        r"(?<![\w.,/-])(?<!\d )[1-79]\d{2}(?P<gap>[- ])\d{3}(?P=gap)\d{3}(?![\w-]|[.,]\d)",
        0.7,
        judge=_is_canadian,
        digit=True,
    ),
    # Italy: name, birth and place in 16 characters. Mexico: name, birth, sex and State in 18.
    rule(
        "codice-fiscale",
        "NATIONAL_IDENTIFIER",
        r"(?<![\w-])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![\w-])",
        0.95,
        digit=True,
    ),
    rule(
        "curp",
        "NATIONAL_IDENTIFIER",
        r"(?<![\w-])[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?![\w-])",
        0.95,
        digit=True,
    ),
)
