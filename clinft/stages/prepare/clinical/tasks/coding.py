"""ICD-10-CM codes of a note: the principal diagnosis first, then chronic conditions that it mentions.

Never of what was ruled out, of relatives, or of what is long over (Official Guidelines, sections III, IV).
"""

from typing import Any

from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.tasks.task import Task, plain
from clinft.stages.prepare.clinical.writing import Facts
from clinft.stages.prepare.draw import Draw

SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$"},
    "uniqueItems": True,
}


def codes(facts: Facts, note: Note) -> list[str]:
    found = [facts["code"]] if "condition" in note.mentioned else []
    told = sorted({span.item for span in note.spans if span.fact == "history"})
    found += [facts["history"][index]["code"] for index in told]
    return list(dict.fromkeys(found))


def make(facts: Facts, note: Note, task: TaskSpec, draw: Draw) -> tuple[str, str]:
    return note.text, plain(codes(facts, note))


def rejected(facts: Facts, note: Note, target: str, task: TaskSpec, draw: Draw) -> str:
    """What was ruled out is coded, a comorbidity is forgotten, or the code is cut to its category."""
    right = codes(facts, note)
    wrong = [[*right, one["code"]] for one in facts["ruled_out"] if one["code"] not in right]
    if len(right) > 1:
        wrong += [right[:1], [*right[1:], right[0]]]
    wrong.append([code.partition(".")[0] for code in right] if "." in "".join(right) else [*right, "R69"])
    return plain(draw.one(wrong))


TASK = Task(make, rejected, schema=lambda _: SCHEMA)
