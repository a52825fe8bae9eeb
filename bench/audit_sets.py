"""Labelled sets from JSON Lines: `text`, `spans` of `start`, `end` and `type`, perhaps `id`."""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from audit_scores import Span

SEED = 20261126


class Record(NamedTuple):
    id: str
    text: str
    spans: tuple[Span, ...]


class Set(NamedTuple):
    name: str
    size: str
    records: list[Record]


def sets(places: Sequence[Path], limit: int | None) -> list[Set]:
    return [_set(path, limit) for place in places for path in _files(place)]


def _files(place: Path) -> list[Path]:
    found = sorted(place.glob("*.jsonl")) if place.is_dir() else [place]
    if not found:
        raise SystemExit(f"There is no *.jsonl in {place}. Name a folder that holds labelled JSON Lines.")
    return found


def _set(path: Path, limit: int | None) -> Set:
    records = list(_records(path))
    size = f"{len(records):,} records"
    if limit is not None and limit < len(records):
        chosen = sorted(random.Random(SEED).sample(range(len(records)), limit))
        size = f"{limit:,} of {size}, drawn at random with seed {SEED}"
        records = [records[number] for number in chosen]
    return Set(path.stem, f"{size}, {len({record.text for record in records}):,} different texts.", records)


def _records(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream):
            row: dict[str, Any] = json.loads(line)
            spans = (Span(span["start"], span["end"], span["type"]) for span in row["spans"])
            yield Record(str(row.get("id", number)), row["text"], tuple(spans))
