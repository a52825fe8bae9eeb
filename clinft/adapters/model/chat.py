"""Conversations → token ids under the model's own chat template."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from clinft.artifacts.data import Message
from clinft.errors import SpecError
from clinft.ports.models import Conversation

# A conversation as short as can be: an answer's tokens do not depend on what was asked.
PROBE = (Message(role="system", content="-"), Message(role="user", content="-"))


class Chat:
    """`ref` names the model in errors."""

    def __init__(self, tokenizer: Any, ref: str) -> None:
        self._tokenizer, self._ref = tokenizer, ref
        # Labels repeat in every split, and their tokens are the same each time; free answers do not.
        self._answer_once = lru_cache(maxsize=256)(self.answer_ids)
        if tokenizer.chat_template is None or tokenizer.eos_token_id is None:
            raise SpecError(
                f"The tokenizer of {ref} has no chat template or no end-of-turn token.",
                "It belongs to a base model that never learned to converse.",
                "Choose the instruct version of the model.",
            )
        self.end_of_turn: int = tokenizer.eos_token_id
        self.pad: int = (
            tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
        )

    def prompt_ids(self, conversation: Conversation) -> list[int]:
        """Up to and including the opening of the assistant's turn."""
        return self._template(conversation, add_generation_prompt=True)

    def answer_ids(self, answer: str) -> list[int]:
        """The assistant's whole turn, with its end-of-turn token and nothing after it."""
        prompt = self._template(PROBE, add_generation_prompt=True)
        whole = self._template((*PROBE, Message(role="assistant", content=answer)))
        if whole[: len(prompt)] != prompt:
            raise SpecError(
                f"The chat template of {self._ref} writes a finished turn otherwise than an open one.",
                "Training on such a template would teach other tokens than the model is asked for.",
                "Choose another model; this template is not supported yet.",
            )
        tail = whole[len(prompt) :]
        if self.end_of_turn in tail:
            return tail[: tail.index(self.end_of_turn) + 1]
        return [*tail, self.end_of_turn]

    def text(self, ids: Sequence[int]) -> str:
        decoded: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return decoded

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        """A conversation that ends with an answer counts as the sample it is in training."""
        return [
            len(self.prompt_ids(turns[:-1])) + len(self._answer_once(turns[-1].content))
            if turns[-1].role == "assistant"
            else len(self.prompt_ids(turns))
            for turns in conversations
        ]

    def _template(self, conversation: Conversation, add_generation_prompt: bool = False) -> list[int]:
        ids: list[int] = self._tokenizer.apply_chat_template(
            [message.model_dump() for message in conversation],
            add_generation_prompt=add_generation_prompt,
            return_dict=False,
        )
        return ids


def too_long(tokens: int, context: int) -> SpecError:
    """Beyond what a model was built to read its answers are worth nothing, and it does not say so."""
    return SpecError(
        f"A prompt of {tokens:,} tokens is to be answered; the model reads {context:,}.",
        "The record, or the prompt with its examples before it, is too long for this model.",
        "Shorten them, show fewer examples, or choose a model with a longer context.",
    )
