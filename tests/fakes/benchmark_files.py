"""Tiny files in the publishers' forms, with texts of our own, and models whose answers are known."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from clinft.ports.models import Conversation, LabelScore, Sampling
from clinft.ports.progress import ProgressTask

ANSWERS = {"101": "yes", "102": "no", "103": "maybe", "104": "yes"}


def pubmedqa(folder: Path) -> None:
    """Four items in the test list; 999 is not in it and must not be asked."""
    every = {
        number: {
            "QUESTION": f"Does drug {number} help?",
            "CONTEXTS": [f"We gave drug {number}.", "We counted."],
            "final_decision": "yes",
            "LONG_ANSWER": "The conclusion, which would tell the answer.",
        }
        for number in (*ANSWERS, "999")
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ori_pqal.json").write_text(json.dumps(every))
    (folder / "test_ground_truth.json").write_text(json.dumps(ANSWERS))


def mirage(folder: Path) -> None:
    exam = {
        f"{number:04}": {
            "question": f"Question {number}?",
            "options": {"A": "liver", "B": "heart", "C": "lung", "D": "skin"},
            "answer": "ABCD"[number % 4],
        }
        for number in range(8)
    }
    exams = {"medqa": exam, "mmlu": {f"anatomy-{name}": row for name, row in exam.items()}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmark.json").write_text(json.dumps(exams))


def medec(folder: Path) -> None:
    """Three rows, and one of the part whose text the open file leaves blank."""
    lines = [
        "Text ID,Text,Sentences,Error Flag,Error Type,Error Sentence ID,Error Sentence",
        'ms-1,x,"0 A cough, for days.\n1 Insulin was given.",1,treatment,1,Insulin was given.',
        "ms-2,x,0 A rash.,0,NA,-1,NA",
        "ms-3,x,0 A fall.,0,NA,-1,NA",
        "uw-1,,,,,,",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "medec_ms_test_597.csv").write_text("\n".join(lines) + "\n")


def mts_dialog(folder: Path) -> None:
    lines = [
        "ID,section_header,section_text,dialogue",
        '0,ALLERGY,No known allergies.,"Doctor: Any allergies? Patient: None."',
        '1,CC,Cough for two days.,"Doctor: What brings you? Patient: A cough, two days now."',
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mts_dialog_test1.csv").write_text("\n".join(lines) + "\n")


def aci_bench(folder: Path) -> None:
    lines = [
        "dataset,encounter_id,dialogue,note",
        'virtassist,D2N1,"[doctor] hi\n[patient] my knee hurts","CHIEF COMPLAINT\n\nKnee pain."',
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clinicalnlp_taskC_test2.csv").write_text("\n".join(lines) + "\n")


WRITERS: dict[str, Callable[[Path], None]] = {
    "pubmedqa": pubmedqa,
    "medqa": mirage,
    "mmlu-medical": mirage,
    "medec": medec,
    "mts-dialog": mts_dialog,
    "aci-bench": aci_bench,
}


class Answering:
    """Says for each question what `says` gives; as scores that is the likeliest label."""

    def __init__(self, says: Callable[[str], str], has_logprobs: bool = True) -> None:
        self._says, self.has_logprobs = says, has_logprobs
        self.used = (0, 0)
        self.asked: list[Conversation] = []

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        self.asked += conversations
        said = [self._says(turns[-1].content) for turns in conversations]
        return [[LabelScore(-0.5 if label == one else -2.0, 1) for label in labels] for one in said]

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        self.asked += conversations
        return [self._says(turns[-1].content) for turns in conversations]

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        raise AssertionError("no benchmark asks for this")

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return [sum(len(turn.content.split()) for turn in turns) for turns in conversations]
