"""Files read line by line: what one line begins, such as a message's header, another may complete."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from clinft.stages.audit.authenticity.shapes import SHAPES

# More unfinished shapes say nothing new, and a folder may hold any number of files.
MOST_BEGUN = 50_000


@dataclass
class Begun:
    """The parts of one shape seen in one file, and the row of the first."""

    parts: int
    row: int


@dataclass
class TextFiles:
    """`dates`: a bit of 64 for each date of a file (see Times.seen)."""

    dates: dict[int, int] = field(default_factory=dict)
    begun: dict[tuple[int, int], Begun] = field(default_factory=dict)

    def add(self, file: int, row: int, dates: int, shapes: dict[int, int]) -> None:
        self.dates[file] = self.dates.get(file, 0) | dates
        for shape, parts in shapes.items():
            self.begin(file, shape, Begun(parts, row))

    def begin(self, file: int, shape: int, more: Begun) -> None:
        begun = self.begun.get((file, shape))
        if begun:
            begun.parts |= more.parts
            begun.row = min(begun.row, more.row)
        elif len(self.begun) < MOST_BEGUN:
            self.begun[file, shape] = Begun(more.parts, more.row)

    def merge(self, other: "TextFiles", files: list[int]) -> None:
        """`files`: where the other's files stand in this one's list."""
        for file, dates in other.dates.items():
            self.dates[files[file]] = self.dates.get(files[file], 0) | dates
        for (file, shape), begun in other.begun.items():
            self.begin(files[file], shape, begun)

    def completed(self) -> Iterator[tuple[str, int, int]]:
        """Kind, file and first row, once for each kind and file."""
        seen = set()
        for (file, shape), begun in self.begun.items():
            kind = SHAPES[shape].kind_of(begun.parts)
            if kind and (kind, file) not in seen:
                seen.add((kind, file))
                yield kind, file, begun.row
