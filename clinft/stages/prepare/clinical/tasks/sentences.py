"""How targets that are prose say what a note tells; canonical words, whatever the note abbreviated."""

from collections.abc import Sequence
from typing import Any

from clinft.stages.prepare.clinical.slots import AGES_WITH_AN, FLAGS, dose, quantity
from clinft.stages.prepare.clinical.tasks.told import Told
from clinft.stages.prepare.clinical.words import wording


def joined(items: Sequence[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b, and c`."""
    if len(items) < 3:
        return f" {word} ".join(items)
    return f"{', '.join(items[:-1])}, {word} {items[-1]}"


def sentence(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def who(told: Told) -> str:
    """`A 58-year-old woman`, or less where the note tells less."""
    person = {"female": "woman", "male": "man"}.get(told["sex"] or "", "patient")
    if told["age"] is None:
        return f"A {person}"
    return f"{'An' if told['age'] in AGES_WITH_AN else 'A'} {told['age']}-year-old {person}"


def medication(item: dict[str, Any]) -> str:
    """`metformin 500 mg by mouth twice daily`, or less where the note tells less."""
    said = wording()
    parts = [item["name"]]
    if item["dose"] is not None:
        parts.append(dose(item))
    for key, forms in (("route", said.routes), ("frequency", said.frequencies)):
        if item[key] is not None:
            parts.append(forms[item[key]].full if item[key] in forms else item[key])
    return " ".join(parts)


def lab(item: dict[str, Any]) -> str:
    value = f"{item['name']} {quantity(item['value'], item['unit'])}"
    return f"{value} ({FLAGS[item['flag']]})" if item["flag"] else value


def study(item: dict[str, Any]) -> str:
    return f"{item['study']}: {item['result']}" if item["result"] else str(item["study"])


def vitals(told: Told) -> str:
    given = told["vitals"]
    parts = []
    if given["temperature"] is not None:
        parts.append(f"temperature {given['temperature']} {given['temperature_unit']}")
    if given["pulse_per_minute"] is not None:
        parts.append(f"pulse {given['pulse_per_minute']}/min")
    if given["systolic_mmhg"] is not None:
        parts.append(f"blood pressure {given['systolic_mmhg']}/{given['diastolic_mmhg']} mmHg")
    if given["breaths_per_minute"] is not None:
        parts.append(f"respiratory rate {given['breaths_per_minute']}/min")
    if given["saturation_percent"] is not None:
        parts.append(f"oxygen saturation {given['saturation_percent']}%")
    return ", ".join(parts)
