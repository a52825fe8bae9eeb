"""What may stand in braces in a template: each slot writes one fact, or a list of them, in one form."""

from collections.abc import Callable
from typing import Any, NamedTuple

from clinft.stages.prepare.clinical.lexicon import written
from clinft.stages.prepare.clinical.writing import LISTINGS, Writing

AGES_WITH_AN = (8, 11, 18, *range(80, 90))
FLAGS = {"high": "high", "low": "low", "normal": "normal", "critical high": "critically high",
         "critical low": "critically low"}  # fmt: skip
FLAG_LETTERS = {"high": "H", "low": "L", "critical high": "HH", "critical low": "LL"}
# Units that are counted: one drop, two drops.
COUNTED = {"drop": "drops", "puff": "puffs", "spray": "sprays", "tablet": "tablets", "patch": "patches",
           "unit": "units", "capsule": "capsules"}  # fmt: skip
SINGLE = {many: one for one, many in COUNTED.items()}
ItemWriter = Callable[[Writing, str, int, Any], None]


class Slot(NamedTuple):
    """`part`: what must be there for it to say something; `listing`: how a list is joined by default."""

    part: str
    write: Callable[[Writing, str], None]
    listing: str = ""


def _sexed(fact: str, female: str, male: str) -> Slot:
    def write(writing: Writing, _: str) -> None:
        writing.mark(female if writing.facts["sex"] == "female" else male, fact)

    return Slot(fact, write)


def _scalar(part: str, fact: str) -> Slot:
    def write(writing: Writing, _: str) -> None:
        writing.mark(str(writing.facts[fact]), fact)

    return Slot(part, write)


def _article(writing: Writing, _: str) -> None:
    writing.say("an" if writing.facts["age"] in AGES_WITH_AN else "a")


def _diagnosis(writing: Writing, _: str) -> None:
    writing.mark(writing.facts["written_as"], "condition")


def _vital(key: str) -> Slot:
    def write(writing: Writing, _: str) -> None:
        writing.mark(str(writing.facts["vitals"][key]), f"vitals.{key}")

    return Slot("vitals", write)


def _pressure(writing: Writing, _: str) -> None:
    vitals = writing.facts["vitals"]
    writing.mark(str(vitals["systolic_mmhg"]), "vitals.systolic_mmhg")
    writing.say("/")
    writing.mark(str(vitals["diastolic_mmhg"]), "vitals.diastolic_mmhg")


def _temperature(writing: Writing, _: str) -> None:
    celsius = f"{writing.facts['vitals']['temperature_c']:.1f} C"
    if writing.other_units:
        said = fahrenheit(celsius)
        writing.noted("unit", "vitals.temperature_c", 0, said, celsius)
        celsius = said
    writing.mark(celsius, "vitals.temperature_c")


def fahrenheit(celsius: str) -> str:
    """`38.9 C` -> `102.0 F`, in whole tenths, half up."""
    tenths = int(celsius.removesuffix(" C").replace(".", ""))
    return f"{(tenths * 90 + 16_000 + 25) // 50 / 10:.1f} F"


def _items(part: str, fact: str, write_item: ItemWriter, listing: str) -> Slot:
    """A list's kept items, joined."""

    def write(writing: Writing, spec: str) -> None:
        items = writing.kept[part]
        first, between, of_two, last = LISTINGS[spec or listing]
        end = len(items) - 1
        if first:
            writing.say(first)
        for place, (index, item) in enumerate(items):
            if place:
                writing.say(between if place < end else last if end > 1 else of_two)
            write_item(writing, fact, index, item)

    return Slot(part, write, listing)


def _phrase(writing: Writing, fact: str, index: int, item: Any) -> None:
    writing.phrase(item, fact, index)


def _no_phrase(writing: Writing, fact: str, index: int, item: Any) -> None:
    writing.say("no ")
    writing.phrase(item, fact, index)


def _name(writing: Writing, fact: str, index: int, item: Any) -> None:
    writing.name(item["name"], fact, index)


