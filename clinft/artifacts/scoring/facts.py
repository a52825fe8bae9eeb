"""Which gold facts an answer tells, and which of them are critical.

A fact is told where all words of it that carry meaning stand in the answer, in any form or synonym. Where the
record does not say which facts its text has, each such word of the gold answer counts as one; "None." is told
by any answer that says there is nothing.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.content import NOTHING, Content, alike, content
from clinft.artifacts.scoring.vocabulary import vocabulary

ALLERGY = "allergi"


class Facts(NamedTuple):
    facts: int
    told: int
    critical: int
    critical_told: int


def leaves(value: object) -> list[str]:
    """Values without their keys; True and False are no words of a note."""
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list | tuple):
        return [leaf for one in value for leaf in leaves(one)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def facts(answer: str, known: Sequence[str], record: Record) -> Facts:
    """`known`: facts that the gold answer tells, one text each; empty: its words are."""
    said = content(answer)
    if known:
        danger = frozenset(critical(record))
        each = [content(text) for text in known]
        told = [_tells(said, fact) for fact in each]
        grave = [text in danger or _grave(fact) for text, fact in zip(known, each, strict=True)]
    else:
        told, grave = _of_words(said, content(record.target))
    return Facts(len(told), sum(told), sum(grave), sum(map(min, told, grave)))


def _of_words(said: Content, gold: Content) -> tuple[list[bool], list[bool]]:
    if not gold.stems:
        return [bool(said.everything & NOTHING)] if gold.everything else [], [False] * bool(gold.everything)
    words = sorted(gold.stems)
    thin = vocabulary().anticoagulants
    return [alike(word, said.stems) for word in words], [word == ALLERGY or word in thin for word in words]


def _tells(said: Content, fact: Content) -> bool:
    """What has no content of its own, such as a bare `normal`, is told by the same words."""
    if fact.stems:
        return all(alike(word, said.everything) for word in fact.stems)
    return fact.everything <= said.everything


def _grave(fact: Content) -> bool:
    return ALLERGY in fact.stems or bool(fact.stems & vocabulary().anticoagulants)


def is_grave(text: str, danger: Sequence[frozenset[str]]) -> bool:
    """`danger`: stems of critical facts; a text that holds one, or names an allergy or an anticoagulant."""
    found = content(text)
    return _grave(found) or any(one and one <= found.stems for one in danger)


def critical(record: Record) -> Iterator[str]:
    """Texts of facts whose omission endangers the patient, as our generators write them."""
    given = record.facts
    yield from leaves(given.get("red_flags"))
    for name in given:
        if "allerg" in name:
            yield from leaves(given[name])
    if given.get("critical") is True:
        for name in ("condition", "diagnosis", "written_as"):
            yield from leaves(given.get(name))
    labs = given.get("labs")
    for lab in labs if isinstance(labs, list) else ():
        if isinstance(lab, dict) and str(lab.get("flag", "")).startswith("critical"):
            yield from leaves([lab.get("name"), lab.get("value")])
