"""(K) Certificate and licence numbers: driver's licence, passport, certificates; NPI and DEA by checksum."""

import re

from clinft.stages.audit.recognizers.labelled import labelled
from clinft.stages.audit.rule import Certainty, digits_of, luhn, rule, value_of


def _is_npi(match: re.Match[str]) -> Certainty | None:
    """45 CFR 162.406: ten digits whose Luhn sum is taken with the prefix 80840."""
    return "plausible" if luhn("80840" + digits_of(value_of(match))) else None


def _is_dea(match: re.Match[str]) -> Certainty | None:
    """Last digit = last digit of (d1 + d3 + d5) + 2 (d2 + d4 + d6)."""
    digits = [int(digit) for digit in digits_of(value_of(match))]
    total = sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])
    return "plausible" if total % 10 == digits[6] else None


RULES = (
    labelled(
        "license",
        "LICENSE_NUMBER",
        r"(?:driver['’]?s? )?(?:licen[sc]e)|driver_licen[sc]e|dl(?=[ ]?(?:#|no\b|number|:))|passport|"
        r"(?:birth |death |marriage )?certificate(?=[ _-]?(?:number|no\b|#|:))|"
        r"(?:medical )?registration(?=[ _-]?(?:number|no\b|#))",
        "license licence dl passport certificate registration driver",
        minimum_digits=4,
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
