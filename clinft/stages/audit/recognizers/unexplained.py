"""(R) Numbers as long as record numbers are that nothing beside them explains."""

import re
from itertools import pairwise

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.explained import CODED, is_code, is_explained
from clinft.stages.audit.rule import Certainty, after, before, digits_of, rule, value_of

# A date behind it: the first line of many notes is name, number, date.
DATE_BEHIND = (
    r"(?=[ ,|;]{1,3}(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|(?:19|20)\d\d-?\d\d-?\d\d|\d{1,2}/\d{1,2}\b|"
    r"(?i:\d{1,2}(?:st|nd|rd|th)?[ -])?(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|"
    r"dec)[a-z.]{0,7}[ -]\d{1,4}))"
)
CAPITAL = r"[^\W\da-z_]"
# Letters, digits and hyphens with at least four digits.
CODE = r"(?P<value>#?(?=[A-Z]{0,5}-?\d{0,3}[A-Z]{0,2}-?\d{2})[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,10}){0,3})"
SHORTEST_LONG = 7
ROUND = regex(r"0{3}$")
YEAR = regex(r"(?:19|20)\d\d")
TIME = regex(r"(?:[01]\d|2[0-3])[0-5]\d")
UNIT_LETTERS = frozenset(("U", "IU", "K", "L", "G", "M", "X", "S", "C", "F", "H", "MG", "ML", "MM", "CM"))


def _is_long(match: re.Match[str]) -> Certainty | None:
    """Not a round count, not a measurement, not a code of a terminology."""
    return None if ROUND.search(value_of(match)) or is_explained(match) else "plausible"


def _is_joined(match: re.Match[str]) -> Certainty | None:
    """Here the slash is no `per`."""
    other = ROUND.search(value_of(match)) or CODED.search(before(match, 40))
    return None if other else "plausible"


def _is_signed(match: re.Match[str]) -> Certainty | None:
    """At the start of a line `# 12345` is a heading or a comment."""
    value = value_of(match)
    at_start = match.string[max(0, match.start() - 1) : match.start()] in ("", "\n")
    heading = at_start and value.startswith("# ") and len(digits_of(value)) < SHORTEST_LONG
    return None if heading else _is_long(match)


def _is_six_digits(match: re.Match[str]) -> Certainty | None:
    """Shorter than most record numbers, so a count is likelier: nothing round and no row of numbers."""
    value = value_of(match)
    if value.endswith("00") or is_explained(match):
        return None
    return None if re.match(r"[ ]?(?:\(|to\b|and \d|or \d|vs)", after(match, 8)) else "plausible"


def _is_grouped(match: re.Match[str]) -> Certainty | None:
    """Not a range of years, not a list of doses, not NDC (which has its word before it)."""
    value = value_of(match)
    groups = value.split("-")
    rounds = sum(group.endswith("0") for group in groups)
    if rounds == len(groups) or is_explained(match) or len(digits_of(value)) < 7:
        return None
    return "plausible"


def _is_three_pairs(match: re.Match[str]) -> Certainty | None:
    """`24-44-03`: the calendar has no such day, the steps are uneven, and not all are multiples of five."""
    first, second, third = map(int, value_of(match).split("-"))
    day = {first, second, third}
    may_be_a_date = (first <= 12 and second <= 31) or (second <= 12 and first <= 31)
    listed = second - first == third - second or all(number % 5 == 0 for number in day)
    return None if may_be_a_date or listed or is_explained(match) else "plausible"


def _is_two_groups(match: re.Match[str]) -> Certainty | None:
    """`844-41693`: no range from page to page and none of round numbers."""
    one, two = value_of(match).split("-")
    range_of = one.endswith("00") or two.endswith("00") or (len(one) == len(two) and one[:2] == two[:2])
    return None if range_of or is_explained(match) else "plausible"


