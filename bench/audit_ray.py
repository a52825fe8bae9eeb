"""An audit over Ray beside the local engine: equal bytes, records a second, and the memory of each worker.

One process, then as many workers of the local engine, then as many of Ray, each audit in a process of its
own, without a cache of earlier ones. The records are those of audit_scaling.py.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

TITLE, COMMAND = "Audit over Ray", "bench/audit_ray.py --record"
LOOK_SECONDS = 0.5
# Where in its life a worker's memory is told: flat means that the last is not above the first.
SHARES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Measured:
    """`scan_seconds`: without start, planted identifiers and verdict. `workers_mib`: of each, at SHARES."""

    engine: str
    workers: int
    seconds: float
    scan_seconds: float
    peak_mib: float
    workers_mib: list[list[float]]
    digest: str


def main() -> None:
    options = _options()
    if options.audit:
        _audit(options.audit, options.engine, options.workers)
        return
    from audit_scaling import write_records

    with tempfile.TemporaryDirectory(prefix="clinft-ray-bench-") as folder:
        path = Path(folder) / "records.jsonl"
        size = write_records(path, options.records)
        asked = [("local", 1), ("local", options.workers), ("ray", options.workers)]
        measured = [_measure(path, engine, workers) for engine, workers in asked]
    text = report(options.records, size, measured)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)
    if len({one.digest for one in measured}) > 1:
        raise SystemExit("the engine changed the report")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000, metavar="N", help="default: 1,000,000")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="default: 2")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    parser.add_argument("--audit", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(path: Path, engine: str, workers: int) -> Measured:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--audit", str(path), "--engine", engine, "--workers", str(workers)]
    environment = {**os.environ, "PYTHONPATH": str(_without_a_slow_grammar(path.parent))}
    started = time.perf_counter()
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child,
        _watched(child.pid) as watch,
    ):
        output, _ = child.communicate()
    seconds = time.perf_counter() - started
    if child.returncode:
        raise SystemExit(f"the audit by {engine} ended with {child.returncode}")
    said = json.loads(output)
    return Measured(
        engine,
        workers,
        seconds,
        said["scan_seconds"],
        watch.peak / 2**20,
        [at_shares(one) for one in watch.busiest(workers)],
        said["digest"],
    )


def _without_a_slow_grammar(folder: Path) -> Path:
    """Each of Ray's processes imports jsonschema, and with it, where the packages of clinft's tests are
    installed, a grammar that takes longer to load than all of Ray. Users have no such package.
    """
    (folder / "rfc3987_syntax.py").write_text("raise ImportError\n")
    return folder


class Watch:
    """`peak`: most bytes of all processes at once, shared pages once."""

    def __init__(self) -> None:
        self.peak = 0
        self._held: dict[int, list[float]] = defaultdict(list)
        self._worked: dict[int, float] = {}

    def look(self, everyone: "list[psutil.Process]") -> None:
        import psutil

        together = 0
        for one in everyone:
            try:
                held = int(getattr(one.memory_full_info(), "pss", 0) or one.memory_info().rss)
                worked = one.cpu_times()
            except psutil.Error:
                continue
            together += held
            self._held[one.pid].append(held / 2**20)
            self._worked[one.pid] = worked.user + worked.system
        self.peak = max(self.peak, together)

    def busiest(self, count: int) -> list[list[float]]:
        """What the processes held that worked most: those that scanned."""
        ranked = sorted(self._worked, key=lambda one: -self._worked[one])
        return [self._held[one] for one in sorted(ranked[:count])]


def at_shares(held: list[float]) -> list[float]:
    """The mean of each quarter's last tenth: one look may fall on a chunk's end."""
    if not held:
        return []
    ends = [max(1, round(share * len(held))) for share in SHARES]
    span = max(1, len(held) // 40)
    return [sum(held[max(0, end - span) : end]) / len(held[max(0, end - span) : end]) for end in ends]


@contextmanager
def _watched(process: int) -> Iterator[Watch]:
    import psutil

    watch, ended = Watch(), threading.Event()

    def look() -> None:
        root = psutil.Process(process)
        while not ended.wait(LOOK_SECONDS):
            try:
                everyone = [root, *root.children(recursive=True)]
            except psutil.Error:
                return
            watch.look(everyone)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


def _audit(path: Path, engine: str, workers: int) -> None:
    """Prints the sha256 of the whole report, which no engine may change, and the time of the scan."""
    from clinft.artifacts.canonical import digest_bytes
    from clinft.run_folder import to_bytes
    from clinft.spec.audit_policy import AuditPolicy
    from clinft.stages.audit.file_audit import audit_files
    from clinft.wiring.engines import workers_of

    clock = Clock()
    elsewhere = workers_of(engine, workers)
    found = to_bytes(audit_files([path], AuditPolicy(), clock, workers=workers, elsewhere=elsewhere))
    print(json.dumps({"digest": digest_bytes(found), "scan_seconds": clock.seconds}))


class Clock:
    """Progress that times the first task, which is the scan."""

    seconds = 0.0

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator["Clock"]:
        started = time.perf_counter()
        yield self
        self.seconds = self.seconds or time.perf_counter() - started

    def advance(self, amount: int = 1, **fields: str | float) -> None:
        pass

    def note(self, text: str) -> None:
        pass


def report(records: int, size: int, measured: list[Measured]) -> str:
    from record import processor

    day = datetime.now(UTC).date().isoformat()
    one = measured[0]
    equal = "equal byte for byte" if len({row.digest for row in measured}) == 1 else "DIFFERENT"
    machine = f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    setting = (
        f"{records:,} records, {size / 1e6:.0f} MB, as in Audit scaling; {machine}, Ray {version('ray')}, "
        f"load average at the end: {os.getloadavg()[0]:.1f}. Whole: start, scan, origin, "
        "planted identifiers, verdict; Ray's own start is in it. Efficiency: scan of one process / "
        "(workers × scan). Peak: all processes, those of Ray too, shared pages once."
    )
    lines = [f"### {day}", "", setting, ""]
    lines += [
        "| engine | workers | whole, s | scan, s | records/s in the scan | efficiency | peak memory, MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in measured:
        efficiency = one.scan_seconds / (row.workers * row.scan_seconds)
        lines.append(
            f"| {row.engine} | {row.workers} | {row.seconds:.1f} | {row.scan_seconds:.1f} | "
            f"{records / row.scan_seconds:,.0f} | {efficiency:.2f} | {row.peak_mib:.0f} |"
        )
    told = (
        "Memory of each process that scans, in MiB, after quarters of its life. One process alone also keeps "
        "what doubles are found by, some bytes a record; of several, the one that collects does."
    )
    lines += ["", told, ""]
    lines += ["| engine | worker | 1/4 | 1/2 | 3/4 | end |", "|---|---|---|---|---|---|"]
    for row in measured:
        for number, held in enumerate(row.workers_mib, start=1):
            cells = " | ".join(f"{value:.0f}" for value in held)
            lines.append(f"| {row.engine} × {row.workers} | {number} | {cells} |")
    return "\n".join([*lines, "", f"All reports are {equal}."])


if __name__ == "__main__":
    main()
