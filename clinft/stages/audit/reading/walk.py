"""Paths that somebody typed → the files behind them, in a fixed order."""

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clinft.errors import SpecError
from clinft.stages.audit.naming import readable
from clinft.stages.audit.reading.source import PARTED, Source, refused, source, unreadable


@dataclass(frozen=True)
class _Place:
    """`labels`: parts of the path that give an identifier away; `shown` has numbers for them."""

    path: Path
    shown: str
    labels: tuple[str, ...] = ()


# Of version control and of tools: copies of what lies elsewhere, or no data.
TOOLS = frozenset((
    ".git", ".hg", ".svn", ".venv", ".tox", ".nox", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache",
    ".DS_Store",
))  # fmt: skip


def sources_of(
    paths: Sequence[Path],
    gives_away: Callable[[str], bool],
    root: Path | None = None,
    resume: Path | None = None,
) -> tuple[Source, ...]:
    """A folder stands for everything below it, except the folders of version control and of tools.

    A file or folder whose own name gives an identifier away (`gives_away`) stands in the report as
    `#n`, its place among its neighbours from 1. A path that is itself a link is followed: somebody
    typed it. `root`: names begin below it, and tools' folders are read, too. `resume`: a folder of
    clinft's own, not to be read. Raises SpecError for links, pipes and devices inside a folder, all at once.
    """
    found: dict[str, Source] = {}
    links: list[str] = []
    read = set[Path]()
    for position, path in enumerate(paths, start=1):
        start = _typed(path, position, gives_away, root)
        left_out = _left_out(frozenset() if root else TOOLS, resume)
        for place in _files(replace(start, path=path), gives_away, links, left_out):
            if place.path not in read:
                read.add(place.path)
                name = _unused(place.shown, found)
                found[name] = source(name, place.path, label=PARTED.join(place.labels))
    if links:
        raise refused(links)
    if not found:
        raise SpecError(
            "There is no file to audit.",
            "The folder is empty or holds only what belongs to tools, such as .git.",
            "Give the audit a file, or a folder with files.",
        )
    return tuple(found[name] for name in sorted(found))


def _typed(path: Path, position: int, gives_away: Callable[[str], bool], root: Path | None) -> _Place:
    """What somebody typed: each of its folders may give an identifier away."""
    parts = path.relative_to(root).parts if root else path.parts
    place, shown = _Place(Path(), parts[0] if root and parts else ""), ""
    for part in parts[1:] if root else parts:
        shown = f"{place.shown.rstrip('/')}/" if place.shown else ""
        place = _below(replace(place, shown=shown), part, position, gives_away)
    return place


def _left_out(names: frozenset[str], resume: Path | None) -> Callable[[Path], bool]:
    own = resume.resolve() if resume else None
    return lambda path: path.name in names or (own is not None and path.resolve() == own)


def _unused(name: str, found: Mapping[str, Source]) -> str:
    """A file may really be called `#1`."""
    while name in found:
        name = f"another {name}"
    return name


def _files(
    place: _Place, gives_away: Callable[[str], bool], links: list[str], left_out: Callable[[Path], bool]
) -> Iterator[_Place]:
    # A stack of our own: folders may be nested deeper than Python's.
    waiting = [(place, True)]
    while waiting:
        place, typed = waiting.pop()
        try:
            mode = (place.path.stat() if typed else place.path.lstat()).st_mode
            if stat.S_ISREG(mode):
                yield place
            elif stat.S_ISDIR(mode):
                names = sorted(child.name for child in place.path.iterdir() if not left_out(child))
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
    hidden = gives_away(readable(name))
    return _Place(
        above.path / name,
        f"{above.shown}#{position}" if hidden else above.shown + readable(name),
        (*above.labels, readable(name)) if hidden else above.labels,
    )
