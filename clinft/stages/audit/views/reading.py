"""Another reading of a text: what it says once decoded, joined or put in digits, and where that came from."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Around an edit: far enough for a label before it and a unit after it. A shorter text is kept whole.
BEFORE, AFTER = 160, 120
WHOLE = 600
# A find further behind every edit than a label reaches is the plain text's own.
REACH = 60
GAP = "\n\n"


@dataclass(frozen=True, slots=True, repr=False)
class Edit:
    """`text` is read in place of the source's characters `start` to `end`, and each of it stands for all."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """`text[i]` was read from the source's characters `places[i]` to `ends[i]`.

    Only the neighbourhood of edits is in `text`; finds elsewhere belong to the plain text. `edited`
    holds the edits' (start, end) in `text`.
    """

    name: str
    text: str
    places: Sequence[int]
    ends: Sequence[int]
    edited: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a find of this reading lies in the source; None if no edit made it."""
        near = bisect_left(self.edited, start - REACH, key=lambda edit: edit[1])
        if near == len(self.edited) or self.edited[near][0] > end:
            return None
        first, last = self.places[start], self.ends[end - 1]
        return (first, last) if first < last else None

    def within(self, outer: "Reading") -> "Reading":
        """This reading of `outer.text`, told in the places of outer's own source."""
        top = len(outer.text) - 1
        places = array("q", (outer.places[min(place, top)] for place in self.places))
        # What was put in between two characters starts with the second, though the first may end before it.
        ends = (outer.ends[max(end - 1, 0)] for end in self.ends)
        return Reading(
            f"{outer.name}+{self.name}",
            self.text,
            places,
            array("q", map(max, places, ends)),
            self.edited,
        )


def reread(name: str, text: str, edits: Iterable[Edit]) -> Reading | None:
    """`text` with `edits`, cut to their neighbourhood; of overlapping edits the first counts."""
    kept = _apart(edits)
    if not kept:
        return None
    pieces: list[str] = []
    places, ends = array("q"), array("q")
    edited: list[tuple[int, int]] = []
    for start, end, group in _windows(kept, len(text)):
        if pieces:
            pieces.append(GAP)
            places.extend([start] * len(GAP))
            ends.extend([start] * len(GAP))
        position = start
        for edit in group:
            _keep(text, position, edit.start, pieces, places, ends)
            before = len(places)
            pieces.append(edit.text)
            places.extend([edit.start] * len(edit.text))
            ends.extend([edit.end] * len(edit.text))
            edited.append((before, len(places)))
            position = edit.end
        _keep(text, position, end, pieces, places, ends)
    return Reading(name, "".join(pieces), places, ends, tuple(edited))


def _keep(
    text: str, start: int, end: int, pieces: list[str], places: "array[int]", ends: "array[int]"
) -> None:
    pieces.append(text[start:end])
    places.extend(range(start, end))
    ends.extend(range(start + 1, end + 1))


def _apart(edits: Iterable[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not kept or kept[-1].end <= edit.start:
            kept.append(edit)
    return kept


def _windows(edits: list[Edit], length: int) -> list[tuple[int, int, list[Edit]]]:
    """Stretches of the source that hold the edits, each with its own."""
    if length <= WHOLE:
        return [(0, length, edits)]
    windows: list[tuple[int, int, list[Edit]]] = []
    for edit in edits:
        start, end = max(0, edit.start - BEFORE), min(length, edit.end + AFTER)
        if windows and start <= windows[-1][1]:
            first, _, group = windows.pop()
            group.append(edit)
            windows.append((first, end, group))
        else:
            windows.append((start, end, [edit]))
    return windows
