"""What a service says, made fit to be shown: no credential, no control characters, not too long."""

import re
from collections.abc import Iterable

LONGEST = 600
REDACTED = "[redacted]"
# Keys, bearer headers and signed tokens of anybody, whole or with their middle starred out.
LIKE_A_SECRET = re.compile(
    r"\bsk-[^\s\"',;]+|\bBearer\s+[^\s\"',;]{8,}|\beyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*", re.IGNORECASE
)
# Enough of a known secret to count as the secret: its beginning, as services echo it.
TELLING = 8


def shown(text: object, secrets: Iterable[str] = (), longest: int = LONGEST) -> str:
    """One line. `secrets`: what may not be in it, though the service echoes it."""
    line = str(text)
    for secret in secrets:
        line = line.replace(secret, REDACTED)
        if len(secret) > TELLING:
            line = re.sub(re.escape(secret[:TELLING]) + r"\S*", REDACTED, line)
            line = re.sub(r"\S*" + re.escape(secret[-TELLING:]), REDACTED, line)
    line = LIKE_A_SECRET.sub(REDACTED, line)
    # Not printable: control characters, and the marks that hide or reorder text.
    line = "".join(c if c.isprintable() else " " if c in "\r\n\t" else _escaped(c) for c in line)
    line = " ".join(line.split())
    return line if len(line) <= longest else f"{line[: longest - 4]} ..."


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
