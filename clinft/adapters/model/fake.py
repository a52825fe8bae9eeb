"""The language model behind the provider `fake`: untrained it cannot tell labels apart."""

from collections.abc import Sequence
from pathlib import Path

from clinft.adapters.training.fake import load_counts, log_posterior, words
from clinft.ports.models import Conversation, LabelScore, Sampling
from clinft.ports.progress import ProgressTask


class FakeLanguageModel:
    has_logprobs = True
    used = (0, 0)

    def __init__(self, adapter: Path | None) -> None:
        self._counts = load_counts(adapter) if adapter is not None else {}

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        rows = []
        for turns in conversations:
            known = log_posterior(self._counts, turns[-1].content) if self._counts else {}
            # An untrained model prefers whichever label comes first in the alphabet.
            floor = min(known.values(), default=0.0)
            ranks = {label: rank for rank, label in enumerate(sorted(labels))}
            rows.append([LabelScore(known.get(label, floor - 1.0 - ranks[label]), 1) for label in labels])
            task.advance()
        return rows

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        scores = []
        for turns, answer in zip(conversations, answers, strict=True):
            known = log_posterior(self._counts, turns[-1].content) if self._counts else {}
            # What it was never trained on is less likely than all that it was; an answer is one token to it.
            floor = min(known.values(), default=0.0) - 1.0
            scores.append(LabelScore(known.get(answer, floor), 1))
            task.advance()
        return scores

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        answers = []
        for turns in conversations:
            known = log_posterior(self._counts, turns[-1].content) if self._counts else {}
            answers.append(max(known, key=lambda label: known[label]) if known else "I cannot tell.")
            task.advance()
        return answers

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return [sum(len(words(message.content)) for message in turns) for turns in conversations]
