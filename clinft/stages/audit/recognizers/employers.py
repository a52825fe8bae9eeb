"""(A) Employers: 164.514(b)(2)(i) lists identifiers of the individual's employers too."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.name_forms import NAME_WORD, PARTICLE, is_ordinary, parts_of
from clinft.stages.audit.rule import Certainty, rule, value_of

COMPANY = (
    rf"(?:{PARTICLE})?(?:{NAME_WORD}|[A-Z]{{2}})(?:[ ](?:&[ ]|and[ ]|"
    rf"of[ ])?{NAME_WORD}){{0,3}}(?:,?[ ](?:LLC|Inc|Ltd|Corp|Co|PLC|GmbH)\b\.?)?"
)
LOWER_COMPANY = (
    r"(?:[a-z]{2,5} )?[^\W\d_]{2,15}(?:['’-][^\W\d_]{2,15})?(?:[ ](?:& |and |of )?[a-z]{3,15}){1,3}"
)
PLACEHOLDER = regex(r"abc\w{0,2}|xyz\w?|x+|home|self|none|retired|unemployed|disabled|unknown")


TRADE = regex(
    r"(?i)(?:& sons|plumbing|roofing|logistics|auto|bakery|landscaping|llc|inc|ltd|corp\w*|company|co|"
    r"foods?|freight|aerospace|poultry|glass|steel|motors?|farms?|mills?|insurance|bank|casino|dairy|"
    r"trucking|construction|electric|services|school|college|university|airlines|railroad|mining|industries|"
    r"manufacturing|brothers|associates)\b"
)


def _is_former_company(match: re.Match[str]) -> Certainty | None:
    """`retired from Halvorsen Plumbing` and not `retired from Teaching`, nor a brand."""
    return _is_company(match) if TRADE.search(value_of(match)) else None


def _is_company(match: re.Match[str]) -> Certainty | None:
    first = parts_of(value_of(match))[0]
    return None if is_ordinary(first) or PLACEHOLDER.fullmatch(first) else "plausible"


RULES = (
    rule(
        "employer",
        "EMPLOYER",
        (
            r"(?i:\b(?:works (?:at|for)|worked (?:at|for)|working (?:at|for)|employed (?:by|at|with)|"
            r"employee of|employees of|HR at|note for work sent to|foreman at|job at|"
            r"employer(?: is| was)?(?: still)?[ ]?[:=]?|occupation[^.\n]{1,30} at))[ ]{1,2}"
            rf"(?P<value>{COMPANY})"
        ),
        0.7,
        judge=_is_company,
        words=(
            "works worked working employed employee employees retired laid hr work foreman job employer "
            "occupation"
        ),
    ),
    rule(
        "employer-former",
        "EMPLOYER",
        rf"(?i:\b(?:retired from|laid off (?:from|by)|fired from|quit))[ ](?P<value>{COMPANY})",
        0.6,
        judge=_is_former_company,
        words="retired laid fired quit",
    ),
    rule(
        "employer-lower",
        "EMPLOYER",
        rf"\b(?:employer(?: is)?(?: still)?[ ]?[:=]?|employee of)[ ](?P<value>{LOWER_COMPANY})(?=[,.;\n]|$)",
        0.6,
        judge=_is_company,
        words="employer employee",
    ),
    rule(
        "employer-lower-trade",
        "EMPLOYER",
        (
            r"\b(?:works (?:at|for)|worked (?:at|for)|employed by|retired from|laid off from|"
            r"note for work sent to|employer:?)[ ]"
            rf"(?P<value>{LOWER_COMPANY})"
        ),
        0.6,
        judge=_is_former_company,
        words="works worked employed retired laid note employer",
    ),
)
