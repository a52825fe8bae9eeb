"""Synthetic records a second, written to files: `clinical-notes` by one and by two processes, and a peer.

Each runs in a process of its own (peak memory is a process's), in turn. `clinical-notes` also writes ten
times as many, which tells whether its memory grows with the records. No package that makes clinical notes
with their facts is installed here, so the peer is a plain loop over clinft's older generator,
`diagnosis-notes`. Records per CPU second count the time of all processes: a busy machine changes it little.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

TITLE, COMMAND = "Generation of records", "bench/generation.py --record"
SEED = 20261126
DOMAIN, PEERS_DOMAIN = "cardiology", "general-medicine"
KINDS = ("classification", "extraction", "summarization", "dialogue_to_note", "ner", "coding")
TEN = 10
# Name -> processes, times the records.
WRITERS = {"one": (1, 1), "two": (2, 1), "ten-one": (1, TEN), "ten-two": (2, TEN), "peer": (1, 1)}
NAMES = {
    "one": "clinical-notes, 1 process",
    "two": "clinical-notes, 2 processes",
    "ten-one": "clinical-notes, 1 process, ten times as many",
    "ten-two": "clinical-notes, 2 processes, ten times as many",
    "peer": "diagnosis-notes, a plain loop",
}


def main() -> None:
    options = _options()
    if options.writer:
        print(json.dumps(_worker(options)))
        return
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in WRITERS}
    for turn in range(options.rounds):
        for name in WRITERS:
            measured = _in_process(name, options)
            found[name].append(measured)
            print(f"round {turn + 1}, {NAMES[name]}: {measured}", file=sys.stderr, flush=True)
    text = _section(found, options)
    print(text)
    for one, two in (("one", "two"), ("ten-one", "ten-two")):
        if len({result["sha256"] for name in (one, two) for result in found[name]}) != 1:
            raise SystemExit("the files differ")
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000, metavar="N", help="default: 100000")
    parser.add_argument(
        "--kind", choices=KINDS, default="classification", help="of task; default: %(default)s"
    )
    parser.add_argument("--rounds", type=int, default=1, help="how often each writes, in turn; default: 1")
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    parser.add_argument("--writer", choices=WRITERS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_process(name: str, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--writer", name, "--records", str(options.records)]
    done = subprocess.run([*command, "--kind", options.kind], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{NAMES[name]} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _worker(options: argparse.Namespace) -> dict[str, Any]:
    processes, times = WRITERS[options.writer]
    records = options.records * times
    with tempfile.TemporaryDirectory(prefix="clinft-generation-") as folder:
        write = _peer if options.writer == "peer" else _clinft
        started = time.perf_counter()
        digests = write(records, options.kind, Path(folder), processes)
        seconds = time.perf_counter() - started
        used = os.times()  # of this process and of those that it started, which have ended
        cpu = used.user + used.system + used.children_user + used.children_system
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    return {
        "records": records,
        "seconds": round(seconds, 2),
        "records_per_second": round(records / seconds),
        "records_per_cpu_second": round(records / cpu),
        "mb": round(size / 1e6, 1),
        "peak_mib": _peak(resource.RUSAGE_SELF),
        "largest_other_mib": _peak(resource.RUSAGE_CHILDREN),
        "sha256": " ".join(digests.values()),
    }


def _peak(of: int) -> float:
    return round(resource.getrusage(of).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10), 1)


def _clinft(records: int, kind: str, folder: Path, processes: int) -> dict[str, str]:
    """All of it: reading the tables, starting the processes, checking for leaks."""
    from clinft.spec.data import DataSpec
    from clinft.spec.project import TaskSpec
    from clinft.stages.prepare import checks
    from clinft.stages.prepare.clinical.files import write_files
    from clinft.stages.prepare.clinical.generate import GENERATOR, Job
    from clinft.stages.prepare.clinical.load import load_pack

    data = DataSpec(source="synthetic", generator=GENERATOR, records=records, seed=SEED)
    task = TaskSpec(kind=kind, description="As it is.", labels=_labels(kind), output_schema=_schema(kind))  # type: ignore[arg-type]  # argparse checked it
    tallies, sha256 = write_files(Job(data, task, load_pack(DOMAIN)), folder, processes)
    checks.refuse_leaks(checks.shared_scenarios(tallies), 0, checks.shared_templates(tallies))
    return sha256


def _labels(kind: str) -> tuple[str, ...]:
    return ("immediate", "emergent", "urgent", "less-urgent") if kind == "classification" else ()


def _schema(kind: str) -> dict[str, object] | None:
    lists = {"type": "array", "items": {"type": "string"}}
    return (
        {"type": "object", "properties": {"findings": lists, "care": lists}} if kind == "extraction" else None
    )


def _peer(records: int, kind: str, folder: Path, processes: int) -> dict[str, str]:
    from clinft.spec.data import DataSpec
    from clinft.stages.prepare.generate import GENERATOR, streams
    from clinft.stages.prepare.load import load_pack

    data = DataSpec(source="synthetic", generator=GENERATOR, records=records, seed=SEED)
    for split, stream in streams(data, load_pack(PEERS_DOMAIN).labels, PEERS_DOMAIN).items():
        with (folder / f"{split}.jsonl").open("w", encoding="utf-8") as file:
            for record in stream:
                file.write(json.dumps(record.model_dump(), ensure_ascii=False) + "\n")
    return {}


def _row(name: str, found: list[dict[str, Any]]) -> str:
    speeds = [result["records_per_second"] for result in found]
    own = max(result["peak_mib"] for result in found)
    other = max(result["largest_other_mib"] for result in found)
    cpu = mean(result["records_per_cpu_second"] for result in found)
    others = f"{other:.0f}" if WRITERS[name][0] > 1 else "–"
    return (
        f"| {NAMES[name]} | {found[0]['records']:,} | {mean(speeds):,.0f} | "
        f"{min(speeds):,}–{max(speeds):,} | {cpu:,.0f} | {own:.0f} | {others} |"
    )


def _section(found: dict[str, list[dict[str, Any]]], options: argparse.Namespace) -> str:
    from record import processor

    setting = (
        f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}. Domain {DOMAIN}, kind "
        f"{options.kind}, all styles, default realism, seed {SEED}; rounds in turn: {options.rounds}. Time "
        "is from the call to the files, with tables read, processes started and leaks counted. The files of "
        f"one and of two processes were compared. Load average at the end: {os.getloadavg()[0]:.1f}."
    )
    head = (
        "| generator | records | records/s, mean | range | per CPU second | peak memory of the caller, MiB | "
        "of the largest other process, MiB |\n|---|---|---|---|---|---|---|"
    )
    day = datetime.now(UTC).date().isoformat()
    rows = [_row(name, results) for name, results in found.items()]
    return "\n".join([f"### {day}", "", setting, "", head, *rows, ""])


if __name__ == "__main__":
    main()
