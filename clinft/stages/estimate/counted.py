"""How many tokens a text has: counted by the model's tokenizer, or from its characters, with a bound."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clinft.errors import SpecError

# Spread between what a tokenizer counts here and what a provider bills.
MARGIN_TOKENIZER = 1.05
# Without the tokenizer the bound is one token for each byte: a byte-level tokenizer never makes more of a
# text, in any script. The rest covers what a chat format adds to each sample.
EXTRA_TOKENS_PER_SAMPLE = 64
# Measured 2026-11-24: 3.7 in the example project's conversations under SmolLM2's vocabulary of 49,152
# (its notes alone 3.9). 3 keeps the count, and so the price, on the high side.
CHARACTERS_PER_TOKEN = 3.0


@dataclass(frozen=True)
class Counted:
    """The conversations of one split. `tokens` None: no tokenizer is at hand; so `longest_tokens`, of one."""

    samples: int
    characters: int
    size_bytes: int
    tokens: int | None
    longest_tokens: int | None = None

    def plus(self, other: "Counted", times: int = 1) -> "Counted":
        """Of both together; `times` may be negative, for what is part of this."""
        unknown = self.tokens is None or other.tokens is None
        return Counted(
            samples=self.samples + times * other.samples,
            characters=self.characters + times * other.characters,
            size_bytes=self.size_bytes + times * other.size_bytes,
            tokens=None if unknown else (self.tokens or 0) + times * (other.tokens or 0),
        )

    @property
    def exact(self) -> bool:
        return self.tokens is not None or not self.samples

    @property
    def likely(self) -> int:
        if self.tokens is not None:
            return self.tokens
        return int(self.characters / CHARACTERS_PER_TOKEN) + 1 if self.samples else 0

    @property
    def most(self) -> int:
        if self.tokens is not None:
            return math.ceil(self.tokens * MARGIN_TOKENIZER)
        return self.size_bytes + EXTRA_TOKENS_PER_SAMPLE * self.samples


def counted_file(path: Path) -> Counted:
    """A training file's lines, by their characters; streamed."""
    samples = characters = size = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            texts = list(_texts(path, number, line))
            samples += 1
            characters += sum(map(len, texts))
            size += sum(len(text.encode(errors="surrogatepass")) for text in texts)
    return Counted(samples, characters, size, None)


def _texts(path: Path, number: int, line: bytes) -> Iterator[str]:
    try:
        value = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        messages = value["messages"]
        yield from (message["content"] for message in messages if isinstance(message["content"], str))
        return
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise SpecError(
        f"{path.name}, line {number}: not an example of a training file.",
        "Each line is a JSON object with messages, each with its content.",
        "Correct the line, or pass --tokens instead of the file.",
    )
