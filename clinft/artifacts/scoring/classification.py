"""One label: right or wrong, by the parser that evaluation uses too."""

from clinft.artifacts.answers import SLACK_TOKENS, parse_answer
from clinft.artifacts.data import Record
from clinft.artifacts.scoring.scored import UNREADABLE, Kind, Scored
from clinft.spec.project import TaskSpec


def score(answer: str, record: Record, task: TaskSpec) -> Scored:
    label = parse_answer(answer, task.labels)
    if label is None:
        return UNREADABLE
    right = label == record.target
    return Scored(float(right), right, True, said=label)


def form(task: TaskSpec) -> str:
    return (
        "Answer with exactly one of these and nothing else: "
        + "; ".join(task.labels)
        + ". Copy its spelling. No sentence, no reasons, no second label."
    )


KIND = Kind("accuracy", score, form, SLACK_TOKENS)
