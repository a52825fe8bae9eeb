r"""Templates: text with slots `{surname}` and choices `[a|b|]`, which may lie inside each other.

A bracket without a bar and a brace without a slot's name are text. `\n` is a line break, `\t` a tab.
`{PLACE:{last} House}` is one identifier: the labels of the slots in it do not count.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from detector.draw import Draw

# A piece of text and its label, None for what is no identifier.
Piece = tuple[str, str | None]
Slot = Callable[[Draw], list[Piece]]
SLOT = re.compile(r"\{([a-z][a-z_0-9]*)\}")
LABELLED = re.compile(r"\{(NAME|PLACE|ORGANISATION|ID):")


@dataclass(frozen=True)
class Choice:
    """One of several sequences."""

    options: tuple["Sequence_", ...]


@dataclass(frozen=True)
class Labelled:
    """A sequence that is one identifier."""

    label: str
    nodes: "Sequence_"


Node = str | Slot | Choice | Labelled
Sequence_ = tuple[Node, ...]


def parse(text: str, slots: Mapping[str, Slot]) -> Sequence_:
    """KeyError for a slot that does not exist."""
    text = text.replace("\\n", "\n").replace("\\t", "\t")
    nodes, end = _sequence(text, 0, slots, ends="")
    assert end == len(text), text
    return nodes


def _sequence(text: str, at: int, slots: Mapping[str, Slot], *, ends: str) -> tuple[Sequence_, int]:
    nodes: list[Node] = []
    plain = ""
    while at < len(text):
        if text[at] in ends:
            break
        slot, labelled = SLOT.match(text, at), LABELLED.match(text, at)
        close = _closing(text, at) if text[at] == "[" else 0
        if slot is None and labelled is None and not close:
            plain += text[at]
            at += 1
            continue
        if plain:
            nodes.append(plain)
            plain = ""
        if slot is not None:
            nodes.append(slots[slot[1]])
            at = slot.end()
        elif labelled is not None:
            inner, at = _sequence(text, labelled.end(), slots, ends="}")
            nodes.append(Labelled(labelled[1], inner))
            at += 1
        else:
            choice, at = _choice(text, at + 1, slots)
            nodes.append(choice)
    if plain:
        nodes.append(plain)
    return tuple(nodes), at


def _choice(text: str, at: int, slots: Mapping[str, Slot]) -> tuple[Choice, int]:
    options: list[Sequence_] = []
    while True:
        option, at = _sequence(text, at, slots, ends="|]")
        options.append(option)
        at += 1
        if text[at - 1] == "]":
            return Choice(tuple(options)), at


def _closing(text: str, at: int) -> int:
    """Where the bracket at `at` closes; 0 if no bar lies in it."""
    depth, bar = 0, False
    for place in range(at, len(text)):
        if text[place] == "[":
            depth += 1
        elif text[place] == "]":
            depth -= 1
            if depth == 0:
                return place if bar else 0
        elif text[place] == "|" and depth == 1:
            bar = True
    return 0


def fill(nodes: Sequence[Node], draw: Draw, pieces: list[Piece]) -> None:
    """Append the pieces of one filled template."""
    for node in nodes:
        if isinstance(node, str):
            pieces.append((node, None))
        elif isinstance(node, Choice):
            fill(draw.one(node.options), draw, pieces)
        elif isinstance(node, Labelled):
            inner: list[Piece] = []
            fill(node.nodes, draw, inner)
            pieces.append(("".join(text for text, _ in inner), node.label))
        else:
            pieces += node(draw)
