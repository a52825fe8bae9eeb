"""Numbers that only the word or JSON key beside them explains: rule shapes that several families share."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.explained import is_measure
from clinft.stages.audit.rule import Certainty, Judge, Rule, after, digits_of, plausible, value_of

# `number`, `no.`, `#`, `ID`: with one of them a common word names a number.
SIGN = (
    r"(?:[ _.-]{0,2}(?:num[be]{1,3}rs?|(?:no|num|nbr|nr|ids?|identifiers?|identification|card)"
    r"(?![a-z])\.?|#))"
)
# Other words that may stand between a label and its number: `MRN for this patient is`, `listed as`.
FILLERS = (
    r"(?:(?:is|was|are|as|of|for|the|this|that|his|her|their|my|your|our|patient|pt|listed|recorded|"
    r"documented|noted|given|reads?|on|file|under|new|old|prior|current|currently|now|to|be|"
    r"confirmed|verified|entered|value|reading|shown|says|bracelet|wrist ?band|band|label|"
    r"it['’]s)[ :=\"']{1,3}){0,4}"
)
# Any punctuation and one line break: for names that nothing else bears.
LINK = rf"(?:['’]s\b)?(?:[^\w\n]{{0,4}}\n)?(?:[^\w\n]|_(?=[_\d])){{0,60}}{FILLERS}[^\w\n]{{0,3}}"
# No end of a sentence and no line break: for common words. Dots and spaces as in a form.
CLOSE = (
    r"(?:[ ]?[._]{3,60}[ ]?|[ _\t\"'*|`\\]{0,20}[:=#(\[>-]{0,2}[ \t\"'*|`\\]{0,20})"
    r"(?:(?:is|was|of)[ ])?[#\"'*(\[]{0,2}"
)
NO_TIME = r"(?!\w|[ -]?(?:mg|mcg|ml|y|yr|year|wk|week|mo|month|day)s?\b)"
# Groups between spaces or dots, a capital or two before the digits, or one run with single separators.
VALUE = (
    rf"(?P<value>[a-z]?\d{{1,4}}(?:[ ]\d{{2,5}}){{2,4}}{NO_TIME}|[a-z]?\d{{3,5}}[ ]\d{{3,6}}{NO_TIME}|"
    r"[a-z]{0,2}\d{2,4}\.\d{4,9}|[a-z]{2,4}\.\d{4,9}|\d{2}:[a-z]{2,4}\d{4,9}|[a-z]\d{2}-\d{5,8}\.\d|"
    r"\d{2,5}(?:\.\d{2,4}){2,4}|[a-z]{2,4}(?:\.\d{2,6}){2,3}|(?-i:[A-Z]{1,4})[ ]\d{4,12}|"
    r"(?:[a-z]{1,7}[/_-]?){0,2}\d(?:[/_-]?[a-z0-9]){2,30})"
    r"(?![\w%]|[.,]\d|\.(?:jpe?g|png|gif|tiff?|heic|dcm|pdf|wav|mp[34]|csv|jsonl?)\b)"
)
UNIT = regex(
    r"(?i)[ -]?(?:mg|mcg|ug|ng|pg|ml|l|dl|g|kg|lbs?|cm|mm|meq|mmol|iu|units?|cc|k?cal|calories?|degrees?|"
    r"percent|%|days?|weeks?|months?|years?|yrs?|hours?|hrs?|min|minutes?|times|steps|copies|cells|beds|"
    r"patients?|people|participants|members|visits|children|adults|men|women|students|dollars|usd)\b"
)
# A number of so many digits is no measurement, even before `g` or `units`.
LONGEST_MEASUREMENT = 6
GLUED_UNIT = regex(r"(?i)\d+-?(?:mg|mcg|ug|ml|dl|l|g|kg|cm|mm|meq|iu|u|units?|cc|kcal|hrs?|h|am|pm|yo|y|x|k)")
# `policy_sha256`, `record utf-8`: the kind of a digest or of a writing.
NO_NUMBER = regex(r"(?i)sha-?\d{1,3}|md-?5|crc-?32|base-?64|utf-?(?:8|16|32)|iso-?\d{4}")
NUMBER = regex(r"[\d./ -]+")
FRACTION = regex(r"\d{1,3}/\d{1,3}")
# `takes into account 2019`, `plan 2019-2021`.
YEARS = regex(r"(?:19|20)\d\d(?:[/-](?:19|20)?\d\d)?")
RANGE = regex(r"(?P<low>\d{1,3}|\d{2,3}0)-(?P<high>\d{1,3}|\d{2,3}0)")
WIDEST_RANGE = 5
DATE = regex(
    r"(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]|[12]\d|3[01])[/-](?:(?:19|20)\d\d|\d\d)|"
    r"(?:19|20)\d\d[/-](?:0[1-9]|1[0-2])[/-](?:0[1-9]|[12]\d|3[01])"
)
# A round count or a time of day: `order 1500`, `visit 0730`.
MAY_BE_NO_NUMBER = regex(r"\d+000|\d\d00|(?:[01]\d|2[0-3])[0-5]\d")
EXPLICIT = regex(r"[:=#]")
# `the order was 1250`: after a verb only a longer number is one.
VERB = regex(r"(?i)\b(?:is|was|of)\b")
SAID_DIGITS = 5
LEADING_LETTER = regex(r"[A-Za-z]")
LETTERED_DIGITS = 3


def labelled(
    name: str,
    entity_type: str,
    label: str = "",
    *,
    signed: str = "",
    score: float = 0.85,
    minimum_digits: int = 4,
    bare_digits: int = 0,
    link: str = LINK,
    judge: Judge = plausible,
) -> Rule:
    """`label` and `signed` are regular expressions, read in any case; a sign must follow those of `signed`.

    `bare_digits` is for common words: how many digits make a number of a value before which stands
    neither `number`, `#` nor a colon. A value that begins with a letter needs three at most.
    """

    def enough(match: re.Match[str]) -> Certainty | None:
        explicit = match["sign"] is not None or EXPLICIT.search(match["link"]) is not None
        least = minimum_digits if explicit else max(bare_digits, minimum_digits)
        if bare_digits and not explicit and VERB.search(match["link"]):
            least = max(least, SAID_DIGITS)
        if not _is_number(match, least) or (
            not match["sign"] and _may_be_none(match, explicit, bare_digits > 0)
        ):
            return None
        return judge(match)

    # A sign makes a name of either; without one, the label must be a whole word.
    end = rf"(?<!\w)(?:{label})(?![a-z0-9])" if bare_digits else rf"(?<![a-z0-9])(?:{label})(?![a-z])"
    either = "|".join(filter(None, (label, signed)))
    alone = f"|{end}" if label else ""
    pattern = regex(
        rf"(?i)(?:(?<![a-z0-9])(?:{either})(?P<sign>{SIGN}{{1,2}}){alone})(?P<link>{link}){VALUE}"
    )
    return Rule(name, entity_type, pattern, score, enough, digit=True)


def label_after(name: str, entity_type: str, label: str, *, score: float = 0.85) -> Rule:
    """`48291377 (MRN)`, `48291377 is her MRN`."""

    def enough(match: re.Match[str]) -> Certainty | None:
        return "plausible" if _is_number(match, 4) else None

    pattern = regex(
        r"(?i)(?<![\w.,/-])(?P<value>(?:[a-z]{1,4}-?)?\d{2,12}[a-z]{0,2}(?:-[a-z0-9]{1,6}){0,3})(?!\w)"
        r"(?:[ ]?[(\[][ ]?|[ ]?[,-]{0,2}[ ](?:(?:is|was|as|=)[ ])?(?:the|her|his|my|their|your)[ ])"
        rf"(?:(?:patient|pt)['’]?s?[ ])?(?:{label})(?![a-z0-9])(?![ ]?[:#=]|[ ]\w*\d)"
    )
    return Rule(name, entity_type, pattern, score, enough, digit=True)


def _is_number(match: re.Match[str], least: int) -> bool:
    value = value_of(match)
    if LEADING_LETTER.match(value):
        least = min(least, LETTERED_DIGITS)
    if len(digits_of(value)) < least or any(
        pattern.fullmatch(value) for pattern in (GLUED_UNIT, FRACTION, NO_NUMBER)
    ):
        return False
    return not _is_measured(match)


def _may_be_none(match: re.Match[str], explicit: bool, common: bool) -> bool:
    """A year; and behind a common word a range, a date, a code, without a colon also a round count."""
    value = value_of(match)
    if YEARS.fullmatch(value):
        return common or not explicit
    if not common:
        return False
    if is_measure(value) or _is_range(value) or DATE.fullmatch(value):
        return True
    return not explicit and MAY_BE_NO_NUMBER.fullmatch(value) is not None


def _is_range(value: str) -> bool:
    """`135-145`, and not `118-4829`."""
    match = RANGE.fullmatch(value)
    return match is not None and int(match["low"]) < int(match["high"]) <= WIDEST_RANGE * int(match["low"])


def _is_measured(match: re.Match[str]) -> bool:
    if not NUMBER.fullmatch(value_of(match)):
        return False
    longest = max(map(len, re.findall(r"\d+", value_of(match))))
    return longest < LONGEST_MEASUREMENT and UNIT.match(after(match, 14)) is not None
