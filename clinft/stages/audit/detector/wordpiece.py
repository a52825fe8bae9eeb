"""Greedy WordPiece over the lower-case vocabulary of MiniLM: word in, piece numbers out."""

import unicodedata
from collections.abc import Mapping

from clinft.stages.audit.detector.files import folder

UNKNOWN = 100
CONTINUES = "##"


def read_vocabulary() -> dict[str, int]:
    """One piece a line; its number is the line's."""
    text = (folder() / "vocabulary.txt").read_text(encoding="utf-8")
    return {piece: number for number, piece in enumerate(text.split("\n"))}


def plain(word: str) -> str:
    """Lower case without marks on letters, as the vocabulary is."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


def pieces(word: str, vocabulary: Mapping[str, int], limit: int) -> list[int]:
    """The first `limit` pieces of a plain word; one unknown piece where the vocabulary lacks a part."""
    found: list[int] = []
    start = 0
    while start < len(word) and len(found) < limit:
        mark = CONTINUES if start else ""
        for end in range(len(word), start, -1):
            number = vocabulary.get(mark + word[start:end])
            if number is not None:
                found.append(number)
                start = end
                break
        else:
            return [UNKNOWN]
    return found
