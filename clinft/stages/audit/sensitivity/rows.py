"""A donor made ready to carry canaries: its longest text, and the rest of the row around that text."""

import json
import re
from dataclasses import dataclass, field

from clinft.stages.audit.reading.source import format_of
from clinft.stages.audit.sensitivity.draw import Draw
from clinft.stages.audit.sensitivity.planted import Donor
from clinft.stages.audit.sensitivity.style import JOINT, Case, Place, case_of, places

# A copy must be cheap to scan, whatever the data's own rows are.
LONGEST_TEXT = 1500
LONGEST_OTHER = 80
DEEPEST = 12
MEMBERS = 8
ITEMS = 3
# Text that can take a sentence: at least three words that are letters only.
FEWEST_WORDS = 3
WORD = re.compile(r"(?<!\w)[^\W\d_]{2,40}(?!\w)")
HOST = "\x00host\x00"
# Read line by line, so the line is the text.
PLAIN = ("lines", "unknown")

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Frame:
    """A JSON row without its longest text, which goes between the two. `keys`: of the outermost object."""

    before: str = field(repr=False)
    after: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Row:
    """`frame` is None for a plain line: the text is all of it."""

    file: str
    frame: Frame | None
    text: str = field(repr=False)
    places: tuple[Place, ...]
    case: Case

    @property
    def keys(self) -> tuple[str, ...]:
        return self.frame.keys if self.frame else ()

    def line(self, text: str, members: dict[str, str]) -> str:
        """The row with another text; `members` only where it has keys."""
        if not self.frame:
            return text
        line = self.frame.before + json.dumps(text) + self.frame.after
        return f"{line[:-1]}, {json.dumps(members)[1:]}" if members else line


def ready(donor: Donor, draw: Draw) -> Row | None:
    """None for a row without a text that can take a sentence."""
    frame, text = _parted(donor)
    text = _cut(text, draw).strip()
    if len(WORD.findall(text)) < FEWEST_WORDS:
        return None
    return Row(donor.file, frame, text, places(text), case_of(text))


def _parted(donor: Donor) -> tuple[Frame | None, str]:
    if format_of(donor.file) in PLAIN:
        return None, donor.line
    try:
        tree = json.loads(donor.line, parse_int=_short_int)
    except (ValueError, RecursionError):
        return None, donor.line
    path, text = _longest(tree)
    smaller = _around(tree, path)
    before, host, after = json.dumps(smaller).partition(json.dumps(HOST))
    return Frame(before, after, tuple(smaller) if isinstance(smaller, dict) else ()), text if host else ""


def _short_int(digits: str) -> int:
    """A row may hold a number that is too long for Python to read."""
    return int(digits[:15])


def _cut(text: str, draw: Draw) -> str:
    """A piece of a long text, from the end of one sentence to the end of another where it has them."""
    if len(text) <= LONGEST_TEXT:
        return text
    start = draw.below(len(text) - LONGEST_TEXT)
    piece = text[start : start + LONGEST_TEXT]
    joints = list(JOINT.finditer(piece))
    return piece[joints[0].end() : joints[-1].start()] if len(joints) > 1 else piece


def _longest(tree: object) -> tuple[Path, str]:
    """The longest text, the first of equals, and the way to it. A stack of our own: rows may be deep."""
    best: tuple[Path, str] = ((), "")
    waiting: list[tuple[Path, object]] = [((), tree)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str) and len(value) > len(best[1]):
            best = (path, value)
        elif len(path) < DEEPEST:
            waiting.extend(((*path, step), below) for step, below in reversed(_below(value)))
    return best


def _below(value: object) -> list[tuple[str | int, object]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _around(value: object, path: Path) -> object:
    """The tree with HOST at the end of the path, and less of everything else."""
    if not path:
        return HOST
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {
            key[:LONGEST_OTHER]: _around(below, rest) if key == step else _brief(below)
            for place, (key, below) in enumerate(value.items())
            if place < MEMBERS or key == step
        }
    assert isinstance(value, list)
    assert isinstance(step, int)
    return [*map(_brief, value[max(0, step - ITEMS) : step]), _around(value[step], rest)]


def _brief(value: object, levels: int = 1) -> object:
    if isinstance(value, str):
        return value[:LONGEST_OTHER]
    if isinstance(value, dict):
        members = list(value.items())[:MEMBERS] if levels else []
        return {key[:LONGEST_OTHER]: _brief(below, levels - 1) for key, below in members}
    if isinstance(value, list):
        return [_brief(below, levels - 1) for below in value[:ITEMS]] if levels else []
    return value
