"""JSON Lines that are read twice: once to see that they are the audited bytes, once to send them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from clinft.errors import DigestMismatch, SpecError

Row = TypeVar("Row")


class Lines(Generic[Row]):
    """Every line is held against its own digest of the first reading before it leaves."""

    def __init__(
        self, path: Path, named: str, expected: str | None, read: Callable[[Mapping[str, Any]], Row | None]
    ) -> None:
        """`named`: in our words, for messages. `expected`: sha256 of the whole, where somebody knows it.

        `read` makes of a line what is sent; None for one of another form.
        """
        self._path, self._named, self._read = path, named, read
        self._digests: list[bytes] = []
        whole = hashlib.sha256()
        unread = None
        for number, line in enumerate(self._raw()):
            whole.update(line)
            self._digests.append(hashlib.sha256(line).digest())
            if unread is None and self._parsed(line) is None:
                unread = number
        self.sha256 = whole.hexdigest()
        if expected is not None and self.sha256 != expected:
            raise self._other()
        if unread is not None:
            raise self._malformed(unread)

    def __len__(self) -> int:
        return len(self._digests)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Numbers from 0; DigestMismatch as soon as a line is another than at first."""
        count = 0
        for number, line in enumerate(self._raw()):
            if number >= len(self) or hashlib.sha256(line).digest() != self._digests[number]:
                raise self._other()
            row = self._parsed(line)
            assert row is not None, "the first reading has read the same line"
            yield number, row
            count += 1
        if count != len(self):
            raise self._other()

    def _raw(self) -> Iterator[bytes]:
        try:
            with self._path.open("rb") as stream:
                yield from stream
        except FileNotFoundError:
            missing = True
        else:
            missing = False
        if missing:
            raise SpecError(
                f"The file of {self._named} is not on this machine.",
                "Generated data are in no commit; they lie where they were prepared.",
                "Call this where the data lie, or run `clinft prepare` here.",
            )

    def _parsed(self, line: bytes) -> Row | None:
        try:
            row = json.loads(line)
        except ValueError:
            return None
        return self._read(row) if isinstance(row, dict) else None

    def _malformed(self, number: int) -> SpecError:
        return SpecError(
            f"Row {number + 1} of {self._named} has another form than expected.",
            "The file was made by another version of clinft, or by hand.",
            "Run `clinft prepare` and `clinft evaluate` again with this version.",
        )

    def _other(self) -> DigestMismatch:
        return DigestMismatch(
            f"The file of {self._named} is not what the audit passed.",
            "It was changed after the audit.",
            "Prepare and audit the data again; nothing of a changed file is sent.",
        )
