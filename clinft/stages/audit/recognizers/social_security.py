"""(G) Social Security numbers, whole or their last four digits."""

import re

from clinft.stages.audit.rule import Certainty, digits_of, rule, value_of

CONTEXT = r"(?:ssn|ss#|social security(?: number| no\.?| #)?|social_security(?:_number)?|soc\.? sec\.?)"
# IRS, Individual Taxpayer Identification Number: 9xx and 50 to 65, 70 to 88, 90 to 92, 94 to 99.
TAXPAYER_GROUPS = frozenset((*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)))
WORDS = frozenset(("ssn", "ss", "social", "soc"))


def _certainty(match: re.Match[str]) -> Certainty | None:
    """Area 000, 666 and 9xx, group 00 and serial 0000 were never issued (SSA, since 2011 too).

    9xx with certain groups is a taxpayer number of somebody without a Social Security number (IRS);
    987-65-432x is SSA's own for advertisements.
    """
    number = digits_of(value_of(match))
    area, group, serial = number[:3], number[3:5], number[5:]
    taxpayer = area[0] == "9" and int(group) in TAXPAYER_GROUPS and not number.startswith("98765432")
    never_issued = (
        area in ("000", "666") or (area[0] == "9" and not taxpayer) or group == "00" or serial == "0000"
    )
    return "reserved" if never_issued else "plausible"


RULES = (
    rule(
        "ssn",
        "US_SSN",
        # A letter may follow: Medicare numbers were such a number and a letter until 2019.
        r"(?<![A-Za-z0-9])(?<!\d[.-])\d{3}(?P<gap>[- .]{1,2})\d{2}(?P=gap)\d{4}(?!\d|[.-]\d)",
        0.85,
        judge=_certainty,
        digit=True,
    ),
    rule(
        "ssn-by-word",
        "US_SSN",
        (
            rf"(?i)\b{CONTEXT}[\"'*| ]{{0,3}}[:#=|]?[\"'*| ]{{0,4}}(?:is )?"
            rf"(?P<value>\d{{3}}[- .]{{0,3}}\d{{2}}[- .]{{0,3}}\d{{4}})(?!\d)"
        ),
        0.95,
        judge=_certainty,
        words=WORDS,
        digit=True,
    ),
    rule(
        "ssn-last-4",
        "US_SSN_PART",
        (
            rf"(?i)\b{CONTEXT}[^\w\n]{{0,4}}(?:(?:is|ends?|ending|last|four|4|digits|in|with|of|the)"
            rf"[ :]{{1,2}}){{0,5}}"
            r"(?P<value>(?:[x*#]{3}[- ]?[x*#]{2}[- ]?)?\d{4})(?![\d-])"
        ),
        0.85,
        words=WORDS,
        digit=True,
    ),
)
