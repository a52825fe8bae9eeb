"""(C) Elements of dates finer than a year."""

from clinft.stages.audit.recognizers import (
    birth_dates,
    date_days,
    date_elements,
    date_numbers,
    date_words,
)

RULES = (
    *birth_dates.RULES,
    *date_numbers.RULES,
    *date_words.RULES,
    *date_days.RULES,
    *date_elements.RULES,
)
