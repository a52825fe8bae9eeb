import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from langsmith import Client
from requests import Session
from urllib3.util import Retry

from clinft.adapters.sinks.langsmith import LangSmith
from clinft.adapters.sinks.tools import SinkTools
from clinft.ports.sinks import Dataset, Experiment, Receipt
from clinft.spec.eligibility import Eligibility
from clinft.spec.sinks import Sink
from tests.fakes.langsmith.server import LangSmithServer

ELIGIBILITY = Eligibility(owner="Privacy office", review_by="2099-01-01")
CANARY = "Zyxwvut Canary, MRN 0047110815"
DIGEST = "d" * 64


@pytest.fixture
def server() -> Iterator[LangSmithServer]:
    with LangSmithServer() as found:
        yield found
    assert found.violations == []
    assert found.faults_to_come == []


class Desk:
    """One publisher: a sink, what it remembers and how long it waited."""

    def __init__(self, server: LangSmithServer, workspace: str | None = None, key: str | None = None) -> None:
        self.server = server
        self.waited: list[float] = []
        self.memory: dict[str, str] = {}
        self.place = Sink(
            kind="langsmith",
            description="Evaluations",
            url=server.url,
            workspace=workspace,
            eligibility=ELIGIBILITY,
        )
        self.tools = SinkTools(
            key_of={server.host: key or server.key}.get,
            now=lambda: datetime(2026, 11, 26, 9, tzinfo=UTC),
            sleep=self.waited.append,
        )
        self.sink = LangSmith(self.place, self.tools)

    def send(self, parcel: Dataset | Experiment) -> Receipt:
        receipt = self.sink.send(parcel, self.memory)
        self.memory |= receipt.remember
        return receipt

    def reader(self) -> Client:
        """The vendor's own client, as anybody reads the workspace."""
        return Client(
            api_url=self.server.url, api_key=self.server.key, auto_batch_tracing=False, session=Session(), retry_config=Retry(0)
        )  # fmt: skip


@pytest.fixture
def desk(server: LangSmithServer) -> Desk:
    return Desk(server)


def line(number: int, text: str = "") -> str:
    asked = text or f"Note {number}: the patient coughs — für Tests."
    turns = [("system", "Answer with a chapter."), ("user", asked), ("assistant", f"chapter-{number % 3}")]
    return json.dumps(
        {"messages": [{"role": role, "content": content} for role, content in turns]}, ensure_ascii=False
    )


def write(path: Path, lines: list[str]) -> tuple[Path, str]:
    path.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def dataset(folder: Path, train: int = 5, test: int = 3, **changed: Any) -> Dataset:
    splits = {
        "train": write(folder / "train.jsonl", [line(n) for n in range(train)]),
        "test": write(folder / "test.jsonl", [line(n, f"Test {n}.") for n in range(test)]),
    }
    about: dict[str, Any] = {
        "project": "icd10-chapter",
        "run_id": "aaaaaaaaaaaa-a1",
        "digest": DIGEST,
        "description": "Synthetic data of icd10-chapter, audited.",
        "splits": splits,
        "metadata": {"generator": "templates"},
    }
    return Dataset(**{**about, **changed})


def experiment(folder: Path, items: int = 3, **changed: Any) -> Experiment:
    rows = [
        {
            "item": f"test-{n:04d}",
            "example": n,
            "output": f"chapter-{n % 3}" if n else None,
            "scores": {"correct": float(n % 2), "answer_nll_nats": 0.5 + n},
        }
        for n in range(items)
    ]
    path, sha256 = write(folder / "items.jsonl", [json.dumps(row) for row in rows])
    about: dict[str, Any] = {
        "project": "icd10-chapter",
        "run_id": "aaaaaaaaaaaa-a1",
        "system": "tuned-closed_labels",
        "dataset": DIGEST,
        "split": "test",
        "items": path,
        "metadata": {"items_sha256": sha256, "test_sha256": "e" * 64},
    }
    return Experiment(**{**about, **changed})
