"""Which words are first names, surnames, parts of city names, states: one bit each, from public lists.

`detector/word_lists.py` builds the file from packages that only training needs. Sources: US Census (public
domain), GeoNames (CC BY 4.0).
"""

from clinft.stages.audit.detector.files import folder

FIRST_COMMON, FIRST, LAST_COMMON, LAST, LAST_RARE, CITY, STATE = (1 << bit for bit in range(7))
BITS = 7


def read() -> dict[str, int]:
    """Word in lower case, without marks on letters → its bits."""
    lines = (folder() / "gazetteer.txt").read_text(encoding="utf-8").splitlines()
    return {word: int(bits) for word, bits in (line.split(" ") for line in lines)}
