"""Chat files → token ids with the answer apart, in batches of like length."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from clinft.adapters.model.chat import Chat
from clinft.artifacts.data import Message
from clinft.errors import SpecError

# Batches are cut from this many at a time, sorted by length: little padding, yet another mix every epoch.
BATCHES_SORTED = 8


class Sample(NamedTuple):
    """The loss is over `ids[prompt:]`, the assistant's last turn."""

    ids: list[int]
    prompt: int


class Data(NamedTuple):
    training: list[Sample]
    validation: list[Sample]


def read_samples(path: Path, chat: Chat, max_tokens: int) -> list[Sample]:
    """Never cut: a note without its end may say the opposite."""
    answers: dict[str, list[int]] = {}
    samples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        turns = [Message.model_validate(turn) for turn in json.loads(line)["messages"]]
        prompt = chat.prompt_ids(turns[:-1])
        answer = turns[-1].content
        if answer not in answers:
            answers[answer] = chat.answer_ids(answer)
        samples.append(Sample(prompt + answers[answer], len(prompt)))
    longest = max((len(sample.ids) for sample in samples), default=0)
    if longest > max_tokens:
        many = sum(len(sample.ids) > max_tokens for sample in samples)
        raise SpecError(
            f"{many:,} of {len(samples):,} samples of {path.name} are longer than "
            f"training.hyperparameters.max_tokens ({max_tokens:,}).",
            "The prompt and the text together have more tokens; clinft never cuts a clinical text.",
            f"Set max_tokens to at least {longest:,}.",
        )
    return samples


def batches(samples: Sequence[Sample], batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """Indices of each batch of one epoch: the same for the same seed and epoch, anywhere."""
    # Not for secrets: the order of samples.
    rng = random.Random(f"{seed}:{epoch}")  # noqa: S311
    order = list(range(len(samples)))
    rng.shuffle(order)
    window = batch_size * BATCHES_SORTED
    cut: list[list[int]] = []
    for start in range(0, len(order), window):
        part = sorted(order[start : start + window], key=lambda index: (len(samples[index].ids), index))
        cut += [part[first : first + batch_size] for first in range(0, len(part), batch_size)]
    rng.shuffle(cut)
    return cut
