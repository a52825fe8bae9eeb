"""An audited dataset and its splits in LangSmith; the same content is there once, however often sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from langsmith import schemas as ls

from clinft.adapters.sinks.langsmith.client import ATTEMPTS, Api, Failed
from clinft.adapters.sinks.langsmith.errors import Trouble, in_words, someone_elses
from clinft.adapters.sinks.langsmith.forms import dataset_metadata, dataset_name, memory_key, split_lines
from clinft.adapters.sinks.langsmith.lines import Lines
from clinft.errors import PolicyViolation
from clinft.ports.sinks import Dataset, Receipt

BATCH_ROWS, BATCH_BYTES = 100, 4_000_000
TO_MAKE, TO_LOOK, TO_ADD = "to make a dataset", "to look for a dataset", "to add examples"


def send_dataset(api: Callable[[], Api], parcel: Dataset, memory: Mapping[str, str]) -> Receipt:
    """Every file is read to its end before anything is sent, and each row once more as it leaves."""
    name, key = dataset_name(parcel.project, parcel.digest), memory_key(parcel.digest)
    if key in memory:
        return Receipt(changed=False, what=f"dataset {name} is there")
    lines = {split: split_lines(path, split, sha) for split, (path, sha) in parcel.splits.items()}
    opened = api()
    found, _ = opened.settled(TO_MAKE, lambda: find(opened, parcel), lambda: _make(opened, parcel))
    added = _add(opened, found, parcel, lines)
    total = sum(len(one) for one in lines.values())
    return Receipt(
        changed=added > 0,
        what=f"dataset {name}: {added:,} of {total:,} examples added",
        url=_https(found.url),
        remember={key: str(found.id)},
    )


def find(api: Api, parcel: Dataset) -> Any | None:
    """The dataset of this content; PolicyViolation where one of its name has another."""
    return find_named(api, dataset_name(parcel.project, parcel.digest), parcel.digest)


def find_named(api: Api, name: str, digest: str) -> Any | None:
    listed = api.get(TO_LOOK, "/datasets", {"name": name, "limit": 1})
    if not listed:
        return None
    found = api.once(TO_LOOK, lambda: _as_dataset(api, listed[0]))
    if (found.metadata or {}).get("clinft_digest") != digest:
        raise someone_elses("dataset")
    return found


def example_id(dataset: UUID, digest: str, split: str, row: int) -> UUID:
    """Below the dataset's own id: the same data in another workspace get ids of their own."""
    return uuid5(dataset, f"{digest}/{split}/{row}")


def _make(api: Api, parcel: Dataset) -> Any:
    """By a call of ours: the client's own adds the platform of this machine, and asks for the workspace."""
    body = {
        "name": dataset_name(parcel.project, parcel.digest),
        "description": parcel.description,
        "data_type": "kv",
        "extra": {"metadata": dataset_metadata(parcel), "source": "sdk"},
    }
    return _as_dataset(api, api.post("/datasets", body))


def _as_dataset(api: Api, listed: Mapping[str, Any]) -> Any:
    """As the client reads it, with the address in the app."""
    metadata = listed.get("metadata") or (listed.get("extra") or {}).get("metadata")
    tenant = listed.get("tenant_id")
    return ls.Dataset(
        **{**listed, "metadata": metadata}, _host_url=api.app, _tenant_id=UUID(tenant) if tenant else None
    )


def _add(api: Api, dataset: Any, parcel: Dataset, lines: Mapping[str, Lines[dict[str, Any]]]) -> int:
    """Adds what is missing. After an answer that was lost, what is there is looked up again."""
    there = _there(api, dataset.id) if dataset.example_count else frozenset()
    added = 0
    for batch in _batches(_examples(dataset.id, parcel, lines)):
        missing = [one for one in batch if one.id not in there]
        added += len(missing)
        for attempt in range(ATTEMPTS):
            trouble = _upload(api, dataset.id, missing) if missing else None
            if trouble is None:
                break
            if trouble.kind not in ("lost", "conflict") or attempt == ATTEMPTS - 1:
                raise in_words(trouble, TO_ADD)
            api.wait(attempt)
            there = _there(api, dataset.id)
            missing = [one for one in missing if one.id not in there]
    return added


def _upload(api: Api, dataset: UUID, missing: Sequence[Any]) -> Trouble | None:
    try:
        told = api.once(TO_ADD, lambda: api.client.create_examples(dataset_id=dataset, examples=missing))
    except Failed as failed:
        return failed.trouble
    if told.get("count") != len(missing):
        raise PolicyViolation(
            "LangSmith took fewer examples than it was sent.",
            "A rule of the dataset, such as a schema or a transformation, was set by hand.",
            "Delete the dataset in LangSmith; the next run sends it anew.",
        )
    return None


def _there(api: Api, dataset: UUID) -> frozenset[UUID]:
    listed = api.pages(
        "to see which examples are there", "/examples", {"dataset": str(dataset), "select": ["id"]}
    )
    return frozenset(UUID(one["id"]) for one in listed)


def _examples(
    dataset: UUID, parcel: Dataset, lines: Mapping[str, Lines[dict[str, Any]]]
) -> Iterator[tuple[Any, int]]:
    for split, rows in lines.items():
        for number, row in rows.rows():
            body = ls.ExampleCreate(
                id=example_id(dataset, parcel.digest, split, number),
                inputs=row["inputs"],
                reference_outputs=row["outputs"],
                split=split,
                metadata={"row": number, "split_sha256": rows.sha256, "clinft_digest": parcel.digest},
            )
            yield body, len(str(row))


def _batches(examples: Iterator[tuple[Any, int]]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    for one, length in examples:
        if batch and (len(batch) == BATCH_ROWS or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch


def _https(url: str | None) -> str | None:
    return url if url and url.startswith("https://") else None
