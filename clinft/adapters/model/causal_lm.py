"""A causal language model that scores labels and answers, and writes answers, in batches."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from clinft.adapters.model import decoding, likelihood
from clinft.adapters.model.batches import batches
from clinft.adapters.model.chat import Chat, too_long
from clinft.adapters.model.prefix import Prefix, Trunk, shared_length
from clinft.ports.models import Conversation, LabelScore, Sampling
from clinft.ports.progress import ProgressTask

ROWS = 16
# Tokens that go through the model at once, padding counted: bounds memory, whatever the lengths.
TOKENS = 16_384
# A processor reads no faster beyond a few hundred tokens: small batches pad less and stay in its caches
# (8 rows of PubMedQA, 2026-11-26: 10 % less work in batches of 4 rows, the same with 2 or 1).
TOKENS_ON_CPU = 1_536


class CausalLanguageModel:
    """`rows`: at most so many conversations go through the model at once."""

    has_logprobs = True
    used = (0, 0)

    def __init__(self, model: Any, chat: Chat, rows: int = ROWS) -> None:
        self._trunk, self._chat, self._rows = Trunk(model), chat, rows
        # Who asks in portions opens them alike each time. Nothing else outlives a call: the last bits of
        # what is computed may differ where it is computed in another division, and a call after a kill
        # must give the same bits as one that others came before.
        self._opening = Prefix(self._trunk, ())
        self._read_at_once = TOKENS_ON_CPU if self._trunk.device.type == "cpu" else TOKENS

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return self._chat.count_tokens(conversations)

    @torch.no_grad()
    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        answers = [self._chat.answer_ids(label) for label in labels]
        room = [sum(len(answer) - 1 for answer in answers)] * len(conversations)
        scores: list[list[LabelScore]] = [[] for _ in conversations]
        for indices, rows, prefix in self._batches(conversations, room, self._read_at_once):
            found = likelihood.of_labels(self._trunk, rows, answers, prefix, self._chat.pad)
            for index, logprobs in zip(indices, found.tolist(), strict=True):
                scores[index] = [
                    LabelScore(logprob, len(ids)) for logprob, ids in zip(logprobs, answers, strict=True)
                ]
            task.advance(len(indices))
        return scores

    @torch.no_grad()
    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        """Each conversation with its own answer in one row: long answers cost what they are long."""
        wanted = [self._chat.answer_ids(answer) for answer in answers]
        room = [len(ids) - 1 for ids in wanted]
        scores = [LabelScore(0.0, len(ids)) for ids in wanted]
        for indices, rows, prefix in self._batches(conversations, room, self._read_at_once):
            own = [wanted[index] for index in indices]
            found = likelihood.of_own_answers(self._trunk, rows, own, prefix, self._chat.pad)
            for index, logprob in zip(indices, found.tolist(), strict=True):
                scores[index] = LabelScore(logprob, len(wanted[index]))
            task.advance(len(indices))
        return scores

    @torch.no_grad()
    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        answers = [""] * len(conversations)
        drawing = decoding.Drawing(sampling)
        room = [max_new_tokens] * len(conversations)
        for indices, rows, prefix in self._batches(conversations, room, TOKENS):
            found = decoding.answers(
                self._trunk, rows, prefix, drawing, max_new_tokens, self._chat.end_of_turn, self._chat.pad
            )
            for index, ids in zip(indices, found, strict=True):
                answers[index] = self._chat.text(ids)
            task.advance(len(indices))
        return answers

    def _batches(
        self, conversations: Sequence[Conversation], room: Sequence[int], tokens: int
    ) -> Iterator[tuple[list[int], list[list[int]], Prefix]]:
        """Indices, the prompts' own token ids, and what all of them begin with.

        `room`: tokens that each row takes beside its prompt.
        """
        ids = [self._chat.prompt_ids(conversation) for conversation in conversations]
        self._check_length(max(map(len, ids), default=0))
        shared = shared_length(ids)
        if ids:
            opening = ids[0][: min(shared, self._opening_of(conversations[0], ids[0]))]
            if not self._opening.is_of(opening):
                self._opening = Prefix(self._trunk, opening)
        prefix = Prefix(self._trunk, ids[0][:shared] if ids else (), begun=self._opening)
        lengths = [len(row) - shared + more for row, more in zip(ids, room, strict=True)]
        for indices in batches(lengths, self._rows, tokens):
            yield indices, [ids[index][shared:] for index in indices], prefix

    def _opening_of(self, conversation: Conversation, ids: list[int]) -> int:
        """How many of the prompt's tokens stand before the last turn's text, whatever that says."""
        *before, last = conversation
        other = last.model_copy(update={"content": "1" if last.content.startswith("0") else "0"})
        return shared_length([ids, self._chat.prompt_ids([*before, other])])

    def _check_length(self, tokens: int) -> None:
        if self._trunk.context is not None and tokens > self._trunk.context:
            raise too_long(tokens, self._trunk.context)
