"""(J) Account numbers: cards, IBAN, routing numbers, wallets by check digits, others beside a word."""

import hashlib
import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.labelled import CLOSE, label_after, labelled
from clinft.stages.audit.rule import Certainty, before, digits_of, luhn, rule, value_of

CODED = regex(r"(?i)\b(?:snomed|sctid|concept|code|oid|udi|gtin|imei|nct|pmid|doi|lot)\W{0,4}$")
# Characters of an IBAN by its country, from the registry of ISO 13616: written with spaces it ends where the
# country says, for the next words look like more of it.
IBAN_LENGTHS = {
    15: "no", 16: "be", 18: "dk fo fi gl nl", 19: "mk si", 20: "at ba ee kz xk lt lu", 21: "hr lv li ch",
    22: "bh bg cr de ge gb ie me rs va", 23: "tl gi iq il ae", 24: "ad cz md pk ro sa sk es se tn vg",
    25: "pt st", 26: "is tr", 27: "fr gr it mc mr sm", 28: "al az by cy do gt hu lb pl", 29: "br eg ps qa ua",
    30: "jo kw mu", 31: "mt sc", 32: "lc",
}  # fmt: skip


def _iban(length: int, countries: str) -> str:
    groups, rest = divmod(length - 4, 4)
    tail = f"[ ]?[a-z0-9]{{{rest}}}" if rest else ""
    return rf"(?:{countries.replace(' ', '|')})\d\d(?:[ ]?[a-z0-9]{{4}}){{{groups}}}{tail}"


IBAN = "|".join(_iban(length, countries) for length, countries in IBAN_LENGTHS.items())
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _is_card(match: re.Match[str]) -> Certainty | None:
    """ISO/IEC 7812."""
    digits = digits_of(value_of(match))
    coded = CODED.search(before(match, 16))
    card = 13 <= len(digits) <= 19 and len(set(digits)) > 2 and luhn(digits) and not coded
    return "plausible" if card else None


def _is_iban(match: re.Match[str]) -> Certainty | None:
    """ISO 13616: letters as 10 to 35, the first four characters last, remainder 1 by 97."""
    value = value_of(match).replace(" ", "")
    number = "".join(str(int(character, 36)) for character in value[4:] + value[:4])
    return "plausible" if int(number) % 97 == 1 else None


def _is_routing_number(match: re.Match[str]) -> Certainty | None:
    """American Bankers Association: weights 3, 7, 1; the sum is a multiple of 10."""
    digits = map(int, value_of(match))
    total = sum(digit * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=True))
    return "plausible" if total and total % 10 == 0 else None


def _is_bitcoin(match: re.Match[str]) -> Certainty | None:
    """Base58Check: the last four of 25 bytes begin the double SHA-256 of the others."""
    number = 0
    for character in value_of(match):
        number = number * 58 + BASE58.index(character)
    if number >= 1 << 200:
        return None
    payload, check = number.to_bytes(25, "big")[:21], number.to_bytes(25, "big")[21:]
    twice = hashlib.sha256(hashlib.sha256(payload).digest()).digest()
    return "plausible" if twice[:4] == check else None


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
    # Four groups of four are a card even with a wrong digit, if no further group stands beside them.
    rule(
        "card-groups",
        "ACCOUNT_NUMBER",
        (
            r"(?<![\w.,/-])(?<!\d )[3-6]\d{3}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}"
            r"(?![\w-]|[ .,/]\d)"
        ),
        0.7,
        digit=True,
    ),
    rule(
        "iban",
        "ACCOUNT_NUMBER",
        (
            rf"\b(?:(?i:{IBAN})|[A-Z]{{2}}\d{{2}}(?:[ ]?[A-Z0-9]{{4}}){{2,7}}(?:[ ]?[A-Z0-9]{{1,3}})?|"
            r"(?i:[a-z]{2}\d{2}[a-z0-9]{11,30}))\b"
        ),
        0.9,
        judge=_is_iban,
        digit=True,
    ),
    rule(
        "routing-number",
        "ACCOUNT_NUMBER",
        (
            r"(?i)\b(?:routing|aba|rtn|transit)\b(?:[ /_-]?(?:transit|number|no\.?|num|#)){0,2}"
            r"[^\w\n]{0,6}(?:is )?(?P<value>\d{9})(?!\d)"
        ),
        0.9,
        judge=_is_routing_number,
        words="routing aba rtn transit",
        digit=True,
    ),
    labelled(
        "card",
        "ACCOUNT_NUMBER",
        r"(?:credit|debit|bank|payment|gift|prepaid|hsa|fsa|visa|master|amex|mc)[ _-]?cards?|"
        r"visa|mastercard|amex|american express|discover card",
        signed=r"card|cc",
        minimum_digits=8,
    ),
    labelled(
        "account",
        "ACCOUNT_NUMBER",
        r"(?:bank|billing|patient|hospital|guarantor|financial|savings|checking|loan|mortgage|mychart)[ _-]"
        r"(?:account|acct|acc)s?\.?",
        signed=r"(?:account|acct|a/c|acc)s?\.?|billing|invoice|statement|guarantor|deposit|loan|payment|routing|"
        r"iban|bban|har",
        score=0.9,
        minimum_digits=3,
    ),
    labelled(
        "account-short",
        "ACCOUNT_NUMBER",
        r"(?:account|acct|acc|billing|invoice|guarantor|iban)s?\.?",
        bare_digits=4,
        link=CLOSE,
    ),
    # HL7 v2, PID-18.
    rule(
        "hl7-account",
        "ACCOUNT_NUMBER",
        r"(?i)\bPID\|(?:[^|\n]{0,80}\|){17}(?P<value>[^|\n^]{3,30})",
        0.9,
        symbol="|",
    ),
    labelled(
        "hospital-account", "ACCOUNT_NUMBER", r"(?-i:HAR)(?=[ :#]{1,2}[A-Z]?\d)", minimum_digits=6, link=CLOSE
    ),
    label_after(
        "account-after",
        "ACCOUNT_NUMBER",
        r"(?:bank |patient |hospital |billing )?(?:account|acct)(?:[ ]?(?:number|no\.?|#))?",
    ),
    rule(
        "bitcoin",
        "ACCOUNT_NUMBER",
        r"(?<![\w/+=])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![\w/+=])",
        0.9,
        judge=_is_bitcoin,
        digit=True,
    ),
    # BIP 173: small letters or capitals throughout. Ethereum: 20 bytes in hex.
    rule(
        "wallet",
        "ACCOUNT_NUMBER",
        r"(?<!\w)(?:bc1[02-9ac-hj-np-z]{11,71}|0x[0-9a-fA-F]{40})(?!\w)",
        0.9,
        digit=True,
    ),
)
