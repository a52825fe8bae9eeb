"""Text without its HTML, XML and Markdown: tags that name a value become its label."""

import re
from collections.abc import Iterator

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.keys import words_of_key
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import Signals

# `<birthDate value="`, as FHIR and HL7 v3 write values in attributes.
ATTRIBUTE = regex(
    r"<(?P<name>[A-Za-z][\w.:-]{0,40})(?:\s+[\w.:-]{1,40}=(?:\"[^\"<>]{0,200}\"|'[^'<>]{0,200}')){0,4}?\s+"
    r"(?:value|extension|content)=[\"']"
)
TAG = regex(r"<(?P<end>/?)(?P<name>[A-Za-z][\w.:-]{0,40})(?:\s[^<>]{0,500}|/)?>|<!--[^<>]{0,500}-->")
EMPHASIS = regex(r"\*\*|__|~~|`+|(?<=\w)\*(?=\w)|(?<![\w\s])\*(?=\w)|(?<=\w)\*(?![\w\s])")
INLINE = frozenset((
    "a", "abbr", "b", "big", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "nobr", "s", "small",
    "span", "strong", "sub", "sup", "tt", "u", "wbr",
))  # fmt: skip
BLOCKS = frozenset((
    "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "hr", "html", "li", "ol", "p", "pre", "section", "table", "tbody", "thead", "tr", "ul",
))  # fmt: skip
CELLS = frozenset(("td", "th"))


def suspected(signals: Signals) -> bool:
    odd = signals.odd
    return b"<" in odd or b"**" in odd or b"`" in odd or b"__" in odd or b"~~" in odd


def edits(signals: Signals) -> Iterator[Edit]:
    for attribute in ATTRIBUTE.finditer(signals.text):
        yield Edit(*attribute.span(), f"{words_of_key(attribute['name'])}: ")
    for tag in TAG.finditer(signals.text):
        yield Edit(*tag.span(), _said(tag))
    for emphasis in EMPHASIS.finditer(signals.text):
        yield Edit(*emphasis.span(), "")


def _said(tag: re.Match[str]) -> str:
    name = (tag["name"] or "").lower()
    if name in INLINE or not name:
        return ""
    if name in CELLS:
        return "" if tag["end"] else " | "
    return "\n" if tag["end"] or name in BLOCKS else f"{words_of_key(tag['name'])}: "
