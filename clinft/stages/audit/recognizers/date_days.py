"""(C) Month and day without a year, 3/14: beside a word, a weekday or a clock, in a range or a list."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.date_forms import (
    DAY,
    TIME,
    WEEKDAY,
    exists,
    is_calendar_day,
    is_measured,
)
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

# What happens on a day, is planned for one, or carries its date.
EVENT = regex(
    r"(?i)(?:\b(?:on|since|dated?|dates|seen|visits?|visited|appointment|appts?|scheduled|rescheduled|sched|"
    r"admitted|admission|admit|adm|discharged?|dc|dced|transferred|dob|dos|doa|dod|lmp|edd|edc|expired|died|"
    r"surgery|procedure|operation|performed|collected|drawn|started|start|starting|began|begun|stopped|held|"
    r"resumed|onset|last seen|next|due|given|received|placed|removed|implanted|inserted|extubated|intubated|"
    r"resolved|diagnosed|dx|biopsy|bx|cath|cabg|pci|cxr|x-?rays?|ct|cta|mri|echo|tte|tee|ekg|ecg|eeg|egd|us|"
    r"colonoscopy|mammogram|ultrasound|doppler|labs?|cx|bcx|ucx|cultures?|vaccine|vaccinated|booster|"
    r"signed|updated|reviewed|called|spoke|until|till|through|thru|before|after|prior to|as of|by|week of|"
    r"effective|ending|beginning|born|birthday|returned|returns?|rtc|clinic|hospital|center|office|er|ed|icu|"
    r"ward|floor|note|event|today|yesterday|tomorrow|tonight|between|from|around|about|or|fell|fall|"
    r"discontinued|treated|evaluated|consulted|recheck|check|repeat|services?|dosed|trained|out)\b|"
    r"\b(?:week|weekend|day|morning|evening|night) of|"
    r"\b(?:started|stopped|began|resumed|held|discontinued|given|received|on) [a-z-]{4,20}|"
    r"\b(?:transferred|admitted|discharged|seen|moved) (?:from|to|at|in)\b[^.;:\n/]{2,28}|"
    rf"\b{WEEKDAY}\b|s/p|d/c['’]?d?|f/u|\b[dt]:|\d{{6,10}})"
    r"\.?[ \t:,(=#*|\"'~-]{0,4}(?:(?:the|of|for|on|is|was|will be) )?$"
)
# After these a share or a count stands as often as a day does.
WEAK = regex(
    r"(?i)\b(?:from|by|or|about|around|given|held|due|next|us|check|through|after|before|received|cx|bcx|ucx|"
    r"cultures?|biopsy|bx|labs?|repeat|floor|(?:started|given|on) [a-z-]{4,20}|for|is|was|out|dosed|"
    r"(?<!week )(?<!weekend )(?<!day )of)"
    r"[ :,]{0,3}$"
)
ON = regex(r"(?i)\b(?:on|since|dated?)[ :]{1,2}$")
CULTURE = regex(r"(?i)\b(?:cx|bcx|ucx|cultures?)[ :,(]{0,3}$")
FRACTIONS = frozenset(((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 8)))
SCALE = regex(
    r"(?i)\b(?:gcs|glasgow|mmse|moca|phq\S{0,2}|gad\S{0,2}|scores?|scored|scale|rated|rates|pain|strength|"
    r"power|motor|apgars?|braden|murmur|grade|stage|acuity|vision|va|od|os|ou|iop|bp|reflex(?:es)?|pulses?|"
    r"dtrs?|edema|ratio|sats?|mallampati|level|fio2|days?|cycle|week|session|fraction|fx)[ :=(]{0,3}$"
)
# These name their score a few words later.
NAMED_SCALE = regex(
    r"(?i)\b(?:gcs|glasgow|mmse|moca|slums|phq\S{0,2}|gad\S{0,2}|nihss|audit|cage|score|scale|"
    r"screen)\b[^.;\n]{0,24}$"
)
COUNTED = regex(
    r"(?i)[ ]?(?:cultures?|bottles?|sets?|nodes?|lymph|cores?|leads?|limbs?|extremit|vessels?|beats?|sites?|"
    r"samples?|patients?|cases?|subjects?|positive|negative|throughout|bilateral|symmetric|intact|thirds?|"
    r"quadrants?|reflex|pulses?|edema|stools?|meals?|doses?|hours?|hrs?|days?|weeks?|wks?|months?|years?|"
    r"fractions?|fx|sessions?|cycles?|treatments?|classes|"
    r"in (?:the )?(?:all|upper|lower|left|right|both|bilateral|r\b|l\b|b))"
)
# A clock, a blood pressure of that day, or what happens on a day.
DAY_AFTER = regex(
    r"(?i)[ ]{0,2}(?:@|at[ ]\d|\d\d?:\d\d|[0-2]\d[0-5]\d(?:h|hrs?)?\b|[ap]\.?m\b|\d{2,3}/\d{2,3}\b|"
    r"(?:morning|afternoon|evening|night|overnight|appointment|appt|visit|note|labs?|ct|mri|cxr|echo|x-?ray|"
    r"surgery|procedure|admission|discharge|clinic|results?|scan|session|call|refill|follow-?up|f/u)\b)"
)
LINE_START = regex(r"(?:^|[\n;|])[ \t*•(-]{0,4}$")
# Largest values of scales and screens, and the denominators of an inch.
RARE_MAXIMA = frozenset((15, 16, 20, 21, 27, 30))
COMMON_MAXIMA = frozenset(("2", "3", "4", "5", "6", "8", "10"))
TEST_BEFORE = regex(
    r"(?i)\b(?:labs?|ct|cta|mri|cxr|x-?ray|echo|tte|tee|ekg|ecg|eeg|us|ultrasound|wbc|hgb|hb|plt|cr|bun|na|"
    r"k|inr|trop(?:onin)?|bnp|a1c|hba1c|tsh|lactate|cultures?|bx|biopsy|cath|dose|vaccine|visit|"
    r"note)\b[^()\n]{0,24}\($"
)
DENOMINATOR = regex(r"/(\d{1,2})(?![\d/])")


def _is_month_and_day(match: re.Match[str]) -> Certainty | None:
    """`on 3/14`, `labs (3/5)`, `3/14-3/18` and not `strength 3/5`, `1/2 tablet` or `pain 7/10`."""
    if is_measured(match) or not is_calendar_day(match):
        return None
    text_before = before(match, 40)
    if NAMED_SCALE.search(text_before) and not ON.search(text_before):
        return None
    if EVENT.search(text_before):
        return None if _is_share(match, text_before) else "plausible"
    if SCALE.search(text_before) or not exists(int(match["first"]), int(match["second"])):
        return None
    return "plausible" if _stands_alone(match, text_before) else None


def _is_share(match: re.Match[str], text_before: str) -> bool:
    """A fraction, a count, or a scale that both ends of a range have in common: `from 3/5 to 4/5`."""
    if not WEAK.search(text_before):
        return False
    first, second = int(match["first"]), int(match["second"])
    if (first, second) in FRACTIONS or COUNTED.match(after(match, 16)):
        return True
    if CULTURE.search(text_before) and second in (2, 4):
        return True
    denominators = DENOMINATOR.findall(value_of(match) + after(match, 12))
    return _repeats(denominators) or (len(denominators) == 1 and second in (5, 6, 10))


def _repeats(denominators: list[str]) -> bool:
    return len(denominators) > 1 and len(set(denominators)) == 1


def _stands_alone(match: re.Match[str], text_before: str) -> bool:
    """No word before it names a date; its neighbours or its own digits do."""
    second, following = int(match["second"]), after(match, 16)
    # Nobody writes 0 before a share.
    if DAY_AFTER.match(following) or "0" in (match["first"][0], match["second"][0]):
        return True
    if text_before.endswith("(") and following.startswith(")"):
        return TEST_BEFORE.search(text_before) is not None or (
            second > 12 and not _is_of_a_count(match, text_before)
        )
    if LINE_START.search(text_before) and re.match(r"[):\t|]|[ ]?- |[ ]{1,4}[\t|]", following):
        return second not in (5, 10)
    if COUNTED.match(following):
        return False
    denominators = DENOMINATOR.findall(value_of(match))
    if len(denominators) > 1:
        return not _repeats(denominators) and not set(denominators) <= COMMON_MAXIMA
    return second > 12 and second not in RARE_MAXIMA and not _is_of_a_count(match, text_before)


def _is_of_a_count(match: re.Match[str], text_before: str) -> bool:
    """`53% (10/19)`, `7/13 (54%)`, `9/17 v 8/17`: shares of one whole, which comes again nearby."""
    around = match.string[max(0, match.start() - 300) : match.end() + 300]
    again = len(re.findall(rf"\d/{match['second']}(?!\d)", around)) > 1
    compared = re.search(r"(?i)(?:%|\b(?:v|vs|versus|only|in|and|than))[\W_]{1,4}$", text_before)
    return again or compared is not None or re.match(r"[ ]?[(\[=]\s?\d", after(match, 5)) is not None


def _is_labelled_day(match: re.Match[str]) -> Certainty | None:
    return "plausible" if is_calendar_day(match) else None


RULES = (
    rule(
        "date-month-and-day",
        "DATE",
        (
            rf"(?<![\w/.+])(?<!\d-)(?P<value>(?P<first>{DAY})/(?P<second>{DAY})"
            rf"(?:[ ]?(?:-|,|&|;|and|, and|to|or|through|thru|till|until)[ ]?"
            rf"(?:{DAY}/{DAY}(?:/(?:\d\d){{1,2}})?|(?:1[3-9]|2\d|3[01])(?![\d.%/])(?![ ]?[a-z])))"
            rf"{{0,6}}(?![\d/%]|[.]\d){TIME}?)"
        ),
        0.6,
        judge=_is_month_and_day,
        digit=True,
        symbol="/",
    ),
    rule(
        "date-month-and-day-by-label",
        "DATE",
        (
            r"(?i)\b(?:dob|lmp|edd|edc|dos|doa|dod|dates?|dated|(?:re)?admitted|discharged|"
            r"onset(?: between)?)[ :=#(]{1,3}"
            rf"(?P<value>(?P<first>{DAY})[-.](?P<second>{DAY}))(?![\d/%.-])"
            r"(?![ ]?(?:mm|cm|mg|ml|kg|lb|oz|l|x|wks?|hrs?|days?|weeks?|months?|hours?|units?|points?|times)"
            r"(?![a-z]))"
        ),
        0.7,
        judge=_is_labelled_day,
        words="dob lmp edd edc dos doa dod date dates dated admitted readmitted discharged onset",
        digit=True,
    ),
)