def _lay(writing: Writing, fact: str, index: int, item: Any) -> None:
    writing.mark(writing.wording.lay.get(item["name"], item["name"]), fact, index)


def _lab_value(writing: Writing, index: int, lab: Any) -> None:
    value, unit = lab["value"], lab["unit"]
    display = writing.wording.units
    shown = quantity(value, display.get(unit, unit))
    if writing.other_units:
        others = writing.lexicon.other_units(lab["name"], value)
        if others:
            value, unit = writing.draw.one(others)
            other = quantity(value, display.get(unit, unit))
            writing.noted("unit", "labs.value", index, other, shown)
            shown = other
    writing.mark(shown, "labs.value", index)


def quantity(value: str, unit: str) -> str:
    return f"{value}%" if unit == "%" else f"{value} {unit}" if unit else value


def _lab(writing: Writing, fact: str, index: int, lab: Any) -> None:
    writing.name(lab["name"], fact, index)
    writing.say(" ")
    _lab_value(writing, index, lab)


def _lab_flagged(writing: Writing, fact: str, index: int, lab: Any) -> None:
    _lab(writing, fact, index, lab)
    writing.say(" (")
    writing.mark(FLAGS[lab["flag"]], "labs.flag", index)
    writing.say(")")


def _lab_row(writing: Writing, fact: str, index: int, lab: Any) -> None:
    writing.name(lab["name"], fact, index)
    writing.say(": ")
    _lab_value(writing, index, lab)
    if letters := FLAG_LETTERS.get(lab["flag"]):
        writing.say(" ")
        writing.mark(letters, "labs.flag", index)


def _study(between: str) -> ItemWriter:
    def write(writing: Writing, fact: str, index: int, item: Any) -> None:
        writing.phrase(item["study"], fact, index)
        writing.say(between)
        writing.phrase(item["result"], "studies.result", index)

    return write


def _medication(writing: Writing, fact: str, index: int, item: Any) -> None:
    forms = writing.wording
    writing.name(item["name"], fact, index)
    writing.say(" ")
    writing.mark(dose(item), f"{fact}.dose", index)
    for part, words in (("route", forms.routes), ("frequency", forms.frequencies)):
        said = words.get(item[part])
        writing.say(" ")
        text = item[part] if said is None else said.short if writing.short else said.full
        writing.mark(text, f"{fact}.{part}", index)


def dose(item: Any) -> str:
    """`5 mg`, `1 drop`, `2 puffs`."""
    amount, unit = written(item["dose"]), item["unit"]
    unit = SINGLE.get(unit, unit) if amount == "1" else COUNTED.get(unit, unit)
    return f"{amount} {unit}"


def _relative_after(writing: Writing, fact: str, index: int, item: Any) -> None:
    writing.name(item["name"], fact, index)
    writing.say(" (")
    writing.mark(item["relative"], "family_history.relative", index)
    writing.say(")")


def _in_relative(writing: Writing, fact: str, index: int, item: Any) -> None:
    writing.name(item["name"], fact, index)
    writing.say(" in the ")
    writing.mark(item["relative"], "family_history.relative", index)


def _relative_had(writing: Writing, fact: str, index: int, item: Any) -> None:
    writing.mark(item["relative"], "family_history.relative", index)
    writing.say(" had ")
    writing.name(item["name"], fact, index)


def _ago(writing: Writing, fact: str, index: int, item: Any) -> None:
    # In full: two letters and a number of years look like somebody's initials and age.
    writing.mark(item["name"], fact, index)
    writing.say(" ")
    writing.mark(f"{item['ago']} ago", "past_resolved.ago", index)


def _ago_after(writing: Writing, fact: str, index: int, item: Any) -> None:
    writing.mark(item["name"], fact, index)
    writing.say(" (resolved, ")
    writing.mark(f"{item['ago']} ago", "past_resolved.ago", index)
    writing.say(")")


def _because(before: str, after: str) -> ItemWriter:
    def write(writing: Writing, fact: str, index: int, item: Any) -> None:
        writing.name(item["name"], fact, index)
        writing.say(before)
        writing.phrase(item["because"], "ruled_out.because", index)
        writing.say(after)

    return write


