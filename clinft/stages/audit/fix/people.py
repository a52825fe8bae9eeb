"""Who is meant by a name, and which words of it say so alone: `Marston` is the Jane Marston of its record."""

from collections import defaultdict

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.name_forms import (
    EPONYM_WORDS,
    KNOWN,
    NAMES_TOO,
    NOT_NAMES,
    is_ordinary,
    parts_of,
)
from clinft.stages.audit.views.columns import HEAD_ENDS

# Words that notes write with a capital letter when they mean nobody.
ORDINARY = frozenset((
    "amber", "angel", "april", "archer", "august", "austin", "autumn", "baker", "ball", "banks", "barber",
    "battle", "bell", "berry", "best", "bill", "bird", "bishop", "black", "blood", "bond", "branch", "brown",
    "buck", "burns", "bush", "butler", "camp", "cannon", "carpenter", "case", "chance", "charity", "chase",
    "christian", "church", "clay", "cliff", "cook", "cotton", "crane", "cross", "crystal", "curry", "dallas",
    "dawn", "day", "dean", "dear", "destiny", "duke", "earl", "early", "east", "england", "eve", "fair",
    "faith", "fern", "field", "fields", "ford", "forest", "fox", "france", "frank", "frost", "gene", "ginger",
    "glass", "gold", "good", "goody", "grace", "grant", "gray", "green", "grey", "guy", "hall", "hand",
    "hazel", "head", "hill", "holland", "hood", "hope", "hunt", "hunter", "hurt", "ireland", "iris", "ivy",
    "jade", "jasmine", "jewel", "jordan", "joy", "june", "king", "knight", "lake", "lamb", "lance", "lane",
    "laurel", "law", "lily", "long", "love", "major", "mark", "marsh", "max", "may", "mercedes", "miles",
    "mills", "misty", "moody", "noble", "north", "nurse", "olive", "opal", "pace", "pack", "page", "painter",
    "park", "parks", "pat", "pearl", "penny", "pool", "pope", "porter", "post", "potter", "power", "price",
    "rice", "rich", "rivers", "rob", "rocky", "roman", "rose", "ruby", "rush", "sands", "sandy", "savage",
    "savannah", "sharp", "shepherd", "short", "sierra", "singer", "sky", "small", "snow", "south", "speed",
    "spring", "sterling", "stock", "stone", "street", "strong", "summer", "summers", "swift", "sydney",
    "temple", "violet", "virginia", "wall", "ward", "washington", "waters", "way", "weaver", "weeks", "wells",
    "west", "white", "will", "winter", "wise", "wolf", "wood", "woods", "york", "young",
))  # fmt: skip
# Within names, and no names.
BESIDE = frozenset((
    "abu", "al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "ibn",
    "la", "las", "le", "los", "mac", "st", "ten", "ter", "van", "von",
))  # fmt: skip
NO_NAMES = BESIDE | {"ii", "iii", "iv", "jr", "sr"}
# A find over keys of JSON or in characters that are codes: its words are not only those of a name.
WRITTEN_OTHERWISE = regex(r"[\[\]{}<>\":;|=&%\\@\d]")
SHORTEST_ALONE = 3
# People of one surname that are compared one by one: a text file of any length is one record.
MOST_COMPARED = 20


class People:
    """The people of one record, numbered from 0 as they are met."""

    def __init__(self) -> None:
        self._words: list[frozenset[str]] = []
        self._exact: dict[frozenset[str], int] = {}
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)

    def person(self, name: str) -> int | None:
        """The first who has all words of the name, or whose words are all in it. None: it has no words."""
        words = frozenset(names_in(name))
        if not words:
            return None
        if words in self._exact:
            return self._exact[words]
        near = sorted({number for word in words for number in self._by_word[word]})
        found = next((one for one in near if words <= self._words[one] or self._words[one] <= words), None)
        if found is None:
            found = len(self._words)
            self._words.append(frozenset())
        # Jane Smith-Marston is Ms. Marston too.
        halves = {half for word in words if "-" in word for half in word.split("-")}
        for word in sorted((words | halves) - self._words[found]):
            if len(self._by_word[word]) < MOST_COMPARED:
                self._by_word[word].append(found)
        self._words[found] |= words | halves
        self._exact[words] = found
        return found


def names_in(name: str) -> list[str]:
    """Its surnames and given names, in lower case and without marks on letters."""
    if WRITTEN_OTHERWISE.search(name):
        return []
    return [part for part in parts_of(name) if len(part) > 1 and part not in NO_NAMES and _is_name(part)]


def telling_parts(name: str) -> list[str]:
    """Parts that stand for nobody else in a record, each of one or more words."""
    names = names_in(name)
    alone = [half for part in names for half in {part: None, **dict.fromkeys(part.split("-"))}]
    parts = [part for part in alone if _stands_alone(part)]
    words = parts_of(name)
    beside = next((index for index, word in enumerate(words) if word in BESIDE), len(words))
    if len(words) > beside + 1 and words[-1] in names:
        parts.append(" ".join(words[beside:]))
    if len(names) > 1:
        parts += [f"{names[0]} {names[-1]}", f"{names[-1]} {names[0]}"]
    return parts


def is_written_like(part: str, word: str, names: bool) -> bool:
    """Whether a text's word, of which `part` is the plain form, is a name; `names`: it was one in this case.

    An unknown name may be a word in small letters, and a short one an abbreviation in capitals.
    """
    if len(part) == SHORTEST_ALONE:
        return names or word.istitle()
    return names or not word[0].islower() or (part in KNOWN and part not in NAMES_TOO)


def _is_name(part: str) -> bool:
    return part in NAMES_TOO or not is_ordinary(part) or (part.endswith("ing") and part not in NOT_NAMES)


def _stands_alone(part: str) -> bool:
    """`Graves` alone is a disease, and `MRN` a label, whatever a rule took it for."""
    ordinary = part in ORDINARY or part in HEAD_ENDS or (part in EPONYM_WORDS and part not in KNOWN)
    return len(part) >= SHORTEST_ALONE and not ordinary and _is_name(part)
