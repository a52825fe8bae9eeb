"""What a note tells: the facts again, without all that its text does not mention."""

from collections import defaultdict
from typing import Any

from clinft.stages.prepare.clinical.lexicon import written
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.writing import Facts

Told = dict[str, Any]
VITALS = (
    "pulse_per_minute", "systolic_mmhg", "diastolic_mmhg", "breaths_per_minute", "temperature_c",
    "saturation_percent",
)  # fmt: skip
SCALARS = ("age", "sex", "gestation_weeks", "duration", "course")
PHRASES = ("findings", "red_flags", "negated_findings", "care")


def told(facts: Facts, note: Note) -> Told:
    """Every field, None or an empty list where the text is silent; values as the facts have them."""
    seen: defaultdict[str, set[int]] = defaultdict(set)
    for span in note.spans:
        seen[span.fact].add(span.item)
    found: Told = {name: facts.get(name) if name in seen else None for name in SCALARS}
    found["diagnosis"] = facts["condition"] if "condition" in seen else None
    for name in PHRASES:
        found[name] = [facts[name][index] for index in sorted(seen.get(name, ()))]
    vitals = facts["vitals"]
    found["vitals"] = {name: vitals[name] if f"vitals.{name}" in seen else None for name in VITALS}
    found["history"] = [facts["history"][index]["name"] for index in sorted(seen.get("history", ()))]
    for name in ("regular_medications", "started_medications"):
        found[name] = [_medication(facts, name, index, seen) for index in sorted(seen.get(name, ()))]
    found["labs"] = [_lab(facts["labs"][index], index, seen) for index in sorted(seen.get("labs", ()))]
    for name, detail in (("studies", "result"), ("family_history", "relative"), ("past_resolved", "ago"),
                         ("ruled_out", "because")):  # fmt: skip
        found[name] = [_detailed(facts[name][index], name, detail, index, seen)
                       for index in sorted(seen.get(name, ()))]  # fmt: skip
    found["imaging"] = _imaging(facts, seen)
    return found


def _medication(facts: Facts, name: str, index: int, seen: dict[str, set[int]]) -> dict[str, Any]:
    item = facts[name][index]
    dosed = index in seen.get(f"{name}.dose", ())
    return {
        "name": item["name"],
        "dose": number(written(item["dose"])) if dosed else None,
        "unit": item["unit"] if dosed else None,
        "route": item["route"] if index in seen.get(f"{name}.route", ()) else None,
        "frequency": item["frequency"] if index in seen.get(f"{name}.frequency", ()) else None,
    }


def _lab(lab: dict[str, Any], index: int, seen: dict[str, set[int]]) -> dict[str, Any]:
    """The canonical value and unit; the flag only where the note has it."""
    return {
        "name": lab["name"],
        "value": number(lab["value"]),
        "unit": lab["unit"],
        "flag": lab["flag"] if index in seen.get("labs.flag", ()) else None,
    }


def _detailed(
    item: dict[str, Any], fact: str, detail: str, index: int, seen: dict[str, set[int]]
) -> dict[str, Any]:
    key = "study" if fact == "studies" else "name"
    return {key: item[key], detail: item[detail] if index in seen.get(f"{fact}.{detail}", ()) else None}


def _imaging(facts: Facts, seen: dict[str, set[int]]) -> dict[str, Any] | None:
    if not any(fact.startswith("imaging.") for fact in seen):
        return None
    imaging = facts["imaging"]
    single = {
        key: imaging[key] if f"imaging.{key}" in seen else None
        for key in ("study", "technique", "impression")
    }
    several = {
        key: [imaging[key][index] for index in sorted(seen.get(f"imaging.{key}", ()))]
        for key in ("findings", "normal")
    }
    return {**single, **several}


def number(text: str) -> int | float | str:
    """As JSON has it; a text such as `1,200` stays one."""
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text
