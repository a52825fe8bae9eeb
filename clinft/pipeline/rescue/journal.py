"""Answers as they come, in the project's git-ignored data/: what was paid for once is never asked again."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.errors import DigestMismatch
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
        self._lock = Lock()
        self._answers: dict[str, Answer] = {}
        self._whole = 0
        if self.path.exists():
            self._read()

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
        line = made.model_dump_json().encode() + b"\n"
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("r+b" if self.path.exists() else "w+b") as stream:
                # Over what a kill left of a half line.
                stream.seek(self._whole)
                stream.truncate()
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
            self._whole += len(line)
            self._answers[made.text_sha256] = made

    def _read(self) -> None:
        data = self.path.read_bytes()
        self._whole = data.rfind(b"\n") + 1
        for number, line in enumerate(data[: self._whole].splitlines(), start=1):
            try:
                answer = Answer.model_validate_json(line)
            except ValidationError:
                raise DigestMismatch(
                    f"{self.path}, line {number}: no answer as clinft writes it.",
                    "The file was changed by hand, or the disk is damaged.",
                    "Restore it; or delete that line, and the question is asked, and paid, once more.",
                ) from None
            self._answers[answer.text_sha256] = answer


def _key(text: str) -> str:
    return digest_bytes(text.encode())
