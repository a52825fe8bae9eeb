"""A JSONL file as a sequence that stays on the disk: memory holds a place for each line, and no line."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Lines(Sequence[T], Generic[T]):
    """`read` makes a value of one line, each time it is asked for. What a kill left of a half line is none.

    The file must not change while this is in use.
    """

    def __init__(self, path: Path, read: Callable[[bytes], T], places: "array[int] | None" = None) -> None:
        self._path, self._read = path, read
        self._places = _places(path) if places is None else places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[T]:
        if not self._places:
            return
        with self._path.open("rb") as stream:
            for place in self._places:
                if stream.tell() != place:
                    stream.seek(place)
                yield self._read(stream.readline())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> "Lines[T]": ...
    def __getitem__(self, index: int | slice) -> "T | Lines[T]":
        if isinstance(index, slice):
            return Lines(self._path, self._read, self._places[index])
        with self._path.open("rb") as stream:
            stream.seek(self._places[index])
            return self._read(stream.readline())

    def where(self, keep: Callable[[T], bool]) -> "Lines[T]":
        """Those that are kept, in their order."""
        places = array("Q", (place for place, one in zip(self._places, self, strict=True) if keep(one)))
        return Lines(self._path, self._read, places)


def _places(path: Path) -> "array[int]":
    """Where each whole line begins."""
    places, place = array("Q"), 0
    if not path.exists():
        return places
    with path.open("rb") as stream:
        for line in stream:
            if line.endswith(b"\n"):
                places.append(place)
            place += len(line)
    return places
