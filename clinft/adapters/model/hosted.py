"""A model that answers elsewhere, over the chat API that OpenAI, Azure and many others speak."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Lock
from typing import TYPE_CHECKING, Any

from clinft.adapters.model import hosted_tokens
from clinft.adapters.model.answer_journal import AnswerJournal
from clinft.adapters.training.openai_api.access import Access
from clinft.adapters.training.openai_api.service import Service, connected
from clinft.errors import SpecError
from clinft.ports.models import Conversation, LabelScore, Sampling
from clinft.ports.progress import ProgressTask

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

# Requests that wait for an answer at once: a hosted model takes seconds, and limits count by the minute.
AT_ONCE = 4


class HostedLanguageModel:
    """`used`: tokens of all answers so far, as the service counts them: prompt, completion.

    `request_seconds`: of each question that was asked here, waiting and retries included.

    With a journal, what it holds is not asked again, and counts as used.
    """

    has_logprobs = False

    def __init__(
        self,
        access: Access,
        model: str,
        sleep: Callable[[float], None] = time.sleep,
        journal: AnswerJournal | None = None,
    ) -> None:
        self._access, self._model, self._sleep, self._journal = access, model, sleep, journal
        self.used = (0, 0) if journal is None else journal.used
        self.request_seconds: list[float] = []
        self._counting = Lock()

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        raise self._no_logprobs()

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        raise self._no_logprobs()

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        """What was refused or filtered is an empty answer, which is no label and counts as wrong."""
        answers = [self._known(conversation, max_new_tokens, sampling) for conversation in conversations]
        missing = [index for index, answer in enumerate(answers) if answer is None]
        for _ in range(len(answers) - len(missing)):
            task.advance()
        if missing:
            with connected(self._access, self._sleep) as service, ThreadPoolExecutor(AT_ONCE) as pool:
                asked = {
                    pool.submit(self._ask, service, conversations[index], max_new_tokens, sampling): index
                    for index in missing
                }
                try:
                    for done in as_completed(asked):
                        answers[asked[done]] = done.result()
                        task.advance()
                except BaseException:  # Ctrl-C too: what is not asked yet is not paid for; the rest is kept
                    pool.shutdown(cancel_futures=True)
                    raise
        return [answer or "" for answer in answers]

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return hosted_tokens.count_conversations(self._model, conversations)

    def _no_logprobs(self) -> SpecError:
        return SpecError(
            f"{self._model} gives no log-probabilities of answers it is shown.",
            "Chat APIs tell those of their own answer only.",
            "Read its free answers, and leave out perplexity.",
        )

    def _known(self, conversation: Conversation, longest: int, sampling: Sampling | None) -> str | None:
        return None if self._journal is None else self._journal.of(conversation, longest, sampling)

    def _ask(
        self, service: Service, conversation: Conversation, longest: int, sampling: Sampling | None
    ) -> str:
        """Counted and kept by the thread that asked: a failure beside it loses nothing that was paid for."""
        messages: Any = [{"role": turn.role, "content": turn.content} for turn in conversation]
        temperature, seed = (0.0, 0) if sampling is None else (sampling.temperature, sampling.seed)
        started = time.monotonic()
        answer = service.read(
            f"an answer of {self._model}",
            lambda: service.client.chat.completions.create(
                model=self._model,
                messages=messages,
                max_completion_tokens=longest,
                temperature=temperature,
                seed=seed,
            ),
        )
        text, used = _text(answer), _used(answer)
        with self._counting:
            self.used = (self.used[0] + used[0], self.used[1] + used[1])
            self.request_seconds.append(time.monotonic() - started)
        if self._journal is not None:
            self._journal.add(conversation, longest, text, used, sampling)
        return text


def _text(answer: "ChatCompletion") -> str:
    said = (answer.choices[0].message.content if answer.choices else None) or ""
    # Half a character, which JSON can hold and a file cannot.
    return said.encode(errors="replace").decode()


def _used(answer: "ChatCompletion") -> tuple[int, int]:
    """What is no number of tokens counts as none."""
    told = (getattr(answer.usage, name, None) for name in ("prompt_tokens", "completion_tokens"))
    prompt, completion = (tokens if isinstance(tokens, int) and tokens > 0 else 0 for tokens in told)
    return prompt, completion
