"""Training and validation file for a hosted provider, checked before anything is sent.

Streamed: of an example only a digest is kept. All problems are told at once, by line, and without any data.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from clinft.artifacts.chat_example import Method, faults
from clinft.errors import ClinftError, Problem, SpecError

# OpenAI's and Azure's limits, as their guides had them in November 2026.
FEWEST_EXAMPLES = 10
MOST_BYTES = 512_000_000
# Far above the longest context there is; a file without line ends must not fill the memory.
MOST_LINE_BYTES = 16_000_000
MOST_PROBLEMS = 100
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Counter = Callable[[Any], int]


class _Refused(Exception):
    """This line holds no example: what is wrong, what to do, and where in the line."""

    def __init__(self, message: str, next_step: str, column: int = 0) -> None:
        super().__init__(message)
        self.message, self.next_step, self.column = message, next_step, column


@dataclass(frozen=True)
class FileFacts:
    """`tokens` of all examples that were counted; None where nobody counts."""

    examples: int = 0
    tokens: int | None = None
    longest_tokens: int | None = None
    longest_line: int = 0


@dataclass(frozen=True)
class ChatFileReport:
    """`more_errors` and `more_warnings`: found beyond those that are listed."""

    errors: tuple[Problem, ...]
    more_errors: int
    warnings: tuple[Problem, ...]
    more_warnings: int
    duplicates: int
    overlapping: int
    training: FileFacts
    validation: FileFacts | None

    def raise_for_errors(self) -> None:
        if self.errors:
            raise SpecError(
                f"The provider would refuse these files: {len(self.errors) + self.more_errors} problems.",
                "They were checked against the provider's published rules; nothing was sent.",
                "Correct the lines named, or prepare the data again.",
                self.errors,
            )


@dataclass
class _List:
    """The first MOST_PROBLEMS, and how many more there were."""

    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(self, path: Path, line: int, message: str, next_step: str, column: int = 0) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(str(path), line, column, message, next_step=next_step))
        else:
            self.more += 1


def check_chat_files(
    training: Path,
    validation: Path | None,
    method: Method = "supervised",
    count: Counter | None = None,
    context_tokens: int | None = None,
) -> ChatFileReport:
    """`count` gives the tokens of an example, of which no more than `context_tokens` are allowed."""
    check = _Check(method, count, context_tokens)
    trained = check.file(training, FEWEST_EXAMPLES)
    # OpenAI names its minimum for the training file alone.
    validated = None if validation is None else check.file(validation, 1, check.seen)
    return ChatFileReport(
        tuple(check.errors.problems),
        check.errors.more,
        tuple(check.warnings.problems),
        check.warnings.more,
        check.duplicates,
        check.overlapping,
        trained,
        validated,
    )


class _Check:
    """`seen`: digest → line, of the file that was read last."""

    def __init__(self, method: Method, count: Counter | None, context_tokens: int | None) -> None:
        self._method, self._count, self._context_tokens = method, count, context_tokens
        self.errors, self.warnings = _List(), _List()
        self.duplicates = self.overlapping = 0
        self.seen: dict[bytes, int] = {}

    def file(self, path: Path, fewest: int, others: dict[bytes, int] | None = None) -> FileFacts:
        """`others`: what the file must not hold as well."""
        self.seen, self._path = {}, path
        self._examples, self._tokens, self._longest = 0, 0, (0, 0)
        try:
            size = path.stat().st_size
            if size > MOST_BYTES:
                self._error(
                    0, f"The file has {size:,} bytes, the limit is {MOST_BYTES:,}.", "Take fewer examples."
                )
                return FileFacts()
            with path.open("rb") as stream:
                for number, line in _lines(stream):
                    self._line(number, line, others or {})
        except OSError:
            self._error(0, "The file cannot be read.", "Look whether it exists and who may read it.")
            return FileFacts()
        if self._examples < fewest:
            self._error(
                0,
                "The file is empty."
                if not size
                else f"The file has {self._examples} examples, the provider asks for at least {fewest}.",
                "Add examples.",
            )
        if self._count is None:
            return FileFacts(self._examples)
        return FileFacts(self._examples, self._tokens, *self._longest)

    def _line(self, number: int, line: bytes | None, others: dict[bytes, int]) -> None:
        try:
            example, digest = _parsed(number, line)
        except _Refused as refused:
            self._error(number, refused.message, refused.next_step, refused.column)
            # A broken example is one to be corrected, not one too few.
            self._examples += line is None or bool(line.strip())
            return
        self._examples += 1
        found = list(faults(example, self._method))
        for message, next_step in found:
            self._error(number, message, next_step)
        if not found:
            self._counted(number, example)
        self._compared(number, digest, others)

    def _counted(self, number: int, example: Any) -> None:
        if self._count is None:
            return
        try:
            tokens = self._count(example)
        except ClinftError as error:
            self._error(number, error.what, error.next_step)
            return
        self._tokens += tokens
        if tokens > self._longest[0]:
            self._longest = (tokens, number)
        if self._context_tokens is not None and tokens > self._context_tokens:
            self._error(
                number,
                f"The example has {tokens:,} tokens, the model takes {self._context_tokens:,}.",
                "Shorten or remove it; a provider cuts it off, most often in the answer.",
            )

    def _compared(self, number: int, digest: bytes, others: dict[bytes, int]) -> None:
        first = self.seen.setdefault(digest, number)
        if first != number:
            self.duplicates += 1
            self.warnings.add(
                self._path, number, f"The same example as in line {first}.", "It weighs twice; remove one."
            )
        if digest in others:
            self.overlapping += 1
            self._error(
                number,
                f"The same example is in line {others[digest]} of the training file.",
                "Remove it here: what was learned by heart says nothing about new cases.",
            )

    def _error(self, line: int, message: str, next_step: str, column: int = 0) -> None:
        self.errors.add(self._path, line, message, next_step, column)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Line by line, counting from 1, without a byte-order mark; None for a line that is too long."""
    number = 0
    while line := stream.readline(MOST_LINE_BYTES + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        if len(line) <= MOST_LINE_BYTES or line.endswith(b"\n"):
            if line or number > 1:
                yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MOST_LINE_BYTES)
        yield number, None


