"""What a text must hold before a reading is worth trying: a few microseconds for a plain sentence."""

import string

# Letters that a scanner or a typist puts for digits.
DIGIT_LIKE = "OoIlSBZ"
CONTROLS = "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), 127)))


def table(classes: dict[str, str]) -> bytes:
    """For bytes.translate: sign → the characters that become it."""
    made = bytearray(range(256))
    for sign, members in classes.items():
        for member in members:
            made[ord(member)] = ord(sign)
    return bytes(made)


SHAPE = table({"a": string.ascii_letters, "l": DIGIT_LIKE, "0": string.digits, "\x01": CONTROLS})
# Digits 0, and what may part them a space.
LOOSE = table({"0": string.digits, " ": "._*/,()~|:-"})
# What a sentence is made of; `?` also stands for every character beyond ASCII.
ORDINARY = (string.ascii_letters + string.digits + " ,.;:'?!()/-").encode()


class Signals:
    """The text in the few forms that the readings' first questions need, one byte a character.

    `shape`: digits 0, letters a but l where one could be misread, control characters \\x01. `odd`: the
    signs that ordinary sentences do not have.
    """

    __slots__ = ("context", "digits", "lower", "odd", "raw", "shape", "text")

    def __init__(self, text: str, context: str = "") -> None:
        self.text, self.context = text, context
        self.lower = text.lower()
        self.raw = text.encode("ascii", "replace")
        self.odd = self.raw.translate(None, ORDINARY)
        self.shape = self.raw.translate(SHAPE)
        self.digits = self.shape.count(b"0")
