"""One label of the note: how soon it must be seen, which condition it is, or how severe."""

from typing import Literal

from clinft.errors import SpecError
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.pack import ACUITIES
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.tasks.task import Task
from clinft.stages.prepare.clinical.writing import Facts
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import SEVERITIES

Classified = Literal["acuity", "condition", "severity"]
LEVELS: dict[Classified, tuple[str, ...]] = {"acuity": ACUITIES, "severity": SEVERITIES}
# A radiology report tells neither vital signs nor red flags: nobody could say how ill the patient is.
NO_LEVEL = frozenset({"radiology-report"})
# And whoever is discharged, or seen on a ward round, has been seen: how soon is asked of arriving patients.
SEEN = frozenset({"discharge-summary", "progress-note"})


def classified(task: TaskSpec) -> Classified:
    """What the labels name; where the spec does not say it, what has all of them."""
    if task.classify is not None:
        return task.classify
    labels = {label.casefold() for label in task.labels}
    return next((name for name, levels in LEVELS.items() if labels <= set(levels)), "condition")


def avoided(task: TaskSpec) -> frozenset[str]:
    """Every level's word, whether it is one of the labels or not."""
    levels = LEVELS.get(classified(task), ())
    # `urgent` is found in `non-urgent` too.
    return frozenset(levels)


def make(facts: Facts, note: Note, task: TaskSpec, draw: Draw) -> tuple[str, str]:
    return note.text, label(facts, task)


def label(facts: Facts, task: TaskSpec) -> str:
    """The label in the spec's own spelling. SpecError where it has none for this case."""
    value = str(facts[classified(task)])
    for one in task.labels:
        if one.casefold() == value.casefold():
            return one
    raise SpecError(
        f"`task.labels` has no label `{value}`.",
        f"The records are classified by {classified(task)}, and the domain has such cases.",
        "Add the label, or give `task.classify`.",
    )


def rejected(facts: Facts, note: Note, target: str, task: TaskSpec, draw: Draw) -> str:
    """The next lower level, which is under-triage; a near miss of the condition; else another label."""
    known = {one.casefold(): one for one in task.labels}
    by = classified(task)
    if by != "condition":
        levels = LEVELS[by] if by == "acuity" else LEVELS[by][::-1]
        at = levels.index(target.casefold())
        milder = [known[level] for level in (*levels[at + 1 :], *levels[:at][::-1]) if level in known]
        return milder[0]
    near = [known[one["name"].casefold()] for one in facts["ruled_out"] if one["name"].casefold() in known]
    others = [one for one in (near or task.labels) if one != target]
    return draw.one(others)


TASK = Task(make, rejected, avoid=avoided)
