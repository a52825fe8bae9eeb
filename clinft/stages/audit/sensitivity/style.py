"""How one row is written: letter case, what stands between its sentences, how it spells its keys."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Case = Literal["lower", "upper", "sentence"]

# A line break with the mark of a list, or the space after a full stop that no abbreviation explains.
JOINT = re.compile(
    r"[ \t\r]{0,20}\n\s{0,20}(?:[-*•][ \t]{1,4})?(?=\S)"
    r"|(?<=[\w)%][\w)%][\w)%][.!?])(?<!\bmrs\.)[ ]{1,4}(?=\w)",
    re.IGNORECASE,
)
STOPS = ".!?"
SEVERAL_WORDS = re.compile(r"[a-z][A-Z]|\w[ _-]\w")


@dataclass(frozen=True)
class Place:
    """Where a sentence can go: `joint` and the sentence are put at `at`. `stop`: it ends in a full stop."""

    at: int
    joint: str
    stop: bool


def places(text: str) -> tuple[Place, ...]:
    """In order; the last one is the end of the text."""
    joints = [match for match in JOINT.finditer(text) if match.start()]
    between = [
        Place(match.start(), match.group(), "\n" not in match.group() or text[match.start() - 1] in STOPS)
        for match in joints
    ]
    return (*between, _at_the_end(text, between))


def _at_the_end(text: str, between: Sequence[Place]) -> Place:
    end = len(text.rstrip())
    # The most frequent, the first of equals.
    joint = Counter(place.joint for place in between).most_common(1)[0][0] if between else " "
    stopped = text[end - 1 : end] in STOPS
    if "\n" in joint:
        return Place(end, joint, stopped)
    return Place(end, joint if stopped else "." + joint, stop=True)


def case_of(text: str) -> Case:
    """A few capitals, as in mmHg, do not make sentences of a text in lower case."""
    uppers, lowers = sum(map(str.isupper, text)), sum(map(str.islower, text))
    first = next(filter(str.isalpha, text), "")
    if not first.isupper() and uppers * 25 < lowers:
        return "lower"
    return "upper" if lowers * 10 < uppers else "sentence"


def in_case(text: str, case: Case) -> str:
    return {"lower": text.lower, "upper": text.upper, "sentence": text.__str__}[case]()


def key_like(words: str, keys: Iterable[str]) -> str:
    """`words` as a JSON key in the way these keys are spelled; snake_case where they do not tell."""
    known = [key for key in keys if key]
    model = next(filter(SEVERAL_WORDS.search, known), known[0] if known else "")
    glue = next((sign for sign in "_- " if sign in model), None)
    if glue is None:
        glue = "" if SEVERAL_WORDS.search(model) else " " if model.istitle() else "_"
    capital = [word.capitalize() for word in words.split()]
    if model.isupper():
        return glue.join(capital).upper()
    if glue == "":
        return "".join(capital) if model[0].isupper() else capital[0].lower() + "".join(capital[1:])
    return glue.join(capital) if model[:1].isupper() else glue.join(capital).lower()
