"""Answers of one hosted model as they come: what was paid for before a failure is not asked after it."""

from pathlib import Path

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.line_journal import LineJournal
from clinft.ports.models import Conversation, Sampling
from clinft.spec.base import Sha256, Strict


class Answer(Strict):
    """Word for word, so it stays below data/. `key`: of model, place, question and room for the answer."""

    key: Sha256
    model: str
    answer: str
    prompt_tokens: int
    completion_tokens: int


class AnswerJournal:
    """Several models may share the file. `used`: tokens of this model's answers in it when it was opened."""

    def __init__(self, path: Path, model: str, url: str) -> None:
        self._model, self._url = model, url
        self._lines = LineJournal(path, Answer, "the question is asked, and paid, once more")
        mine = [one for one in self._lines.read() if one.model == model]
        self._answers = {one.key: one.answer for one in mine}
        self.used = (sum(one.prompt_tokens for one in mine), sum(one.completion_tokens for one in mine))

    def of(self, conversation: Conversation, longest: int, sampling: Sampling | None = None) -> str | None:
        return self._answers.get(self._key(conversation, longest, sampling))

    def add(
        self,
        conversation: Conversation,
        longest: int,
        answer: str,
        used: tuple[int, int],
        sampling: Sampling | None = None,
    ) -> None:
        """On the disk when it returns. Threads may call it."""
        key = self._key(conversation, longest, sampling)
        made = Answer(
            key=key, model=self._model, answer=answer, prompt_tokens=used[0], completion_tokens=used[1]
        )
        self._lines.add(made)
        self._answers[key] = answer

    def _key(self, conversation: Conversation, longest: int, sampling: Sampling | None) -> str:
        asked: dict[str, object] = {
            "model": self._model,
            "url": self._url,
            "messages": [[turn.role, turn.content] for turn in conversation],
            "max_completion_tokens": longest,
        }
        if sampling is not None:
            asked["sampling"] = [sampling.temperature, sampling.seed]
        return digest_json(asked)
