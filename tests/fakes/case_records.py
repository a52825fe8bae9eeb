"""Records of each kind of task with facts, a model that gives scripted answers, and a spec of the kind."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from clinft.artifacts.data import Record
from clinft.ports.models import Conversation, LabelScore, Sampling
from clinft.ports.progress import ProgressTask
from clinft.spec.project import ProjectSpec
from tests.fakes.specs import project_spec

TARGETS = {
    "coding": json.dumps(["I21.4", "E11.9"]),
    "extraction": json.dumps({"age": 61, "diagnosis": "heart attack"}),
    "ner": json.dumps([{"text": "chest pain", "type": "finding"}]),
    "question_answering": "for two days",
    "summarization": "Chest pain for two days. Aspirin was started.",
    "dialogue_to_note": "Chest pain for two days. Aspirin was started.",
}
CONDITIONS = ("acute myocardial infarction", "pulmonary embolism")


def record(number: int, kind: str) -> Record:
    return Record(
        id=f"test-{number:06d}",
        scenario="".join("abcdefghij"[int(digit)] for digit in f"{number:016d}"),
        style="consult",
        text=f"Chest pain for two days, aspirin was started. Note {number}.",
        target=TARGETS[kind],
        facts={
            "condition": CONDITIONS[number % 2],
            "critical": number % 3 == 0,
            "sex": ("female", "male")[number % 2],
            "age_band": "40-64",
            "severity": "severe",
            "acuity": "emergent",
            "findings": ["chest pain"],
            "mentioned": ["findings"],
        },
    )


def records(count: int, kind: str) -> list[Record]:
    return [record(number, kind) for number in range(1, count + 1)]


def spec_of(kind: str, **changes: Any) -> ProjectSpec:
    task: dict[str, Any] = {"kind": kind, "labels": []}
    if kind == "extraction":
        task["output_schema"] = {"type": "object", "required": ["age"]}
    return project_spec(task=task, **changes)


class Answering:
    """`says` maps the number of a question in the order of asking, and its text, to the answer."""

    used = (0, 0)

    def __init__(self, says: Callable[[str], str], has_logprobs: bool = True) -> None:
        self._says, self.has_logprobs = says, has_logprobs
        self.asked: list[str] = []
        self.together: list[int] = []

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        task.advance(len(conversations))
        return [[LabelScore(-float(place), 2) for place, _ in enumerate(labels)] for _ in conversations]

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        return [LabelScore(-1.5, len(answer.split())) for answer in answers]

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        self.together.append(len(conversations))
        self.asked += [turns[-1].content for turns in conversations]
        task.advance(len(conversations))
        return [self._says(turns[-1].content) for turns in conversations]

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return [sum(len(message.content.split()) for message in turns) for turns in conversations]
