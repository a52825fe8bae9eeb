"""One way to write the identifiers of a class: sentences that carry one, and what it may look like."""

from collections.abc import Callable
from dataclasses import dataclass

from clinft.stages.audit.sensitivity.draw import Draw

# Letters that are not taken for digits.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
HEX = "0123456789abcdef"
Maker = Callable[[Draw], str]


@dataclass(frozen=True)
class Form:
    """Any of `carriers`, where {} is the identifier, goes with any of `values`.

    A value that is text is a shape: # is a digit, $ a digit from 1 to 9, ^ a letter, ~ a hex digit.
    `keys`: names of a JSON member that would hold such a value. `fixed`: its letter case is a part of it.
    """

    carriers: tuple[str, ...]
    values: tuple[str | Maker, ...]
    keys: tuple[str, ...] = ()
    fixed: bool = False

    def value(self, draw: Draw) -> str:
        value = draw.one(self.values)
        return shaped(value, draw) if isinstance(value, str) else value(draw)


def shaped(shape: str, draw: Draw) -> str:
    return "".join(_SYMBOLS[symbol](draw) if symbol in _SYMBOLS else symbol for symbol in shape)


_SYMBOLS: dict[str, Maker] = {
    "#": lambda draw: draw.one("0123456789"),
    "$": lambda draw: draw.one("123456789"),
    "^": lambda draw: draw.one(LETTERS),
    "~": lambda draw: draw.one(HEX),
}
