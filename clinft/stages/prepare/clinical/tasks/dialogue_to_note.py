"""From what clinician and patient say to a note with fixed headings; what was not said is said to be so."""

from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.tasks import errors
from clinft.stages.prepare.clinical.tasks.sentences import (
    joined,
    lab,
    medication,
    sentence,
    study,
    vitals,
    who,
)
from clinft.stages.prepare.clinical.tasks.task import Task
from clinft.stages.prepare.clinical.tasks.told import Told, told
from clinft.stages.prepare.clinical.writing import Facts
from clinft.stages.prepare.draw import Draw

STYLES = ("dialogue",)
NOT_DISCUSSED = "Not discussed."


def written_note(of: Told) -> str:
    """The headings, always all of them and in this order."""
    sections = {
        "HISTORY OF PRESENT ILLNESS": _history(of),
        "PAST MEDICAL HISTORY": _past(of),
        "MEDICATIONS": _listed([medication(one) for one in of["regular_medications"]]),
        "FAMILY HISTORY": _listed([f"{one['name']} ({one['relative']})" for one in of["family_history"]]),
        "OBJECTIVE": _objective(of),
        "ASSESSMENT": _assessment(of),
        "PLAN": _listed([*map(medication, of["started_medications"]), *of["care"]]),
    }
    return "\n".join(f"{heading}: {text or NOT_DISCUSSED}" for heading, text in sections.items())


def _listed(items: list[str]) -> str:
    return f"{sentence('; '.join(items))}." if items else ""


def _history(of: Told) -> str:
    text = who(of)
    if of["gestation_weeks"] is not None:
        text += f" at {of['gestation_weeks']} weeks of pregnancy"
    text += f" with {joined(of['findings'])}." if of["findings"] else "."
    if of["duration"]:
        text += f" Onset {of['duration']} ago."
    if of["course"]:
        text += f" Course {of['course']}."
    if of["red_flags"]:
        text += f" Of concern: {joined(of['red_flags'])}."
    if of["negated_findings"]:
        text += f" No {joined(of['negated_findings'], 'or')}."
    return text


def _past(of: Told) -> str:
    resolved = [
        f"{one['name']}, resolved" + (f" ({one['ago']} ago)" if one["ago"] else "")
        for one in of["past_resolved"]
    ]
    return _listed([*of["history"], *resolved])


def _objective(of: Told) -> str:
    signs = vitals(of)
    return _listed([*([signs] if signs else []), *map(lab, of["labs"]), *map(study, of["studies"])])


def _assessment(of: Told) -> str:
    excluded = [one["name"] + (f" ({one['because']})" if one["because"] else "") for one in of["ruled_out"]]
    parts = [of["diagnosis"]] if of["diagnosis"] else []
    if excluded:
        parts.append(f"ruled out: {joined(excluded)}")
    return _listed(parts)


def make(facts: Facts, note: Note, task: TaskSpec, draw: Draw) -> tuple[str, str]:
    return note.text, written_note(told(facts, note))


def rejected(facts: Facts, note: Note, target: str, task: TaskSpec, draw: Draw) -> str:
    return errors.wrong(told(facts, note), written_note, target, draw)


TASK = Task(make, rejected, styles=STYLES)
