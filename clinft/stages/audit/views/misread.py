"""Letters that a scanner puts for digits: `2l9-O9-999B`, `(6l7) 736-5OO1`, `O2/1l/1949`."""

import re
from collections.abc import Iterator

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.labels import label_before
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import DIGIT_LIKE, Signals

TO_DIGIT = dict(zip(DIGIT_LIKE, "0011582", strict=True))
D = f"[0-9{DIGIT_LIKE}]"
# Without a label only the forms that identifiers have; spaces part doses as well: `B12 50 1000 mcg`.
FORMED = regex(
    rf"(?<![A-Za-z0-9])(?:{D}{{3}}(?P<gap>[-.]){D}{{2}}(?P=gap){D}{{4}}|"
    rf"\(?{D}{{3}}(?:\)[ ]?|[-.]){D}{{3}}[-.]{D}{{4}}|"
    rf"{D}{{4}}(?P<sign>[- ])(?:{D}{{4}}(?P=sign)){{2}}{D}{{4}}|"
    rf"{D}{{1,2}}/{D}{{1,2}}/(?:{D}{{4}}|{D}{{2}})|{D}{{4}}-{D}{{2}}-{D}{{2}}|[0-9OoIl]{{9,16}})(?![A-Za-z0-9])"
)
LABELLED = regex(rf"(?<![A-Za-z0-9]){D}(?:[-. ]?{D}){{4,18}}(?![A-Za-z0-9])")
LETTER = regex(r"[A-Za-z]")
GROUP = regex(r"[A-Za-z0-9]{2,}")


def suspected(signals: Signals) -> bool:
    return b"0l" in signals.shape or b"l0" in signals.shape


def edits(signals: Signals) -> Iterator[Edit]:
    for match in FORMED.finditer(signals.text):
        yield from _corrected(match, digits_a_letter=2)
    for match in LABELLED.finditer(signals.text):
        if label_before(signals.text, match.start(), signals.context):
            yield from _corrected(match, digits_a_letter=1)


def _corrected(match: re.Match[str], digits_a_letter: int) -> Iterator[Edit]:
    """Where there are enough digits, and one in every group."""
    value = match.group()
    letters = list(LETTER.finditer(value))
    digits = sum(map(str.isdigit, value))
    if digits < digits_a_letter * len(letters) or not all(
        any(map(str.isdigit, group)) for group in GROUP.findall(value)
    ):
        return
    for letter in letters:
        start = match.start() + letter.start()
        yield Edit(start, start + 1, TO_DIGIT[letter.group()])
