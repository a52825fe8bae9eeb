"""A long text in overlapping windows, so that the worst case of a pattern does not grow with the text."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from clinft.stages.audit.origin import Match

SIZE = 20_000
# Half of it is what a find may need to see before and behind it.
OVERLAP = 2_000
# How far from its place a cut may lie to fall on a space.
LEEWAY = 200


class Window(NamedTuple):
    """`seam`: finds that begin from here on belong to the next window."""

    start: int
    end: int
    seam: int


def windows(text: str) -> Iterator[Window]:
    start, length = 0, len(text)
    while length - start > SIZE:
        end = _cut(text, start + SIZE)
        following = _cut(text, end - OVERLAP)
        yield Window(start, end, (following + end) // 2)
        start = following
    yield Window(start, length, length)


def search_in_windows(text: str, search: Callable[[str], list[Match]]) -> list[Match]:
    """What `search` finds in a long text, as if it saw the whole."""
    if len(text) <= SIZE:
        return search(text)
    found: list[Match] = []
    seam = reach = 0  # of the window before
    for window in windows(text):
        for match in search(text[window.start : window.end]):
            moved = match._replace(start=match.start + window.start, end=match.end + window.start)
            if moved.start >= window.seam:
                continue
            if moved.start >= seam:
                found.append(moved)
            elif moved.end > reach:
                _append_rest(found, moved, reach)
        seam, reach = window.seam, window.end
    return found


def _append_rest(found: list[Match], match: Match, reach: int) -> None:
    """What goes on where the window before ended: one with its beginning there, where that was found."""
    cut_off = [place for place, other in enumerate(found) if other.end == reach]
    for place in cut_off:
        if found[place].origin is match.origin:
            found[place] = found[place]._replace(end=match.end)
            return
    found.append(match._replace(start=reach) if cut_off else match)


def _cut(text: str, at: int) -> int:
    """Behind the last space before `at`; `at` itself in text without spaces."""
    space = max(text.rfind(space, at - LEEWAY, at) for space in " \n\t")
    return at if space < 0 else space + 1
