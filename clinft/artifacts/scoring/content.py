"""What a text says, in stems: words that carry meaning, clinical terms with their polarity, values and sides.

Negation is found as NegEx does it (Chapman et al. 2001): from a trigger to the end of its sentence or to a
word that ends its reach; a question asserts nothing and denies nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from clinft.artifacts.scoring.porter import stem
from clinft.artifacts.scoring.spelling import is_number, sentences
from clinft.artifacts.scoring.vocabulary import Stems, vocabulary


def _stemmed(text: str) -> frozenset[str]:
    return frozenset(map(stem, text.split()))


# Words that every text has, and the frame of a note: no content to be told or invented.
FRAME = _stemmed(
    "a about after ago also although am an and any are as at be because been before but by can come came "
    "could did do does done either for from get go got had has have he her here him his how i if in into "
    "is it its just me my of okay on once or our over per please say says said she should so some such "
    "than that the their them then there these they this those to today too um up us very was we well "
    "were what when where which while who will with would yeah yes yet you your patient state stated "
    "report reported note noted present presented complain mention describe year old history past "
    "current currently consistent following followed remain otherwise significant overall assessment "
    "plan diagnosis objective subjective impression find findings result results test treatment treat "
    "exam examination section review reviewed show start give given take took receive continue prescribe "
    "tell told ask see seen return visit ruled out s milligram mr mrs ms xyz"
)
# Words that say there is nothing: the content of "None.", no content of a longer text.
NOTHING = _stemmed("no none nil negative unremarkable noncontributory not nothing never without denies nor")
DENYING = _stemmed("no not without denies negative never none nor absent absence free") | {
    "don't", "didn't", "doesn't", "hasn't", "haven't", "isn't", "wasn't", "can't",
}  # fmt: skip
# The reach of a denial ends here.
ENDING = _stemmed("but however except although though while presents diagnosis")
# "Ruled out", "was excluded": deny what stands before them too.
RULED_OUT = ("rule", "out")
DENYING_BEFORE = (RULED_OUT, ("wa", "exclud"), ("is", "exclud"), ("wa", "neg"), ("is", "neg"))
SIDES = {"left": "right", "right": "left"}
# A value stands within so many words after what it is the value of, before the next term.
NEAR = 5
# Words that begin alike and differ in the end are forms of one word: psychiatr, psychiatrist.
SAME_START, LONGEST_END = 5, 2


@dataclass(frozen=True)
class Content:
    """`said`: how each term is said: True, False, or None in a question. `values`: numbers near a term."""

    stems: frozenset[str]
    everything: frozenset[str]
    terms: Mapping[tuple[str, str], frozenset[bool | None]]
    values: Mapping[str, frozenset[str]]
    sides: frozenset[tuple[str, str]]


@lru_cache(maxsize=4096)
def content(text: str) -> Content:
    known = vocabulary()
    terms: dict[tuple[str, str], set[bool | None]] = {}
    values: dict[str, set[str]] = {}
    sides: set[tuple[str, str]] = set()
    everything: set[str] = set()
    for sentence in sentences(text):
        stems = known.stems(sentence.words)
        everything |= set(stems)
        sides |= {(one, other) for one, other in pairwise(stems) if one in SIDES}
        found = list(known.find(stems))
        denied = _denied(stems, frozenset(at for term in found for at in range(term.at, term.end)))
        ends = [*(term.at for term in found[1:]), len(stems)]
        for term, end in zip(found, ends, strict=False):
            polarity = None if sentence.question else not denied[term.at]
            terms.setdefault((term.kind, term.name), set()).add(polarity)
            near = {word for word in stems[term.end : min(end, term.end + NEAR)] if is_number(word)}
            values.setdefault(term.name, set()).update(near)
    return Content(
        frozenset(word for word in everything if word not in FRAME and word not in NOTHING),
        frozenset(everything),
        {term: frozenset(said) for term, said in terms.items()},
        {name: frozenset(found) for name, found in values.items()},
        frozenset(sides),
    )


def _denied(stems: Stems, named: frozenset[int]) -> list[bool]:
    """Of each place, whether what stands there is said not to be. `named`: places within a term's own name,
    such as the `no` of `no waking between fits`.
    """
    denied = [False] * len(stems)
    reach = False
    for at, word in enumerate(stems):
        denied[at] = reach
        if at not in named and (word in DENYING or stems[at : at + 2] == RULED_OUT):
            reach = True
        elif word in ENDING:
            reach = False
    for at in range(len(stems) - 1):
        if stems[at : at + 2] in DENYING_BEFORE:
            start = max((place for place in range(at) if stems[place] in ENDING), default=-1) + 1
            denied[start:at] = [True] * (at - start)
    return denied


def alike(one: str, among: frozenset[str]) -> bool:
    """Is it, or a form of it, among these? A number has no forms."""
    if one in among:
        return True
    if len(one) < SAME_START or is_number(one):
        return False
    return any(_one_word(one, other) for other in among if other[:SAME_START] == one[:SAME_START])


def _one_word(one: str, other: str) -> bool:
    needed = max(SAME_START, min(len(one), len(other)) - LONGEST_END)
    return one[:needed] == other[:needed]
