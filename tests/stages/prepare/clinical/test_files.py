"""Files of records: the same bytes by any number of processes, and none that is half written."""

import os
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.errors import ServiceError, SpecError
from clinft.spec.data import SPLITS
from clinft.stages.prepare import checks
from clinft.stages.prepare.clinical import files, load
from clinft.stages.prepare.clinical.generate import BLOCK, Generation, Job
from clinft.stages.prepare.digests import digest
from tests.fakes.packs import data, task

# More than one block of train, so that processes share a split.
RECORDS = 2 * BLOCK
PACK = load.load_pack("cardiology")


def job(records: int = RECORDS, **changes: Any) -> Job:
    return Job(data(records=records, **changes), task(), PACK)


def test_one_two_and_four_processes_write_the_same_bytes(tmp_path: Path) -> None:
    made = {}
    for processes in (1, 2, 4):
        tallies, sha256 = files.write_files(job(), tmp_path / str(processes), processes)
        for split in SPLITS:
            path = tmp_path / str(processes) / f"{split}.jsonl"
            assert digest_file(path) == sha256[split]
        assert sorted(path.name for path in (tmp_path / str(processes)).iterdir()) == sorted(
            f"{split}.jsonl" for split in SPLITS
        )
        made[processes] = (
            sha256,
            {
                split: (tally.by_label, tally.by_style, tally.by_template, len(tally.scenarios))
                for split, tally in tallies.items()
            },
        )
        assert checks.shared_scenarios(tallies) == checks.shared_templates(tallies) == 0
    assert made[1] == made[2] == made[4]


@pytest.mark.parametrize("kind", ["classification", "extraction", "dialogue_to_note"])
def test_lines_are_records_and_tallies_count_them(kind: str, tmp_path: Path) -> None:
    of = task(kind)
    tallies, _ = files.write_files(Job(data(records=240), of, PACK), tmp_path, 1)
    for split, tally in tallies.items():
        lines = (tmp_path / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
        records = [Record.model_validate_json(line) for line in lines]
        assert [record.model_dump_json() for record in records] == lines
        # What is counted of a task without labels is the condition, never a target.
        keys = [
            record.target if kind == "classification" else record.facts["condition"] for record in records
        ]
        assert dict(tally.by_label) == {key: keys.count(key) for key in keys}
        assert tally.records == len(records) == tally.by_style.total() == tally.by_template.total()
        assert len(tally.scenarios) == len({record.scenario for record in records})
        assert len(tally.texts) == len({digest(record.text) for record in records})


def test_a_spec_that_cannot_be_met_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        files.write_files(job(styles=("sonnet",)), tmp_path / "records", 2)
    assert not (tmp_path / "records").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_what_stops_it_leaves_the_older_files(
    error: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.jsonl").write_text("older\n")
    real = files.make_block

    def until_dev(generation: Generation, split: str, block: int) -> files.Made:
        if split == "dev":
            raise error
        return real(generation, split, block)

    monkeypatch.setattr(files, "make_block", until_dev)
    with pytest.raises(error):
        files.write_files(job(200), tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["train.jsonl"]
    assert (tmp_path / "train.jsonl").read_text() == "older\n"


class DeadlyPack(load.Pack):
    """Whichever process receives it, ends as one that was killed."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (9,)


def test_a_process_that_is_killed_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    deadly = DeadlyPack(*(getattr(PACK, one.name) for one in fields(load.Pack)))
    with pytest.raises(ServiceError, match="was ended from outside; no file was changed"):
        files.write_files(Job(data(records=200), task(), deadly), tmp_path, 2)
    assert list(tmp_path.iterdir()) == []


# Tells when a block was written; its standard output stays open as long as any of its processes lives.
SCRIPT = """
import sys
from pathlib import Path
from clinft.stages.prepare.clinical import files
from tests.stages.prepare.clinical import test_files as here

real = files._by_processes

def telling(*given):
    for made in real(*given):
        print("block", flush=True)
        yield made

if __name__ == "__main__":
    files._by_processes = telling
    files.write_files(here.job(400_000), Path(sys.argv[1]), 2)
"""


@pytest.mark.slow
@pytest.mark.parametrize("stopped_by", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_a_stop(stopped_by: signal.Signals, tmp_path: Path, repository: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    started = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "records")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(repository), os.environ.get("PYTHONPATH", "")]),
        },
        start_new_session=True,
    )
    with started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"block\n"
        if stopped_by is signal.SIGINT:
            os.killpg(started.pid, signal.SIGINT)  # as a terminal does
        else:
            started.kill()
        started.communicate(timeout=60)  # until every process closed its output
    assert started.returncode != 0
    left = {path.name for path in (tmp_path / "records").iterdir()}
    # Who is killed cannot clean up; what is left bears no name that anybody reads, and is written over.
    assert left == set() if stopped_by is signal.SIGINT else not left & {f"{split}.jsonl" for split in SPLITS}


@pytest.mark.parametrize(("records", "several"), [(40, False), (19_999, False), (20_000, True)])
def test_few_records_need_no_other_process(
    records: int, several: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.os, "cpu_count", lambda: 16)
    assert files.processes_for(records) == (2 if several else 1)
    monkeypatch.setattr(files.os, "cpu_count", lambda: None)
    assert files.processes_for(records) == 1