def _is_two_fours(match: re.Match[str]) -> Certainty | None:
    """`6327 2526`: no years, no times of day, no round counts."""
    groups = value_of(match).split(" ")
    other = any(group.endswith("0") or YEAR.fullmatch(group) for group in groups)
    times = all(TIME.fullmatch(group) for group in groups)
    return None if other or times or is_explained(match) else "plausible"


def _is_lettered(match: re.Match[str]) -> Certainty | None:
    value = value_of(match)
    # MeSH and UMLS number their concepts so.
    concept = re.fullmatch(r"D0\d{5}|C0\d{6}", value)
    if len(digits_of(value)) < 4 or concept or ROUND.search(value) or is_code(match):
        return None
    return "plausible"


def _is_suffixed(match: re.Match[str]) -> Certainty | None:
    """`4821937B` and not `1200000U`."""
    letters = value_of(match).lstrip("0123456789-")
    return None if letters in UNIT_LETTERS or is_explained(match) else "plausible"


def _is_mixed(match: re.Match[str]) -> Certainty | None:
    """Letters and digits in turn, as in generated numbers: at least three changes and four digits."""
    value = value_of(match)
    kinds = [character.isdigit() for character in value]
    changes = sum(one != other for one, other in pairwise(kinds))
    enough = changes >= 3 and sum(kinds) >= 5 and len(kinds) - sum(kinds) >= 2
    return "plausible" if enough and not is_code(match) else None


def _has_digits(match: re.Match[str]) -> Certainty | None:
    return "plausible" if len(digits_of(value_of(match))) >= 4 else None


