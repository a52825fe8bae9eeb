"""What stands in an answer stands in its text: labs and temperature, whatever unit the note has."""

import json
import re
from functools import cache
from typing import Any

import pytest

from clinft.spec.data import Realism
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical import load
from clinft.stages.prepare.clinical.render import Note, write
from clinft.stages.prepare.clinical.slots import quantity
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tasks import TABLE, styles_for
from clinft.stages.prepare.clinical.tasks.extraction import default_schema
from clinft.stages.prepare.draw import Draw
from tests.fakes.clinical_cases import EVERYTHING, PLAIN, facts, pack

DOMAINS = load.domains()
REALISMS = (PLAIN, PLAIN.model_copy(update={"units": 1.0}), EVERYTHING)
EACH = 30
TEMPERATURE = re.compile(r"temperature (\d+\.\d [CF])\b", re.IGNORECASE)
# A flag, the end of the sentence.
AMOUNT_ENDS = re.compile(r" \(|\.(?:\s|$)")


@cache
def asked(kind: Any) -> tuple[TaskSpec, tuple[str, ...]]:
    schema = default_schema() if kind == "extraction" else None
    task = TaskSpec(kind=kind, description="x", output_schema=schema)
    return task, styles_for(task)


def made(kind: str, domain: str, seed: int, realism: Realism) -> tuple[dict[str, Any], Note, str]:
    task, styles = asked(kind)
    draw, of = Draw("written", kind, domain, seed), facts(seed, domain)
    template = draw.one(templates()[styles[seed % len(styles)]])
    note = write(template, of, pack(domain), realism, draw)
    return of, note, TABLE[kind].make(of, note, task, draw)[1]


def stands(amount: str, text: str) -> bool:
    """Whole: neither 5.3 in 15.3, nor 7.4 in 7.40, nor mg in mg/dL."""
    at = text.find(amount)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(amount) :]
        inside = after[:1].isalnum() or (after[:1] in tuple("./") and after[1:2].isalnum())
        if not (before.isdigit() or before == ".") and not inside:
            return True
        at = text.find(amount, at + 1)
    return False


def of_json(value: dict[str, Any]) -> list[tuple[str, ...]]:
    """Each amount in the forms that are the same JSON, which drops a zero at the end of a fraction."""
    amounts = [(one["value"], one["unit"]) for one in value["labs"]]
    vitals = value["vitals"]
    if vitals["temperature"] is not None:
        amounts.append((vitals["temperature"], vitals["temperature_unit"]))
    return [
        tuple(
            quantity(f"{number}{'0' * zeros}", unit) for zeros in range(3 if isinstance(number, float) else 1)
        )
        for number, unit in amounts
    ]


def of_prose(target: str, of: dict[str, Any]) -> list[str]:
    """Amounts of the section with results."""
    _, _, results = target.partition("OBJECTIVE: " if "OBJECTIVE: " in target else "Results: ")
    names = tuple(f"{lab['name']} ".casefold() for lab in of["labs"])
    found = TEMPERATURE.findall(results)
    for part in results.partition("\n")[0].split("; "):
        if name := next((name for name in names if part.casefold().startswith(name)), None):
            found.append(AMOUNT_ENDS.split(part[len(name) :])[0])
    return found


@pytest.mark.parametrize("domain", DOMAINS)
def test_values_and_units_of_an_extraction_stand_in_the_text(domain: str) -> None:
    seen = set()
    for realism in REALISMS:
        for seed in range(EACH):
            _, note, target = made("extraction", domain, seed, realism)
            for forms in of_json(json.loads(target)):
                assert any(stands(form, note.text) for form in forms), (forms, note.text)
                seen.add(forms[0].partition(" ")[2])
    assert {"C", "F"} <= seen
    assert len(seen) > 6


@pytest.mark.parametrize("kind", ["dialogue_to_note", "summarization"])
@pytest.mark.parametrize("domain", DOMAINS)
def test_values_and_units_of_prose_stand_in_the_text(domain: str, kind: str) -> None:
    seen = 0
    for realism in REALISMS:
        for seed in range(EACH):
            of, note, target = made(kind, domain, seed, realism)
            for amount in of_prose(target, of):
                assert stands(amount, note.text), (amount, note.text)
                seen += 1
    assert seen > EACH


def test_no_number_follows_an_f() -> None:
    """`103.5 F, 120 bpm` was once taken for a woman of 120 years."""
    for domain in DOMAINS[:3]:
        for style, of_style in templates().items():
            for seed in range(20):
                template = of_style[seed % len(of_style)]
                note = write(template, facts(seed, domain), pack(domain), REALISMS[1], Draw("f", style, seed))
                assert re.search(r"\d F, \d", note.text) is None, note.text
