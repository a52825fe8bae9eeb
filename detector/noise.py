"""Ordinary words where templates would always have the same ones, and decoys where identifiers stand.

Without these, any word that training never showed as an ordinary one is taken for a name.
"""

import re
from functools import lru_cache

from detector.coined import abbreviation, medical_word
from detector.draw import Draw
from detector.lists import pool
from detector.template import Piece

WORD = re.compile(r"\b[^\W\d_]{4,}\b")
# Share of the words replaced in a text that gets any.
LOW, HIGH = 0.05, 0.4


@lru_cache(maxsize=1)
def ordinary() -> tuple[str, ...]:
    """Words that are no name, and words that are also names but usual in lower case."""
    return pool("common") + pool("common_and_name")


def replaced(pieces: list[Piece], draw: Draw) -> list[Piece]:
    """Some words that are no identifier become other ordinary words."""
    share = LOW + (HIGH - LOW) * draw.share()
    return [
        (text if label else WORD.sub(lambda m: _word(m[0], share, draw), text), label)
        for text, label in pieces
    ]


def _word(old: str, share: float, draw: Draw) -> str:
    if not draw.chance(share):
        return old
    if old.islower():
        return medical_word(draw) if draw.chance(0.08) else draw.one(ordinary())
    new = draw.one(pool("common"))
    if old.isupper():
        return new.upper()
    return new.capitalize() if old[0].isupper() else new


def decoys(pieces: list[Piece], draw: Draw) -> list[Piece]:
    """Every identifier becomes ordinary words: context alone does not make a name."""
    return [(_decoy(draw), None) if label else (text, None) for text, label in pieces]


def _decoy(draw: Draw) -> str:
    share = draw.share()
    if share < 0.08:
        return abbreviation(draw)
    if share < 0.2:
        return medical_word(draw)
    text = " ".join(draw.one(pool("common")) for _ in range(draw.one((1, 1, 2, 3))))
    if share < 0.65:
        return text
    return text.capitalize() if share < 0.8 else text.title() if share < 0.9 else text.upper()
