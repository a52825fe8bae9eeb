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
    r"discontinued|treated|evaluated|consulted|recheck|check|repeat|services?|dosed|trained|out|stop|read|off|"
    r"eval|evaluation|spiked|spikes|defervesced|changed|replaced|exchanged|hd|dialysis|vac|trach|picc)\b|"
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
    r"read|off|changed|(?<!week )(?<!weekend )(?<!day )of)"
    r"[ :,]{0,3}$"
)
ON = regex(r"(?i)\b(?:on|since|dated?)[ :]{1,2}$")
FROM = regex(r"(?i)\bfrom $")
CULTURE = regex(r"(?i)\b(?:cx|bcx|ucx|cultures?)[ :,(]{0,3}$")
FRACTIONS = frozenset(((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 8)))
SCALE = regex(
    r"(?i)\b(?:gcs|glasgow|mmse|moca|phq\S{0,2}|gad\S{0,2}|scores?|scored|scale|rated|rates|pain|strength|"
    r"power|motor|apgars?|braden|murmur|grade|stage|acuity|vision|va|od|os|ou|iop|bp|reflex(?:es)?|pulses?|"
    r"dtrs?|edema|ratio|sats?|mallampati|level|fio2|days?|cycle|week|session|fraction|fx|"
    r"recall(?:ed)?|registration|orientation|naming|fluency|attention|questions?|items?|correct|quiz|"
    r"m?ews|news2?|q?sofa|ciwa(?:-ar)?|cows|flacc|bishop|p?ews|curb(?:-65)?|wells|centor|aspects|barthel|"
    r"norton|tinetti|berg|bims|rudas|epds|edinburgh|epworth|stop-?bang|mini-?cog|i-?pss|fim|"
    r"pages?|pg|parts?|slides?|sheets?|images?|steps?|rounds?|risk|chance|odds|rate|carrier|"
    r"tit(?:er|re)s?|rpr|vdrl|ana|diluted|dilution|bipap|vent|peep|rr|tensions?|pressures?|tono\w{0,6}|"
    r"lotrel|azor|caduet|vytorin|exforge|benazepril|olmesartan|atorvastatin|simvastatin|hctz|"
    r"cyp\w{2,5}|genotype|diplotype|haplotype|hla|ck|(?:cyto)?keratins?|nodes?|lns?|sln|p?n[0-3][abc]?|tooth|"
    r"teeth|rooms?|rm|bed|schirmer|h ?[/&] ?h|h(?:gb|b|ct)/h(?:gb|b|ct)|ast/alt|alt/ast|bun/cr(?:eat)?|"
    r"needles?|syringes?|screws?|\d ?g(?:a|auge)?|x|×)"
    r"[ :=(*]{0,3}(?:(?:is|was|of|today|total) )?$"
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
    r"fractions?|fx|sessions?|cycles?|treatments?|classes|blocks?|slides?|margins|ros\b|systems?|questions?|"
    r"items?|words|objects|controls|participants|eyes|points?|correct|"
    r"in (?:the )?(?:all|upper|lower|left|right|both|bilateral|r\b|l\b|b))"
)
# `2/3 gastrectomy`, `5/16" needle`
OF_WHOLE = regex(r"(?i) (?:gastr|hepat)ectomy|[ -]?[\"”″]")
# A clock, a blood pressure of that day, or what happens on a day.
DAY_AFTER = regex(
    r"(?i)[ ]{0,2}(?:@|at[ ]\d{1,4}(?![\d ]{0,2}(?:min|sec|m\b|h(?:ou)?rs?\b|weeks?|months?))|"
    r"\d\d?:\d\d|[0-2]\d[0-5]\d(?:h|hrs?)?\b|[ap]\.?m\b|\d{2,3}/\d{2,3}\b|"
    r"(?:morning|afternoon|evening|night|overnight|appointment|appt|visit|note|labs?|ct|mri|cxr|echo|x-?ray|"
    r"surgery|procedure|admission|discharge|clinic|results?|scan|session|call|refill|follow-?up|f/u)\b)"
)
LINE_START = regex(r"(?:^|[\n;|])[ \t*•(-]{0,4}$")
COMMON_MAXIMA = frozenset(("2", "3", "4", "5", "6", "8", "10"))
# So many neighbours are asked about.
MOST_DAYS = 8
POWERS_OF_TWO = frozenset(("2", "4", "8", "16"))
TEST_BEFORE = regex(
    r"(?i)\b(?:labs?|ct|cta|mri|cxr|x-?ray|echo|tte|tee|ekg|ecg|eeg|us|ultrasound|wbc|hgb|hb|plt|cr|bun|na|"
    r"k|inr|trop(?:onin)?|bnp|a1c|hba1c|tsh|lactate|cultures?|bx|biopsy|cath|dose|vaccine|visit|"
    r"note)\b[^()\n]{0,24}\($"
)
DENOMINATOR = regex(r"/(\d{1,2})(?![\d/])")
# Shares of one whole are compared with each other; the days of a course are not.
COMPARED = regex(r"(?i)\b(?:v|vs|versus|only|than)[\W_]{1,4}$")
COMPARED_AFTER = regex(r"(?i)[^.;\n]{0,30}\b(?:v|vs|versus)\b\.? ?\d")
OF_ALL = regex(r"(?i)\b(?P<and>and|in)[\W_]{1,4}$")
DEVICE_IN = regex(
    r"(?i)\b(?:foley|lines?|picc|tubes?|drain|cath(?:eter)?|ivs?|stent|pump|port|"
    r"put|went|came|back|moved) in $"
)
COUNT_NEARBY = regex(
    r"(?i)\b(?:patients|subjects|participants|cases|controls|cohort|placebo|arms?|groups?|responders|samples|"
    r"mice|rats|studies|trials|nodes|cores|bottles|questions|items|points|correct|scored?|scores|scale)\b"
)
SHARE_BEFORE = regex(r"(\d{1,3}(?:\.\d{1,2})?) ?%[\W_]{1,4}$")
SHARE_AFTER = regex(r"[ ]?(?:[(\[]\s?\d{1,3}(?:\.\d{1,2})?\s?[%)\]]|=\s?\d)")
SNELLEN = frozenset(((6, 5), (6, 6), (6, 9), (6, 12), (6, 18), (6, 24)))
EYES = regex(r"(?i)\b(?:acuity|vision|va|eyes?|snellen|o[dsu]|right|left|[rl])\b")
DASHED_EVENT = (
    "on since until effective due admitted admit adm admission discharged discharge dc dced seen surgery "
    "procedure operation visit visited transferred died expired collected drawn scheduled appt appointment "
    "returned returns performed placed removed started stopped"
)
CLOCK_AFTER = regex(r" at (?:[01]?\d|2[0-3]):?[0-5]\d")
MONTH_AND_DAY = regex(rf"(?<![\w/.+-])(?P<first>{DAY})/(?P<second>{DAY})(?![\d/%]|\.\d)")


