"""Changing single values of a table's YAML and leaving every other byte, comments too, as it was."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import yaml

from clinft.errors import SpecError


class Cell(NamedTuple):
    """Where one value of one row stands."""

    list_name: str
    row: int
    key: str


def changed(text: str, cells: Mapping[Cell, str], name: str) -> str:
    """The text with these values, each written as quoted text."""
    lists = {list_name: _rows(text, list_name, name) for list_name in {cell.list_name for cell in cells}}
    nodes = {cell: _node(lists[cell.list_name], cell, name) for cell in cells}
    pieces, at = [], 0
    for cell, node in sorted(nodes.items(), key=lambda pair: pair[1].start_mark.index):
        pieces += [text[at : node.start_mark.index], quoted(cells[cell])]
        at = node.end_mark.index
    return "".join((*pieces, text[at:]))


def inserted(text: str, list_name: str, after: int, rows: Sequence[Mapping[str, object]], name: str) -> str:
    """New rows behind the row `after`, each on lines of its own in the manner of the table."""
    if not rows:
        return text
    at = _rows(text, list_name, name)[after].end_mark.index
    end = text.find("\n", at)
    end = len(text) if end < 0 else end + 1
    return text[:end] + "".join(_row(row) for row in rows) + text[end:]


def quoted(value: str) -> str:
    """JSON's text is YAML's: whatever a service wrote stays one value on one line."""
    return json.dumps(value, ensure_ascii=False)


def _row(row: Mapping[str, object]) -> str:
    """As people write them: what it is about, then value and day, then where it was read."""
    parts = [f"{key}: {_plain(key, value)}" for key, value in row.items()]
    lines = [", ".join(part) for part in _split(parts, ("unit", "source"))]
    return "  - {" + ",\n     ".join(lines) + "}\n"


def _plain(key: str, value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return quoted(str(value)) if key in ("value", "as_of", "source") else str(value)


def _split(parts: Iterable[str], starts: tuple[str, ...]) -> Iterable[list[str]]:
    line: list[str] = []
    for part in parts:
        if part.startswith(starts) and line:
            yield line
            line = []
        line.append(part)
    yield line


def _node(rows: Sequence[yaml.Node], cell: Cell, name: str) -> yaml.Node:
    row = rows[cell.row]
    assert isinstance(row, yaml.MappingNode)
    for key, value in row.value:
        if key.value == cell.key:
            found: yaml.Node = value
            return found
    raise _strange(name, f"row {cell.row + 1} of {cell.list_name} has no {cell.key}")


def _rows(text: str, list_name: str, name: str) -> list[yaml.Node]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == list_name and isinstance(value, yaml.SequenceNode):
            rows: list[yaml.Node] = value.value
            return rows
    raise _strange(name, f"it has no list {list_name}")


def _strange(name: str, why: str) -> SpecError:
    return SpecError(
        f"clinft/tables/{name} cannot be renewed: {why}.",
        "Somebody changed the shape of the table.",
        "Compare it with the template's own, or renew its rows by hand.",
    )
