"""(A) What names are written like, and which words are names."""

import re
import unicodedata
from functools import lru_cache

from clinft.stages.audit import tables
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import Certainty, after, value_of


def plain(text: str) -> str:
    lower = text.lower().replace("’", "'")
    if lower.isascii():
        return lower
    return "".join(part for part in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(part))


def _listed(key: str) -> frozenset[str]:
    return frozenset(map(plain, tables.words("names", key)))


GIVEN, WORD_GIVEN = _listed("given"), _listed("word_given")
SURNAMES = _listed("surnames")
WORD_SURNAMES = _listed("word_surnames")
NAMES_TOO = WORD_GIVEN | WORD_SURNAMES
KNOWN = GIVEN | SURNAMES
NOT_NAMES = tables.words("names", "not_names")
EPONYM_WORDS = tables.words("names", "eponym_words")
EPONYMS = frozenset(tables.table("names")["eponyms"])

# `re` has no class for capital letters. Beyond Latin-1 a letter counts as either, which English hardly needs:
# listing them all would cost half a second at every start.
UPPER = r"^\W\d_a-zß-öø-ÿ"
LOWER = r"^\W\d_A-ZÀ-ÖØ-Þ"

# One capitalised or all-capital word; a name of one to four of them, with initials and particles.
WORD = (
    rf"(?:(?:[{UPPER}]['’])?[{UPPER}][{LOWER}]+(?:['’-]?[{UPPER}][{LOWER}]+|-[{LOWER}]{{2,}}){{0,4}}|"
    rf"[{UPPER}]['’]?[{UPPER}]{{2,}}(?:['’-][{UPPER}]{{2,}}){{0,4}}|[{UPPER}]{{2}}-[{UPPER}]{{3,}})"
)
# Where a whole text is in capitals or titles, a name ends at these words.
NAME_WORD = rf"(?!(?i:{'|'.join(sorted(tables.words('names', 'not_in_names')))})(?![^\W_])){WORD}"
INITIAL = rf"[{UPPER}]\.?[ ]"
WITH_INITIAL = regex(rf"\b[{UPPER}]\.")
PARTICLE = (
    r"(?:(?:de|del|la|las|los|van|von|der|den|ter|ten|bin|ben|al|el|da|di|do|dos|du|le|St\.|ST\.|Mac|DE|DEL|"
    r"LA|VAN|VON|DER)[ ]){1,3}"
)
NAME = (
    rf"(?:{INITIAL}){{0,2}}(?:{PARTICLE})?{NAME_WORD}"
    rf"(?:[ ]{{1,2}}(?:{INITIAL}){{0,2}}(?:{PARTICLE})?{NAME_WORD}){{0,3}}"
    rf"(?:[ ][{UPPER}]\.)?(?:,?[ ](?:Jr|Sr|JR|SR|II|III)\b\.?)?"
)
FULL_NAME = (
    rf"(?:{NAME_WORD}|[{UPPER}]\.)(?:[ ](?:{INITIAL})?(?:{PARTICLE})?{NAME_WORD}){{1,2}}(?:,?[ ](?:Jr|Sr|JR|"
    rf"SR|II|III)\b\.?)?"
)
LAST_FIRST = rf"(?:{PARTICLE})?{NAME_WORD},[ ]?{NAME_WORD}(?:[ ][{UPPER}]\b\.?|[ ]{NAME_WORD})?"
LOWER_PARTICLE = (
    r"(?:(?:de|del|la|las|los|van|von|der|den|ter|ten|bin|ben|al|el|da|di|do|dos|du|le|mac|st\.)[ ]){1,3}"
)
LOWER_WORD = rf"[{LOWER}]{{2,20}}(?:['’-][{LOWER}]{{2,20}})?"
ANY_CASE = rf"(?:{LAST_FIRST}|{NAME}|{LOWER_WORD}(?:,?[ ](?:[{LOWER}][ .]{{1,2}})?{LOWER_WORD}){{0,2}})"

