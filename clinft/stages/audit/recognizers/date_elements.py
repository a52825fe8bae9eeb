"""(C) Parts of a date that stand alone: a weekday, a month, a day of the month, a holiday."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.date_forms import ANY_MONTH, CLEAR_MONTHS, FULL_MONTHS, MONTH_WORDS, YEAR
from clinft.stages.audit.rule import Certainty, after, before, rule

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
LONG = rf"(?i:{WEEKDAYS.replace(' ', '|')})"
SHORT = r"(?:Mon|Tues?|Weds?|Thurs?|Thu|Fri|Sat|Sun|MON|TUES?|WED|THURS?|THU|FRI|SAT|SUN)"
ANY_DAY = rf"(?i:(?:{WEEKDAYS.replace(' ', '|')}|mon|tues?|weds?|thurs?|thu|fri|sat|sun)s?)"
# What happens every week is no date: a schedule, a rule of the calendar, opening hours.
EVERY = regex(
    r"(?i)\b(?:every|each|weekly|daily|(?:the|every) (?:first|second|third|fourth|last|other))[ :,(]{1,3}$"
)
RULE_AFTER = regex(
    r"(?i)['’]?s\b|[ ](?:before|after|of (?:each|every|the month)|(?:through|thru|to)\b|"
    r"(?:nights|mornings|evenings|afternoons))"
)
NEIGHBOUR = r"[ ]?(?:,|/|-|&|and|, and|or|through|thru|to)[ ]?"
NEXT_DAYS = regex(rf"\.?{NEIGHBOUR}{ANY_DAY}\b(?P<third>\.?{NEIGHBOUR}{ANY_DAY}\b)?")
LAST_DAYS = regex(rf"(?P<third>{ANY_DAY}\.?{NEIGHBOUR})?\b{ANY_DAY}\.?(?P<gap>{NEIGHBOUR})$")
SPAN = regex(r"(?i)-|through|thru|to")

MONTH_CUE = (
    r"(?i:in|since|last|this|during|early|late|mid|by|until|through|next|of|from|started|began|born|due|"
    r"before|after|around)"
)
FULL_CLEAR = "|".join(month for month in FULL_MONTHS if month in CLEAR_MONTHS)
CLINICAL_EVENT = (
    r"(?:surgery|operation|procedure|ct|mri|pet|x-?ray|scan|echo|ultrasound|mammogram|visit|appointment|"
    r"admission|hospitali[sz]ation|discharge|biopsy|results?|labs?|note|stroke|fall|episode|injury|nodule|"
    r"mass|fracture|infection|flare|seizure|colonoscopy|endoscopy|exam|study|images?|report)"
)
HOLIDAY = (
    r"(?i:christmas(?: (?:eve|day))?|new year['’]?s(?: (?:eve|day))?|thanksgiving(?: day)?|halloween|"
    r"easter(?: sunday)?|labor day|memorial day|independence day|valentine['’]?s day|veterans day|"
    r"mother['’]?s day|father['’]?s day|st\.? patrick['’]?s day|juneteenth|good friday|presidents['’]? day|"
    r"boxing day|columbus day|martin luther king(?: jr\.?)? day|mlk day|ash wednesday|hanukkah|diwali|"
    r"ramadan|yom kippur|rosh hashanah|cinco de mayo|mardi gras|lunar new year|groundhog day|earth day)"
)
HOLIDAY_WORDS = (
    "christmas new thanksgiving easter halloween labor memorial independence valentine valentines veterans "
    "mother mothers father fathers patrick patricks juneteenth good presidents boxing columbus martin mlk "
    "ash hanukkah diwali ramadan yom rosh cinco mardi lunar groundhog earth"
)

SEASON_BEFORE = regex(rf"{ANY_MONTH}\.?[ ]?(?i:-|to|through|thru)[ ]?$")
SEASON_AFTER = regex(rf"[ ]?(?i:-|to|through|thru)[ ]?{ANY_MONTH}\b")


def _is_one_day(match: re.Match[str]) -> Certainty | None:
    """Not `every Monday`, `Monday through Friday` or `Tuesday, Thursday and Saturday`."""
    text_before, following = before(match, 40), after(match, 40)
    if EVERY.search(text_before) or RULE_AFTER.match(following):
        return None
    ahead, behind = NEXT_DAYS.match(following), LAST_DAYS.search(text_before)
    listed = (ahead and (behind or ahead["third"])) or (behind and behind["third"])
    spanned = behind is not None and SPAN.search(behind["gap"]) is not None
    return None if listed or spanned or following.startswith("/") else "plausible"


def _is_month(match: re.Match[str]) -> Certainty | None:
    """Not a season that runs `October through March`, nor a month whose day or year another rule reads."""
    dated = re.match(r"[ ,]{1,2}(?:\d|of\b)", after(match, 4))
    season = SEASON_BEFORE.search(before(match, 24)) or SEASON_AFTER.match(after(match, 24))
    return None if dated or season else "plausible"


RULES = (
    rule(
        "weekday",
        "MONTH_OR_WEEKDAY",
        rf"(?<!\w){LONG}(?!\w)",
        0.5,
        judge=_is_one_day,
        words=WEEKDAYS,
    ),
    rule(
        "weekday-short",
        "MONTH_OR_WEEKDAY",
        (
            r"\b(?i:on|last|next|this|since|until|till|by|seen|due|admitted|discharged|again|return|appt|f/u)"
            rf"[ ](?P<value>{SHORT})(?![\w-])(?![ ]?\d)"
        ),
        0.45,
        judge=_is_one_day,
        words="mon tue tues wed weds thu thur thurs fri sat sun",
    ),
    rule(
        "month",
        "MONTH_OR_WEEKDAY",
        (
            rf"\b{MONTH_CUE}[ -](?P<value>(?i:{FULL_CLEAR})|"
            r"May|March|MARCH|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)(?!\w)(?![ ]?\d)"
        ),
        0.5,
        judge=_is_month,
        words=MONTH_WORDS,
    ),
    rule(
        "month-of-event",
        "MONTH_OR_WEEKDAY",
        rf"(?i)\bthe[ ](?P<value>{'|'.join(FULL_MONTHS)})(?=[ ]{CLINICAL_EVENT}\b)",
        0.5,
        words=MONTH_WORDS,
    ),
    rule(
        "day-of-month",
        "MONTH_OR_WEEKDAY",
        (
            r"(?i)\b(?:on|since|by|until|till|from|before|after) the[ ]"
            r"(?P<value>(?:[1-9]|[12]\d|3[01])(?:st|nd|rd|th))"
            r"(?=[.,;)]|\s(?:and|at|of (?:this|last|next|the) month|with|for)\b|\s{0,3}$)"
        ),
        0.45,
        digit=True,
    ),
    rule(
        "holiday-of-year",
        "DATE",
        rf"(?<!\w){HOLIDAY},?[ ](?:(?i:of|in)[ ])?(?:{YEAR}(?!\d)|['’]\d\d(?!\d))",
        0.75,
        words=HOLIDAY_WORDS,
        digit=True,
    ),
    rule(
        "holiday",
        "MONTH_OR_WEEKDAY",
        rf"\b(?i:on|since|over|until)[ ](?P<value>{HOLIDAY})(?!\w)",
        0.45,
        words=HOLIDAY_WORDS,
    ),
)
