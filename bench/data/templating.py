"""Templates with labelled slots: `{slot:argument@memory}` and `[[one|other]]` become text and spans."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SLOT = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)(?:\.([A-Za-z0-9]+))?(?::([^{}@]*))?(?:@(\w+))?\}")
CHOICE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
SEPARATOR = "---"

Pools = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Span:
    """`kind` is the label; a leading ~ means that a find there is neither right nor wrong."""

    start: int
    end: int
    kind: str


@dataclass
class Draw:
    """The random choices of one text. What has a name in a template stays the same within that text."""

    rng: random.Random
    pools: Pools
    memory: dict[str, object] = field(default_factory=dict)

    def pick(self, pool: str) -> str:
        return self.rng.choice(self.pools[pool])

    def digits(self, count: int) -> str:
        return "".join(self.rng.choice("0123456789") for _ in range(count))

    def pattern(self, shape: str) -> str:
        """`#` is a digit, `?` a capital letter, `%` a lower-case hex digit; the rest stays."""
        drawn = {"#": "0123456789", "?": "ABCDEFGHJKLMNPRSTUVWXYZ", "%": "0123456789abcdef"}
        return "".join(self.rng.choice(drawn[mark]) if mark in drawn else mark for mark in shape)


@dataclass(frozen=True)
class Slot:
    """`fill` gets the draw, the part (`p.last`) and the argument; no `kind` is plain text."""

    kind: str | None
    fill: Callable[[Draw, str, str], str]


@dataclass(frozen=True)
class Template:
    """`case` is upper, lower, any or nothing (as written)."""

    name: str
    style: str
    case: str
    text: str


def read_pools(path: Path) -> dict[str, tuple[str, ...]]:
    """Sections `[name]`, entries separated by a semicolon or a line end."""
    pools: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = pools.setdefault(line.strip("[]"), [])
        elif line.strip():
            current += [entry.strip() for entry in line.split(";") if entry.strip()]
    return {name: tuple(entries) for name, entries in pools.items()}


def shaped(path: Path) -> dict[str, Slot]:
    """Sections `[slot label]` of patterns, as `Draw.pattern` reads them; an argument goes before these."""

    def slot(kind: str, shapes: tuple[str, ...]) -> Slot:
        return Slot(kind, lambda draw, _part, argument: draw.pattern(argument or draw.rng.choice(shapes)))

    return {head.split()[0]: slot(head.split()[1], shapes) for head, shapes in read_pools(path).items()}


def read_templates(path: Path) -> tuple[Template, ...]:
    """Blocks between `---` lines; a block's first line `@ style case` holds for those after it too."""
    style, case, found = path.stem, "", []
    for number, block in enumerate(path.read_text(encoding="utf-8").split(f"\n{SEPARATOR}\n")):
        body = block.strip("\n")
        if body.startswith("@ "):
            head, _, body = body.partition("\n")
            style, _, case = head[2:].strip().partition(" ")
        if body:
            found.append(Template(f"{path.stem}-{number:03d}", style, case.strip(), body))
    return tuple(found)


def render(template: str, slots: Mapping[str, Slot], draw: Draw) -> tuple[str, tuple[Span, ...]]:
    chosen = CHOICE.sub(lambda match: draw.rng.choice(match[1].split("|")), template)
    text, spans, at = "", [], 0
    for match in SLOT.finditer(chosen):
        text += chosen[at : match.start()]
        value, kind = _value(match, slots, draw)
        if kind and value:
            spans.append(Span(len(text), len(text) + len(value), kind))
        text += value
        at = match.end()
    return text + chosen[at:], tuple(spans)


def _value(match: re.Match[str], slots: Mapping[str, Slot], draw: Draw) -> tuple[str, str | None]:
    name, part, argument, key = match[1], match[2] or "", match[3] or "", match[4]
    slot = slots[f"{name}.{part}"] if f"{name}.{part}" in slots else slots[name]
    if key is None:
        return slot.fill(draw, part, argument), slot.kind
    kept = f"{name}@{key}"
    if kept not in draw.memory:
        draw.memory[kept] = slot.fill(draw, part, argument)
    return str(draw.memory[kept]), slot.kind


def cased(text: str, case: str, rng: random.Random) -> str:
    """The text in capitals or in lower case. Offsets must hold, so a text that changes length stays."""
    how = rng.choice(("", "", "", "upper", "lower")) if case == "any" else case
    other = {"upper": text.upper, "lower": text.lower}.get(how, lambda: text)()
    return other if len(other) == len(text) else text
