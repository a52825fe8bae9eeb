"""Facts and a template -> a note, with the place of each fact in it and what was done to the text."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from clinft.spec.data import Realism
from clinft.stages.prepare.clinical import words
from clinft.stages.prepare.clinical.lexicon import lexicon
from clinft.stages.prepare.clinical.load import Pack
from clinft.stages.prepare.clinical.realism import (
    DISTRACTORS,
    FACT_OF,
    MISSABLE,
    corrected,
    left_out,
    mistyped,
    switches,
)
from clinft.stages.prepare.clinical.styles import Template, Wording
from clinft.stages.prepare.clinical.writing import Facts, Span, Writing
from clinft.stages.prepare.draw import Draw

# Of a hundred lines in a note with abbreviations, how many have them in the template's own words.
SHORT_LINES_PERCENT = 70
# Part of a template -> the list of facts it tells.
LISTS = {
    "findings": "findings", "red_flags": "red_flags", "denied": "negated_findings", "labs": "labs",
    "studies": "studies", "history": "history", "medications": "regular_medications",
    "started": "started_medications", "care": "care", "family": "family_history", "past": "past_resolved",
    "excluded": "ruled_out",
}  # fmt: skip
# Words of these keys may say what a label says.
SPOKEN = ("name", "study", "result", "because")


@dataclass(frozen=True)
class Note:
    """`mentioned`: the facts that the text tells, sorted. `noise`: what realism did, with the truth."""

    text: str
    spans: tuple[Span, ...]
    mentioned: tuple[str, ...]
    noise: tuple[dict[str, Any], ...]


def write(
    template: Template, facts: Facts, pack: Pack, realism: Realism, draw: Draw,
    avoid: frozenset[str] = frozenset(),
) -> Note:  # fmt: skip
    """`avoid`: words that the text must not have, such as the labels; phrases with them are left out."""
    kept = _kept(facts, avoid)
    there = _there(facts, kept, avoid)
    switched = switches(realism, draw)
    words_of = lexicon(pack)
    writing = Writing(facts, kept, words_of, words.wording(), draw)
    writing.short = switched.abbreviations and not template.spoken
    writing.other_units = switched.units
    if not switched.distractors:
        there.difference_update(DISTRACTORS)
    if switched.missing and (part := left_out(template.parts, there, draw)):
        there.difference_update(MISSABLE[part])
        writing.noted("missing", FACT_OF.get(part, part), 0, "", "")
    if switched.contradictions and "correction" in template.parts:
        found = corrected(facts, kept, there, words_of, draw, other_units=switched.units)
        if found is not None:
            writing.correction = found
            there.add("correction")
    _fill(writing, template, _lines(template, there, writing, typos=switched.typos))
    for span in writing.spans:
        if span.fact in ("family_history", "past_resolved"):
            said = facts[span.fact][span.item]["name"]
            writing.noted("distractor", span.fact, span.item, said, said)
    mentioned = sorted({span.fact.partition(".")[0] for span in writing.spans})
    return Note("".join(writing.pieces), tuple(writing.spans), tuple(mentioned), tuple(writing.noise))


def _lines(template: Template, there: set[str], writing: Writing, *, typos: bool) -> list[Wording]:
    """The wordings of this note: those that have something to say, abbreviated and mistyped."""
    draw, chosen = writing.draw, []
    for line in template.lines:
        possible = line.possible(there)
        if not possible or not (line.chance == 100 or draw.chance(line.chance)):
            continue
        wording = possible[0] if len(possible) == 1 else draw.one(possible)
        if writing.short and draw.below(100) < SHORT_LINES_PERCENT:
            wording, changes = template.shortened(wording, writing.lexicon)
            for short, full in changes:
                writing.noted("abbreviation", "", 0, short, full)
        chosen.append(wording)
    if typos and (found := mistyped(chosen, draw)):
        which, chosen[which], wrong, word = found
        writing.noted("typo", "", 0, wrong, word)
    return chosen


def _fill(writing: Writing, template: Template, chosen: list[Wording]) -> None:
    pieces = writing.pieces
    for number, wording in enumerate(chosen):
        if number:
            writing.say(template.separator)
        for literal, slot, listing, capital in wording.pieces:
            if literal:
                writing.say(literal)
            if slot is not None:
                first = len(pieces)
                slot.write(writing, listing)
                if capital:
                    pieces[first] = capitalized(pieces[first])


def capitalized(text: str) -> str:
    """Of a word such as `pH` nothing is changed."""
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def _kept(facts: Facts, avoid: frozenset[str]) -> dict[str, Any]:
    """Each list's items with their places; without those that say a word to avoid."""
    kept: dict[str, Any] = {part: list(enumerate(facts.get(fact) or ())) for part, fact in LISTS.items()}
    imaging = facts.get("imaging") or {}
    kept["imaging_findings"] = list(enumerate(imaging.get("findings", ())))
    kept["imaging_normal"] = list(enumerate(imaging.get("normal", ())))
    if avoid:
        kept = {part: [pair for pair in items if not _says(pair[1], avoid)] for part, items in kept.items()}
    kept["chief"], kept["associated"] = kept["findings"][:1], kept["findings"][1:]
    labs = kept["labs"]
    kept["labs_normal"] = [pair for pair in labs if pair[1]["flag"] == "normal"]
    kept["labs_abnormal"] = [pair for pair in labs if pair[1]["flag"] != "normal"]
    return kept


def _there(facts: Facts, kept: dict[str, Any], avoid: frozenset[str]) -> set[str]:
    there = {part for part, items in kept.items() if items}
    there |= {"age", "sex"}
    for part, fact in (("gestation", "gestation_weeks"), ("duration", "duration"), ("course", "course")):
        if facts.get(fact):
            there.add(part)
    if facts.get("vitals"):
        there.add("vitals")
    if not (avoid and _says(facts["written_as"], avoid)):
        there.add("dx")
    imaging = facts.get("imaging")
    if imaging:
        there.add("imaging")
        if not (avoid and _says(imaging["impression"], avoid)):
            there.add("imaging_impression")
    return there


def _says(item: Any, avoid: frozenset[str]) -> bool:
    if isinstance(item, str):
        return says(item, avoid)
    return any(says(item[key], avoid) for key in SPOKEN if key in item)


@lru_cache(maxsize=50_000)
def says(phrase: str, avoid: frozenset[str]) -> bool:
    """Whether a word to avoid stands in the phrase, its adverb included."""
    return _pattern(avoid).search(phrase) is not None


@lru_cache(maxsize=64)
def _pattern(avoid: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(avoid)))})(?:ly)?(?!\w)", re.IGNORECASE)
