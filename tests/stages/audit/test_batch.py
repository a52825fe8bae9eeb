"""Scanning in one process or several gives the same, and nobody is left behind when one dies."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.audit import Provenance
from clinft.errors import ServiceError, SpecError
from clinft.ports.workers import Ready
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit.batch import Shard
from clinft.stages.audit.chunks import Chunk, chunks, scan_chunk
from clinft.stages.audit.engine import Engine, default
from clinft.stages.audit.partial import DONORS, Partial
from clinft.stages.audit.pool import SMALL_BYTES, pool, worker_count
from clinft.stages.audit.reading.source import Source, source
from tests.fakes.audits import scanned_sources

PROVENANCE = Provenance(origin="file")


def written(folder: Path) -> list[Source]:
    """Records, a table and lines, in six chunks."""
    for number in range(3):
        with (folder / f"a{number}.jsonl").open("w") as file:
            for row in range(100):
                text = f"SSN 219-09-{row % 7 + 1000} on file. Quiet night."
                file.write(json.dumps({"id": f"r{row % 50}", "text": text}) + "\n")
    (folder / "b.csv").write_text("id,note\n" + 'x,"two\nlines"\n' * 300 + "y,MRN 00482913\n")
    (folder / "c.txt").write_text("Phone:\n617-555-0142\n")
    return [source(path.name, path) for path in sorted(folder.iterdir())]


def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    sources = written(tmp_path)
    one, two = (scanned_sources(sources, workers=workers) for workers in (1, 2))
    assert one.digests == two.digests
    assert one.result.to_json() == two.result.to_json()
    assert one.result.evidence.result(PROVENANCE) == two.result.evidence.result(PROVENANCE)
    assert one.result.by_letter["G"] == 300


def parts_of(tmp_path: Path, keep: int) -> list[Partial]:
    found = chunks(written(tmp_path), {}, lambda size: None)
    return [scan_chunk(default(), chunk, keep) for chunk in found]


@pytest.mark.parametrize("keep", [5, 100_000])
def test_parts_add_up_to_the_same_in_any_order_and_grouping(tmp_path: Path, keep: int) -> None:
    saved = [json.dumps(part.to_json()) for part in parts_of(tmp_path, keep)]
    assert len(saved) == 6

    def summed(group: tuple[str, ...]) -> Partial:
        total = Partial(keep)
        for one in group:
            total.merge(Partial.from_json(keep, json.loads(one)))
        return total

    whole = summed(tuple(saved))
    for order in list(permutations(saved))[::97]:
        left, right = summed(order[:2]), summed(order[2:])
        left.merge(right)
        assert left.first_findings() == whole.first_findings()
        assert left.chosen_donors() == whole.chosen_donors()
        assert (left.rows, left.characters) == (whole.rows, whole.characters)
        assert left.by_type == whole.by_type
        assert left.evidence.result(PROVENANCE) == whole.evidence.result(PROVENANCE)


def test_a_part_holds_no_text_and_not_more_than_it_keeps(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, keep=5)
    for part in parts:
        text = json.dumps(part.to_json())
        assert "219-09" not in text
        assert "Quiet" not in text
        assert len(part.first_findings()) <= 5
        assert len(part.chosen_donors()) <= DONORS
    donors = [donor for part in parts for donor in part.chosen_donors()]
    assert {donor.file for donor in donors} == {"a0.jsonl", "a1.jsonl", "a2.jsonl", "b.csv", "c.txt"}


def numbered(engine: Engine, item: int) -> int:
    time.sleep(0.02 * (item % 3))
    return 10 * item


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 9) | st.integers(0, 9).map(Ready), max_size=8))
def test_results_in_one_process_keep_the_order_of_the_work(work: list[int | Ready[int]]) -> None:
    with pool(AuditPolicy(), 1) as processes:
        found = list(processes.map(lambda engine, item: 10 * item, work))
    assert found == [item.result if isinstance(item, Ready) else 10 * item for item in work]


def test_results_keep_the_order_of_the_work_and_little_waits() -> None:
    taken: list[int] = []

    def work() -> list[int]:
        for item in range(40):
            taken.append(item)
            yield Ready(-item) if item % 5 == 0 else item

    with pool(AuditPolicy(), 2) as processes:
        results = processes.map(numbered, work())
        first = next(results)
        assert len(taken) <= 6
        assert [first, *results] == [-item if item % 5 == 0 else 10 * item for item in range(40)]


def vanish(engine: Engine, item: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_a_process_that_dies_is_an_error_with_a_way_out() -> None:
    with pytest.raises(ServiceError, match="fewer workers"), pool(AuditPolicy(), 2) as processes:
        list(processes.map(vanish, [1]))


KILLED = """
import os, sys, time
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit.pool import pool

def number(engine, item):
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(60)

if __name__ == "__main__":
    with pool(AuditPolicy(), 2) as processes:
        list(processes.map(number, [1, 2]))
"""


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    (tmp_path / "killed.py").write_text(KILLED)
    command = [sys.executable, str(tmp_path / "killed.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            workers = [int(child.stdout.readline()) for _ in range(2)]
        finally:
            child.kill()
    deadline = time.monotonic() + 10
    while any(map(running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(running, workers))


def running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_workers_load_neither_torch_nor_presidio() -> None:
    with pool(AuditPolicy(), 2) as processes:
        (loaded,) = processes.map(heavy_modules, [0])
    assert loaded == []


def heavy_modules(engine: Engine, item: int) -> list[str]:
    engine.finds("SSN 219-09-9998")
    return sorted({"torch", "transformers", "presidio_analyzer", "spacy", "matplotlib"} & set(sys.modules))


@pytest.mark.parametrize(
    ("asked", "size", "least", "most"),
    [
        (None, 0, 1, 1),
        (None, 2 * SMALL_BYTES - 1, 1, 1),
        (None, 1 << 40, 1, 999),
        (3, 0, 3, 3),
        (0, 1 << 40, 1, 1),
    ],
)
def test_little_work_is_done_in_this_process(asked: int | None, size: int, least: int, most: int) -> None:
    assert least <= worker_count(asked, size) <= most


@pytest.mark.parametrize("text", ["4/4", "-1/4", "1/-4", "0/0", "0/1001"])
def test_a_shard_that_there_is_not_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(SpecError, match=rf"There is no shard {text}\. .*from 0 to n - 1, and n at most 1000"):
        Shard.parse(text)


@pytest.mark.parametrize("text", ["1", "a/b", "", "1/2/3", "0/2\n", "٣/٤", f"0/{10**30}"])
def test_what_is_no_shard_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SpecError, match=r"What --shard names is no shard\. .*from 0 to n - 1"):
        Shard.parse(text)


@given(st.integers(0, 50), st.integers(1, 9))
def test_every_chunk_is_in_one_shard(number: int, of: int) -> None:
    chunk = Chunk(number, source("a", Path("a")), None)  # type: ignore[arg-type]
    assert sum(chunk in Shard.parse(f"{index}/{of}") for index in range(of)) == 1
