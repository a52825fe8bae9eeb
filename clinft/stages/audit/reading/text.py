"""Bytes as text: UTF-8, or Windows-1252 where that explains every byte of a row."""

from clinft.stages.audit.patterns import regex

REPLACED = "\ufffd"
# Bytes of Windows-1252 that stand for nothing, and control characters that no text has.
NO_TEXT = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d]")
# Letters and signs of Western languages stand between plain ones: more in a row are bytes of something else.
HIGH = regex("[\x80-\xff]")
IN_A_ROW = regex("[\x80-\xff]{4}")
MOST_HIGH = 0.3


def decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether it was read as Windows-1252."""
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        return (
            (data.decode("cp1252"), True) if _is_western(data) else (data.decode("utf-8", "replace"), False)
        )


def _is_western(data: bytes) -> bool:
    raw = data.decode("latin-1")
    if NO_TEXT.search(raw) or IN_A_ROW.search(raw):
        return False
    high = len(HIGH.findall(raw))
    # Where some characters are UTF-8, the others are damaged.
    some = sum(not character.isascii() for character in data.decode("utf-8", "ignore"))
    return not some and high <= max(1, MOST_HIGH * len(raw))
