"""Characters written as codes: `%4A`, `&#74;`, `=4A`, `\\u004a`, `\\"`; control characters are dropped."""

import html
import re
from collections.abc import Iterator

from clinft.spec.folding import fold
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import Signals

ESCAPE = regex(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)|"
    r"(?P<quoted>(?:=[0-9A-F]{2})+)|"
    r"(?P<units>(?:\\u[0-9A-Fa-f]{4})+)|"
    r"(?P<entity>&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)|"
    r"\\(?:x|u\{|U(?=[0-9A-Fa-f]{8}))(?P<code>[0-9A-Fa-f]{2,8})\}?|"
    r"\\(?P<sign>[^\w\s]|[nrtbf_])|"
    r"(?P<nothing>=\r?\n|[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]+)"
)
WHITE = {"n": "\n", "r": "\n", "t": "\t", "b": "", "f": ""}
# `name=Jane+Roe&mrn=1`: there a plus is a space.
FORM = regex(r"(?:^|(?<=[?\s]))[\w.-]{1,40}=[^&\s]{0,200}&[\w.-]{1,40}=\S{0,2000}")
HIGHEST = 0x10FFFF


def suspected(signals: Signals) -> bool:
    odd, shape = signals.odd, signals.shape
    return (
        b"\\" in odd
        or b"&" in odd
        or b"\x01" in shape
        or _before_code(b"%", shape)
        or _before_code(b"=", shape)
    )


def _before_code(sign: bytes, shape: bytes) -> bool:
    return sign in shape and (
        sign + b"0" in shape or sign + b"a" in shape or sign + b"l" in shape or sign + b"\n" in shape
    )


def edits(signals: Signals) -> Iterator[Edit]:
    for match in ESCAPE.finditer(signals.text):
        kind = match.lastgroup
        if kind in ("percent", "quoted"):
            yield from _bytes(match)
        elif kind == "units":
            yield from _units(match)
        else:
            decoded = _one(match)
            if decoded is not None:
                yield Edit(*match.span(), decoded)
    for form in FORM.finditer(signals.text):
        for plus in re.finditer(r"\+", form.group()):
            yield Edit(form.start() + plus.start(), form.start() + plus.end(), " ")


def _bytes(match: re.Match[str]) -> Iterator[Edit]:
    """UTF-8, three characters of the source a byte; one digit or letter alone is a value: `HR=72`."""
    try:
        decoded = bytes.fromhex(match.group().replace(match.group()[0], "")).decode()
    except UnicodeDecodeError:
        return
    value = len(decoded) == 1 and decoded.isalnum()
    if value or not all(character.isprintable() or character in "\r\n\t" for character in decoded):
        return
    place = match.start()
    for character in decoded:
        after = place + 3 * len(character.encode())
        yield Edit(place, after, fold(character)[0])
        place = after


def _units(match: re.Match[str]) -> Iterator[Edit]:
    """UTF-16, six characters of the source a unit."""
    units = bytes.fromhex(match.group().replace("\\u", ""))
    place = match.start()
    for character in units.decode("utf-16-be", "surrogatepass"):
        after = place + 3 * len(character.encode("utf-16-be", "surrogatepass"))
        yield Edit(place, after, fold(character)[0])
        place = after


def _one(match: re.Match[str]) -> str | None:
    if match["entity"]:
        decoded = html.unescape(match["entity"])
        return None if decoded == match["entity"] else fold(decoded)[0]
    if match["code"]:
        number = int(match["code"], 16)
        return fold(chr(number))[0] if number <= HIGHEST else None
    sign = match["sign"] or ""
    return WHITE.get(sign, sign)
