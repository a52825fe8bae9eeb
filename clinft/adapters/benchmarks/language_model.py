"""A model of ours as lm-eval asks one: whole conversations in, scores of labels or free answers out.

lm-eval passes a prompt as one string. Here that string is the conversation as JSON, so that the model's own
chat template, or its provider, sees the turns that our tasks define.
"""

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clinft.artifacts.data import Message
from clinft.errors import ServiceError
from clinft.ports.models import Conversation, LanguageModel
from clinft.ports.progress import Progress

if TYPE_CHECKING:
    from lm_eval.api.model import LM


def as_harness_model(model: LanguageModel, title: str, progress: Progress) -> "LM":
    """lm_eval is imported here: the light set does not have it."""
    from lm_eval.api.model import LM

    class HarnessModel(LM):  # type: ignore[misc]  # lm_eval ships no types
        tokenizer_name = "clinft"

        def apply_chat_template(
            self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
        ) -> str:
            return json.dumps([[turn["role"], turn["content"]] for turn in chat_history])

        def loglikelihood(self, requests: Sequence[Any]) -> list[tuple[float, bool]]:
            asked = [(request.args[0], request.args[1]) for request in requests]
            found = _label_scores(model, asked, title, progress)
            # Whether a label is also the greedy answer is not known, and no task of ours asks for it.
            return [(found[pair], False) for pair in asked]

        def generate_until(self, requests: Sequence[Any]) -> list[str]:
            # All requests of one task have the same room for their answer.
            longest = max(request.args[1]["max_gen_toks"] for request in requests)
            conversations = [_conversation(request.args[0]) for request in requests]
            with progress.task(f"benchmark {title}, free answers", len(conversations)) as task:
                return model.generate(conversations, longest, task)

        def loglikelihood_rolling(self, requests: Sequence[Any]) -> list[float]:
            raise NotImplementedError("no task of ours measures the likelihood of whole texts")

    return HarnessModel()


def _label_scores(
    model: LanguageModel, asked: Sequence[tuple[str, str]], title: str, progress: Progress
) -> dict[tuple[str, str], float]:
    """Log-probability of each label as the whole answer: one call of the model for all with equal labels."""
    labels: dict[str, list[str]] = {}
    for context, label in asked:
        known = labels.setdefault(context, [])
        if label not in known:
            known.append(label)
    by_labels: dict[tuple[str, ...], list[str]] = {}
    for context, ones in labels.items():
        by_labels.setdefault(tuple(ones), []).append(context)
    found = {}
    with progress.task(f"benchmark {title}, likeliest labels", len(labels)) as task:
        for same, contexts in by_labels.items():
            rows = model.score_labels([_conversation(one) for one in contexts], same, task)
            for context, row in zip(contexts, rows, strict=True):
                for label, score in zip(same, row, strict=True):
                    found[context, label] = score.logprob_nats
    if not all(math.isfinite(score) for score in found.values()):
        raise ServiceError(
            "The model gives log-probabilities that are not numbers.",
            "Its weights are damaged, or training diverged.",
            "Check the model's files; for a tuned model, lower the learning rate and train again.",
        )
    return found


def _conversation(text: str) -> Conversation:
    return tuple(Message(role=role, content=content) for role, content in json.loads(text))
