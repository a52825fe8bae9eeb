"""E-mail and web addresses written so that no program reads them: `jane.roe [at] clinic [dot] org`."""

import re
from collections.abc import Iterator

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import Signals

OPEN, CLOSE = r"[ ]{0,2}[\[({<*|][ ]{0,2}", r"[ ]{0,2}[\])}>*|][ ]{0,2}"
BRACKETED_DOT = rf"{OPEN}(?:dot|\.|point){CLOSE}"
SPOKEN_DOT = r"[ ]{1,2}(?:dot|point)[ ]{1,2}|[_-]dot[_-]"
SIGNS = {"underscore": "_", "dash": "-", "hyphen": "-", "plus": "+"}
SIGN = rf"[ ]{{1,2}}(?:{'|'.join(SIGNS)})[ ]{{1,2}}"
TOP_LEVEL = r"(?:com|org|net|gov|edu|mil|int|info|biz|io|co|us|uk|ca|de|fr|au|health|clinic|care|me|ai|dev)"
# Services that people name without their ending.
SERVICE = r"(?:gmail|yahoo|hotmail|outlook|icloud|aol|protonmail)\b"
AT = regex(
    rf"(?i)(?P<bracketed>{OPEN}(?:at|@){CLOSE}|[_-]at[_-])|(?P<sign>[ ]{{0,2}}@[ ]{{0,2}})|"
    r"[ ]{1,2}at[ ]{1,2}"
)
DISGUISED_DOT = rf"{BRACKETED_DOT}|{SPOKEN_DOT}|[ ]{{1,2}}\.[ ]{{0,2}}|\.[ ]{{1,2}}"
DOT = regex(rf"(?i){DISGUISED_DOT}")
MARK = regex(rf"(?i)(?P<dot>{DISGUISED_DOT})|(?P<sign>{SIGN})")
LOCAL = regex(
    rf"(?i)(?<![\w.+%-])[\w.+%-]{{1,40}}(?:(?:{BRACKETED_DOT}|{SPOKEN_DOT}|{SIGN})[\w.+%-]{{1,40}}){{0,4}}$"
)
HOST = regex(
    rf"(?i)(?:[\w-]{{1,40}}(?:\.|{DISGUISED_DOT})){{1,4}}{TOP_LEVEL}\b|(?P<service>{SERVICE})(?!\.\w)"
)
# What only programs need: brackets that keep an address from becoming a link.
DEFANGED = regex(r"(?i)(?<=\w)[\[({]\.[\])}](?=\w)|(?<=\w)\[dot\](?=\w)|\bhxxp(?=s?:)")
LONGEST_LOCAL = 160


def suspected(signals: Signals) -> bool:
    lower, odd = signals.lower, signals.odd
    return (
        "dot" in lower
        or "mail" in lower
        or "at)" in lower
        or "-at-" in lower
        or "(.)" in lower
        or "hxxp" in lower
        or (odd != b"" and (b"@" in odd or b"[" in odd or b"{" in odd or b"<" in odd or "_at_" in lower))
    )


def edits(signals: Signals) -> Iterator[Edit]:
    text = signals.text
    for match in DEFANGED.finditer(text):
        yield Edit(*match.span(), "http" if match.group().lower() == "hxxp" else ".")
    for at in AT.finditer(text):
        start = max(0, at.start() - LONGEST_LOCAL)
        local = LOCAL.search(text[start : at.start()])
        host = HOST.match(text, at.end())
        if local and host and _is_address(at, local.group(), host):
            yield Edit(*at.span(), "@")
            yield from _marks(text, start + local.start(), at.start())
            yield from _marks(text, *host.span())
            if host["service"]:
                yield Edit(host.end(), host.end(), ".com")


def _is_address(at: re.Match[str], local: str, host: re.Match[str]) -> bool:
    """`works at clinic.org` and `seen at Yahoo` name a place."""
    if at["bracketed"] or at["sign"]:
        return True
    disguised = host["service"] is None and DOT.search(host.group()) is not None
    return disguised or re.search(r"[\d._]", local.strip(".")) is not None


def _marks(text: str, start: int, end: int) -> Iterator[Edit]:
    for mark in MARK.finditer(text, start, end):
        yield Edit(*mark.span(), "." if mark["dot"] else SIGNS[mark["sign"].strip().lower()])
