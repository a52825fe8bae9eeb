"""Words that no list holds: medical terms and medicines put together from their parts, and abbreviations."""

from detector.draw import Draw
from detector.words import words

BEFORE_SHARE = 0.3


def medical_word(draw: Draw) -> str:
    """Such as perinephritis; it need not exist."""
    before = draw.one(words("morphemes", "medical_before")) if draw.chance(BEFORE_SHARE) else ""
    first = draw.one(words("morphemes", "medical_first"))
    if draw.chance(0.2):
        first += "o" + draw.one(words("morphemes", "medical_first"))
    return before + first + draw.one(words("morphemes", "medical_last"))


def medicine(draw: Draw) -> str:
    """A generic name by its stem, or a brand."""
    if draw.chance(0.5):
        middle = draw.one(words("morphemes", "drug_first")) if draw.chance(0.5) else ""
        name = draw.one(words("morphemes", "drug_first")) + middle + draw.one(words("morphemes", "drug_last"))
        return name.capitalize() if draw.chance(0.3) else name
    return draw.one(words("morphemes", "brand_first")) + draw.one(words("morphemes", "brand_last"))


def abbreviation(draw: Draw) -> str:
    """Two to five capitals."""
    return draw.letters(draw.one((2, 3, 3, 3, 4, 4, 5)))
