"""Tokens of chat examples as a hosted provider counts them, without asking it.

Text goes through the model's own tokenizer. What the chat format adds follows OpenAI's guide to preparing
data: 3 tokens a message, one for a name, 3 a conversation. How a provider renders tools is not published;
they are counted as JSON.
"""

import hashlib
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinft.adapters.model.rank_files import RANK_FILES, encoding
from clinft.errors import SpecError
from clinft.ports.models import Conversation
from clinft.ports.progress import Progress

TOKENS_PER_MESSAGE, TOKENS_PER_NAME, TOKENS_PER_CONVERSATION = 3, 1, 3
FALLBACK = "o200k_base"
# Encodings that differ from one of ours in special tokens alone, which are never part of a text.
SAME_TEXT = {"o200k_harmony": "o200k_base"}
# Of texts that were counted: system prompts, tools and labels come again with every example.
REMEMBERED = 16_384
SHORT = 64
# tiktoken 0.14 breaks off, with a panic and not an exception, at 999,999 blanks in a row.
BLANKS = 500_000
LONG_BLANK = re.compile(rf"\s{{{BLANKS}}}")
SECONDS_BETWEEN_REPORTS = 1.0
MEGABYTE = 1_000_000
# What a provider reads for itself and never tokenizes.
NOT_TEXT = frozenset({"weight"})


@dataclass(frozen=True)
class EncodingChoice:
    """`known`: it is this model's own encoding; otherwise it is assumed, and `basis` says so."""

    encoding: str
    known: bool

    @property
    def basis(self) -> str:
        if self.known:
            return f"tokenizer {self.encoding}"
        return f"tokenizer {self.encoding}, assumed: the model's own is not known to tiktoken"


@dataclass(frozen=True)
class FileCount:
    """Tokens of one pass over a file. `longest_line` counts from 1; 0 where there is no example."""

    examples: int
    tokens: int
    longest_tokens: int
    longest_line: int
    encoding: EncodingChoice

    @property
    def basis(self) -> str:
        return self.encoding.basis


def choose_encoding(model: str) -> EncodingChoice:
    """By tiktoken's own table of model names."""
    from tiktoken.model import encoding_name_for_model

    # ft:BASE:organisation::id. tiktoken's own rule for ft: names gives gpt-4.1 the encoding of gpt-4.
    base = model.split(":")[1] if model.startswith("ft:") else model
    base = base.removeprefix("openai/")
    try:
        # Another organisation's model may be called whatever it likes.
        name = "" if "/" in base else encoding_name_for_model(base)
    except KeyError:
        name = ""
    name = SAME_TEXT.get(name, name)
    return EncodingChoice(name, True) if name in RANK_FILES else EncodingChoice(FALLBACK, False)


class HostedTokenizer:
    def __init__(self, model: str) -> None:
        self.encoding = choose_encoding(model)
        self._encode: Callable[[str], list[int]] = encoding(self.encoding.encoding).encode_ordinary
        self._remembered: OrderedDict[str | bytes, int] = OrderedDict()

    def text(self, text: str) -> int:
        """Names of special tokens in a text are text. Memory stays bounded, whatever is counted."""
        key = text if len(text) <= SHORT else _key(text)
        known = self._remembered.get(key)
        if known is not None:
            self._remembered.move_to_end(key)
            return known
        if len(text) >= BLANKS and LONG_BLANK.search(text):
            raise SpecError(
                f"A text holds more than {BLANKS:,} blanks in a row, which cannot be counted.",
                "A table or a scanned page was written out with its padding.",
                "Shorten runs of blanks in the data.",
            )
        tokens = len(self._encode(text))
        self._remembered[key] = tokens
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return tokens

    def messages(self, messages: Iterable[Mapping[str, Any]]) -> int:
        return sum(self._message(message) for message in messages)

    def example(self, line: Any) -> int:
        """One line of a training file: chat, or a pair for DPO, of which both answers count.

        Raises KeyError, TypeError or AttributeError for anything else.
        """
        if "input" in line:
            outputs = (line["preferred_output"], line["non_preferred_output"])
            return self.example(line["input"]) + sum(self.messages(output) for output in outputs)
        tools = line.get("tools")
        overhead = TOKENS_PER_CONVERSATION + (self.text(_json(tools)) if tools else 0)
        return overhead + self.messages(line["messages"])

    def _message(self, message: Mapping[str, Any]) -> int:
        tokens = TOKENS_PER_MESSAGE
        for key, value in message.items():
            if key in NOT_TEXT or value is None:
                continue
            tokens += self._value(value) + (TOKENS_PER_NAME if key == "name" else 0)
        return tokens

    def _value(self, value: Any) -> int:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list) and all(_is_text_part(part) for part in value):
            return sum(self.text(part["text"]) for part in value)
        return self.text(_json(value))


def count_conversations(model: str, conversations: Sequence[Conversation]) -> list[int]:
    """As examples of a training file, an answer at the end included."""
    tokenizer = HostedTokenizer(model)
    return [
        tokenizer.messages({"role": turn.role, "content": turn.content} for turn in turns)
        + TOKENS_PER_CONVERSATION
        for turns in conversations
    ]


def count_file(
    path: Path,
    model: str,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> FileCount:
    """Reads a training file line by line. Blank lines are none; SpecError for a line that is no example."""
    tokenizer = HostedTokenizer(model)
    if progress is None:
        return _count(path, tokenizer, lambda _: None)
    megabytes = -(-path.stat().st_size // MEGABYTE)
    with progress.task(f"tokens of {path.name}, MB", total=megabytes) as task:
        return _count(path, tokenizer, _Reports(task.advance, megabytes, clock))


class _Reports:
    """Advances a task in whole megabytes, once a second: a bar is slower to draw than a line to count."""

    def __init__(self, advance: Callable[[int], None], total: int, clock: Callable[[], float]) -> None:
        self._advance, self._total, self._clock = advance, total, clock
        self._shown, self._last = 0, clock()

    def __call__(self, done_bytes: int | None) -> None:
        """None: the end of the file."""
        done = self._total if done_bytes is None else done_bytes // MEGABYTE
        now = self._clock()
        if done > self._shown and (done_bytes is None or now - self._last >= SECONDS_BETWEEN_REPORTS):
            self._advance(done - self._shown)
            self._shown, self._last = done, now


def _count(path: Path, tokenizer: HostedTokenizer, report: Callable[[int | None], None]) -> FileCount:
    examples = total = longest = longest_line = done = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            done += len(line)
            report(done)
            if not line.strip():
                continue
            tokens = _line(path, number, line, tokenizer)
            examples, total = examples + 1, total + tokens
            if tokens > longest:
                longest, longest_line = tokens, number
    report(None)
    return FileCount(examples, total, longest, longest_line, tokenizer.encoding)


def _line(path: Path, number: int, line: bytes, tokenizer: HostedTokenizer) -> int:
    try:
        # The first line may begin with a byte-order mark.
        return tokenizer.example(json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise SpecError(
        f"{path.name}, line {number}: not an example of a training file.",
        "Each line is a JSON object with messages, or with input and two outputs.",
        "Correct the line, or prepare the data again.",
    )


def _is_text_part(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _key(text: str) -> bytes:
    """In place of a long text: it takes no memory, and two texts do not share one by accident."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
