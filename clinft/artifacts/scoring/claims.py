"""What an answer claims, and which of it nothing supports: a screen for invention, no proof.

A claim is a word that carries meaning, a number or a clinical term. It is supported where the text or the
gold facts say it in any form. On top of these come contradictions: a term that is denied though the case has
it, or the other way round, the value of another thing, and the other side of the body.
Sensitivity and specificity are measured: docs/metrics.md. Wrong relations between right words are not seen.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from clinft.artifacts.data import REJECTED, Record
from clinft.artifacts.scoring.content import SIDES, Content, alike, content
from clinft.artifacts.scoring.facts import leaves

# Facts of our generators whose polarity is known, whatever words the text has for it.
PRESENT = ("condition", "diagnosis", "written_as", "findings", "red_flags", "history")
ABSENT = ("negated_findings", "ruled_out")
# Kinds of terms that a patient has or has not; a test or a medication is neither true nor false.
ASSERTED = frozenset({"condition", "finding"})
# Who somebody is, said by other words than the answer's.
SEXES = {
    "man": frozenset({"man", "he", "hi", "him", "sir", "mr", "mister", "m"}),
    "woman": frozenset({"woman", "she", "her", "miss", "mrs", "ms", "ma'am", "f"}),
}
NO_FACTS = frozenset({REJECTED, "mentioned", "noise", "template"})


class Claims(NamedTuple):
    """Counts. `contradicted` ones are among the `unsupported`."""

    made: int
    unsupported: int
    contradicted: int


def claims(answer: str, record: Record) -> Claims:
    said, known = content(answer), content(source(record))
    unsupported = {word for word in said.stems if not _supported(word, known)}
    against = set(_contradictions(said, known, _polarity(record.facts)))
    made = len(said.stems) + len(against)
    return Claims(made, len(unsupported) + len(against), len(against))


def source(record: Record) -> str:
    """All that supports a claim: what the model was given, and each fact as a line of its own.

    A gold answer that was written from the facts lends its words too; one that somebody brought may hold what
    the text does not say.
    """
    facts = (" ".join(leaves(value)) for key, value in record.facts.items() if key not in NO_FACTS)
    written = (record.target,) if "mentioned" in record.facts else ()
    return "\n".join((record.text, *written, *facts))


def _supported(word: str, known: Content) -> bool:
    if word in SEXES:
        return bool(SEXES[word] & known.everything)
    return alike(word, known.everything)


def _contradictions(
    said: Content, known: Content, polarity: Mapping[tuple[str, str], bool]
) -> Iterator[tuple[str, str]]:
    for term, how in sorted(said.terms.items()):
        if term[0] not in ASSERTED:
            continue
        there = frozenset({polarity[term]}) if term in polarity else known.terms.get(term, frozenset())
        if there and None not in there and how - there - {None}:
            yield "polarity", term[1]
    for name, numbers in sorted(said.values.items()):
        there_too = known.values.get(name, frozenset())
        if there_too:
            yield from (("value", f"{name} {number}") for number in sorted(numbers - there_too))
    for side, what in sorted(said.sides):
        if (SIDES[side], what) in known.sides and (side, what) not in known.sides:
            yield "side", what


def _polarity(facts: Mapping[str, object]) -> dict[tuple[str, str], bool]:
    """Of terms that the facts name; what is both present and absent there decides nothing."""
    found: dict[tuple[str, str], set[bool]] = {}
    for names, present in ((PRESENT, True), (ABSENT, False)):
        for name in names:
            for text in leaves(facts.get(name)):
                for term in content(text).terms:
                    found.setdefault(term, set()).add(present)
    return {term: present for term, (present, *more) in found.items() if not more}
