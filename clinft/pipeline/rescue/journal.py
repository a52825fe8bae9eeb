"""Answers as they come, in the project's git-ignored data/: what was paid for once is never asked again."""

from collections.abc import Sequence
from pathlib import Path

from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.artifacts.line_journal import LineJournal
from clinft.spec.base import Sha256, Strict
from clinft.spec.eligibility import Endpoint

FOLDER = "rescue"


class Answer(Strict):
    """What the model said to one text, word for word; this never leaves the machine."""

    text_sha256: Sha256
    answer: str
    asked_at: str
    prompt_tokens: int
    completion_tokens: int


class Journal:
    """`path` names model, place and system prompt: answers of another model are never taken for these."""

    def __init__(self, data: Path, model: str, endpoint: Endpoint, system: str, longest: int) -> None:
        asked = {"model": model, "url": endpoint.url, "system": system, "max_completion_tokens": longest}
        self.path = data / FOLDER / f"answers-{digest_json(asked)[:12]}.jsonl"
        self._lines = LineJournal(self.path, Answer, "the question is asked, and paid, once more")
        self._answers = {answer.text_sha256: answer for answer in self._lines.read()}

    def of(self, text: str) -> Answer | None:
        return self._answers.get(_key(text))

    def missing(self, texts: Sequence[str]) -> list[str]:
        return [text for text in texts if _key(text) not in self._answers]

    def add(self, text: str, answer: str, asked_at: str, used: tuple[int, int]) -> None:
        """On the disk when it returns, so that a kill a moment later loses nothing. Threads may call it."""
        made = Answer(
            text_sha256=_key(text),
            answer=answer,
            asked_at=asked_at,
            prompt_tokens=used[0],
            completion_tokens=used[1],
        )
        self._lines.add(made)
        self._answers[made.text_sha256] = made


def _key(text: str) -> str:
    return digest_bytes(text.encode())
