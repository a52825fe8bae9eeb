"""Bodies within what GitHub takes: whole sections are left out by name, then lists and texts are cut."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from clinft.stages.report.markdown import details, document
from clinft.stages.report.pull_request.room import Room

# GitHub takes 65,536; the rest is for the hidden marker that whoever posts it puts before it.
LIMIT = 60_000
# Rows of a list, characters of one text, projects. The first cuts nothing that a spec may hold.
STEPS = (
    (2_000, 10_000, 300),
    (200, 4_000, 150),
    (60, 2_000, 60),
    (20, 600, 15),
    (6, 200, 5),
    (2, 80, 2),
    (1, 40, 1),
)


@dataclass(frozen=True)
class Block:
    """Finished Markdown. With a `name` it may be left out, and then its name is said."""

    text: str
    name: str = ""


def section(heading: str, *parts: str, name: str = "") -> Block:
    return Block(document((f"### {heading}", *parts)), name)


def collapsed(title: str, *parts: str) -> Block:
    """`title`: our own text, which is the block's name too."""
    return Block(details(title, document(parts).rstrip("\n")) + "\n", title)


def fitted(
    make: Callable[[Room], Iterable[Block]],
    where: str,
    elsewhere: str,
    limit: int = LIMIT,
    size: Callable[[str], int] = len,
) -> str:
    """Blocks with a name go first, from the last to the first. `where`: a sentence on where all of it is.

    `elsewhere`: the same in a few words, for the end of a list that was cut.
    """
    for shortened, step in enumerate(STEPS):
        blocks = [*make(Room(*step, elsewhere=elsewhere))]
        named = [*dict.fromkeys(block.name for block in blocks if block.name)]
        for kept in range(len(named), -1, -1):
            text = _assembled(blocks, named[kept:], shortened > 0, where)
            if size(text) <= limit:
                return text
    return f"There is no room for more here. {where}\n"


def _assembled(blocks: Sequence[Block], dropped: Sequence[str], shortened: bool, where: str) -> str:
    kept = [block.text for block in blocks if not block.name or block.name not in dropped]
    notes = []
    if dropped:
        notes.append(f"Left out here for their length: {'; '.join(dropped)}.")
    if shortened:
        notes.append("Long lists and texts are shortened.")
    if notes:
        kept.append(f"*{' '.join(notes)}* {where}\n")
    return "\n".join(kept)
