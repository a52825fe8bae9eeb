"""What is kept of each record: 64 bytes of hashes and its place, never its text."""

import hashlib
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from clinft.artifacts.audit import Place
from clinft.stages.audit.authenticity import sketch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A shorter text is a phrase that anybody may write twice.
FEWEST_CHARACTERS = 40
FEWEST_IN_PASSAGE = 100
# Sketches and passages read no more of one text: its hash does.
LONGEST_READ = 200_000
# Texts wait until there is enough for numpy to pay off.
MOST_WAITING = 64_000
COLUMNS = ("file", "row", "text", "passage", "quasi")
NOTHING = 0


@dataclass
class Rows:
    """Columns of equal length. A hash of 0 stands for nothing to hash."""

    file: "array[int]" = field(default_factory=lambda: array("I"))
    row: "array[int]" = field(default_factory=lambda: array("I"))
    text: "array[int]" = field(default_factory=lambda: array("Q"))
    passage: "array[int]" = field(default_factory=lambda: array("Q"))
    quasi: "array[int]" = field(default_factory=lambda: array("Q"))
    sketches: bytearray = field(default_factory=bytearray)
    _waiting: list[bytes] = field(default_factory=list)
    _characters: int = 0

    def __getstate__(self) -> dict[str, object]:
        """No text goes from one process to another."""
        self.settle()
        return self.__dict__

    def add(self, file: int, row: int, text: str, quasi: str) -> None:
        if len(text) < FEWEST_CHARACTERS:
            if not quasi:
                return
            text = ""
        self.file.append(file)
        self.row.append(row)
        self.quasi.append(_hash(quasi.encode("utf-8", "surrogatepass")))
        read = text if len(text) <= LONGEST_READ else text[:LONGEST_READ]
        self.passage.append(_hash(_passage(read)))
        plain = _plain(text)
        self.text.append(_hash(plain))
        self._waiting.append(plain[:LONGEST_READ])
        self._characters += len(plain)
        if self._characters > MOST_WAITING:
            self.settle()

    def settle(self) -> None:
        """Afterwards no text is left in memory."""
        if self._waiting:
            self.sketches += sketch.sketches(self._waiting)
            self._waiting.clear()
            self._characters = 0

    def extend(self, other: "Rows", files: list[int]) -> None:
        """`files`: where the other's files stand in this one's list."""
        self.settle()
        other.settle()
        self.file.extend(files[place] for place in other.file)
        for name in COLUMNS[1:]:
            getattr(self, name).extend(getattr(other, name))
        self.sketches += other.sketches


class Sorted:
    """All records by file and row: the same in whatever order they were collected."""

    def __init__(self, rows: Rows, names: list[str]) -> None:
        """Until it is gone nothing may be added to `rows`."""
        import numpy as np

        self._rows, self._names = rows, names
        rank = np.empty(len(names), dtype=np.intp)
        rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        self._order = np.lexsort((np.frombuffer(rows.row, dtype=np.uint32), rank[_files(rows)]))

    def __len__(self) -> int:
        return len(self._order)

    def hashes(self, column: Literal["text", "passage", "quasi"]) -> "NDArray[np.uint64]":
        import numpy as np

        values: array[int] = getattr(self._rows, column)
        return np.frombuffer(values, dtype=np.uint64)[self._order]

    def sketches(self, positions: "NDArray[np.intp]") -> "NDArray[np.uint8]":
        import numpy as np

        matrix = np.frombuffer(self._rows.sketches, dtype=np.uint8).reshape(-1, sketch.BYTES)
        return matrix[self._order[positions]]

    def place(self, position: int) -> Place:
        index = int(self._order[position])
        return Place(file=self._names[self._rows.file[index]], row=self._rows.row[index])


def _files(rows: Rows) -> "NDArray[np.uint32]":
    import numpy as np

    return np.frombuffer(rows.file, dtype=np.uint32)


def _plain(text: str) -> bytes:
    """Equal for texts that differ only in case and spacing."""
    return b" ".join(text.lower().encode("utf-8", "surrogatepass").split())


def _passage(text: str) -> bytes:
    """The longest sentence or line, where it is long enough to be told from a phrase."""
    longest = max(text.replace(". ", "\n").split("\n"), key=len)
    return _plain(longest) if len(longest) >= FEWEST_IN_PASSAGE else b""


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest()) or 1 if data else NOTHING
