"""Text as base64 or as hexadecimal digits. Compressed data is never unpacked."""

import base64
import binascii
import codecs
import re
import string
from collections.abc import Iterator

from clinft.spec.folding import fold
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import Signals, table

# Over the line ends that MIME puts in.
BASE64 = regex(
    r"(?<![A-Za-z0-9+/_-])(?P<line>[A-Za-z0-9+/_-]{16,})(?P<more>(?:\r?\n[A-Za-z0-9+/_-]{1,76})*)={0,2}"
)
HEX = regex(
    r"(?<![0-9A-Za-z])(?:0x)?(?P<digits>(?:[0-9A-Fa-f]{2}){8,}|[0-9A-Fa-f]{2}(?:[ :][0-9A-Fa-f]{2}){7,})"
    r"(?![0-9A-Za-z])"
)
WHITE_SPACE = regex(r"\s+")
# Characters of the source; the rest of a longer blob is unread, and `payload` reports every long blob.
LONGEST = 64_000
SHORTEST = 8
# The signs of base64 as w.
JOINED = table({"w": string.ascii_letters + string.digits + "+/"})
LONG, PAIRS = b"w" * 16, b"ww ww ww ww ww ww ww"


def suspected(signals: Signals) -> bool:
    joined = signals.raw.translate(JOINED)
    return LONG in joined or PAIRS in joined


def edits(signals: Signals) -> Iterator[Edit]:
    for match in HEX.finditer(signals.text):
        digits = re.sub(r"[ :]", "", match["digits"])[:LONGEST]
        text = _text(bytes.fromhex(digits[: len(digits) // 2 * 2]))
        if text:
            yield Edit(*match.span(), text)
    for match in BASE64.finditer(signals.text):
        # Long words have capitals only in front; hexadecimal digits are read as such.
        if match["line"][1:] == match["line"][1:].lower():
            continue
        text = _text(_from_base64(match.group()))
        if text:
            yield Edit(*match.span(), text)
        elif match["more"]:
            # The next line may be a sentence.
            first = _text(_from_base64(match["line"]))
            if first:
                yield Edit(*match.span("line"), first)


def _from_base64(blob: str) -> bytes:
    plain = WHITE_SPACE.sub("", blob[:LONGEST]).rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    usable = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return base64.b64decode(usable + "=" * (-len(usable) % 4))
    except binascii.Error:
        return b""


def _text(data: bytes) -> str:
    """Empty unless every character can be read; the last one may be cut."""
    wide = len(data) > 2 * SHORTEST and data[1::2].count(0) * 4 > len(data)
    decode = codecs.utf_16_le_decode if wide else codecs.utf_8_decode
    try:
        text, _ = decode(data, "strict", False)
    except UnicodeDecodeError:
        return ""
    readable = len(text) >= SHORTEST and all(sign.isprintable() or sign.isspace() for sign in text)
    return fold(text)[0] if readable else ""
