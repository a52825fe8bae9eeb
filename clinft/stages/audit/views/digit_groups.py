"""Groups of digits parted by unusual signs, `219_09_9998`, `617 dash 736 dash 5001`, `MRN 123 45 68`."""

import re
from collections.abc import Iterator

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.labels import label_before
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import LOOSE, Signals

SIGN = r"(?:[^\w\n]{1,4}|_|[ ]?(?:dash|hyphen|minus|dot|slash)[ ]?)"
# Social Security, telephone and card numbers.
FORMED = regex(
    rf"(?i)(?<![\w.])(?:\d{{3}}(?P<three>{SIGN})\d{{2,3}}(?P=three)\d{{4}}|"
    rf"\d{{4}}(?P<four>{SIGN})\d{{4}}(?P=four)\d{{4}}(?P=four)\d{{4}})(?![\w/-]|\.\d)"
)
LABELLED = regex(r"(?<![\w.,/-])\d{1,5}(?P<gap>[ ._])\d{1,6}(?:(?P=gap)\d{1,6}){0,6}(?![\w/-]|[.,]\d)")
# `MRN_1234567`: the underscore is part of the word for a pattern.
TIED = regex(r"(?<=[A-Za-z])_(?=\d{4})")
GAP = regex(r"(?<=\d)\D+(?=\d)")
UNIT = regex(r"(?i)\s?(?:mg|mcg|ug|g|ml|units?|cells|copies|iu|kcal|mmhg|mm|cm|%)\b")
NAMED_BEHIND = regex(r"(?i)[ ,(]{1,3}(?:phone|cell|mobile|fax|home|work|office|ssn)\b")
# Signs that lists, fractions and measurements have as well.
LISTING = frozenset(" ,/:|")
FEWEST = 6
NUMBERS = ("social", "telephone", "number")


def suspected(signals: Signals) -> bool:
    loose = signals.raw.translate(LOOSE)
    return (
        b"000 0" in loose
        or b"000  " in loose
        or b"00 00" in loose
        or b"_" in signals.odd
        or "dash" in signals.lower
    )


def edits(signals: Signals) -> Iterator[Edit]:
    text = signals.text
    for match in FORMED.finditer(text):
        listing = LISTING.issuperset(match["three"] or match["four"])
        if not UNIT.match(text, match.end()) and (not listing or _is_named(signals, match)):
            yield from _parted(match, "-")
    for match in LABELLED.finditer(text):
        enough = sum(map(str.isdigit, match.group())) >= FEWEST
        if enough and not UNIT.match(text, match.end()) and _label(signals, match) in ("social", "number"):
            yield from _parted(match, "")
    for match in TIED.finditer(text):
        if _label(signals, match):
            yield Edit(*match.span(), " ")


def _label(signals: Signals, match: re.Match[str]) -> str | None:
    return label_before(signals.text, match.start(), signals.context)


def _is_named(signals: Signals, match: re.Match[str]) -> bool:
    return _label(signals, match) in NUMBERS or NAMED_BEHIND.match(signals.text, match.end()) is not None


def _parted(match: re.Match[str], sign: str) -> Iterator[Edit]:
    for gap in GAP.finditer(match.string, *match.span()):
        yield Edit(*gap.span(), sign)
