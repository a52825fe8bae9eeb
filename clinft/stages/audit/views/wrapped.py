"""Lines that belong together: a label above its value, words and numbers broken at the line's end."""

from collections.abc import Iterator

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.keys import is_head
from clinft.stages.audit.views.labels import label_before
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import Signals

# A line that is a label alone, and up to one empty line.
LABEL = regex(
    r"(?m)^[^\S\n]*(?:[>*#-]{1,3}[^\S\n]*)?(?P<head>[A-Za-z][\w .'/()#-]{1,40}?)"
    r"(?P<gap>[*\s]{0,4}(?P<sign>[:=|]?)[*\r\t ]{0,8}\n[^\S\n]{0,20}\n?[^\S\n]{0,20}[>*]{0,2}[ ]?)(?=[^\s:])"
)
DOMAIN = r"(?:com|org|net|edu|gov|info)\b"
BROKEN = regex(
    r"(?<=[a-z])-[^\S\n]{0,8}\n[^\S\n]{0,20}(?=[a-z])|"
    r"(?<=\d[-./()])[^\S\n]{0,8}\n[^\S\n]{0,20}(?=\d)|(?<=\d)[^\S\n]{0,8}\n[^\S\n]{0,20}(?=[-./]\d)|"
    rf"(?<=\w)\s{{0,8}}\n\s{{0,8}}(?=@|\.{DOMAIN})|(?<=@)\s{{0,8}}\n\s{{0,8}}(?=\w)|(?<=\w\.)\n\s{{0,8}}(?={DOMAIN})"
)
CUT_NUMBER = regex(r"(?<![\w.])\d{1,6}(?P<gap>[^\S\n]{0,8}\n[^\S\n]{0,20})\d{2,8}(?![\w/.-])")
FULL_LINE = 50
WRAP = regex(rf"(?m)^.{{{FULL_LINE},}}[\w,](?P<gap>[^\S\n]{{0,8}}\n[^\S\n]{{0,20}})(?=[\w(])")


def suspected(signals: Signals) -> bool:
    return b"\n" in signals.odd


def edits(signals: Signals) -> Iterator[Edit]:
    text = signals.text
    for label in LABEL.finditer(text):
        if label["sign"] or is_head(label["head"]):
            yield Edit(*label.span("gap"), ": ")
    for broken in BROKEN.finditer(text):
        yield Edit(*broken.span(), "")
    for number in CUT_NUMBER.finditer(text):
        if label_before(text, number.start(), signals.context) in ("social", "number", "telephone"):
            yield Edit(*number.span("gap"), "")
    for wrap in WRAP.finditer(text):
        yield Edit(*wrap.span("gap"), " ")
