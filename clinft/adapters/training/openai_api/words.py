"""What a service says, made fit to be shown: no credential, no control characters, not too long."""

import base64
import re
import string
from collections.abc import Iterable, Iterator

LONGEST = 600
MOST_READ = 100_000  # of a text before it is shortened
REDACTED = "[redacted]"
# Keys, bearer headers and signed tokens of anybody, whole or with their middle starred out.
LIKE_A_SECRET = re.compile(
    r"\bsk-[^\s\"',;]+|\bBearer\s+[^\s\"',;]{8,}|\beyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*", re.IGNORECASE
)
# Of a known secret: so many of its characters in a row, in any case, count as the secret.
TELLING = 6
TELLING_IN_BASE64 = 8  # which is as much of it
FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# Where the word around a part of a secret ends: services star out the rest of it.
ENDS = frozenset(" \t\r\n\"',;:")


def shown(text: object, secrets: Iterable[str] = (), longest: int = LONGEST) -> str:
    """One line. `secrets`: what may not be in it, though the service echoes it."""
    line = LIKE_A_SECRET.sub(REDACTED, without(str(text)[:MOST_READ], secrets))
    # Not printable: control characters, and the marks that hide or reorder text.
    line = "".join(c if c.isprintable() else " " if c in "\r\n\t" else _escaped(c) for c in line)
    line = " ".join(line.split())
    return line if len(line) <= longest else f"{line[: longest - 4]} ..."


def without(text: str, secrets: Iterable[str]) -> str:
    """The text without the words that hold a secret, a part of one, or its base64."""
    spans = sorted(_spans(text, secrets))
    kept, end = "", 0
    for start, stop in spans:
        if start >= end:
            kept += text[end:start] + REDACTED
        end = max(end, stop)
    return kept + text[end:]


def holds(text: str, secrets: Iterable[str]) -> bool:
    return next(_spans(text, secrets), None) is not None


def _spans(text: str, secrets: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Of words: from the end of the one before to the beginning of the next."""
    folded = text.translate(FOLDED)
    for secret in filter(None, secrets):
        for form, length in _forms(secret):
            size = min(length, len(form))
            parts = {form[at : at + size] for at in range(len(form) - size + 1)}
            at = 0
            while at <= len(folded) - size:
                if folded[at : at + size] not in parts:
                    at += 1
                    continue
                start, stop = at, at + size
                while start > 0 and folded[start - 1] not in ENDS:
                    start -= 1
                while stop < len(folded) and folded[stop] not in ENDS:
                    stop += 1
                yield start, stop
                at = stop


def _forms(secret: str) -> Iterator[tuple[str, int]]:
    """As it is, and as base64 where it begins at each of the three places of a group."""
    yield secret.translate(FOLDED), TELLING
    data = secret.encode()
    if len(data) < TELLING + 2:
        return
    for lead in range(3):
        # Only whole groups of the secret: those at the ends hold what stands around it.
        inner = data[-lead % 3 :]
        inner = inner[: len(inner) - len(inner) % 3]
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            form = encode(inner).decode().translate(FOLDED)
            if len(form) >= TELLING_IN_BASE64:
                yield form, TELLING_IN_BASE64


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
