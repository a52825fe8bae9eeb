"""What a hurried ward does to a note: drawn per note, by the shares of `data.realism`."""

from collections.abc import Sequence
from functools import cache, lru_cache
from string import Formatter
from typing import Any, NamedTuple

from clinft.spec.data import Realism
from clinft.stages.prepare.clinical import words
from clinft.stages.prepare.clinical.lexicon import Lexicon, written
from clinft.stages.prepare.clinical.slots import dose, fahrenheit
from clinft.stages.prepare.clinical.styles import Wording
from clinft.stages.prepare.draw import Draw

# Shares are counted in parts of this.
WHOLE = 10_000
# Parts of a note that may be left out, each with all that goes with it, and the fact it stands for.
MISSABLE: dict[str, tuple[str, ...]] = {
    "vitals": ("vitals",),
    "labs": ("labs", "labs_abnormal", "labs_normal"),
    "studies": ("studies",),
    "history": ("history",),
    "medications": ("medications",),
    "denied": ("denied",),
    "duration": ("duration",),
    "care": ("care",),
}
FACT_OF = {
    "medications": "regular_medications", "denied": "negated_findings", "started": "started_medications",
    "family": "family_history", "past": "past_resolved", "dx": "condition", "excluded": "ruled_out",
}  # fmt: skip
DISTRACTORS = ("family", "past")
# From here a temperature counts as fever, in tenths of a degree Celsius.
FEVER = 380


class Switches(NamedTuple):
    abbreviations: bool
    typos: bool
    missing: bool
    units: bool
    distractors: bool
    contradictions: bool


@lru_cache(maxsize=256)
def _thresholds(realism: Realism) -> tuple[int, ...]:
    return tuple(round(getattr(realism, name) * WHOLE) for name in Switches._fields)


def switches(realism: Realism, draw: Draw) -> Switches:
    return Switches(*[draw.below(WHOLE) < threshold for threshold in _thresholds(realism)])


def left_out(parts: frozenset[str], there: set[str], draw: Draw) -> str:
    """One part that the template would tell and the facts have; empty where there is none."""
    possible = [name for name in MISSABLE if name in there and name in parts]
    return draw.one(possible) if possible else ""


def mistyped(wordings: list[Wording], draw: Draw) -> tuple[int, Wording, str, str] | None:
    """(which wording, how it is written now, the misspelt word, the word)."""
    places = [(which, place) for which, wording in enumerate(wordings) for place in wording.typable]
    if not places:
        return None
    which, (index, start, end) = draw.one(places)
    wording = wordings[which]
    piece = wording.pieces[index]
    word = piece.literal[start:end]
    wrong = misspelt(word, draw)
    changed = piece._replace(literal=piece.literal[:start] + wrong + piece.literal[end:])
    pieces = (*wording.pieces[:index], changed, *wording.pieces[index + 1 :])
    return which, Wording(wording.text, pieces, wording.parts, wording.typable), wrong, word


def misspelt(word: str, draw: Draw) -> str:
    """Two letters swapped, one left out or one doubled; never the first or last, and never unchanged."""
    at = draw.between(1, len(word) - 3)
    kind = draw.below(3)
    if kind == 0 and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1 :]


def corrected(
    facts: dict[str, Any],
    kept: dict[str, Sequence[tuple[int, Any]]],
    there: set[str],
    lexicon: Lexicon,
    draw: Draw,
    *,
    other_units: bool,
) -> dict[str, Any] | None:
    """An earlier statement that was wrong, and what is true: what the slot {correction} writes.

    `other_units`: the note has them, so that a temperature stands in one unit everywhere.
    """
    possible = [
        kind
        for kind, part in (("finding", "findings"), ("negated", "denied"), ("temperature", "vitals"),
                           ("dose", "medications"))
        if part in there
    ]  # fmt: skip
    while possible:
        kind = possible.pop(draw.below(len(possible)))
        if found := _CORRECTIONS[kind](facts, kept, lexicon, draw):
            if other_units and kind == "temperature":
                found |= {key: fahrenheit(found[key]) for key in ("right", "wrong", "truth")}
            return {**found, "pieces": draw.one(_pieces()[kind])}
    return None


@cache
def _pieces() -> dict[str, tuple[tuple[tuple[str, str], ...], ...]]:
    return {
        kind: tuple(
            tuple((literal, name or "") for literal, name, _, _ in Formatter().parse(text)) for text in texts
        )
        for kind, texts in words.wording().corrections.items()
    }


def _finding(facts: Any, kept: Any, lexicon: Lexicon, draw: Draw) -> dict[str, Any]:
    index, finding = draw.one(kept["findings"])
    return {"fact": "findings", "item": finding, "item_fact": "findings", "item_index": index,
            "wrong": "absent", "truth": "present"}  # fmt: skip


def _negated(facts: Any, kept: Any, lexicon: Lexicon, draw: Draw) -> dict[str, Any]:
    index, finding = draw.one(kept["denied"])
    return {"fact": "negated_findings", "item": finding, "item_fact": "negated_findings",
            "item_index": index, "wrong": "present", "truth": "absent"}  # fmt: skip


def _temperature(facts: Any, kept: Any, lexicon: Lexicon, draw: Draw) -> dict[str, Any]:
    """The other side of fever, so that it matters which one is believed."""
    true = f"{facts['vitals']['temperature_c']:.1f} C"
    tenths = int(true.removesuffix(" C").replace(".", ""))
    other = draw.between(364, 371) if tenths >= FEVER else draw.between(383, 392)
    wrong = f"{other // 10}.{other % 10} C"
    return {"fact": "vitals.temperature_c", "right": true, "right_fact": "vitals.temperature_c",
            "item_index": 0, "wrong": wrong, "truth": true}  # fmt: skip


def _dose(facts: Any, kept: Any, lexicon: Lexicon, draw: Draw) -> dict[str, Any] | None:
    index, item = draw.one(kept["medications"])
    others = lexicon.other_doses(item["name"], item["unit"], item["route"], written(item["dose"]))
    if not others:
        return None
    right = dose(item)
    return {"fact": "regular_medications.dose", "item": item["name"], "item_fact": "regular_medications",
            "right": right, "right_fact": "regular_medications.dose", "item_index": index,
            "wrong": dose({**item, "dose": draw.one(others)}), "truth": right}  # fmt: skip


_CORRECTIONS = {"finding": _finding, "negated": _negated, "temperature": _temperature, "dose": _dose}
