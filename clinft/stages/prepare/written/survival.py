"""Did the facts survive? What a text that a model wrote lacks, turns round, or has without being told it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from clinft.artifacts.data import Record
from clinft.stages.prepare.written.items import Item, Role, items_of
from clinft.stages.prepare.written.quantities import Quantity, plain, quantities
from clinft.stages.prepare.written.scope import is_denied, is_dropped, sentence, sentence_bounds
from clinft.stages.prepare.written.vocabulary import WORD, Vocabulary, suspicious, wording_pattern

Kind = Literal[
    "missing", "negated", "not_negated", "not_excluded", "not_of_relative", "wrong_sex", "wrong_vital",
    "invented_number", "invented_term", "answer_told", "no_note", "identifier",
]  # fmt: skip
SHORTEST, LONGEST = 20, 8_000
# A longer answer is no label.
LONGEST_LABEL = 80
# How much longer than the generator's own text.
TIMES_LONGER = 5
NO_NOTE = re.compile(
    r"```|^\s*[{\[<]|\bas an? (?:ai|language model)\b|\bi cannot\b|\bi can't\b|"
    r"^\s*(?:sure|certainly|here(?:'s| is))\b|\b(?:the|these) facts\b|\[[A-Za-z ]{2,40}\]|</?\w+>|"
    r"\bsynthetic (?:note|case|patient|record|data)|\b(?:the|this|your) prompt\b|"
    r"\b(?:ignore|disregard|previous|system) (?:all |the )?instructions?\b",
    re.IGNORECASE,
)
SEXED = {
    "female": re.compile(r"(?<!\w)(?:he|him|his|himself|man|male|gentleman|mr)(?!\w)", re.IGNORECASE),
    "male": re.compile(r"(?<!\w)(?:she|her|hers|herself|woman|female|lady|mrs|ms)(?!\w)", re.IGNORECASE),
}
LABELS: dict[str, re.Pattern[str]] = {
    label: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    for label, words in {
        "pulse": r"pulse|heart rate|hr|p(?=[ :]?\d)",
        "respiratory rate": r"respiratory rate|respirations|resp(?:s|\.)?|rr|breathing(?: rate)?|breaths",
        "temperature": r"temperature|temp|t(?=[ :]?\d)|febrile",
        "oxygen saturation": r"oxygen saturation|saturation|saturations|saturating|sats?|spo2|o2 sat|sao2",
        "blood pressure": r"blood pressure|bp|pressure",
    }.items()
}
LABEL_REACH = 40
# Units that only one vital sign has.
OWN_UNITS = ("c", "%")
# Of a list, not of the case: `1.` at the beginning of a line, `Problem 1:`.
COUNTED = re.compile(
    r"(?:^|\n)[ \t]*\d{1,2}[.)](?=\s)|(?<!\w)(?:problem|number|no\.|#) ?(?:\d{1,2}|one|two|three)(?!\w)", re.I
)
# Private characters that stand for a phrase of each role while cues are looked for.
FILLERS = {
    "present": "\ue000",
    "negated": "\ue001",
    "excluded": "\ue002",
    "family": "\ue003",
    "said": "\ue004",
}


@dataclass(frozen=True)
class Fault:
    """`what`: words of the facts, or of the text; it is never shown, only told to the model again."""

    kind: Kind
    what: str


@dataclass(frozen=True)
class Brief:
    """One record as the model is told it, and what its text is held against."""

    record: Record
    items: tuple[Item, ...]


def brief_of(record: Record, vocabulary: Vocabulary) -> Brief | None:
    """Of what is found in the generator's own text: that alone was told.

    None: a fact that the record mentions is not found there at all, so nobody could say whether it survives.
    Where the vocabulary says that texts are noisy, all of each fact counts as told.
    """
    items = items_of(record, vocabulary.alternatives)
    if vocabulary.noisy:
        return Brief(record, items) if items else None
    found = tuple(item for item in items if _is_there(item, record.text))
    if not found or {item.fact for item in items} != {item.fact for item in found}:
        return None
    return Brief(record, found)


def faults(brief: Brief, text: str, vocabulary: Vocabulary) -> tuple[Fault, ...]:
    """Empty: the text is kept. In the order of the facts, each thing once."""
    unfit = tuple(_no_note(text, brief.record))
    if unfit:
        return unfit
    found = [*_of_items(brief.items, text), *_invented(brief, text, vocabulary)]
    found += _answer_told(brief, text)
    return tuple(dict.fromkeys(found))


def told_places(brief: Brief, text: str) -> list[tuple[int, int]]:
    """Where words of the facts stand."""
    return [place for item in brief.items for place in _places(item, text)]


def _is_there(item: Item, text: str) -> bool:
    if item.role == "sex":
        return True
    if item.role == "quantity":
        return any(_fits(item, one) and _labelled(item, text, one) for one in quantities(text))
    return any(True for _ in _places(item, text))


def _no_note(text: str, record: Record) -> Iterator[Fault]:
    stripped = text.strip()
    if not SHORTEST <= len(stripped) <= min(LONGEST, TIMES_LONGER * max(len(record.text), 200)):
        yield Fault("no_note", "a note of about the length that was asked for")
    elif any(unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co") and one != "\n" for one in stripped):
        yield Fault("no_note", "plain text without hidden characters")
    elif NO_NOTE.search(stripped):
        yield Fault(
            "no_note", "the note alone: no preface, no placeholders, no markup, no mention of the task"
        )


def _of_items(items: Sequence[Item], text: str) -> Iterator[Fault]:
    said = tuple(quantities(text))
    spans = {(place, item.role) for item in items if item.role in FILLERS for place in _places(item, text)}
    masked = _masked(items, text)
    shared = Counter(one.casefold() for item in items for one in item.wordings if item.role in FILLERS)
    for item in items:
        if item.role == "sex":
            other = SEXED[item.wordings[0]].search(text) if item.wordings[0] in SEXED else None
            if other:
                yield Fault("wrong_sex", other.group())
        elif item.role == "quantity":
            yield from _of_quantity(item, text, [one for one in said if _fits(item, one)])
        else:
            # `weight loss` may be denied and advised in one note: each must be said once.
            every = any if any(shared[one.casefold()] > 1 for one in item.wordings) else all
            yield from _of_phrase(item, text, masked, _own(item, text, spans), every)


def _own(item: Item, text: str, spans: Iterable[tuple[tuple[int, int], Role]]) -> list[tuple[int, int]]:
    """Places that are no part of a longer phrase: `angina` in `stable angina` is none. A denied phrase may
    stand in one that is `said`: `no recent antibiotics` tells of both."""
    longer = [place for place, role in spans if not (role == "said" and item.role == "negated")]
    return [
        (start, end)
        for start, end in _places(item, text)
        if not any(first <= start and end <= last and last - first > end - start for first, last in longer)
    ]


def _masked(items: Sequence[Item], text: str) -> str:
    """Longer phrases win. One that is `said` (`no recent antibiotics`) does not hide what denies another."""
    denied = [place for item in items if item.role == "negated" for place in _places(item, text)]
    places = sorted(
        (
            (start, end, FILLERS[item.role])
            for item in items
            if item.role in FILLERS
            for start, end in _places(item, text)
        ),
        key=lambda one: one[0] - one[1],
    )
    places = [
        (start, end, filler)
        for start, end, filler in places
        if filler != FILLERS["said"] or not any(start <= first and last <= end for first, last in denied)
    ]
    letters, taken = [*text], [False] * len(text)
    for start, end, filler in places:
        if not any(taken[start:end]):
            letters[start:end] = filler * (end - start)
            taken[start:end] = [True] * (end - start)
    return "".join(letters)


def _of_phrase(
    item: Item,
    text: str,
    masked: str,
    places: Sequence[tuple[int, int]],
    every: Callable[[Iterable[bool]], bool],
) -> Iterator[Fault]:
    if not places:
        yield Fault("missing", _named(item))
        return
    denied = [is_denied(masked, *place) for place in places]
    if item.role == "present" and not every(not one for one in denied):
        yield Fault("negated", _named(item))
    elif item.role == "negated" and not every(denied):
        yield Fault("not_negated", _named(item))
    elif item.role == "excluded" and not every(is_dropped(masked, *place) for place in places):
        yield Fault("not_excluded", _named(item))
    elif item.role == "family":
        near = wording_pattern(item.beside)
        if not every(near.search(sentence(text, *place)) is not None for place in places):
            yield Fault("not_of_relative", f"{_named(item)} of the {item.beside[0]}")


def _of_quantity(item: Item, text: str, said: Sequence[Quantity]) -> Iterator[Fault]:
    if not said:
        yield Fault("missing", _named(item))
    elif item.label and not any(_labelled(item, text, one) for one in said):
        yield Fault("wrong_vital", _named(item))
    elif item.beside:
        names = wording_pattern(item.beside)
        if not any(names.search(sentence(text, one.start, one.end)) for one in said):
            yield Fault("missing", f"{_named(item)} beside {item.beside[0]}")


def _labelled(item: Item, text: str, said: Quantity) -> bool:
    """The nearest vital sign's name before the number is this one's, or its unit says so."""
    if not item.label or (said.unit in OWN_UNITS and said.unit in item.units):
        return True
    start = max(sentence_bounds(text, said.start, said.end)[0], said.start - LABEL_REACH)
    # One character more, so that `T` can be seen to stand before a number.
    ends = {
        name: max((one.end() for one in found.finditer(text, start, said.start + 1)), default=-1)
        for name, found in LABELS.items()
    }
    return ends[item.label] == max(ends.values()) > -1


def _places(item: Item, text: str) -> Iterator[tuple[int, int]]:
    for match in wording_pattern(sorted(item.wordings, key=len, reverse=True)).finditer(text):
        yield match.span()


def _fits(item: Item, said: Quantity) -> bool:
    same = any(_same(wording, said.value) for wording in item.wordings)
    return same and (said.unit is None or not item.units or said.unit in item.units)


def _same(wording: str, value: str) -> bool:
    try:
        return plain(wording) == value
    except ArithmeticError:
        return False


def _invented(brief: Brief, text: str, vocabulary: Vocabulary) -> Iterator[Fault]:
    covered = [place for item in brief.items if item.role != "quantity" for place in _places(item, text)]
    told = [item for item in brief.items if item.role == "quantity"]
    covered += [match.span() for match in COUNTED.finditer(text)]
    # `10*3/uL`, `mL of 3% solution`: of a unit neither digits nor words are an invention.
    units = {unit for item in told for unit in (item.shown, *item.units) if unit}
    covered += [match.span() for unit in units for match in re.finditer(re.escape(unit), text, re.IGNORECASE)]
    for one in quantities(text):
        inside = any(start <= one.start < end for start, end in covered)
        if not inside and not any(_fits(item, one) for item in told):
            yield Fault("invented_number", text[one.start : one.end])
    for start, end in vocabulary.places(text):
        if not any(first <= start and end <= last for first, last in covered):
            yield Fault("invented_term", text[start:end])
    known = {word.casefold() for item in brief.items for one in item.wordings for word in WORD.findall(one)}
    for word in WORD.findall(text):
        if (
            suspicious(word)
            and word.casefold() not in known
            and word.casefold().removesuffix("s") not in known
        ):
            yield Fault("invented_term", word)


def _answer_told(brief: Brief, text: str) -> Iterator[Fault]:
    """A label that the generator's own text does not say is the answer, not the question."""
    target = brief.record.target
    if len(target) > LONGEST_LABEL or target.lstrip().startswith(("{", "[")):
        return
    said = wording_pattern([target])
    told = (one for item in brief.items for one in item.wordings)
    if said.search(brief.record.text) or any(said.search(one) for one in told):
        return
    # `Respiratory rate` names no diagnosis.
    for found in LABELS.values():
        text = found.sub(" ", text)
    if said.search(text):
        yield Fault("answer_told", target)


def _named(item: Item) -> str:
    return f"{item.label or item.fact.replace('_', ' ')}: {item.told}"
