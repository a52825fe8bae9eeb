"""The record behind an item: from data/ where it still lies, else made again from the run's own spec."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinft.artifacts.canonical import digest_file, digest_json
from clinft.artifacts.data import Record
from clinft.artifacts.jsonl import iter_models
from clinft.pipeline.replay import NOT_ACCEPTED, records, written

# Items are of the test split, but for those of another kind of measurement.
SPLITS = ("test", "dev", "validation", "train")


@dataclass(frozen=True)
class Found:
    """`how`: where it was taken from, in words. Its text has the digest that the item's row names."""

    record: Record
    split: str
    how: str


@dataclass(frozen=True)
class NotFound:
    """`changed`: a record of that id is there, and it is another one than was measured."""

    why: str
    changed: bool = False


def record_of(run: Path, item: str, item_sha256: str) -> Found | NotFound:
    """Nothing of it stays on the disk that was not there before."""
    artifact: dict[str, Any] = json.loads((run / "prepare.json").read_bytes())
    summaries = artifact["payload"]["splits"]
    home, found = run.resolve().parents[1], None
    # A split that still lies there is what was measured only if it has its digest.
    for split in _splits(summaries):
        path = home / "data" / "records" / f"{split}.jsonl"
        if path.is_file() and digest_file(path) == summaries[split]["sha256"]:
            found = _in(path, item, item_sha256, split, "read from data/records/")
            if found is not None:
                return found
    return _made_again(run, artifact, item, item_sha256)


def _made_again(run: Path, artifact: dict[str, Any], item: str, item_sha256: str) -> Found | NotFound:
    read = written(run)
    if read is None:
        return NotFound(NOT_ACCEPTED)
    with tempfile.TemporaryDirectory(prefix="clinft-inspect-") as folder:
        replayed = records(read[0], Path(folder), artifact, run.resolve().parents[1])
        for _, status, detail in replayed:
            if status != "same":
                return NotFound(detail, changed=status == "different")
        for split in _splits(artifact["payload"]["splits"]):
            path = Path(folder) / "data" / "records" / f"{split}.jsonl"
            found = _in(path, item, item_sha256, split, "made again from the run's spec")
            if found is not None:
                return found
    return NotFound("no split of the run has a record of this id")


def _in(path: Path, item: str, item_sha256: str, split: str, how: str) -> Found | NotFound | None:
    record = next((one for one in iter_models(path, Record) if one.id == item), None)
    if record is None:
        return None
    if digest_json({"text": record.text, "target": record.target}) != item_sha256:
        return NotFound("the record of this id is not the one that was measured", changed=True)
    return Found(record, split, how)


def _splits(summaries: dict[str, Any]) -> Iterator[str]:
    yield from (split for split in SPLITS if split in summaries)
