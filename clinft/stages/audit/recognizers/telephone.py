"""(D) Telephone and (E) fax numbers: North American forms, international ones, short ones beside a word."""

import re

from clinft.stages.audit.rule import Certainty, after, digits_of, rule, value_of

CALL_WORDS = (
    "phone telephone tel cell cellphone mobile pager beeper contact call called calls callback dial "
    "reach reached text ph number ext extension home work"
)
EXTENSION = r"(?:[ ,]{0,2}(?:x|ext\.?|extension)[ ]?\d{1,6})?"
NORTH_AMERICAN = r"(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d[-. ]{1,2})[2-9]\d\d[-. ]{1,2}\d{4}"
UNIT = re.compile(r"(?i)^\s?(?:mg|mcg|ml|units?|cells|copies|iu|kcal|%)\b")


def _certainty(value: str) -> Certainty:
    """555-0100 to 555-0199 are held back for fiction in every area code (NANPA)."""
    number = re.split(r"(?i)x|ext", value)[0]
    return "reserved" if re.search(r"55501\d\d$", digits_of(number)) else "plausible"


def _is_telephone(match: re.Match[str]) -> Certainty | None:
    """Groups of digits with nothing but spaces between them may be counts: `500 250 1000 mg`."""
    counts = re.fullmatch(r"[\d ]+", value_of(match)) and UNIT.match(after(match, 8))
    return None if counts else _certainty(value_of(match))


def _is_international(match: re.Match[str]) -> Certainty | None:
    """ITU-T E.164: at most 15 digits."""
    return _is_telephone(match) if 8 <= len(digits_of(value_of(match))) <= 15 else None


def _is_foreign(match: re.Match[str]) -> Certainty | None:
    return _is_telephone(match) if 7 <= len(digits_of(value_of(match))) <= 15 else None


def _is_fax(match: re.Match[str]) -> Certainty | None:
    return _certainty(value_of(match)) if len(digits_of(value_of(match))) >= 7 else None


RULES = (
    rule(
        "phone-north-american",
        "PHONE_NUMBER",
        rf"(?<![A-Za-z0-9])(?<!\d[.+/=-])(?:\+?1[-. ]{{0,2}})?{NORTH_AMERICAN}{EXTENSION}(?!\d|[.-]\d)",
        0.9,
        judge=_is_telephone,
        digit=True,
    ),
    rule(
        "phone-international",
        "PHONE_NUMBER",
        (
            # 00 and a country, but not a Social Security number of area 001 to 009.
            r"(?<![\w.+/=-])(?!\d{3}(?P<gap>[- .])\d\d(?P=gap)\d{4}\b)(?:\+|00)[1-9]\d{0,2}"
            rf"(?:[-. ]?\(?\d{{1,4}}\)?){{2,6}}{EXTENSION}(?![\w-])"
        ),
        0.8,
        judge=_is_international,
        digit=True,
    ),
    rule(
        "phone-by-word",
        "PHONE_NUMBER",
        (
            r"(?i)\b(?:phone|telephone|tel|cell(?:phone)?|mobile|pager|beeper|contact|call(?:ed|s|back)?|"
            r"dial|reach(?:ed)?|text|ph)\b\.?(?:[ _](?:number|no\.?|me|him|her|them|back|us|at|on)){0,3}"
            r"[\"'*| ]{0,3}[:#=|]?[\"'*| ]{0,4}(?:is |at |on )?"
            rf"(?P<value>\(?\d{{3}}\)?[-. ]{{0,2}}\d{{3}}[-. ]{{0,2}}\d{{4}}{EXTENSION}|"
            rf"\d{{3}}[-. ]\d{{4}}{EXTENSION})(?![\w/-]|\.\d)"
        ),
        0.85,
        judge=_is_telephone,
        words=CALL_WORDS,
        digit=True,
    ),
    rule(
        "phone-foreign",
        "PHONE_NUMBER",
        (
            r"(?i)\b(?:(?:tele)?phone|tel|cell(?:phone)?|mobile|pager|ph|"
            r"(?:call|text|reach)(?: me| us| him| her)?(?: back)?(?: at| on))\b\.?"
            r"(?: (?:number|no\.?|is)){0,2}[\"'*| ]{0,3}[:#=|]?[\"'*|\n ]{0,4}"
            rf"(?P<value>\(?\d{{1,4}}\)?(?:[-. ]?\(?\d{{2,4}}\)?){{2,6}}{EXTENSION})(?![\w/-]|\.\d)"
        ),
        0.8,
        judge=_is_foreign,
        words=CALL_WORDS,
        digit=True,
    ),
    rule(
        "pager",
        "PHONE_NUMBER",
        (
            r"(?i)\b(?:pager|beeper|ext)\b\.?(?: (?:number|no\.?|is)){0,2}[ :#]{1,3}"
            r"(?P<value>\d{4,7})(?![\w%/-]|\.\d)"
        ),
        0.8,
        judge=_is_telephone,
        words="pager beeper ext",
        digit=True,
    ),
    rule(
        "phone-before-word",
        "PHONE_NUMBER",
        (
            r"(?<![\w.+/=-])\(?\d{2,4}\)?(?:[-. ]\d{2,4}){1,5}"
            r"(?=[ -]{1,3}(?i:\(?(?:office|fax|mobile|cell|home|work|desk)\b))"
        ),
        0.8,
        judge=_is_foreign,
        words="office fax mobile cell home work desk",
        digit=True,
    ),
    # More certain than a telephone number, so that the same digits after `fax` count as (E).
    rule(
        "fax",
        "FAX_NUMBER",
        (
            r"(?i)\b(?:fax|facsimile|telefax)(?:ed)?\b(?:[ _](?:number|no\.?|to|at|is|it|#)){0,3}"
            r"[\"'*| .]{0,3}[:#=|]?[\"'*| ]{0,4}(?:is |at )?"
            r"(?P<value>\+?(?:\d{1,3}[-. ])?\(?\d{3}\)?[-. ]{0,2}\d{3}(?:[-. ]{0,2}\d{4})?"
            rf"{EXTENSION})(?![\w-]|\.\d)"
        ),
        0.95,
        judge=_is_fax,
        words="fax faxed facsimile telefax",
        digit=True,
    ),
)
