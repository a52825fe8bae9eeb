"""Numbers that only the word or JSON key before them explains: one rule shape for several families."""

import re

from clinft.stages.audit.rule import Certainty, Judge, Rule, after, before, digits_of, value_of

# Between the label and the value: quotes, table bars, `number is`, but no other word.
BETWEEN = (
    r"(?:[ _-]?(?:numbers?|no\b\.?|num\b\.?|nr\b\.?|id|ids|code|#))?"
    r"[\"'*| ]{0,3}[:#=|]{0,2}[\"'*| ]{0,4}(?:is |was |of )?[#]?"
)
# Letters, digits and single separators; at least one digit, and no decimal point.
VALUE = r"(?P<value>(?=[a-z/-]{0,8}\d)[a-z0-9](?:[/-]?[a-z0-9]){2,24})(?![\w%]|\.\d)"
UNIT = re.compile(r"(?i)^\s?(?:mg|mcg|ml|g|kg|cm|mm|units?|days?|weeks?|months?|years?|hours?|times|%)\b")
# A number of so many digits is no measurement, even before `g` or `units`.
LONGEST_MEASUREMENT = 6
# `takes into account 2019`: a year after the bare word, without `number`, `no` or a colon.
YEAR = re.compile(r"(?:19|20)\d\d")
BARE = re.compile(r"(?i)(?<!number)(?<!\bno)(?<!id)[ ]$")


def labelled(
    name: str,
    entity_type: str,
    label: str,
    words: str,
    *,
    score: float = 0.85,
    minimum_digits: int = 4,
    judge: Judge | None = None,
) -> Rule:
    """`label` is a regular expression, `words` the lower-case words of which one occurs in every label."""

    def enough_digits(match: re.Match[str]) -> Certainty | None:
        value = value_of(match)
        digits = len(digits_of(value))
        if digits < minimum_digits or (digits < LONGEST_MEASUREMENT and UNIT.match(after(match, 8))):
            return None
        if YEAR.fullmatch(value) and BARE.search(before(match, 8)):
            return None
        return judge(match) if judge else "plausible"

    pattern = re.compile(rf"(?i)(?<![a-z0-9])(?:{label}){BETWEEN}{VALUE}")
    return Rule(name, entity_type, pattern, score, enough_digits, frozenset(words.split()), digit=True)
