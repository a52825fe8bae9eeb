"""What the LangSmith of the tests keeps."""

from typing import Any
from uuid import uuid4

TENANT = "11111111-2222-4333-8444-555555555555"
START = "2026-11-26T08:00:00+00:00"


class State:
    def __init__(self) -> None:
        self.datasets: dict[str, dict[str, Any]] = {}
        self.examples: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.feedback: dict[str, dict[str, Any]] = {}

    def add_dataset(self, body: dict[str, Any]) -> dict[str, Any]:
        made = {
            "id": str(uuid4()),
            "tenant_id": TENANT,
            "name": body["name"],
            "description": body.get("description"),
            "data_type": body["data_type"],
            "metadata": (body.get("extra") or {}).get("metadata"),
            "created_at": START,
            "modified_at": START,
            "example_count": 0,
            "session_count": 0,
        }
        self.datasets[made["id"]] = made
        return made

    def add_example(self, body: dict[str, Any]) -> dict[str, Any]:
        dataset = self.datasets[body["dataset_id"]]
        dataset["example_count"] += 1
        split = body.get("split")
        # As the service does it: the split stands in the metadata.
        metadata = {
            **(body.get("metadata") or {}),
            "dataset_split": [split] if isinstance(split, str) else split,
        }
        made = {
            "id": body["id"],
            "dataset_id": body["dataset_id"],
            "inputs": body["inputs"],
            "outputs": body.get("outputs"),
            "metadata": metadata,
            "created_at": START,
            "modified_at": START,
            "name": "example",
        }
        self.examples[made["id"]] = made
        return made

    def add_session(self, body: dict[str, Any]) -> dict[str, Any]:
        known = ("name", "description", "extra", "reference_dataset_id")
        made = {**{name: body.get(name) for name in known}, "id": body["id"], "tenant_id": TENANT}
        made |= {"start_time": START, "end_time": None}
        self.sessions[made["id"]] = made
        return made