def _is_month_and_day(match: re.Match[str]) -> Certainty | None:
    """`on 3/14`, `labs (3/5)`, `3/14-3/18` and not `strength 3/5`, `1/2 tablet` or `pain 7/10`."""
    if is_measured(match) or OF_WHOLE.match(after(match, 16)) or not is_calendar_day(match):
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
    if _repeats(denominators):
        return FROM.search(text_before) is not None or not _is_monthly(match)
    return len(denominators) == 1 and second in (5, 6, 10)


def _repeats(denominators: list[str]) -> bool:
    return len(denominators) > 1 and len(set(denominators)) == 1


def _is_monthly(match: re.Match[str]) -> bool:
    """`labs 3/14, 4/14, 5/14`: the same day of later and later months."""
    months = [int(day["first"]) for day in MONTH_AND_DAY.finditer(value_of(match).replace("-", ","))]
    rising = len(months) > 1 and months == sorted(set(months)) and months[-1] <= 12
    return rising and int(match["second"]) > 12 and not _is_of_a_count(match, before(match, 40))


def _stands_alone(match: re.Match[str], text_before: str) -> bool:
    """No word before it names a date; its neighbours or its own digits do."""
    first, second, following = int(match["first"]), int(match["second"]), after(match, 28)
    # Nobody writes 0 before a share.
    if DAY_AFTER.match(following) or "0" in (match["first"][0], match["second"][0]):
        return True
    if (first, second) in SNELLEN and EYES.search(text_before):
        return False
    if text_before.endswith("(") and following.startswith((")", "-)")):
        return _is_in_brackets(match, text_before, following)
    if LINE_START.search(text_before) and re.match(r"[):\t|]|[ ]?- |[ ]{1,4}[\t|]", following):
        return second not in (5, 10)
    denominators = DENOMINATOR.findall(value_of(match))
    if len(denominators) > 1 or COUNTED.match(following):
        several = len(set(denominators)) > 1 and not set(denominators) <= COMMON_MAXIMA
        return (several or _is_monthly(match)) and not COUNTED.match(following)
    return (second > 12 and not _is_of_a_count(match, text_before)) or _has_other_days(match, text_before)


def _is_in_brackets(match: re.Match[str], text_before: str, following: str) -> bool:
    """`(3/4-)`: still running."""
    if following.startswith("-") or TEST_BEFORE.search(text_before):
        return True
    return int(match["second"]) > 12 and not _is_of_a_count(match, text_before)


