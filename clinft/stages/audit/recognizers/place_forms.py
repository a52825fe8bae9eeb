"""(B) Words of places that several of its modules share."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.recognizers.name_forms import WORD

PLACES = tables.table("places")
COUNTRIES = tables.words("places", "countries")
GENERIC = tables.words("places", "generic_facility_words")
STATES = frozenset(state.lower() for state in PLACES["states"])
ABBREVIATIONS = PLACES["abbreviations"].split()
WORD_STATES = frozenset(PLACES["word_abbreviations"].split())

ABBREVIATION = rf"(?:{'|'.join(ABBREVIATIONS)})"
STATE = rf"(?:{'|'.join(sorted(PLACES['states'], key=len, reverse=True))})"
CITY = rf"{WORD}(?:[ ]{WORD}){{0,2}}"


def any_of(names: list[str]) -> str:
    """An alternation, longest first, with or without the dot of `St.` and with either apostrophe."""
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(name.replace(".", r"\.?").replace("'", "['’]") for name in longest_first)


def first_words(names: list[str]) -> frozenset[str]:
    """What `Rule.words` needs of names: a word of each, in lower case."""
    return frozenset(re.split(r"\W", name.lower(), maxsplit=1)[0] for name in names)