def _parsed(number: int, line: bytes | None) -> tuple[Any, bytes]:
    """The example and the digest of its canonical form, in which keys are sorted and blanks left out."""
    if line is None:
        raise _Refused(f"The line has more than {MOST_LINE_BYTES:,} bytes.", "Write one example a line.")
    if not line.strip():
        raise _Refused("The line is empty.", "Remove it.")
    if b"\0" in line:
        raise _Refused("The line holds a NUL character.", "Remove it.", line.index(b"\0") + 1)
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise _Refused("The line is not UTF-8.", "Save the file as UTF-8.", error.start + 1) from None
    try:
        example = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
        canonical = json.dumps(example, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except json.JSONDecodeError as error:
        raise _Refused("The line is not JSON.", "Write one object a line.", error.pos + 1) from None
    except UnicodeEncodeError:
        raise _Refused("The line holds half a character (a lone surrogate).", "Remove it.") from None
    except RecursionError:
        raise _Refused("The line is nested too deeply.", "An example holds messages and tools.") from None
    except ValueError:
        raise _Refused("The line holds a number of thousands of digits.", "Write it as text.") from None
    if b"\\u0000" in line and _holds_nul(example):
        raise _Refused("The line holds a NUL character.", "Remove it.")
    return example, hashlib.blake2b(canonical, digest_size=16).digest()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that is there twice one reader takes the first value and the next reader the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("An object has the same key twice.", "Keep one: readers differ in which they take.")
    return found


def _no_constant(_: str) -> Any:
    raise _Refused("The line holds NaN or Infinity, which are not JSON.", "Write numbers.")


def _holds_nul(example: Any) -> bool:
    left = [example]
    while left:
        value = left.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
    return False
