"""Credentials and patient-like values in short text, by pattern: where they are and of what kind, never what.

Narrow on purpose: it refuses a spec at load time. The audit of data is `clinft.stages.audit`.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from clinft.spec.folding import fold

Check = Callable[[str], bool]

# RFC 2606 and RFC 6761 set these aside; `git@` is an account name that no person owns.
RESERVED_EMAIL = re.compile(
    r"(?i)@(?:[\w-]+\.)*(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost)$|^git@"
)
PLACEHOLDER = re.compile(r"(?i)\$\{|\$[a-z_]|^<|^%|secrets\.|env\.|x{4}|\*{3}|your[-_ ]|placeholder|changeme")

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_FULL_DATE = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|(?:19|20)\d\d[/.-]?\d{2}[/.-]?\d{2}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}[ -]\d{{4}})"
)


@dataclass(frozen=True)
class Screened:
    """`kind` is a noun with its article, for a sentence. Offsets are characters of the screened text."""

    start: int
    end: int
    kind: str


def _digits(value: str) -> list[int]:
    return [int(character) for character in value if character.isdigit()]


def _is_card(value: str) -> bool:
    """Luhn checksum (ISO/IEC 7812) over 13 to 19 digits that are not all the same."""
    digits = _digits(value)
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 2 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_ssn(value: str) -> bool:
    """Area 000, 666 and 9xx, group 00 and serial 0000 were never issued (SSA, 2011)."""
    number = "".join(map(str, _digits(value)))
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def _is_telephone(value: str) -> bool:
    """Every North American area code holds 555-0100 to 555-0199 back for fiction."""
    return re.search(r"55501\d\d$", "".join(map(str, _digits(value)))) is None


def _is_random(value: str) -> bool:
    """Letters and digits with at least 3 bits of entropy a character, as keys have and words have not."""
    counts = Counter(value)
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    mixed = re.search(r"[A-Za-z]", value) is not None and re.search(r"\d", value) is not None
    return mixed and bits >= 3.0 and _is_filled_in(value)


def _is_filled_in(value: str) -> bool:
    return PLACEHOLDER.search(value) is None


# Kind, pattern (its group `value` where the context is no part of the find), check.
RULES: tuple[tuple[str, re.Pattern[str], Check | None], ...] = tuple(
    (kind, re.compile(pattern), check)
    for kind, pattern, check in (
        ("an API key", r"\bsk-(?:[a-z]{2,10}-){0,2}[A-Za-z0-9_-]{20,}", _is_random),
        ("an API key", r"\bA(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}\b", None),
        ("an API key", r"\bAIza[\w-]{35}", None),
        ("an API key", r"\blsv2_[a-z]{2}_[0-9a-f]{32}\w*", None),
        ("an access token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,})", None),
        ("an access token", r"\bxox[a-z]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}", None),
        ("an access token", r"\bhooks\.slack\.com/services/T\w+/B\w+/\w+", None),
        ("an access token", r"\b(?:hf_[A-Za-z0-9]{30,}|pypi-[\w-]{50,}|npm_\w{36}|ya29\.[\w-]{20,})", None),
        ("an access token", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*", None),
        ("an access token", r"(?i)\bbearer\s+(?P<value>[\w.~+/-]{20,}=*)", _is_random),
        ("a private key", r"-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----", None),
        ("a password", r"\b[a-z][a-z0-9+]{1,15}://[^\s/:@]{1,80}:(?P<value>[^\s/:@]{3,80})@", _is_filled_in),
        (
            "a password",
            r"(?i)\b(?:password|passwd|pwd|passphrase)[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[^\s\"',}]{6,})",
            _is_filled_in,
        ),
        (
            "an API key",
            r"(?i)(?:api|access|account|auth|secret|shared|storage|subscription|private)[ _-]?key[\"']?"
            r"\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[\w+/.~-]{16,}={0,2})",
            _is_random,
        ),
        ("an API key", r"(?i)\bazure\b.{0,40}\bkey\W{1,4}(?P<value>[0-9a-z]{32,84})\b", _is_random),
        (
            "an access token",
            r"(?i)(?:token|secret|credential|authorization)[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[\w+/.~-]{16,}={0,2})",
            _is_random,
        ),
        (
            "a Social Security number",
            r"(?<![\w.-])\d{3}(?P<gap>[- .])\d{2}(?P=gap)\d{4}(?![\w-])",
            _is_ssn,
        ),
        (
            "a Social Security number",
            r"(?i)\b(?:ssn|social security(?: number| no\.?| #)?)\W{0,4}(?:is\s)?(?P<value>\d{9})\b",
            _is_ssn,
        ),
        (
            "a medical record number",
            r"(?i)\b(?:mrn|(?:medical|hospital) record(?: number| no\.?| #)?"
            r"|(?:chart|patient) (?:number|no\.?|id|#))\W{0,4}(?:is\s)?"
            r"(?P<value>[a-z]{0,4}-?\d[\d-]{4,14})\b",
            None,
        ),
        (
            "a health plan number",
            r"(?i)\b(?:member|subscriber|beneficiary|policy|medicare|medicaid|insurance)"
            r" (?:id|number|no\.?|#)\W{0,4}(?:is\s)?(?P<value>[a-z]{0,5}-?\d[\da-z-]{5,14})\b",
            None,
        ),
        ("a date of birth", rf"(?i)\b(?:d\.?o\.?b\b\.?|(?:date of )?birth(?:day|date)?|born)\W{{0,4}}"
         rf"(?:is\s|on\s|date\W{{0,3}})?(?P<value>{_FULL_DATE})(?!\d)", None),
        (
            "a patient's name",
            r"\b(?i:patient(?:['’]s)?[ _]name)[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
            r"(?P<value>[A-Z][\w'’-]+,? [A-Z][\w'’-]+)",
            None,
        ),
        ("an e-mail address", r"(?<![\w.+-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}",
         lambda value: RESERVED_EMAIL.search(value) is None),
        (
            "a telephone number",
            r"(?<![\w.+/=-])(?:\+?1[-. ]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])[2-9]\d\d[-. ]\d{4}"
            r"(?![\w-]|\.\d)",
            _is_telephone,
        ),
        (
            "a telephone number",
            r"(?<![\w.+-])\+[1-9]\d{0,2}(?:[-. ]?\(?\d{2,4}\)?){2,5}(?![\w-])",
            _is_telephone,
        ),
        (
            "a telephone number",
            r"(?i)\b(?:phone|telephone|mobile|cell|fax)(?: number| no\.?)?\W{1,4}(?P<value>[2-9]\d{9})\b",
            _is_telephone,
        ),
        ("a card number", r"(?<![\w.-])[3-6]\d{3}(?:[ -]?\d{2,6}){2,4}(?![\w-]|\.\d)", _is_card),
    )
)  # fmt: skip


def screen(text: str) -> list[Screened]:
    """Finds in order of place, without overlaps: the earlier one wins, then the longer one."""
    folded, places = fold(text)
    found = []
    for kind, pattern, check in RULES:
        for match in pattern.finditer(folded):
            start, end = match.span("value" if "value" in pattern.groupindex else 0)
            if check is None or check(folded[start:end]):
                found.append(Screened(places[start], places[end - 1] + 1, kind))
    kept: list[Screened] = []
    for item in sorted(found, key=lambda item: (item.start, -item.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept
