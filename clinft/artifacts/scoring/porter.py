"""Porter's stemmer (1980, Program 14) with the extensions that NLTK made to it, as ROUGE is computed with.

The steps are those of Porter's paper, rule by rule. Not a good stemmer, but the one that published ROUGE
values rest on; ours gives the same stems without NLTK, which tests hold against each other.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

Condition = Callable[[str], bool] | None
Rule = tuple[str, str, Condition]
VOWELS = frozenset("aeiou")
# NLTK's: forms that the rules get wrong.
IRREGULAR = {
    "skies": "sky", "sky": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
    "innings": "inning", "inning": "inning", "outings": "outing", "outing": "outing",
    "cannings": "canning", "canning": "canning", "howe": "howe", "proceed": "proceed", "exceed": "exceed",
    "succeed": "succeed",
}  # fmt: skip


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Of a word in lower case."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) <= 2:
        return word
    for step in (_step_1a, _step_1b, _step_1c, _step_2, _step_3, _step_4, _step_5a, _step_5b):
        word = step(word)
    return word


def _consonant(word: str, at: int) -> bool:
    if word[at] in VOWELS:
        return False
    return word[at] != "y" or at == 0 or not _consonant(word, at - 1)


def _measure(word: str) -> int:
    """How often a vowel is followed by a consonant: m in Porter's paper."""
    forms = [_consonant(word, at) for at in range(len(word))]
    return sum(not before and after for before, after in pairwise(forms))


def _positive(word: str) -> bool:
    return _measure(word) > 0


def _has_vowel(word: str) -> bool:
    return not all(_consonant(word, at) for at in range(len(word)))


def _double(word: str) -> bool:
    return len(word) >= 2 and word[-1] == word[-2] and _consonant(word, len(word) - 1)


def _cvc(word: str) -> bool:
    """Ends in consonant, vowel, consonant, the last not w, x or y; NLTK: or is a vowel and a consonant."""
    last = len(word) - 1
    if len(word) >= 3:
        around = _consonant(word, last - 2) and not _consonant(word, last - 1) and _consonant(word, last)
        return around and word[-1] not in "wxy"
    return len(word) == 2 and not _consonant(word, 0) and _consonant(word, 1)


def _by_rules(word: str, rules: Sequence[Rule]) -> str:
    """The first ending that fits decides, whether its condition holds or not."""
    for ending, other, condition in rules:
        if ending == "*d" and _double(word):
            left = word[:-2]
            return left + other if condition is None or condition(left) else word
        if ending != "*d" and word.endswith(ending):
            left = word[: len(word) - len(ending)]
            return left + other if condition is None or condition(left) else word
    return word


def _step_1a(word: str) -> str:
    if word.endswith("ies") and len(word) == 4:
        return word[:-3] + "ie"
    return _by_rules(word, (("sses", "ss", None), ("ies", "i", None), ("ss", "ss", None), ("s", "", None)))


def _step_1b(word: str) -> str:
    if word.endswith("ied"):
        return word[:-3] + ("ie" if len(word) == 4 else "i")
    if word.endswith("eed"):
        return word[:-3] + "ee" if _positive(word[:-3]) else word
    for ending in ("ed", "ing"):
        left = word[: -len(ending)]
        if word.endswith(ending) and _has_vowel(left):
            break
    else:
        return word
    rules: tuple[Rule, ...] = (
        ("at", "ate", None),
        ("bl", "ble", None),
        ("iz", "ize", None),
        ("*d", left[-1:], lambda _: left[-1] not in "lsz"),
        ("", "e", lambda stemmed: _measure(stemmed) == 1 and _cvc(stemmed)),
    )
    return _by_rules(left, rules)


def _step_1c(word: str) -> str:
    """NLTK: only after a consonant, and not in the second place (`by`, `say`)."""
    return _by_rules(word, (("y", "i", lambda left: len(left) > 1 and _consonant(left, len(left) - 1)),))


def _step_2(word: str) -> str:
    if word.endswith("alli") and _positive(word[:-4]):
        return _step_2(word[:-4] + "al")
    pairs = (
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
        ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
        ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
        ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
        ("fulli", "ful"),
    )  # fmt: skip
    rules: list[Rule] = [(ending, other, _positive) for ending, other in pairs]
    # The l of `logi` belongs to the stem that is measured.
    rules.append(("logi", "log", lambda left: _positive(left + "l")))
    return _by_rules(word, rules)


def _step_3(word: str) -> str:
    pairs = (
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""),
        ("ness", ""),
    )  # fmt: skip
    return _by_rules(word, [(ending, other, _positive) for ending, other in pairs])


def _step_4(word: str) -> str:
    def long(left: str) -> bool:
        return _measure(left) > 1

    before = ("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent")
    after = ("ou", "ism", "ate", "iti", "ous", "ive", "ize")
    rules: list[Rule] = [(ending, "", long) for ending in before]
    rules.append(("ion", "", lambda left: long(left) and left[-1] in "st"))
    return _by_rules(word, [*rules, *((ending, "", long) for ending in after)])


def _step_5a(word: str) -> str:
    if not word.endswith("e"):
        return word
    left = word[:-1]
    if _measure(left) > 1 or (_measure(left) == 1 and not _cvc(left)):
        return left
    return word


def _step_5b(word: str) -> str:
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