def _imaging(key: str) -> Slot:
    def write(writing: Writing, _: str) -> None:
        writing.phrase(writing.facts["imaging"][key], f"imaging.{key}")

    return Slot("imaging" if key in ("study", "technique") else f"imaging_{key}", write)


def _correction(writing: Writing, _: str) -> None:
    correction = writing.correction
    for literal, slot in correction["pieces"]:
        if literal:
            writing.say(literal)
        if slot == "wrong":
            writing.say(correction["wrong"])
        elif slot:
            writing.mark(correction[slot], correction[f"{slot}_fact"], correction["item_index"])
    writing.noted("contradiction", correction["fact"], correction["item_index"], correction["wrong"],
                  correction["truth"])  # fmt: skip


def _lists(part: str, fact: str, default: str) -> dict[str, Slot]:
    return {part: _items(part, fact, _phrase, default)}


def _medications(part: str, fact: str) -> dict[str, Slot]:
    return {
        part: _items(part, fact, _medication, "and"),
        f"{part.removesuffix('s')}_names": _items(part, fact, _name, "and"),
    }


def _labs(part: str) -> dict[str, Slot]:
    return {
        part: _items(part, "labs", _lab, "comma"),
        f"{part}_flagged": _items(part, "labs", _lab_flagged, "comma"),
        f"{part}_rows": _items(part, "labs", _lab_row, "lines"),
    }


SLOTS: dict[str, Slot] = {
    "an": Slot("age", _article),
    "age": _scalar("age", "age"),
    "man": _sexed("sex", "woman", "man"), "gender": _sexed("sex", "female", "male"),
    "letter": _sexed("sex", "F", "M"), "he": _sexed("sex", "she", "he"),
    "his": _sexed("sex", "her", "his"), "him": _sexed("sex", "her", "him"),
    "gestation": _scalar("gestation", "gestation_weeks"),
    "dx": Slot("dx", _diagnosis),
    "duration": _scalar("duration", "duration"), "course": _scalar("course", "course"),
    **_lists("findings", "findings", "and"),
    **_lists("chief", "findings", "and"), **_lists("associated", "findings", "and"),
    **_lists("red_flags", "red_flags", "and"),
    **_lists("denied", "negated_findings", "or"),
    "denied_each": _items("denied", "negated_findings", _no_phrase, "comma"),
    "pulse": _vital("pulse_per_minute"), "breaths": _vital("breaths_per_minute"),
    "spo2": _vital("saturation_percent"), "bp": Slot("vitals", _pressure),
    "temp": Slot("vitals", _temperature),
    **_labs("labs"), **_labs("labs_abnormal"), **_labs("labs_normal"),
    "studies": _items("studies", "studies", _study(": "), "semicolon"),
    "studies_showing": _items("studies", "studies", _study(" showing "), "and"),
    "studies_showed": _items("studies", "studies", _study(" showed "), "and"),
    "imaging_study": _imaging("study"), "technique": _imaging("technique"),
    "impression": _imaging("impression"),
    **_lists("imaging_findings", "imaging.findings", "and"),
    **_lists("imaging_normal", "imaging.normal", "comma"),
    "history": _items("history", "history", _name, "and"),
    "history_lay": _items("history", "history", _lay, "and"),
    **_medications("medications", "regular_medications"), **_medications("started", "started_medications"),
    **_lists("care", "care", "and"),
    "family": _items("family", "family_history", _relative_after, "comma"),
    "family_in": _items("family", "family_history", _in_relative, "and"),
    "relative_had": _items("family", "family_history", _relative_had, "and"),
    "past": _items("past", "past_resolved", _ago, "and"),
    "past_noted": _items("past", "past_resolved", _ago_after, "comma"),
    "excluded": _items("excluded", "ruled_out", _name, "and"),
    "excluded_because": _items("excluded", "ruled_out", _because(" because of ", ""), "and"),
    "excluded_given": _items("excluded", "ruled_out", _because(" (", ")"), "comma"),
    "correction": Slot("correction", _correction),
}  # fmt: skip
