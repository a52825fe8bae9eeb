"""Named entities, as they stand in the text and in its order: [{"text": ..., "type": ...}]."""

from typing import Any

from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.tasks.task import Task, plain
from clinft.stages.prepare.clinical.writing import Facts
from clinft.stages.prepare.draw import Draw

# A fact that is not here is no entity.
TYPE_OF = {
    "condition": "condition", "history": "condition", "family_history": "family_condition",
    "past_resolved": "past_condition", "ruled_out": "excluded_condition",
    "findings": "finding", "red_flags": "finding", "imaging.findings": "finding",
    "negated_findings": "negated_finding", "imaging.normal": "normal_finding",
    "regular_medications": "medication", "started_medications": "medication",
    "regular_medications.dose": "dose", "started_medications.dose": "dose",
    "regular_medications.frequency": "frequency", "started_medications.frequency": "frequency",
    "labs": "lab", "labs.value": "lab_value", "studies": "study", "studies.result": "study_result",
    "imaging.study": "study",
    "vitals.pulse_per_minute": "vital", "vitals.systolic_mmhg": "vital", "vitals.diastolic_mmhg": "vital",
    "vitals.breaths_per_minute": "vital", "vitals.temperature_c": "vital",
    "vitals.saturation_percent": "vital",
    "duration": "duration",
}  # fmt: skip
TYPES = tuple(dict.fromkeys(TYPE_OF.values()))
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"text": {"type": "string", "minLength": 1}, "type": {"enum": list(TYPES)}},
        "required": ["text", "type"],
        "additionalProperties": False,
    },
}
SYSTOLIC, DIASTOLIC = "vitals.systolic_mmhg", "vitals.diastolic_mmhg"


def entities(note: Note) -> list[dict[str, str]]:
    """Blood pressure is one entity, as it is written."""
    found, pressure_from = [], 0
    for start, end, fact, _ in note.spans:
        if fact == SYSTOLIC:
            pressure_from = start
            continue
        if kind := TYPE_OF.get(fact):
            first = pressure_from if fact == DIASTOLIC else start
            found.append({"text": note.text[first:end], "type": kind})
    return found


def make(facts: Facts, note: Note, task: TaskSpec, draw: Draw) -> tuple[str, str]:
    return note.text, plain(entities(note))


def rejected(facts: Facts, note: Note, target: str, task: TaskSpec, draw: Draw) -> str:
    """A negation is lost, a relative's illness is the patient's, or an entity is missed."""
    turned = {"negated_finding": "finding", "family_condition": "condition", "past_condition": "condition",
              "excluded_condition": "condition"}  # fmt: skip
    right = entities(note)
    places = [index for index, one in enumerate(right) if one["type"] in turned]
    if places:
        at = draw.one(places)
        changed = {**right[at], "type": turned[right[at]["type"]]}
        return plain([*right[:at], changed, *right[at + 1 :]])
    at = draw.below(len(right)) if right else 0
    return plain([*right[:at], *right[at + 1 :]] if right else [{"text": "fever", "type": "finding"}])


TASK = Task(make, rejected, schema=lambda _: SCHEMA)
