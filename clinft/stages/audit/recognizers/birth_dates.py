"""(C) Dates of birth: any form of date beside a word for birth."""

from clinft.stages.audit.recognizers.date_forms import ANY_MONTH, DAY, MONTH_NUMBER, ORDINAL, YEAR
from clinft.stages.audit.rule import rule

NUMERIC = (
    rf"(?:{DAY}[ ]?[/.-][ ]?{DAY}[ ]?[/.-][ ]?['’]?(?:{YEAR}|\d\d)(?!\d)|"
    rf"{YEAR}[/.-]{MONTH_NUMBER}[/.-]{DAY}|{YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|"
    rf"(?:0[1-9]|[12]\d|3[01]){{2}}(?:{YEAR}|\d\d)|{DAY}[ ]{DAY}[ ]{YEAR}|{MONTH_NUMBER}/{YEAR}|"
    rf"{DAY}/{DAY}|{MONTH_NUMBER}/(?:3[2-9]|[4-9]\d))"
)
WRITTEN = (
    rf"(?:{ANY_MONTH}\.?[ ](?:the[ ])?{DAY}{ORDINAL}?(?:,?[ ]{{1,2}}(?:of[ ])?(?:{YEAR}|['’]\d\d))?|"
    rf"(?:the[ ])?{DAY}{ORDINAL}?(?:[ -]|[ ]of[ ]){ANY_MONTH}\.?(?:[ ,-]{{1,2}}(?:{YEAR}|['’]?\d\d))?|"
    rf"{DAY}[./-]?{ANY_MONTH}[./-]?(?:{YEAR}|\d\d)|{ANY_MONTH}[./-]{DAY}[./-](?:{YEAR}|\d\d)|"
    rf"{ANY_MONTH}\.?,?[ ](?:of[ ])?{YEAR})"
)

RULES = (
    rule(
        "date-of-birth",
        "DATE_OF_BIRTH",
        (
            r"(?i:(?<![a-z])(?:d\.?[ ]?o\.?[ ]?b\b\.?|(?:date[ _]of[ _])?birth(?:day|[ _-]?date)?|born|b\.))"
            r"[\"'*| (]{0,3}[:=|-]?[\"'*| (]{0,4}(?i:(?:is|was|on|date|in)[ ]){0,2}"
            rf"(?P<value>{NUMERIC}|{WRITTEN})(?!\d)"
        ),
        0.95,
        words="dob o birth birthday birthdate born b",
        digit=True,
    ),
    rule(
        "part-of-date-of-birth",
        "DATE_OF_BIRTH",
        (
            r"(?i)(?<![a-z])(?:dob|date of birth|birth(?: date)?)[ _](?:day|month|dd|mm)[\"' ]{0,2}[:=]"
            rf"[\"' ]{{0,3}}(?P<value>{DAY}|{ANY_MONTH})(?![\w%]|[./-]\d)"
        ),
        0.8,
        words="dob birth",
    ),
)