RULES = (
    # `Marston/3/14/1961/4482917`: behind a date the slash parts one number from the next.
    rule(
        "number-behind-date",
        "UNEXPLAINED_NUMBER",
        r"\d(?:(?<=\d/\d{4}/\d)|(?<=\d/\d\d/\d)|(?<=\d{7}/\d))\d{5,11}(?![\w%]|[.,/:-]\d)",
        0.5,
        judge=_is_long,
        digit=True,
        symbol="/",
    ),
    # The first of two: `ROE,IDA/03141961/4482917`.
    rule(
        "number-before-number",
        "UNEXPLAINED_NUMBER",
        r"\d(?:(?<![\w./+@-]\d)|(?<=[A-Z]{2}/\d))\d{6,11}(?=/\d{6,12}(?![\w%.]))",
        0.5,
        judge=_is_joined,
        digit=True,
        symbol="/",
    ),
    rule(
        "long-number",
        "UNEXPLAINED_NUMBER",
        r"\d(?<![\w./+@-]\d)(?<!\d[,:]\d)\d{6,39}(?![\w%]|[.,/:]\d|-\d{4})(?:-\d{1,3}(?![\w-]))?",
        0.5,
        judge=_is_long,
        digit=True,
    ),
    rule(
        "six-digits",
        "UNEXPLAINED_NUMBER",
        r"\d(?<![\w./+@,:=*^~<>-]\d)\d{5}(?![\w%*^~]|[.,/:-]\d)",
        0.4,
        judge=_is_six_digits,
        digit=True,
    ),
    rule(
        "number-sign",
        "UNEXPLAINED_NUMBER",
        r"#(?<![\w/.#&-]#)[ ]?(?:[A-Z]{1,4}-?)?\d[\d-]{3,18}\d(?![\w%-])",
        0.5,
        judge=_is_signed,
        digit=True,
        symbol="#",
    ),
    rule(
        "grouped-number",
        "UNEXPLAINED_NUMBER",
        r"\d(?<![\w./+$-]\d)\d{2,4}-\d{2,5}-\d{2,5}(?!\w|-\w|[.,/:]\d|%)",
        0.5,
        judge=_is_grouped,
        digit=True,
    ),
    rule(
        "three-pairs",
        "UNEXPLAINED_NUMBER",
        r"\d(?<![\w.,/+$-]\d)\d-\d{2}-\d{2}(?![\w%-]|[.,/:]\d)",
        0.4,
        judge=_is_three_pairs,
        digit=True,
    ),
    rule(
        "two-groups",
        "UNEXPLAINED_NUMBER",
        r"\d(?<![\w.,/+$:-]\d)(?:\d-\d{7}|\d{2,3}-\d{5,6}|\d{4,5}-\d{3}|\d{4,5}-\d{5,6})(?![\w%-]|[.,/:]\d)",
        0.4,
        judge=_is_two_groups,
        digit=True,
    ),
    rule(
        "two-fours",
        "UNEXPLAINED_NUMBER",
        r"\d(?<![\w.,/+$:-]\d)(?<!\d \d)\d{3} \d{4}(?![\w%-]| \d|[.,/:]\d)",
        0.4,
        judge=_is_two_fours,
        digit=True,
    ),
    # Small letters too, as in a note without capitals; gene variants (rs) are left to `is_code`.
    rule(
        "small-lettered-number",
        "UNEXPLAINED_NUMBER",
        r"[a-z](?<![\w.,/+:@=#-][a-z])[a-z]?\d{6,10}(?![\w%-]|[.,/:]\d)",
        0.4,
        judge=_is_lettered,
        digit=True,
    ),
    # `pt Obi 2352 6147`, `| Rosenbaum, Ludmila | 37074672 |`
    rule(
        "number-beside-name",
        "UNEXPLAINED_NUMBER",
        (
            rf"(?<!\w)(?:(?i:pt|patient)\.?[ ]{CAPITAL}[^\W\d_.]+(?:[ ]{CAPITAL}[^\W\d_]+)?|"
            rf"{CAPITAL}[^\W\d_'’.-]+(?:-{CAPITAL}\w+)?,[ ]{CAPITAL}[^\W\d_]+(?:[ ]{CAPITAL}\.?)?)"
            r"[ ,|(]{1,3}"
            r"(?P<value>\d{4} \d{4}|[A-Z]?\d{6,9}|\d{3,4}-\d{3,5})(?=[ ]?[,;|).\n]|[ ]{0,3}$|[ ][A-Za-z])"
        ),
        0.5,
        judge=_is_six_digits,
        digit=True,
    ),
    rule(
        "lettered-number",
        "UNEXPLAINED_NUMBER",
        r"[A-Z](?<![\w.,/+:@=-][A-Z])[A-Z]{0,4}(?:\d{6,24}|-\d{5,16}|-?\d{3,8}(?:-\d{2,8}){1,3})(?![\w%]|"
        r"[.,/:]\d|-\w)",
        0.5,
        judge=_is_lettered,
        digit=True,
    ),
    rule(
        "short-lettered-number",
        "UNEXPLAINED_NUMBER",
        r"[A-Z](?<![\w.,/+:@=-][A-Z])[A-Z]{1,4}-?\d{4,5}(?![\w%]|[.,/:]\d|-\w)",
        0.4,
        judge=_is_lettered,
        digit=True,
    ),
    rule(
        "number-and-letters",
        "UNEXPLAINED_NUMBER",
        r"\d(?<![\w./+@-]\d)\d{6,11}-?[A-Z]{1,3}(?![\w-])",
        0.5,
        judge=_is_suffixed,
        digit=True,
    ),
    rule(
        "mixed-number",
        "UNEXPLAINED_NUMBER",
        (
            r"[A-Z0-9](?<![\w./+@=-].)(?:(?<=[A-Z])[A-Z]{0,5}\d|(?<=\d)\d{0,5}[A-Z])[A-Z0-9]{7,28}"
            r"(?![\w./+@=-])"
        ),
        0.5,
        judge=_is_mixed,
        digit=True,
    ),
    rule(
        "number-in-header",
        "UNEXPLAINED_NUMBER",
        (
            rf"(?<!\w){CAPITAL}[^\W\da-z_'’.-]+,?[ ](?:[^\W\da-z_'’.,-]+\.?[ ]){{0,3}}"
            rf"{CAPITAL}[^\W\da-z_.,]+[ ,|]{{1,3}}{CODE}{DATE_BEHIND}"
        ),
        0.6,
        judge=_has_digits,
        digit=True,
    ),
)
