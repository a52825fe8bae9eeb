"""A provider that trains a word-count classifier in milliseconds: the whole loop without a language model.

It really learns (multinomial naive Bayes over words), so a pipeline test can tell a trained model from an
untrained one. It is for tests and for trying out policy; the gate of this repository does not list it.
"""

import json
import math
from collections import Counter, defaultdict
from pathlib import Path

from clinft.adapters.training.job_file import JobFile
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import Job, LossPoint, TrainedModel
from clinft.artifacts.planning import BaseModelIdentity
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingRequest
from clinft.run_folder import write_atomically
from clinft.spec.base import Provider

WEIGHTS = "word_counts.json"
FOLDER = "adapter"


def words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


class FakeProvider:
    name: Provider = "fake"

    def preflight(self, request: TrainingRequest) -> None:
        """Nothing is needed."""

    def __init__(self) -> None:
        self._job = JobFile(self.name)

    def find(self, request: TrainingRequest) -> Job | None:
        return self._job.find(request)

    def submit(self, request: TrainingRequest) -> Job:
        return self._job.open(request)

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        if job.status == "queued":
            return self._job.update(job, request, "running")
        lines = _lines(request.training_file)
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        with progress.task("training", len(lines)) as task:
            for text, target in lines:
                counts[target].update(words(text))
                task.advance()
        table = {label: dict(sorted(counter.items())) for label, counter in sorted(counts.items())}
        data = json.dumps(table, ensure_ascii=False, sort_keys=True).encode()
        write_atomically(request.output_dir / FOLDER / WEIGHTS, data)
        return self._job.update(job, request, "succeeded")

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        weights = request.output_dir / FOLDER / WEIGHTS
        lines = _lines(request.training_file)
        tokens = sum(len(words(target)) for _, target in lines)
        table = load_counts(weights.parent)
        held_out = _lines(request.validation_file)
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


def _lines(path: Path) -> list[tuple[str, str]]:
    """(text of the user, answer) per line of a chat file."""
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        messages = json.loads(line)["messages"]
        pairs.append((messages[-2]["content"], messages[-1]["content"]))
    return pairs
