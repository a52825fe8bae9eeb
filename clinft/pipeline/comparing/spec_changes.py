"""Two specs, field by field: what a reader would see in a good diff of the two files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clinft.pipeline.comparing.form import SpecChange

# What tells the entries of a list apart, where they have it.
NAMES = ("metric", "name", "id")
LONGEST = 120
Leaves = dict[str, Any]


def spec_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[SpecChange, ...]:
    """In the order of the fields; a list of plain values tells what was added and what removed."""
    first, second = dict(_leaves("", before)), dict(_leaves("", after))
    fields = [*first, *(field for field in second if field not in first)]
    return tuple(
        SpecChange(field=field, before=words[0], after=words[1])
        for field in fields
        if (words := _change(first, second, field)) is not None
    )


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), inner)
    elif _is_list(value) and value and all(isinstance(entry, Mapping) for entry in value):
        for name, entry in _named(value):
            yield from _leaves(f"{path}[{name}]", entry)
    else:
        yield path, value


def _named(entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """By what tells them apart, so that an entry put in front does not change all others."""
    for key in NAMES:
        names = [entry.get(key) for entry in entries]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            for name, entry in zip(names, entries, strict=True):
                rest = {other: value for other, value in entry.items() if other != key}
                yield str(name), rest
            return
    for number, entry in enumerate(entries, start=1):
        yield str(number), entry


def _change(first: Leaves, second: Leaves, field: str) -> tuple[str | None, str | None] | None:
    absent = object()
    before, after = first.get(field, absent), second.get(field, absent)
    # Not `==` alone: 1 and true, or 1 and 1.0, are two ways to write different things.
    if before is not absent and after is not absent and _text(before) == _text(after):
        return None
    if _is_list(before) and _is_list(after):
        gone = [entry for entry in before if entry not in after]
        come = [entry for entry in after if entry not in before]
        if gone or come:
            return _listed("no longer", gone), _listed("new", come)
    return (
        None if before is absent else _short(_text(before)),
        None if after is absent else _short(_text(after)),
    )


def _listed(word: str, entries: Sequence[Any]) -> str:
    return _short(f"{word}: {', '.join(map(_text, entries))}") if entries else "(nothing)"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)
