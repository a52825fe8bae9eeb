"""What people wrote, as a phrase that no service's query syntax can be steered with."""

import re

from clinft.artifacts.research import Query

# Letters of any script, digits, and what stands inside terms: beta-blocker, Crohn's, 2.5, GPT-4.
NOT_OF_A_PHRASE = re.compile(r"[^\w\s'.+/-]|_")
LONGEST = 200
MOST_PHRASES = 60
# An address longer than a few thousand characters is refused by many a proxy.
MOST_CHARACTERS = 1_500


def phrase(text: str) -> str:
    """In double quotes, where AND, OR, NOT and fields are words; empty where no word is left."""
    words = " ".join(NOT_OF_A_PHRASE.sub(" ", text).split())[:LONGEST].strip()
    # A phrase that begins or ends with punctuation, or is nothing else, would be read as an operator.
    words = words.strip("'.+/- ")
    return f'"{words}"' if words else ""


def groups(query: Query) -> list[list[str]]:
    """Quoted phrases, each once. A group of which nothing is left asks for nothing."""
    made: list[list[str]] = []
    taken = characters = 0
    for group in query.all_of:
        quoted = [*dict.fromkeys(found for text in group if (found := phrase(text)))]
        kept: list[str] = []
        for one in quoted:
            if taken < MOST_PHRASES and characters + len(one) <= MOST_CHARACTERS:
                kept.append(one)
                taken, characters = taken + 1, characters + len(one)
        if kept:
            made.append(kept)
    return made


def boolean(query: Query, field: str = "{}") -> str:
    """`("a" OR "b") AND "c"`; `field` puts each phrase into a field, e.g. `TITLE:{}`."""
    joined = []
    for group in groups(query):
        parts = [field.format(one) for one in group]
        joined.append(f"({' OR '.join(parts)})" if len(parts) > 1 else parts[0])
    return " AND ".join(joined)


def words(query: Query) -> str:
    """For a service that ranks and knows no operators: the first phrase of each group, unquoted."""
    return " ".join(group[0].strip('"') for group in groups(query))
