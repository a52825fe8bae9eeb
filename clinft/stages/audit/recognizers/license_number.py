"""(K) Certificate and licence numbers: licences, passports, immigration papers; NPI and DEA by checksum."""

import re

from clinft.stages.audit.recognizers.labelled import CLOSE, labelled
from clinft.stages.audit.rule import Certainty, digits_of, luhn, rule, value_of

PERSONAL = (
    r"(?:driver['’]?s?|drivers['’]|operator['’]?s?|driving|commercial)[ _-]{0,2}(?:licen[sc]e|lic|permit)\.?|"
    r"(?:marriage|hunting|fishing|firearms?|pilot|gun|carry|pistol)[ _-]?(?:licen[sc]e|permit)|foid|cdl|"
    r"passports?|green[ ]?card|uscis|i-94|sevis|permanent resident(?: card)?|naturalization certificate|"
    r"state[ _]id(?:entification)?|"
    r"(?:birth|death|marriage|divorce|baptismal)[ _-]?(?:certificate|cert\.?|registration)"
)
PERSONAL_SIGNED = (
    r"driver['’]?s|d\.?l\.?|visa(?: control)?|alien(?:[ _]registration)?|cert\.?|"
    r"certificates?(?: of (?:live )?(?:birth|death|marriage|naturalization))?"
)
PROFESSIONAL = (
    r"notary(?: public)? commission|"
    r"(?:medical|nursing|rn|lpn|np|md|emt|paramedic|lcsw|social work(?:er)?|physical|occupational|"
    r"physician|pharmacist|pharmacy|dental|state|professional|board|"
    r"teaching|therapist|veterinary|clinical)[ _-]?"
    r"(?:licen[sc]e|lic|cert|certificat(?:e|ion)|registration)\.?|"
    r"npi|upin|gmc|nmc(?: pin)?|clia|ptan|caqh|dea(?: registration)?"
)


def _is_npi(match: re.Match[str]) -> Certainty | None:
    """45 CFR 162.406: ten digits whose Luhn sum is taken with the prefix 80840."""
    return "plausible" if luhn("80840" + digits_of(value_of(match))) else None


def _is_dea(match: re.Match[str]) -> Certainty | None:
    """Last digit = last digit of (d1 + d3 + d5) + 2 (d2 + d4 + d6)."""
    digits = [int(digit) for digit in digits_of(value_of(match))]
    total = sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])
    return "plausible" if total % 10 == digits[6] else None


def _is_read_by_machine(match: re.Match[str]) -> Certainty | None:
    """ICAO 9303: weights 7, 3, 1 over the number, A as 10, filler as 0; the check digit follows it."""
    value = value_of(match)
    numbers = [0 if character == "<" else int(character, 36) for character in value[:9]]
    total = sum(number * weight for number, weight in zip(numbers, (7, 3, 1) * 3, strict=True))
    return "plausible" if total % 10 == int(value[9]) else None


RULES = (
    labelled("license", "LICENSE_NUMBER", PERSONAL, signed=PERSONAL_SIGNED, score=0.9),
    labelled(
        "professional-license",
        "PROVIDER_LICENSE",
        PROFESSIONAL,
        signed=r"certification|provider|bar",
        score=0.9,
        bare_digits=4,
        link=CLOSE,
    ),
    labelled(
        "license-short",
        "LICENSE_NUMBER",
        # Not the decilitre: `mg/dl`, `8.1 g dl`.
        r"licen[sc]es?|lic\.?|registration|permit|placard|certificate|cert\.?|certification|"
        r"(?:his|her|their|my) licen[sc]e,|d\.l\.|(?-i:DL)|(?<![/\d])(?<!mg )(?<!g )dl|driver['’]?s",
        bare_digits=4,
        link=CLOSE,
    ),
    # USCIS: A and 8 or 9 digits; receipts are the service centre's three letters and ten digits.
    rule(
        "alien-number",
        "LICENSE_NUMBER",
        (
            r"(?i)\b(?:a|alien)[ -]?(?:number|no\.?|#)[^\w\n]{0,4}(?:is )?"
            r"(?P<value>a?[- ]?\d{2,3}[- ]?\d{3}[- ]?\d{3})(?!\d)"
        ),
        0.9,
        words="a alien",
        digit=True,
    ),
    rule(
        "immigration-receipt",
        "LICENSE_NUMBER",
        r"(?<!\w)(?:EAC|WAC|LIN|SRC|NBC|MSC|IOE|YSC)-?\d{2}-?\d{3}-?\d{5}(?!\w)",
        0.9,
        digit=True,
    ),
    # ICAO 9303, the two lines of a passport. In the second: number, check digit, country, birth, sex, expiry.
    rule(
        "passport-line",
        "LICENSE_NUMBER",
        r"(?<![\w<])[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{14}[\d<]\d(?![\w<])",
        0.95,
        judge=_is_read_by_machine,
        digit=True,
    ),
    rule(
        "passport-name-line",
        "LICENSE_NUMBER",
        r"(?<![\w<])P[A-Z<][A-Z]{3}[A-Z<]{39}(?![\w<])",
        0.95,
        symbol="<<",
    ),
    rule(
        "npi",
        "PROVIDER_LICENSE",
        r"(?i)\bnpi[\"' ]{0,2}(?:number|no\.?|#)?[:#= \"']{0,4}(?:is )?(?P<value>[12]\d{9})(?!\d)",
        0.95,
        judge=_is_npi,
        words="npi",
        digit=True,
    ),
    rule(
        "dea",
        "PROVIDER_LICENSE",
        r"(?<![\w-])[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}(?![\w-])",
        0.85,
        judge=_is_dea,
        digit=True,
    ),
)
