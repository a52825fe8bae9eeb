"""(G) Social Security numbers: whole, masked, their last four digits; taxpayer numbers of the same form."""

import re

from clinft.stages.audit.rule import Certainty, digits_of, rule, value_of

# `her social` is how clinics say it; a value of nine or four digits must follow.
CONTEXT = (
    r"(?:ssn?s?(?:[ _-]?(?:number|no\b\.?|num\b\.?|#|id\b))?|s\.s\.n?\.?|ss[ ]?#|ssan|itin|tin|"
    r"soc(?:ial)?\.?[ _-]{0,2}sec(?:urity)?\.?(?:[ _-]{0,2}(?:numbers?|no\b\.?|num\b\.?|#|id\b|card))?|"
    r"tax(?:payer)?[ _-]?(?:id|identification)(?:[ _-]?(?:number|no\b\.?|#))?|socials?)"
)
LINK = (
    r"(?![a-z])(?:['’]s)?[^\w\n]{0,12}(?:(?:is|was|are|of|for|the|this|that|her|his|their|my|your|patient|"
    r"pt|on|file|listed|as|recorded|given|number|no|value|last|confirmed|verified)[ :=\"'#]{1,3}){0,4}"
    r"[\"'(\[#]{0,2}"
)
PARTIAL = (
    r"(?![a-z])(?:['’]s)?[^\w\n]{0,6}(?:(?:is|was|are|ends?|ending|last ?4|last|final|four|4|digits?|in|"
    r"with|of|the|"
    r"her|his|their|on|file|as|listed|only)[ :=\"'()#]{1,3}){0,6}"
)
LAST_FOUR = (
    r"(?:last|final)[ _-]?(?:four|4)(?:[ ]digits?)?(?:[ ](?:of|for|on))?"
    r"(?:[ ](?:the|her|his|their|my|your|patient['’]?s?|pt['’]?s?)){0,2}"
)
LENGTH = 9
# IRS, Individual Taxpayer Identification Number: 9xx and 50 to 65, 70 to 88, 90 to 92, 94 to 99.
TAXPAYER_GROUPS = frozenset((*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)))


def _certainty(match: re.Match[str]) -> Certainty | None:
    """Area 000, 666 and 9xx, group 00 and serial 0000 were never issued (SSA, since 2011 too).

    9xx with certain groups is a taxpayer number of somebody without a Social Security number (IRS);
    987-65-432x is SSA's own for advertisements.
    """
    number = digits_of(value_of(match))
    area, group, serial = number[:3], number[3:5], number[5:]
    if len(number) != LENGTH:
        return "plausible"
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
    # Single digits apart too, other groups, and a digit too many or too few.
    rule(
        "ssn-by-word",
        "US_SSN",
        rf"(?i)(?<![a-z0-9]){CONTEXT}{LINK}(?P<value>\d(?:[- ./]{{0,3}}\d){{4,9}})(?!\d)",
        0.95,
        judge=_certainty,
        digit=True,
    ),
    rule(
        "ssn-before-word",
        "US_SSN",
        (
            r"(?i)(?<![\w.-])(?P<value>\d{3}[- .]?\d{2}[- .]?\d{4})(?!\d)"
            r"[ ]?(?:\(|is (?:the|her|his|my|their|a) |as (?:the|her|his|my|their) )(?:valid )?"
            r"(?:ssn|social(?: security)?|soc\.? sec)(?![a-z])"
        ),
        0.95,
        judge=_certainty,
        words="ssn social soc",
        digit=True,
    ),
    rule(
        "ssn-last-4",
        "US_SSN_PART",
        (
            rf"(?i)(?<![a-z0-9]){CONTEXT}{PARTIAL}"
            r"(?P<value>(?:[x*#•.?_]{3}[- ]?[x*#•.?_]{2}[- ]?|[x*#•]{2,7}[- ]?)?\d{4})(?!\w|[-.]\d)"
        ),
        0.85,
        digit=True,
    ),
    rule(
        "ssn-last-4-of",
        "US_SSN_PART",
        (
            rf"(?i)\b{LAST_FOUR}[ _]?{CONTEXT}[^\w\n]{{0,4}}(?:(?:is|are|was)[ ])?"
            r"(?P<value>\d{4})(?!\w|[-.]\d)"
        ),
        0.9,
        digit=True,
    ),
    rule(
        "ssn-last-4-before-word",
        "US_SSN_PART",
        (
            r"(?i)\b(?:last|final)[ _-]?(?:four|4)(?: digits?)?[ :#]{1,3}(?P<value>\d{4}) of "
            r"(?:(?:the|her|his|their|my) )?(?:ssn|social)"
        ),
        0.9,
        words="ssn social",
        digit=True,
    ),
    # Masked, whatever stands before it.
    rule(
        "ssn-masked",
        "US_SSN_PART",
        r"(?i)(?<![\w*#-])(?:x{3}-x{2}|\*{3}-\*{2}|#{3}-#{2}|•{3}-•{2}|_{3}-_{2})-\d{4}(?![\w-])",
        0.9,
        digit=True,
        symbol="-",
    ),
)