def _has_other_days(match: re.Match[str], text_before: str) -> bool:
    """`spiked 2/8, afebrile 2/10, home 2/12`: shares seldom have the top in common and the whole not."""
    around = match.string[max(0, match.start() - 150) : match.end() + 150]
    first = {
        other["second"]: other
        for other in reversed(list(MONTH_AND_DAY.finditer(around)))
        if other["first"] == match["first"]
    }
    alone = LINE_START.search(text_before) is None
    # Asked before it costs more: a long text may be made of nothing else.
    if not _are_days(frozenset(first), alone):
        return False
    days = (second for second, other in list(first.items())[:MOST_DAYS] if not _is_explained(other))
    return _are_days(frozenset(days), alone)


def _are_days(seconds: frozenset[str], alone: bool) -> bool:
    if seconds <= COMMON_MAXIMA:  # enough only where they stand below each other
        return len(seconds) > 2 and not alone
    return len(seconds - POWERS_OF_TWO) > 1


def _is_explained(match: re.Match[str]) -> bool:
    text_before = before(match, 40)
    return bool(
        is_measured(match)
        or COUNTED.match(after(match, 16))
        or SCALE.search(text_before)
        or NAMED_SCALE.search(text_before)
    )


def _is_of_a_count(match: re.Match[str], text_before: str) -> bool:
    """`53% (10/19)`, `7/13 (54%)`, `9/17 v 8/17`: shares of one whole."""
    percent = SHARE_BEFORE.search(text_before)
    if percent and abs(float(percent[1]) - 100 * int(match["first"]) / int(match["second"])) <= 1:
        return True
    if COMPARED.search(text_before) or COMPARED_AFTER.match(after(match, 40)):
        return True
    if SHARE_AFTER.match(after(match, 12)):
        return True
    around = match.string[max(0, match.start() - 100) : match.end() + 100]
    again = len(re.findall(rf"\d/{match['second']}(?!\d)", around)) > 1
    of_all = OF_ALL.search(text_before)
    if of_all and (again or of_all["and"].lower() == "in") and not DEVICE_IN.search(text_before):
        return True
    return again and COUNT_NEARBY.search(around) is not None


def _is_labelled_day(match: re.Match[str]) -> Certainty | None:
    return "plausible" if is_calendar_day(match) else None


def _is_day_of_event(match: re.Match[str]) -> Certainty | None:
    """`seen 3-14`, `on 03-04`, and not `seen 3-4 times` or `lives on 2-3`."""
    if not exists(int(match["first"]), int(match["second"])):
        return None
    clear = int(match["second"]) > 12 or "0" in (match["first"][0], match["second"][0])
    return "plausible" if clear or CLOCK_AFTER.match(after(match, 10)) else None


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
            r"(?i)\b(?:dob|lmp|edd|edc|dos|doa|dod|dates?(?: of [a-z]{3,12})?|dated|(?:re)?admitted|"
            r"discharged|onset(?: between)?)[ :=#(]{1,3}"
            rf"(?P<value>(?P<first>{DAY})[-.](?P<second>{DAY}))(?![\d/%.-])"
            r"(?![ ]?(?:mm|cm|mg|ml|kg|lb|oz|l|x|wks?|hrs?|days?|weeks?|months?|hours?|units?|points?|times)"
            r"(?![a-z]))"
        ),
        0.7,
        judge=_is_labelled_day,
        words="dob lmp edd edc dos doa dod date dates dated admitted readmitted discharged onset",
        digit=True,
    ),
    rule(
        "date-month-and-day-of-event",
        "DATE",
        (
            rf"(?im)(?:\b(?:{DASHED_EVENT.replace(' ', '|')})|d/c['’]?d?|f/u)[ :,]{{1,3}}(?:on )?"
            rf"(?P<value>(?P<first>{DAY})-(?P<second>{DAY})(?: (?:to|through|thru|and) {DAY}-{DAY})?)"
            r"(?=[.,;)]?\s{0,3}$|[.,;)](?!\d)| at \d| (?:with|for|by|and|via|due|after)\b)"
        ),
        0.6,
        judge=_is_day_of_event,
        words=f"{DASHED_EVENT} d f",
        digit=True,
        symbol="-",
    ),
    rule(
        "date-digits-by-key",
        "DATE",
        (
            r"(?i)(?<![a-z])(?:dates?|dob|dos|doa|dod)[\"']?[ ]?[:=][\"' ]{0,3}"
            r"(?P<value>(?P<first>0[1-9]|1[0-2])(?P<second>0[1-9]|[12]\d|3[01]))(?![\w%/]|[.:-]\d)"
        ),
        0.7,
        judge=_is_labelled_day,
        words="date dates dob dos doa dod",
        digit=True,
    ),
)
