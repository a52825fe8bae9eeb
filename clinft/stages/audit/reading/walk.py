"""Paths that somebody typed → the files behind them, in a fixed order."""

import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clinft.errors import SpecError
from clinft.stages.audit.reading.source import Source, refused, source, unreadable


@dataclass(frozen=True)
class _Place:
    """`labels`: parts of the path that give an identifier away; `shown` has numbers for them."""

    path: Path
    shown: str
    labels: tuple[str, ...] = ()


def sources_of(paths: Sequence[Path], gives_away: Callable[[str], bool]) -> tuple[Source, ...]:
    """A folder stands for everything below it, except hidden files and folders such as .git.

    A file or folder whose own name gives an identifier away (`gives_away`) stands in the report as
    `#n`, its place among its neighbours from 1. A path that is itself a link is followed: somebody
    typed it. Raises SpecError for links, pipes and devices inside a folder, all at once.
    """
    found: dict[str, Source] = {}
    links: list[str] = []
    for position, path in enumerate(paths, start=1):
        above = "" if path.parent == Path() else f"{path.parent.as_posix().rstrip('/')}/"
        start = _below(_Place(path, above), path.name, position, gives_away)
        for place in _files(replace(start, path=path), gives_away, links, typed=True):
            one = source(place.shown, place.path, label=" / ".join(place.labels))
            found.setdefault(one.name, one)
    if links:
        raise refused(links)
    if not found:
        raise SpecError(
            "There is no file to audit.",
            "The folder is empty or holds only hidden files.",
            "Give the audit a file, or a folder with files.",
        )
    return tuple(found[name] for name in sorted(found))


def _files(
    place: _Place, gives_away: Callable[[str], bool], links: list[str], typed: bool = False
) -> Iterator[_Place]:
    # A stack of our own: folders may be nested deeper than Python's.
    waiting = [(place, typed)]
    while waiting:
        place, typed = waiting.pop()
        try:
            mode = (place.path.stat() if typed else place.path.lstat()).st_mode
            if stat.S_ISREG(mode):
                yield place
            elif stat.S_ISDIR(mode):
                names = sorted(child.name for child in place.path.iterdir() if not child.name.startswith("."))
                above = replace(place, shown=f"{place.shown}/" if place.shown else "")
                below = [
                    (_below(above, name, position, gives_away), False)
                    for position, name in enumerate(names, start=1)
                ]
                waiting.extend(reversed(below))
            else:
                links.append(place.shown)
        except OSError as error:
            raise unreadable(place.shown, error) from None


def _below(above: _Place, name: str, position: int, gives_away: Callable[[str], bool]) -> _Place:
    # An underscore joins words for a pattern; in a file's name it stands for a space.
    hidden = gives_away(name.replace("_", " "))
    return _Place(
        above.path / name,
        f"{above.shown}#{position}" if hidden else above.shown + name,
        (*above.labels, name) if hidden else above.labels,
    )
