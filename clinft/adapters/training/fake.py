"""A provider that trains a word-count classifier in milliseconds: the whole loop without a language model.

It really learns (multinomial naive Bayes over words), so a pipeline test can tell a trained model from an
untrained one. It is for tests and for trying out policy; the gate of this repository does not list it.
Its work has two steps, the halves of the training file, so that a run can be cut between them.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from clinft.adapters.training.job_file import JobFile
from clinft.adapters.training.soft_stop import SoftStop
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import Job, JobEvent, LossPoint, TrainedModel
from clinft.artifacts.planning import BaseModelIdentity
from clinft.ports.progress import Progress, ProgressTask
from clinft.ports.training import TrainingRequest
from clinft.run_folder import write_atomically
from clinft.spec.base import Provider

WEIGHTS = "word_counts.json"
FOLDER = "adapter"
CHECKPOINT = "first-half.json"
Counts = dict[str, Counter[str]]


def words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


class FakeProvider:
    name: Provider = "fake"
    hosted = False

    def preflight(self, request: TrainingRequest) -> tuple[str, ...]:
        return ()

    def __init__(self) -> None:
        self._job = JobFile(self.name)

    def find(self, request: TrainingRequest) -> Job | None:
        return self._job.find(request)

    def submit(self, request: TrainingRequest) -> Job:
        return self._job.open(request)

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        if job.status == "queued":
            return self._job.update(job, request, "running")
        lines, checkpoint = lines_of(request.training_file), request.output_dir / CHECKPOINT
        half, found = len(lines) // 2, checkpoint.exists()
        with (
            SoftStop(request.stop_after_seconds) as stop,
            progress.task("training", len(lines), done=half if found else 0) as task,
        ):
            if found:
                counts = _parse(checkpoint.read_bytes())
            else:
                counts = _count(lines[:half], defaultdict(Counter), task)
                if stop.due(finished=False):
                    write_atomically(checkpoint, _dump(counts))
                    raise stop.cut_off(half, len(lines))
            data = _dump(_count(lines[half:], counts, task))
        write_atomically(request.output_dir / FOLDER / WEIGHTS, data)
        checkpoint.unlink(missing_ok=True)
        return self._job.update(job, request, "succeeded")

    def events(self, job: Job, request: TrainingRequest) -> tuple[JobEvent, ...]:
        return ()

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        weights = request.output_dir / FOLDER / WEIGHTS
        lines = lines_of(request.training_file)
        tokens = sum(len(words(target)) for _, target in lines)
        table = load_counts(weights.parent)
        held_out = lines_of(request.validation_file)
        losses = [-log_posterior(table, text).get(target, math.log(1e-9)) for text, target in held_out]
        point = LossPoint(step=1, tokens=tokens, validation_loss=sum(losses) / len(losses))
        return TrainedModel(
            provider=self.name,
            base_model=request.base_model,
            fine_tuned_model=FOLDER,
            steps=1,
            samples=len(lines),
            answer_tokens=tokens,
            trainable_parameters=sum(len(counter) for counter in table.values()),
            loss=(point,),
            plan_digest=request.plan_digest,
            training_file=request.training_sha256,
            validation_file=request.validation_sha256,
            weights={WEIGHTS: digest_file(weights)},
        )

    def cancel(self, job: Job, request: TrainingRequest) -> Job:
        return self._job.update(job, request, "cancelled")

    def measured(self, job: Job, request: TrainingRequest) -> dict[str, float | int | str]:
        return {"cost_usd": "0"}

    def dispose(self, job: Job, request: TrainingRequest) -> None:
        """Nothing was uploaded."""


def table_bytes(training_file: Path) -> bytes:
    """The whole of the training: how often each word stands in the notes of each label."""
    return _dump(_count(lines_of(training_file), defaultdict(Counter)))


def _count(lines: Iterable[tuple[str, str]], counts: Counts, task: ProgressTask | None = None) -> Counts:
    for text, target in lines:
        counts[target].update(words(text))
        if task is not None:
            task.advance()
    return counts


def _dump(counts: Counts) -> bytes:
    table = {label: dict(sorted(counter.items())) for label, counter in sorted(counts.items())}
    return json.dumps(table, ensure_ascii=False, sort_keys=True).encode()


def _parse(data: bytes) -> Counts:
    table: dict[str, dict[str, int]] = json.loads(data)
    return defaultdict(Counter, {label: Counter(counts) for label, counts in table.items()})


def load_counts(adapter: Path) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = json.loads((adapter / WEIGHTS).read_bytes())
    return table


def log_posterior(table: dict[str, dict[str, int]], text: str) -> dict[str, float]:
    """Log-probabilities (nats) of each label, add-one smoothing, flat prior."""
    vocabulary = {word for counts in table.values() for word in counts}
    scores = {}
    for label, counts in table.items():
        total = sum(counts.values()) + len(vocabulary)
        scores[label] = sum(math.log((counts.get(word, 0) + 1) / total) for word in words(text))
    top = max(scores.values())
    norm = top + math.log(sum(math.exp(score - top) for score in scores.values()))
    return {label: score - norm for label, score in scores.items()}


def identity() -> BaseModelIdentity:
    return BaseModelIdentity(ref="builtin:fake", kind="fake", digest="0" * 64)


def lines_of(path: Path) -> list[tuple[str, str]]:
    """(text of the user, answer) per line of a chat file."""
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        messages = json.loads(line)["messages"]
        pairs.append((messages[-2]["content"], messages[-1]["content"]))
    return pairs
