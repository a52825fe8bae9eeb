"""Text that others wrote, for Slack: one line, nothing in it becomes a mention, a link, an emoji or markup.

Everything foreign stands in `plain_text` objects, in which Slack parses no markup; what is done here holds
as well where a client makes links by itself, and in the `text` of a message, which knows markup.
Source: docs.slack.dev, "Formatting message text": `&`, `<` and `>` are the control characters.
"""

import re
import unicodedata
from collections.abc import Iterable

ZERO_WIDTH_SPACE = "\u200b"
# Control, format (bidi, zero-width), surrogate and private-use characters hide or reorder text.
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
PARSED_AFTER = re.compile(
    r"@"  # @here, @channel, a person, an e-mail address
    r"|\#(?=[^\W\d])"  # a channel, not a number
    r"|:(?=//)"  # an address with a scheme
    r"|\bwww(?=\.)"  # an address without a scheme
    r"|\b(?:mailto|tel):"
    r"|:(?=[\w+'-]+:)",  # an emoji
    re.IGNORECASE,
)
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Slack's markup knows no escape: in `text` these go, but for an underscore within a word (macro_f1).
FORMATTING = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")
CUT = "…"


def plain(text: str, limit: int) -> str:
    """For a `plain_text` object; `limit` counts what is sent, as Slack does. A cut text ends in `…`."""
    visible = " ".join(text.split())
    visible = "".join(one for one in visible if unicodedata.category(one) not in HIDDEN_CATEGORIES)
    broken = PARSED_AFTER.sub(lambda match: match.group() + ZERO_WIDTH_SPACE, " ".join(visible.split()))
    return _escaped(broken, limit)


def spoken(text: str, limit: int) -> str:
    """For the `text` of a message, which notifications show and screen readers read."""
    # Once more at the end: where a text is cut, an underscore within a word has become one at its end.
    return FORMATTING.sub("", plain(FORMATTING.sub("", text), limit))


def unescaped(text: str) -> str:
    """What people read of a text that was made plain here."""
    for shown, written in reversed(ENTITIES.items()):
        text = text.replace(written, shown)
    return text.replace(ZERO_WIDTH_SPACE, "")


def fitting(lines: Iterable[str], limit: int) -> tuple[list[str], int]:
    """As many of the finished lines as fit with a line break each, and how many are left out."""
    kept: list[str] = []
    left, room = 0, limit
    for line in lines:
        room -= length(line) + 1
        if left or room < 0:
            left += 1
        else:
            kept.append(line)
    return kept, left


def length(text: str) -> int:
    """In UTF-16 units, the larger of the two ways to count."""
    return len(text) + sum(ord(one) > 0xFFFF for one in text)


def _escaped(text: str, limit: int) -> str:
    parts = [ENTITIES.get(one, one) for one in text]
    if sum(map(length, parts)) <= limit:
        return "".join(parts)
    kept, room = [], limit - len(CUT)
    for part in parts:
        room -= length(part)
        if room < 0:
            break
        kept.append(part)
    return "".join(kept).rstrip() + CUT
