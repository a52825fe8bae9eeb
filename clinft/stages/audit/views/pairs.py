"""Keys before values in text, `"patient": {"name": "jane roe"}`, `pt_name=jane roe`, as labels in words."""

from collections.abc import Iterator

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.keys import is_head, words_of_key
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import Signals

# A key with its colon, another string, or a bracket.
TOKEN = regex(
    r"(?P<quote>[\"'])(?P<key>[A-Za-z][\w .-]{0,40})(?P=quote)\s{0,8}(?:=>|:)\s{0,8}[\"']?|"
    r"\"(?:[^\"\\\n]|\\.){0,300}+\"|(?P<down>[\[{])|(?P<up>[\]}])"
)
PLAIN = regex(r"(?<![\w.-])(?P<key>[A-Za-z]\w{1,40})(?P<sign>[ ]?(?:=>?|:=)[ ]?|:[ ]?)[\"']?(?=[\w(+])")
# They say nothing without the key above them.
SILENT = frozenset((
    "name", "value", "id", "text", "content", "code", "number", "first", "last", "line", "use",
))  # fmt: skip
DEEPEST = 40
# `ROE^JANE`, a name of HL7 version 2.
CARET = regex(r"(?<=[A-Za-z])\^(?=[A-Za-z])")


def suspected(signals: Signals) -> bool:
    odd = signals.odd
    return b"=" in odd or b"_" in odd or b'"' in odd or b"^" in odd or "':" in signals.text


def edits(signals: Signals) -> Iterator[Edit]:
    yield from _quoted(signals.text)
    yield from (Edit(*caret.span(), ", ") for caret in CARET.finditer(signals.text))
    for pair in PLAIN.finditer(signals.text):
        if is_head(pair["key"]) and (":" not in pair["sign"] or "_" in pair["key"]):
            yield Edit(*pair.span(), f"{words_of_key(pair['key'])}: ")


def _quoted(text: str) -> Iterator[Edit]:
    above: list[str] = []
    last = ""
    for token in TOKEN.finditer(text):
        if token["key"]:
            last = words_of_key(token["key"])
            if last in SILENT and above and above[-1]:
                last = f"{above[-1]} {last}"
            yield Edit(*token.span(), f"{last}: ")
        elif token["down"] and len(above) < DEEPEST:
            above.append(last)
        elif token["up"] and above:
            above.pop()
