"""(L) Vehicle identification numbers by check digit; licence plates beside a word."""

import re

from clinft.stages.audit.rule import Certainty, rule, value_of

# 49 CFR 565.15: no I, O, Q; position 9 is the remainder of the weighted sum by 11, 10 written X.
VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _is_vin(match: re.Match[str]) -> Certainty | None:
    vin = value_of(match).upper()
    numbers = [int(character) if character.isdigit() else VALUES[character] for character in vin]
    remainder = sum(number * weight for number, weight in zip(numbers, WEIGHTS, strict=True)) % 11
    return "plausible" if vin[8] == ("X" if remainder == 10 else str(remainder)) else None


def _is_plate(match: re.Match[str]) -> Certainty | None:
    return "plausible" if re.search(r"\d", value_of(match)) else None


RULES = (
    rule(
        "vin",
        "VEHICLE_IDENTIFIER",
        r"(?<![\w-])[A-HJ-NPR-Z0-9]{17}(?![\w-])",
        0.9,
        judge=_is_vin,
        digit=True,
    ),
    rule(
        "vin-by-word",
        "VEHICLE_IDENTIFIER",
        (
            r"(?i)\b(?:vin|vehicle (?:identification|serial|id))(?:[ _](?:number|no\.?|#))?"
            r"[\"' ]{0,2}[:#=]?[\"' ]{0,3}(?:is )?(?P<value>[A-Z0-9]{8,17})(?!\w)"
        ),
        0.85,
        judge=_is_plate,
        words="vin vehicle",
        digit=True,
    ),
    rule(
        "license-plate",
        "VEHICLE_IDENTIFIER",
        (
            r"(?i)\b(?:(?:licen[sc]e|registration|number)[ _-]plate|plate(?= (?:number|no\b|#))|tag number)"
            r"(?:[ _](?:number|no\.?|#))?[\"' ]{0,2}[:#=]?[\"' ]{0,3}(?:is |was )?"
            r"(?P<value>[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,5})\b"
        ),
        0.85,
        judge=_is_plate,
        words="plate tag",
        digit=True,
    ),
)
