"""(D) Telephone and (E) fax numbers: North American forms, international ones, short ones beside a word."""

import re

from clinft.stages.audit.rule import Certainty, after, before, digits_of, rule, value_of

CALL_WORDS = (
    "phone telephone tel cell cellphone mobile pager beeper contact call called calls callback dial "
    "reach reached text "
    "ph number ext extension home work"
)
FAX_BEFORE = re.compile(r"(?i)\b(?:fax|facsimile|telefax)\b.{0,20}$")
EXTENSION = r"(?:[ ,]{0,2}(?:x|ext\.?|extension)[ ]?\d{1,6})?"
NORTH_AMERICAN = r"(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d[-. ]{1,2})[2-9]\d\d[-. ]{1,2}\d{4}"
UNIT = re.compile(r"(?i)^\s?(?:mg|mcg|ml|g|units?|cells|copies|iu|kcal|%)\b")


def _certainty(value: str) -> Certainty:
    """555-0100 to 555-0199 are held back for fiction in every area code (NANPA)."""
    number = re.split(r"(?i)x|ext", value)[0]
    return "reserved" if re.search(r"55501\d\d$", digits_of(number)) else "plausible"


def _is_telephone(match: re.Match[str]) -> Certainty | None:
    if FAX_BEFORE.search(before(match, 30)) or UNIT.match(after(match, 8)):
        return None
    return _certainty(value_of(match))


def _is_international(match: re.Match[str]) -> Certainty | None:
    return _is_telephone(match) if 8 <= len(digits_of(value_of(match))) <= 15 else None


def _is_fax(match: re.Match[str]) -> Certainty | None:
    return _certainty(value_of(match)) if len(digits_of(value_of(match))) >= 7 else None


RULES = (
    rule(
        "phone-north-american",
        "PHONE_NUMBER",
        rf"(?<![\w.+/=-])(?:\+?1[-. ]{{0,2}})?{NORTH_AMERICAN}{EXTENSION}(?![\w-]|\.\d)",
        0.9,
        judge=_is_telephone,
        digit=True,
    ),
    rule(
        "phone-international",
        "PHONE_NUMBER",
        rf"(?<![\w.+/=-])(?:\+|00)[1-9]\d{{0,2}}(?:[-. ]?\(?\d{{1,4}}\)?){{2,6}}{EXTENSION}(?![\w-])",
        0.8,
        judge=_is_international,
        digit=True,
    ),
    rule(
        "phone-by-word",
        "PHONE_NUMBER",
        (
            r"(?i)\b(?:phone|telephone|tel|cell(?:phone)?|mobile|pager|beeper|contact|call(?:ed|s|back)?|"
            r"dial|"
            r"reach(?:ed)?|text|ph)\b\.?(?:[ _](?:number|no\.?|me|him|her|them|back|us|at|on))"
            r"{0,3}[\"'*| ]{0,3}[:#=|]?"
            rf"[\"'*| ]{{0,4}}(?:is |at |on )?(?P<value>\(?\d{{3}}\)"
            rf"?[-. ]{{0,2}}\d{{3}}[-. ]{{0,2}}\d{{4}}{EXTENSION}|"
            rf"\d{{3}}[-. ]\d{{4}}{EXTENSION})(?![\w/-]|\.\d)"
        ),
        0.85,
        judge=_is_telephone,
        words=CALL_WORDS,
        digit=True,
    ),
    rule(
        "fax",
        "FAX_NUMBER",
        (
            r"(?i)\b(?:fax|facsimile|telefax)(?:ed)?\b(?:[ _](?:number|no\.?|to|at|is|it|#))"
            r"{0,3}[\"'*| .]{0,3}[:#=|]?"
            rf"[\"'*| ]{{0,4}}(?:is |at )?(?P<value>\+?(?:\d{{1,3}}[-. ])?\(?\d{{3}}\)"
            rf"?[-. ]{{0,2}}\d{{3}}(?:[-. ]{{0,2}}\d{{4}})?"
            rf"{EXTENSION})(?![\w-]|\.\d)"
        ),
        0.9,
        judge=_is_fax,
        words="fax faxed facsimile telefax",
        digit=True,
    ),
)
