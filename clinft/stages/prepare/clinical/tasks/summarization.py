"""Two to four sentences: who came with what, what it is, what was found, what is done. Nothing else."""

from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.tasks import errors
from clinft.stages.prepare.clinical.tasks.sentences import joined, lab, medication, sentence, study, who
from clinft.stages.prepare.clinical.tasks.task import Task
from clinft.stages.prepare.clinical.tasks.told import Told, told
from clinft.stages.prepare.clinical.writing import Facts
from clinft.stages.prepare.draw import Draw

STYLES = ("discharge-summary", "hpi", "progress-note", "referral")
# So many results stand in a summary, the abnormal ones first.
MOST_LABS = 3


def summary(of: Told) -> str:
    found = [_presentation(of), _diagnosis(of), _results(of), _treatment(of)]
    return " ".join(one for one in found if one)


def _presentation(of: Told) -> str:
    text = who(of)
    if of["gestation_weeks"] is not None:
        text += f" at {of['gestation_weeks']} weeks of pregnancy"
    if of["history"]:
        text += f" with a history of {joined(of['history'])}"
    present = [*of["findings"], *of["red_flags"]]
    text += f" presented with {joined(present)}" if present else " was seen"
    if of["negated_findings"]:
        text += f", without {joined(of['negated_findings'], 'or')}"
    return f"{text}."


def _diagnosis(of: Told) -> str:
    excluded = [one["name"] for one in of["ruled_out"]]
    if of["diagnosis"]:
        text = f"The diagnosis is {of['diagnosis']}"
        return f"{text}; ruled out: {joined(excluded)}." if excluded else f"{text}."
    return f"Ruled out: {joined(excluded)}." if excluded else "The note names no diagnosis."


def _results(of: Told) -> str:
    labs = sorted(of["labs"], key=lambda one: one["flag"] == "normal")[:MOST_LABS]
    results = [*map(lab, labs), *map(study, of["studies"])]
    return f"Results: {'; '.join(results)}." if results else ""


def _treatment(of: Told) -> str:
    parts = []
    if of["started_medications"]:
        parts.append(f"treatment with {joined([medication(one) for one in of['started_medications']])}")
    if of["care"]:
        parts.append(f"plan: {joined(of['care'])}")
    return f"{sentence('; '.join(parts))}." if parts else ""


def make(facts: Facts, note: Note, task: TaskSpec, draw: Draw) -> tuple[str, str]:
    return note.text, summary(told(facts, note))


def rejected(facts: Facts, note: Note, target: str, task: TaskSpec, draw: Draw) -> str:
    return errors.wrong(told(facts, note), summary, target, draw)


TASK = Task(make, rejected, styles=STYLES)
