"""(C) Ages over 89. Age 89 may stay, 90 may not, and the pooled "90 or older" may."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.date_forms import ANY_MONTH
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

# Whoever was born in 1936 turns 90 in 2026. The year moves on once a year; being late by one misses nobody
# who was over 89 when the table was last read.
NEWEST_BIRTH_YEAR = 1936
OLDEST_BIRTH_YEAR = 1890

AGE = r"(?:9\d|1[01]\d|120)"
ONES_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
TEENS = r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
SPELLED = rf"(?i:ninety(?:[ -]{ONES})?|(?:one|a)?[ -]?hundred(?:[ -](?:and[ -])?(?:{ONES}|{TEENS}))?)"
YEARS_OLD = (
    r"(?i:[ -]?(?:years?|yrs?\.?|yr\.|y)[ -]?old|[ -]?(?:years?|yrs?) of age|[ -]?y[./-]?o\b\.?|"
    r"[ -]?y/?o[ ]?(?:[wbhc]|aa)?[mf]\b|"
    r"[ -]?y\.[ ]?o\.?|[ -]?y[rs]*[ ]?/[ ]?[mf]\b|[ -](?:years?|yrs?)[ ,]{1,2}(?:fe)?male\b)"
)
PERSON = (
    r"(?:(?:grand|step|great-?grand)?(?:mother|father|mom|dad|ma|pa)|mum|wife|husband|spouse|partner|sister|"
    r"brother|son|daughter|aunt|uncle|nephew|niece|parent|neighbor|roommate|cousin|patient|pt|resident|"
    r"client|he|she|who|gentleman|lady|man|woman|male|female|veteran|widow|widower)"
)
# Not names, though they begin a sentence: `Pulse, 94, was regular`, `Sodium is 94.`
RESULT = regex(
    r"\b(?:Pulse|Sats?|Saturations?|[SP][pa]?O2|Oxygen|Rate|Pressure|Temp|Temperature|Weight|Wt|Height|Glucose|"
    r"Sugars?|Hematocrit|Hemoglobin|Platelets?|Creatinine|Sodium|Potassium|Chloride|Calcium|Magnesium|Lactate|"
    r"Ferritin|Iron|Ammonia|Urea|Protein|Albumin|Bilirubin|Phosphatase|Troponin|Lipase|Amylase|Insulin|Cortisol|"
    r"Cholesterol|Triglycerides|Total|Sum|Score|Level|Count|Dose|Value|Result|Reading|Index|Ratio|Difference|"
    r"Max|Maximum|Min|Minimum|Peak|Mean|Median|Average|Goal|Target|Limit|Threshold|Cutoff|Answer|Interval|"
    r"Systolic|Diastolic|Output|Volume|Size|Length|Distance|Speed|Capacity|Amount|Price|Cost|Balance|Number|"
    r"Room|Unit|Bed|Ward|Table|Figure|Page|Section|Chapter|Step|Day|Week|Line|Item|Question|Code|Version|"
    r"Percent|Percentile|Controls|Patients|Cases|Subjects|Today|It|This|That|There|Which|What|Here|Age|"
    r"[A-Z\d]{2,3}|EGFR|SPO2)(?:, | is (?:now |almost |nearly )?|,? \()$"
)
VERB = (
    r"fell|fall|is|was|came|comes|presents|presented|reports|reported|denies|denied|says|said|states|stated|"
    r"lives|lived|arrived|collapsed|tripped|slipped|broke|hit|has|had|died|passed|moved|wants|refuses|refused|"
    r"declines|declined|takes|uses|walks|remains|continues|developed|underwent|feels|felt|admitted|seen|"
    r"complains|needs|resides|returns|returned|transferred|brought"
)
OF_AGE = r"(?:[ _](?:at|on|in)(?:[ _][a-z]{1,12}){1,3}|[ _](?:years?|yrs?|y|yo|group|range|band|value|now))?"
NAMED = r"(?:[A-ZÀ-Þ][\w'’-]{1,20}|(?i:\b(?:mrs?|ms|miss)\.?)[ ][\w'’-]{2,20})"
# What follows a number that is no age.
MEASURED = regex(
    r"(?i)[ ]?(?:%|°|/\s?\d|mm|cm|kg|lbs?\b|pounds?|mg|mcg|ml|bpm|beats|degrees?|deg\b|"
    r"[fc]\b(?![ ,]*(?:with|who))|on (?:ra|room|\d ?l)\b|over \d|percent|days?|weeks?|months?|"
    r"hours?|minutes?|points?|cells|units?|miles)"
)
# Before 101 F: a temperature, or the same in Celsius.
TEMPERATURE = regex(
    r"(?i)(?:\b(?:t|tm|tmax|temps?|temperature|hr|bp|rr|sats?)\b|fever|febrile|°|\d ?c\b)[^.;\n]{0,14}$|"
    r"\b(?:of|to|was|is) ?$"
)
DURATION_AFTER = regex(
    r"(?i)\s?(?:ago|later|earlier|prior|before|after|history|of (?!age)|follow|survival|in)\b"
)
DURATION_BEFORE = regex(
    r"(?i)\b(?:for|over|past|last|within|after|every|next|than|to|additional|another|about|"
    r"expectancy(?: at| of| is)?)\s{1,2}$"
)
POOLED_AFTER = regex(
    r"(?i)\s?(?:\+|(?:years? |yrs? )?(?:old )?(?:of age )?(?:or|and) (?:older|over|above|more|up|beyond))"
)
POOLED_BEFORE = regex(
    r"(?i)(?:over|above|>=?|≥|at least|older than|(?:over|above|beyond) (?:the )?ages?(?: of)?|past)\s?$"
)
OF_MANY = regex(r"(?i)\b(?:median|mean|average) (?:patient )?ages?\b[^.;\n\d]{0,14}$")
WEATHER = regex(r"(?i)\.?[ ](?:ambient|temp(?:erature)?s?\b|degrees|fahrenheit|heat)")


def _is_single_age(match: re.Match[str]) -> Certainty | None:
    """The pooled class of the rule itself: `90 or older`, `90+`, `over 90`, `>= 90`; or a middle of many."""
    text_before = before(match, 30)
    pooled = POOLED_AFTER.match(after(match, 32)) or POOLED_BEFORE.search(text_before)
    return None if pooled or OF_MANY.search(text_before) or "+" in value_of(match) else "plausible"


def _is_years(match: re.Match[str]) -> Certainty | None:
    """`94 years, alert` and not `95 years ago` or `for 95 years`."""
    lasting = DURATION_AFTER.match(after(match, 12)) or DURATION_BEFORE.search(before(match, 16))
    return None if lasting else _is_single_age(match)


def _is_unmeasured_age(match: re.Match[str]) -> Certainty | None:
    """`age 94`, `she is 94` and not `age 94 months`, `he was 94% on room air`."""
    return None if MEASURED.match(after(match, 12)) else _is_single_age(match)


def _is_of_person(match: re.Match[str]) -> Certainty | None:
    return None if RESULT.search(before(match, 32)) else _is_unmeasured_age(match)


def _is_age_and_sex(match: re.Match[str]) -> Certainty | None:
    """`94F` and not the temperature `101 F (38.3 C)` or technetium-99m."""
    value, following = value_of(match), after(match, 12)
    celsius = re.match(r"\.?[ ]?\(|[ ]?[,/]?[ ]?\d\d(?:\.\d)? ?C", following)
    fahrenheit = value[-1] in "Ff" and (celsius or TEMPERATURE.search(before(match, 24)))
    return None if fahrenheit or value == "99m" or WEATHER.match(following) else "plausible"


def _is_noun_age(match: re.Match[str]) -> Certainty | None:
    """`a 94 female` and not `94 female patients`."""
    counted = re.match(
        r"(?i)s\b|[ ](?:patients|participants|subjects|students|nurses|rats|mice)", after(match, 16)
    )
    return None if counted else _is_single_age(match)


def _is_long_life(match: re.Match[str]) -> Certainty | None:
    """From birth to death, or to now, more than 89 years."""
    birth, death = int(match["birth"]), match["death"]
    last = int(death) if death and death.isdigit() else NEWEST_BIRTH_YEAR + 90
    return "plausible" if 90 <= last - birth <= 120 else None


def _is_birth_year(match: re.Match[str]) -> Certainty | None:
    return "plausible" if OLDEST_BIRTH_YEAR <= int(value_of(match)[:4]) <= NEWEST_BIRTH_YEAR else None


RULES = (
    rule(
        "age-old",
        "AGE_OVER_89",
        rf"(?<![\w.])(?<!\d-)(?<!\d - )(?:{AGE}[ ]?(?:-|to|or|and)[ ]?)?{AGE}{YEARS_OLD}",
        0.9,
        judge=_is_single_age,
        digit=True,
    ),
    rule(
        "age-years",
        "AGE_OVER_89",
        rf"(?i)(?<![\w.+-])(?<!\d - )(?<!\d to ){AGE}[ -]?(?:years?|yrs?|y)\b",
        0.75,
        judge=_is_years,
        digit=True,
    ),
    rule(
        "age-label",
        "AGE_OVER_89",
        (
            rf"(?i)\b(?:ages?{OF_AGE}|aged|turned|turning|turns|aet|(?:died|deceased|d\.|passed(?: away)?)"
            r"(?: (?:at|aged|age|of|when|in)){1,2}|lived to(?: be)?|alive at)\.?(?: ?\((?:years?|yrs?|y)\))?"
            r"[\"'*| ]{0,3}[:=|(]?[\"'*| ]{0,3}(?:is |of |at |was |just |now )?"
            rf"(?P<value>0?{AGE}(?:\.\d{{1,2}}(?![\d.])|[ ]?(?:-|to|and|or)[ ]?{AGE})?)"
            r"(?!\d|[.%/-]\d|%|['’]?s\b)"
        ),
        0.85,
        judge=_is_unmeasured_age,
        words="age ages aged turned turning turns aet died deceased d passed lived alive",
        digit=True,
    ),
    rule(
        "age-and-sex",
        "AGE_OVER_89",
        (
            r"(?m)(?:^[ \t\"'(*-]{0,4}|\b(?:[Aa]n?|[Pp]t|[Pp]atient|[Tt]his|[Ff]or|[Oo]ld|[Ww]ith|[Ee]lderly|"
            r"[Ff]rail|[Pp]leasant)[ ]|"
            r"[,;:(|/-][ ]{0,2})"
            rf"(?P<value>{AGE}(?:[ ]?(?:yo|y)?[ ]?(?:(?:[WB]|AA)?[MF]|[mf])|"
            r"[ ]?[/|][ ]?(?:[MFmf]|(?i:fe)?male)))"
            r"(?![\w/-])"
        ),
        0.7,
        judge=_is_age_and_sex,
        digit=True,
    ),
    rule(
        "sex-and-age",
        "AGE_OVER_89",
        rf"(?<![\w/.-])[MF](?:[ ]?/[ ]?|, ?){AGE}(?![\w/%-]|\.\d)",
        0.7,
        digit=True,
    ),
    rule(
        "age-before-noun",
        "AGE_OVER_89",
        (
            rf"(?mi)(?:^[ \t]{{0,4}}|\b(?:an?|this|the|pt|patient|is|with|for)[ ])"
            rf"(?P<value>{AGE}[ -](?:fe)?(?:male|man|woman|gentleman|lady))\b"
        ),
        0.75,
        judge=_is_noun_age,
        digit=True,
    ),
    rule(
        "age-after-noun",
        "AGE_OVER_89",
        (
            rf"(?i)(?:\b{PERSON}(?:(?: is| was| turns| now|,){{1,2}} (?:now |almost |nearly |just turned )?|"
            rf"(?: of(?: [\w'’-]{{1,20}}){{1,4}})? \((?:age )?)|\bs?he['’]s (?:now |almost |nearly )?)"
            rf"(?P<value>{AGE}|{SPELLED})"
            r"(?=[,;.!?)]|\s{0,3}$| (?:and|but|with|who|years|so|when)\b)(?!\.\d)"
        ),
        0.7,
        judge=_is_unmeasured_age,
    ),
    rule(
        "age-after-name",
        "AGE_OVER_89",
        (
            rf"\b{NAMED}(?: is (?:now )?|,? \((?:age )?|, )(?P<value>{AGE}|{SPELLED})"
            r"(?=\)|,? (?i:and|of|who|was|passed|died|presented|presents|lives|lived|has|had)\b|"
            r"(?<=[a-z])\.\s)"
        ),
        0.7,
        judge=_is_of_person,
    ),
    rule(
        "age-of-name",
        "AGE_OVER_89",
        (
            rf"\b{NAMED}(?:, (?=\d{{2,3}}, (?:{VERB})\b)|"
            r" is (?:now |almost |nearly )?(?=\d{2,3}(?:[;,]|\.(?!\d)|\s{0,3}$)))"
            rf"(?P<value>{AGE})(?!\d)"
        ),
        0.65,
        judge=_is_of_person,
        digit=True,
    ),
    rule(
        "age-to-come",
        "AGE_OVER_89",
        (
            rf"(?i)\bwill be (?P<value>{AGE}|{SPELLED})"
            rf"(?= (?:in {ANY_MONTH}|on (?:{ANY_MONTH}|his|her)|(?:next|this) (?:week|month|year)|soon)\b)"
        ),
        0.65,
        judge=_is_unmeasured_age,
        words="will",
    ),
    rule(
        "age-of-subject",
        "AGE_OVER_89",
        rf"\bAt (?P<value>{AGE}|{SPELLED})(?=,? (?i:she|he|they|mrs?|ms|the patient)\b)",
        0.65,
        judge=_is_unmeasured_age,
        words="at",
    ),
    rule(
        "age-at-start",
        "AGE_OVER_89",
        (
            rf"(?mi)^[ \t\"'*-]{{0,4}}(?P<value>{AGE}) (?:and|but|still) (?:still |as |very )?"
            r"(?:sharp|spry|healthy|independent|active|frail|lives|living|alert|well)\b"
        ),
        0.6,
        digit=True,
    ),
    rule(
        "age-birthday",
        "AGE_OVER_89",
        (
            rf"(?i)(?<![\w.])(?:(?:{AGE}(?:st|nd|rd|th)|ninetieth|ninety-{ONES_ORDINAL}|(?:one )?hundredth) "
            rf"(?:birthday|year of life)|(?<=birthday )(?:(?:number|no\.?|#) ?)?{AGE}(?![\d/]))"
        ),
        0.75,
        words="birthday year",
    ),
    rule(
        "age-spelled",
        "AGE_OVER_89",
        rf"\b{SPELLED}(?i:[ -]years?[ -](?:old|of age)|[ -]?y[./]?o\b)",
        0.9,
        judge=_is_single_age,
        words="ninety hundred",
    ),
    rule(
        "age-spelled-by-label",
        "AGE_OVER_89",
        rf"(?i:\b(?:age|aged|turned|turning|turns)(?: of| is|[ ]?[:=])? )(?P<value>{SPELLED})\b",
        0.85,
        judge=_is_unmeasured_age,
        words="ninety hundred",
    ),
    rule(
        "age-decade",
        "AGE_OVER_89_VAGUE",
        (
            r"(?i)\b(?:nonagenarian|(?:super)?centenarian|"
            r"in (?:his|her|their|my) (?:early |mid |late |mid-)?(?:nineties|90['’]?s))\b"
        ),
        0.8,
    ),
    rule(
        "birth-year",
        "BIRTH_YEAR_OVER_89",
        (
            r"(?i)(?<![a-z])(?:born(?: (?:in|around|about|circa))?|birth[ _]?(?:year|date|day)|"
            r"year[ _]of[ _]birth|date of birth|dob|yob|b\.|\(b)[\"' ]{0,2}[:=]?[\"' ]{0,3}"
            r"(?:(?:is|was|the) )?(?:[*x]{1,2}/[*x]{1,2}/)?"
            r"(?P<value>1[89]\d\ds?)(?![\d/-])"
        ),
        0.85,
        judge=_is_birth_year,
        words="born birth birthyear birthdate yob dob b",
        digit=True,
    ),
    rule(
        "life-span",
        "BIRTH_YEAR_OVER_89",
        rf"\b{NAMED},?[ ]\((?P<value>(?P<birth>1[89]\d\d)[ ]?-[ ]?(?P<death>(?:19|20)\d\d|present)?)\)",
        0.75,
        judge=_is_long_life,
        digit=True,
    ),
)
