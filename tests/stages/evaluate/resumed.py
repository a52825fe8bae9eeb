"""Run as a process by test_kept.py: evaluates with a model that notes what it was asked, and may be killed.

Arguments: the folder of answers, a file that notes each question, the number of questions until the kill (0: none).
"""

import os
import signal
import sys
from pathlib import Path

from clinft.ports.models import Conversation, Sampling
from clinft.ports.progress import ProgressTask
from clinft.stages.evaluate import asking
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.stage import measure
from tests.fakes.case_records import TARGETS, Answering, records, spec_of
from tests.fakes.progress import Quiet
from tests.fakes.scripted import PROMPT


class Noting(Answering):
    def __init__(self, name: str, notes: Path, kill_at: int) -> None:
        super().__init__(lambda text: TARGETS["coding"], has_logprobs=False)
        self._name, self._notes, self._kill_at = name, notes, kill_at

    def generate(
        self,
        conversations: list[Conversation],  # type: ignore[override]
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        answers = super().generate(conversations, max_new_tokens, task, sampling)
        with self._notes.open("a") as stream:
            for turns in conversations:
                stream.write(f"{self._name} {len(turns)} {turns[-1].content}\n")
        asked = len(self._notes.read_text().splitlines())
        if self._kill_at and asked >= self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return answers


def main(folder: str, notes: str, kill_at: int) -> None:
    asking.CHUNK = 7
    report = measure(
        spec_of("coding"),
        PROMPT,
        records(30, "coding"),
        "a" * 64,
        lambda which: Noting(which, Path(notes), kill_at),
        Quiet(),
        Kept(Path(folder)),
    )
    sys.stdout.write(report.model_dump_json())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
