"""(J) Account numbers: cards by Luhn, IBAN by its remainder, others beside a word."""

import re

from clinft.stages.audit.recognizers.labelled import labelled
from clinft.stages.audit.rule import Certainty, before, digits_of, luhn, rule, value_of

CODED = re.compile(r"(?i)\b(?:snomed|sctid|concept|code|oid|udi|gtin|imei|nct|pmid|doi)\W{0,4}$")


def _is_card(match: re.Match[str]) -> Certainty | None:
    digits = digits_of(value_of(match))
    coded = CODED.search(before(match, 16))
    card = 13 <= len(digits) <= 19 and len(set(digits)) > 2 and luhn(digits) and not coded
    return "plausible" if card else None


def _is_iban(match: re.Match[str]) -> Certainty | None:
    """ISO 13616: letters as 10 to 35, the first four characters last, remainder 1 by 97."""
    value = value_of(match).replace(" ", "")
    number = "".join(str(int(character, 36)) for character in value[4:] + value[:4])
    return "plausible" if int(number) % 97 == 1 else None


RULES = (
    rule(
        "payment-card",
        "ACCOUNT_NUMBER",
        # First digits of the card networks; 1800 and 2131 are JCB's, 2221 to 2720 Mastercard's since 2017.
        r"(?<![\w.-])(?:[2-6]\d{3}|1800)(?:[ -]?\d{2,6}){2,4}(?![\w-]|\.\d)",
        0.9,
        judge=_is_card,
        digit=True,
    ),
    rule(
        "iban",
        "ACCOUNT_NUMBER",
        (
            r"\b(?:[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?|"
            r"(?i:[a-z]{2}\d{2}[a-z0-9]{11,30}))\b"
        ),
        0.9,
        judge=_is_iban,
        digit=True,
    ),
    labelled(
        "card",
        "ACCOUNT_NUMBER",
        r"(?:credit|debit|bank|payment) card|card(?=[ _-]?(?:number|no\b|#))",
        "card",
        minimum_digits=8,
    ),
    labelled(
        "account",
        "ACCOUNT_NUMBER",
        r"(?:bank |billing |patient |hospital |guarantor )?(?:account|acct|billing|invoice|routing)\.?"
        r"(?=[ _-]?(?:number|no\b|num\b|id\b|#|[:=]|\d))",
        "account acct billing invoice routing",
        score=0.9,
    ),
)
