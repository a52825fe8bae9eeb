"""What would be sent, as far as memory knows; texts of records stand there by their length alone.

Every other byte of the bodies is shown. A terminal or a log is no place for records, and nobody reads
thousands of them there; the files that they come from are named by their sha256.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from clinft.adapters.sinks.langsmith.forms import (
    dataset_metadata,
    dataset_name,
    experiment_key,
    experiment_metadata,
    experiment_name,
    item_lines,
    memory_key,
    split_lines,
)
from clinft.adapters.sinks.langsmith.lines import Lines
from clinft.ports.sinks import Dataset, Experiment

SHOWN_ROWS = 3


def of_dataset(parcel: Dataset, memory: Mapping[str, str]) -> str:
    if memory_key(parcel.digest) in memory:
        return _json({"nothing": "the dataset is there"})
    splits = {}
    for split, (path, sha256) in parcel.splits.items():
        lines = split_lines(path, split, sha256)
        first = [_hidden(row) for row in _first(lines)]
        splits[split] = {"examples": len(lines), "sha256": sha256, "first": first}
    return _json(
        {
            "dataset": dataset_name(parcel.project, parcel.digest),
            "description": parcel.description,
            "metadata": dataset_metadata(parcel),
            "splits": splits,
        }
    )


def of_experiment(parcel: Experiment, memory: Mapping[str, str]) -> str:
    lines = item_lines(parcel)
    if memory.get(experiment_key(parcel), "").endswith(lines.sha256):
        return _json({"nothing": "the experiment is there"})
    first = [{**row, "output": _hidden(row["output"])} for row in _first(lines)]
    return _json(
        {
            "experiment": experiment_name(parcel, lines.sha256),
            "dataset": dataset_name(parcel.project, parcel.dataset),
            "split": parcel.split,
            "metadata": experiment_metadata(parcel, lines.sha256),
            "results": len(lines),
            "first": first,
        }
    )


def _first(lines: Lines[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (row for _, row in islice(lines.rows(), SHOWN_ROWS))


def _hidden(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _hidden(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    return f"<text of {len(value):,} characters>" if isinstance(value, str) and key != "role" else value


def _json(shown: Mapping[str, Any]) -> str:
    return json.dumps(shown, indent=2, ensure_ascii=False)
