"""Names, metadata and bodies of what is sent: ours alone, nothing of the machine, of git or of a person."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from clinft.adapters.sinks.langsmith.lines import Lines
from clinft.ports.sinks import Dataset, Experiment

DIGITS = 12


def memory_key(digest: str) -> str:
    return f"dataset:{digest}"


def experiment_key(parcel: Experiment) -> str:
    return f"experiment:{parcel.run_id}/{parcel.system}/{parcel.split}"


def dataset_name(project: str, digest: str) -> str:
    return f"{project} {digest[:DIGITS]}"


def experiment_name(parcel: Experiment, items_sha256: str) -> str:
    """Another content, e.g. of an evaluation made again, is another experiment."""
    return f"{parcel.project} {parcel.run_id} {parcel.system} {items_sha256[:8]}"


def dataset_metadata(parcel: Dataset) -> dict[str, Any]:
    return {
        **parcel.metadata,
        "clinft_project": parcel.project,
        "clinft_digest": parcel.digest,
        "clinft_run": parcel.run_id,
        "splits": {split: sha256 for split, (_, sha256) in parcel.splits.items()},
    }


def experiment_metadata(parcel: Experiment, items_sha256: str) -> dict[str, Any]:
    return {
        **parcel.metadata,
        "clinft_project": parcel.project,
        "clinft_run": parcel.run_id,
        "clinft_system": parcel.system,
        "clinft_digest": parcel.dataset,
        "clinft_items": items_sha256,
        "dataset_splits": [parcel.split],
    }


def split_lines(path: Path, split: str, sha256: str) -> Lines[dict[str, Any]]:
    return Lines(path, f"the split {split}", sha256, example)


def item_lines(parcel: Experiment) -> Lines[dict[str, Any]]:
    return Lines(parcel.items, f"the items of {parcel.system}", parcel.metadata.get("items_sha256"), item)


def example(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """A chat example: its last message is the answer. None where it has another form."""
    messages = row.get("messages")
    if not isinstance(messages, list) or len(messages) < 2 or not all(map(_is_message, messages)):
        return None
    *asked, answer = messages
    if answer["role"] != "assistant":
        return None
    return {"inputs": {"messages": asked}, "outputs": {"messages": [answer]}}


def _is_message(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and message.keys() == {"role", "content"}
        and all(isinstance(value, str) for value in message.values())
    )


def item(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """One ItemScore; scores that no number can be made of are left out. None where it has another form."""
    name, number, output, scores = (row.get(key) for key in ("item", "example", "output", "scores"))
    if not isinstance(name, str) or type(number) is not int or number < 0 or not isinstance(scores, dict):
        return None
    if output is not None and not isinstance(output, str):
        return None
    numbers = {key: float(value) for key, value in scores.items() if isinstance(value, int | float)}
    return {
        "item": name,
        "example": number,
        "output": output,
        "scores": {key: value for key, value in numbers.items() if isfinite(value)},
    }
