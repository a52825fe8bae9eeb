"""What a note tells: the facts again, without all that its text does not mention."""

from collections import defaultdict
from typing import Any

from clinft.stages.prepare.clinical.lexicon import written
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.writing import Facts

Told = dict[str, Any]
VITALS = (
    "pulse_per_minute", "systolic_mmhg", "diastolic_mmhg", "breaths_per_minute", "temperature",
    "temperature_unit", "saturation_percent",
)  # fmt: skip
SCALARS = ("age", "sex", "gestation_weeks", "duration", "course")
# Facts that may be written in another unit.
LAB_VALUE, TEMPERATURE = MEASURED = ("labs.value", "vitals.temperature_c")
PHRASES = ("findings", "red_flags", "negated_findings", "care")


def told(facts: Facts, note: Note) -> Told:
    """Every field, None or an empty list where the text is silent; words as the facts have them.

    Labs and temperature have the value and the unit that the text has: it may write others than the facts,
    and what was rounded away cannot be read from it.
    """
    seen: defaultdict[str, set[int]] = defaultdict(set)
    amounts: dict[tuple[str, int], tuple[str, str]] = {}
    for start, end, fact, item in note.spans:
        seen[fact].add(item)
        if fact in MEASURED:
            amounts[fact, item] = _amount(note.text[start:end])
    found: Told = {name: facts.get(name) if name in seen else None for name in SCALARS}
    found["diagnosis"] = facts["condition"] if "condition" in seen else None
    for name in PHRASES:
        found[name] = [facts[name][index] for index in sorted(seen.get(name, ()))]
    found["vitals"] = _vitals(facts, amounts, seen)
    found["history"] = [facts["history"][index]["name"] for index in sorted(seen.get("history", ()))]
    for name in ("regular_medications", "started_medications"):
        found[name] = [_medication(facts, name, index, seen) for index in sorted(seen.get(name, ()))]
    found["labs"] = [
        _lab(facts["labs"][index], amounts[LAB_VALUE, index], index in seen.get("labs.flag", ()))
        for index in sorted(seen.get("labs", ()))
    ]
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


def _amount(text: str) -> tuple[str, str]:
    """`5.30 mmol/L`, `85%`, `7.4`: value and unit."""
    value, _, unit = text.partition(" ")
    return (value[:-1], "%") if value.endswith("%") else (value, unit)


def _vitals(
    facts: Facts, amounts: dict[tuple[str, int], tuple[str, str]], seen: dict[str, set[int]]
) -> dict[str, Any]:
    temperature, unit = amounts.get((TEMPERATURE, 0), (None, None))
    measured = {
        "temperature": None if temperature is None else number(temperature),
        "temperature_unit": unit,
    }
    given = facts["vitals"]
    return {
        name: measured[name] if name in measured else given[name] if f"vitals.{name}" in seen else None
        for name in VITALS
    }


def _lab(lab: dict[str, Any], amount: tuple[str, str], flagged: bool) -> dict[str, Any]:
    """The value is text, with all its digits; the flag only where the note has it."""
    value, unit = amount
    return {"name": lab["name"], "value": value, "unit": unit, "flag": lab["flag"] if flagged else None}


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
