"""An evaluation as an experiment: a run for each item, linked to its example, its scores as feedback.

Nothing is run for it: outputs and scores are those that were measured. A run's times are those of the
experiment, since latency was not measured; the metadata say so.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from langsmith import schemas as ls

from clinft.adapters.sinks.langsmith.client import ATTEMPTS, Api, Failed
from clinft.adapters.sinks.langsmith.datasets import example_id, find_named
from clinft.adapters.sinks.langsmith.errors import in_words, someone_elses
from clinft.adapters.sinks.langsmith.forms import (
    dataset_name,
    experiment_key,
    experiment_metadata,
    experiment_name,
    item_lines,
    memory_key,
)
from clinft.adapters.sinks.langsmith.lines import Lines
from clinft.errors import ServiceError
from clinft.ports.sinks import Experiment, Receipt

BATCH_ITEMS, BATCH_BYTES = 100, 4_000_000
TO_MAKE, TO_LOOK, TO_ADD = "to make an experiment", "to look for an experiment", "to add results"
TO_END = "to end an experiment"
Parts = list[tuple[str, bytes]]


def send_experiment(
    api: Callable[[], Api], parcel: Experiment, memory: Mapping[str, str], now: Callable[[], datetime]
) -> Receipt:
    lines = item_lines(parcel)
    name, key = experiment_name(parcel, lines.sha256), experiment_key(parcel)
    if memory.get(key, "").endswith(lines.sha256):
        return Receipt(changed=False, what=f"experiment {name} is there")
    opened = api()
    dataset = _dataset(opened, parcel, memory)
    found, made = opened.settled(
        TO_MAKE,
        lambda: _find(opened, name),
        lambda: _make(opened, name, dataset, parcel, lines),
    )
    _check(found, dataset, lines.sha256)
    added = 0
    if found.end_time is None:
        # Its end is noted last: what has none may lack results.
        added = _send(opened, _items(found, dataset, parcel, lines))
        opened.once(TO_END, lambda: opened.client.update_project(found.id, end_time=now()), repeat_lost=True)
    url = found.url or ""
    return Receipt(
        changed=made or added > 0,
        what=f"experiment {name}: {added:,} of {len(lines):,} results sent",
        url=url if url.startswith("https://") else None,
        remember={key: f"{found.id} {lines.sha256}"},
    )


def _dataset(api: Api, parcel: Experiment, memory: Mapping[str, str]) -> UUID:
    known = memory.get(memory_key(parcel.dataset))
    if known is not None:
        return UUID(known)
    found = find_named(api, dataset_name(parcel.project, parcel.dataset), parcel.dataset)
    if found is None:
        raise ServiceError(
            "The dataset of this experiment is not in LangSmith yet.",
            "It is sent first, and that did not go through.",
            "It is tried again later, after the dataset.",
        )
    return UUID(str(found.id))


def _find(api: Api, name: str) -> Any | None:
    listed = api.get(TO_LOOK, "/sessions", {"name": name, "limit": 1, "include_stats": False})
    if not listed:
        return None
    return api.once(TO_LOOK, lambda: ls.TracerSession(**listed[0], _host_url=api.app))


def _check(found: Any, dataset: UUID, sha256: str) -> None:
    if found.reference_dataset_id != dataset or found.metadata.get("clinft_items") != sha256:
        raise someone_elses("experiment")


def _make(api: Api, name: str, dataset: UUID, parcel: Experiment, lines: Lines[dict[str, Any]]) -> Any:
    return api.client.create_project(
        name,
        description=f"{parcel.system} of run {parcel.run_id}, measured by clinft; latency was not measured.",
        metadata=experiment_metadata(parcel, lines.sha256),
        reference_dataset_id=str(dataset),
        num_examples=len(lines),
    )


def _send(api: Api, items: Iterator[tuple[UUID, Parts]]) -> int:
    """The service takes a run and a score by their ids, so that what comes twice is there once."""
    sent = 0
    for batch in _batches(items):
        parts = [part for _, some in batch for part in some]
        for attempt in range(ATTEMPTS):
            try:
                api.post_parts(TO_ADD, "/runs/multipart", parts)
            except Failed as failed:
                trouble = failed.trouble
            else:
                break
            if trouble.kind == "conflict":
                break  # all of it is there, as the vendor's client takes it too
            if trouble.kind != "lost" or attempt == ATTEMPTS - 1:
                raise in_words(trouble, TO_ADD)
            api.wait(attempt)
        sent += len(batch)
    return sent


def _items(
    found: Any, dataset: UUID, parcel: Experiment, lines: Lines[dict[str, Any]]
) -> Iterator[tuple[UUID, Parts]]:
    session, start = UUID(str(found.id)), found.start_time.astimezone(UTC)
    for number, read in lines.rows():
        run = uuid5(session, str(number))
        example = example_id(dataset, parcel.dataset, parcel.split, read["example"])
        yield (
            run,
            [
                *_run(run, session, example, start, parcel, read),
                *_scores(run, session, start, read["scores"]),
            ],
        )


def _run(
    run: UUID, session: UUID, example: UUID, start: datetime, parcel: Experiment, read: Mapping[str, Any]
) -> Parts:
    body = {
        "id": str(run),
        "trace_id": str(run),
        "dotted_order": f"{start:%Y%m%dT%H%M%S%fZ}{run}",
        "session_id": str(session),
        "reference_example_id": str(example),
        "name": parcel.system,
        "run_type": "chain",
        "start_time": start.isoformat(),
        "end_time": start.isoformat(),
    }
    fields: dict[str, Any] = {
        "inputs": {"item": read["item"], "split": parcel.split},
        "outputs": {} if read["output"] is None else {"output": read["output"]},
        "extra": {"metadata": {"item": read["item"], "latency": "not measured"}},
    }
    parts = [(f"post.{run}", _json(body))]
    return parts + [(f"post.{run}.{name}", _json(value)) for name, value in fields.items()]


def _scores(run: UUID, session: UUID, start: datetime, scores: Mapping[str, float]) -> Parts:
    parts = []
    for key, score in scores.items():
        made = ls.FeedbackCreate(
            id=uuid5(run, key),
            run_id=run,
            trace_id=run,
            session_id=session,
            start_time=start,
            created_at=start,
            modified_at=start,
            key=key,
            score=score,
            feedback_source=ls.APIFeedbackSource(metadata={}),
        )
        parts.append((f"feedback.{made.id}", made.model_dump_json(exclude_none=True).encode()))
    return parts


def _batches(items: Iterator[tuple[UUID, Parts]]) -> Iterator[Sequence[tuple[UUID, Parts]]]:
    batch: list[tuple[UUID, Parts]] = []
    size = 0
    for run, parts in items:
        length = sum(len(data) for _, data in parts)
        if batch and (len(batch) == BATCH_ITEMS or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((run, parts))
        size += length
    if batch:
        yield batch


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
