"""(E) Fax numbers: any telephone number beside a word for fax."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.telephone import (
    EXTENSION,
    GROUPS,
    NORTH_AMERICAN,
    NOT_IN_A_ROW,
    certainty_of,
    digits_without_extension,
)
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

# Between the word and its number nothing says that the number is for talking.
FAX_BEFORE = regex(
    r"(?i)(?<![a-z])(?:e?-?fax(?:ed|es|ing)?|facsimile|tele(?:fax|copier|copy)|fx|f[.:])(?![a-z])"
    r"(?:(?!\b(?:phone|tel|call|cell|mobile|ph|voice|office)\b)[^\d\n]){0,44}"
    rf"(?:{NORTH_AMERICAN}[ ]?(?:/|or|and|,)[ ]?)?$"
)
FAX_AFTER = regex(
    r"(?i)[ ]?[-(,/|]{0,2}[ ]?(?:is |as )?(?:an? |the |our |my )?(?:fax|facsimile)\b(?![ ]?(?:to\b|[:#]))"
)


def _is_fax(match: re.Match[str]) -> Certainty | None:
    value = value_of(match)
    if not 7 <= len(digits_without_extension(value)) <= 15:
        return None
    faxed = FAX_BEFORE.search(before(match, 80)) or FAX_AFTER.match(after(match, 20))
    return certainty_of(value) if faxed else None


# More certain than a telephone number, so that the same digits after `fax` count as (E).
RULES = (
    rule(
        "fax",
        "FAX_NUMBER",
        (
            rf"(?<![A-Za-z0-9]){NOT_IN_A_ROW}(?:{NORTH_AMERICAN}|{GROUPS}|\+?\d{{7,12}})"
            rf"{EXTENSION}(?!\w|[.-]\d|/(?!{NORTH_AMERICAN}(?!\d)))"
        ),
        0.95,
        judge=_is_fax,
        words="fax efax faxed faxes faxing facsimile telefax telecopier telecopy fx f",
        digit=True,
    ),
)