NOUN = regex(
    r"(?:.tion|.sion|.ment|ness|ology|.ics|.ism|.ity|itis|osis|emia|.{4}oma|pathy|ectomy|plasty|scopy|graphy|"
    r"ative|.able|.ible|.{3}ing|.{3}ical|.{3}ance|.{3}ence|.{3}ious|'m|'ve|'d|'ll)s?$"
)
# Named after somebody, and nobody's name here.
EPONYM_AFTER = regex(
    r"['’]?s?[ -](?:[A-Z][\w-]{1,20}[ -])?(?i:disease|syndrome|signs?|tests?|catheters?|procedure|"
    r"fractures?|law|methods?|maneuver|manoeuvre|operation|clamp|stain|tube|drain|nodes?|spots?|cells?|"
    r"bod(?:y|ies)|cysts?|palsy|reflex|position|murmur|equations?|formula|model|study|trial|curves?|plots?|"
    r"analys[ei]s|estimates?|survival|regression|correction|prosthesis|schedule|hospital|medical|clinic|"
    r"cent(?:er|re)|university|school|foundation|institute|county|street|avenue|road|blue|green)\b|"
    r"['’]?s?[ -](?:[\w-]{1,20}[ ])?(?i:scores?|criteria|classification|index|scale|questionnaire|"
    r"inventory)\b"
)


JOINED = regex(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def parts_of(name: str) -> list[str]:
    """Its words in lower case and without marks on letters; without initials."""
    words = JOINED.findall(plain(name))
    return [word for word in words if len(word) > 1] or words


@lru_cache(maxsize=10_000)
def is_ordinary(part: str) -> bool:
    """In the list, the plural of one in it, or with an ending of nouns that is no name we know."""
    if part in NOT_NAMES:
        return True
    return not is_known(part) and (part.removesuffix("s") in NOT_NAMES or NOUN.search(part) is not None)


def is_known(part: str) -> bool:
    return part in KNOWN or any(half in KNOWN for half in part.split("-"))


def is_no_person(parts: list[str]) -> bool:
    """An ordinary word among them, a mark of removal, or a disease that alone carries the name."""
    eponym = len(parts) == 1 and parts[0].removesuffix("'s") in EPONYM_WORDS
    return eponym or any(map(PLACEHOLDER.fullmatch, parts)) or has_ordinary(parts)


def has_ordinary(parts: list[str], given: int = 0, surname: int = -1) -> bool:
    """Behind a known given name `Young` is a surname, and before a surname `April` is a given name."""
    ordinary = [index for index, part in enumerate(parts) if is_ordinary(part)]
    if len(parts) > 1 and parts[given] in GIVEN and parts[surname] in WORD_SURNAMES:
        return ordinary not in ([], [surname % len(parts)])
    if len(parts) > 1 and parts[given] in WORD_GIVEN and parts[surname] in SURNAMES:
        return ordinary not in ([], [given % len(parts)])
    return bool(ordinary)


def is_name(match: re.Match[str]) -> Certainty | None:
    """Where only a name can stand: any word that is not ordinary, and `Park` and `Young`."""
    parts = parts_of(value_of(match))
    if not parts or PLACEHOLDER.fullmatch(parts[0]):
        return None
    return None if is_ordinary(parts[0]) and parts[0] not in NAMES_TOO else "plausible"


def is_person(match: re.Match[str]) -> Certainty | None:
    """Where other things than names stand too: a known name, or two words of which none is ordinary."""
    value = value_of(match)
    parts = parts_of(value)
    if is_no_person(parts) or EPONYM_AFTER.match(after(match, 44)):
        return None
    known = any(map(is_known, parts)) or parts[0] in WORD_GIVEN
    # In capitals everything looks like a name.
    several = len(parts) > 1 or WITH_INITIAL.search(value) is not None
    return "plausible" if known or (several and not value.isupper()) else None


def is_known_person(match: re.Match[str]) -> Certainty | None:
    """Where anything can stand: a known name, no ordinary word, and nothing named after somebody."""
    parts = parts_of(value_of(match))
    if is_no_person(parts) or EPONYM_AFTER.match(after(match, 44)):
        return None
    return "plausible" if any(map(is_known, parts)) else None


# What stands in a text instead of a name that was taken out.
PLACEHOLDER = regex(
    r"null|true|false|nan|abc\w{0,2}|xyz\w?|x+|xxx\w*|redacted|unknown|anonymous|doe|n/?a|tbd|none"
)
