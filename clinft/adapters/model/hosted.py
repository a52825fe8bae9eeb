"""A model that answers elsewhere, over the chat API that OpenAI, Azure and many others speak."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

from clinft.adapters.model import hosted_tokens
from clinft.adapters.training.openai_api.access import Access
from clinft.adapters.training.openai_api.service import Service, connected
from clinft.errors import SpecError
from clinft.ports.models import Conversation, LabelScore
from clinft.ports.progress import ProgressTask

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

# Requests that wait for an answer at once: a hosted model takes seconds, and limits count by the minute.
AT_ONCE = 4


class HostedLanguageModel:
    """`used`: tokens of all answers so far, as the service counts them: prompt, completion."""

    has_logprobs = False

    def __init__(self, access: Access, model: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._access, self._model, self._sleep = access, model, sleep
        self.used = (0, 0)

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        raise SpecError(
            f"{self._model} gives no log-probabilities of whole labels.",
            "Chat APIs tell those of their own answer only.",
            "Read its free answers.",
        )

    def generate(
        self, conversations: Sequence[Conversation], max_new_tokens: int, task: ProgressTask
    ) -> list[str]:
        """What was refused or filtered is an empty answer, which is no label and counts as wrong."""
        answers = [""] * len(conversations)
        with connected(self._access, self._sleep) as service, ThreadPoolExecutor(AT_ONCE) as pool:
            asked = {
                pool.submit(self._ask, service, conversation, max_new_tokens): index
                for index, conversation in enumerate(conversations)
            }
            try:
                for done in as_completed(asked):
                    answers[asked[done]] = self._read(done.result())
                    task.advance()
            except BaseException:
                # What is not asked yet is not paid for.
                pool.shutdown(cancel_futures=True)
                raise
        return answers

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return hosted_tokens.count_conversations(self._model, conversations)

    def _ask(self, service: Service, conversation: Conversation, longest: int) -> "ChatCompletion":
        messages: Any = [{"role": turn.role, "content": turn.content} for turn in conversation]
        return service.read(
            f"an answer of {self._model}",
            lambda: service.client.chat.completions.create(
                model=self._model, messages=messages, max_completion_tokens=longest, temperature=0, seed=0
            ),
        )

    def _read(self, answer: "ChatCompletion") -> str:
        if answer.usage is not None:
            prompt, completion = self.used
            self.used = (prompt + answer.usage.prompt_tokens, completion + answer.usage.completion_tokens)
        return (answer.choices[0].message.content if answer.choices else None) or ""
