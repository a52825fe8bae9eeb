"""How an audit scales: records a second with one and with two processes, and the peak memory of all of them.

Records are made from templates with a seed and streamed to a temporary file; some hold identifiers.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TITLE, COMMAND = "Audit scaling", "bench/audit_scaling.py --record"
SEED = 20261126
# One record in so many holds an identifier.
IDENTIFIED = 50
OPENINGS = (
    "Seen for {problem} since {days} days.",
    "{problem} for {days} days, {other} before that.",
    "Follow-up of {problem}; {other} has gone.",
    "Reports {problem} and {other}, {days} nights in a row.",
    "Back after {days} days with {problem}.",
)
MIDDLES = (
    "Blood pressure {high}/{low}, temperature {warm} C.",
    "Pulse {low}, saturation {percent} percent on room air.",
    "{drug} {dose} mg was started, well tolerated.",
    "No {other}, no weight loss; {drug} continued.",
    "Weight {high} pounds, {percent} percent of the plan done.",
)
CLOSINGS = (
    "Review in {days} days.",
    "Return if {problem} gets worse.",
    "{drug} {dose} mg at night.",
    "Rest advised.",
)
IDENTIFIERS = (
    "SSN 219-09-{number:04d}.",
    "MRN {number:08d}.",
    "Call (617) 431-{number:04d}.",
    "Seen on 03/14/2024.",
)
WORDS = {
    "problem": ("cough", "knee pain", "headache", "a rash", "dizziness", "nausea", "back pain", "poor sleep"),
    "other": ("fever", "chills", "wheezing", "swelling", "fatigue", "vomiting"),
    "drug": ("Ibuprofen", "Metformin", "Lisinopril", "Amoxicillin", "Omeprazole"),
}


@dataclass(frozen=True)
class Measured:
    workers: int
    seconds: float
    peak_mib: float
    digest: str


def main() -> None:
    options = _options()
    if options.audit:
        _audit(options.audit, options.workers, options.cache)
        return
    with tempfile.TemporaryDirectory(prefix="clinft-scaling-") as folder:
        path = Path(folder) / "records.jsonl"
        size = write_records(path, options.records)
        with ThreadPoolExecutor(2 if options.at_once else 1) as both:
            measured = list(both.map(lambda workers: _measure(path, workers, options.cache), (1, 2)))
    text = _report(options.records, size, measured, options.at_once)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)
    if measured[0].digest != measured[1].digest:
        raise SystemExit("the number of processes changed the report")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000, metavar="N", help="default: 1,000,000")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    parser.add_argument(
        "--cache", type=Path, metavar="FOLDER", help="of earlier audits, as users have it; default: none"
    )
    parser.add_argument(
        "--at-once", action="store_true", help="both side by side, on a machine with four cores or more"
    )
    parser.add_argument("--audit", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def write_records(path: Path, count: int) -> int:
    """Bytes written. The same count gives the same bytes."""
    rng = random.Random(SEED)
    with path.open("w", encoding="utf-8") as file:
        return sum(file.write(json.dumps(record) + "\n") for record in _records(rng, count))


def _records(rng: random.Random, count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        sentences = [rng.choice(OPENINGS), rng.choice(MIDDLES), rng.choice(MIDDLES), rng.choice(CLOSINGS)]
        if number % IDENTIFIED == 0:
            sentences.insert(2, rng.choice(IDENTIFIERS))
        values = {key: rng.choice(words) for key, words in WORDS.items()} | {
            "days": rng.randint(2, 30),
            "high": rng.randint(100, 190),
            "low": rng.randint(55, 99),
            "warm": rng.randint(365, 395) / 10,
            "percent": rng.randint(88, 99),
            "dose": rng.choice((5, 10, 20, 40, 250, 500)),
            "number": rng.randint(1001, 9899),
        }
        text = " ".join(sentence.format(**values) for sentence in sentences)
        yield {"id": f"note-{number:07d}", "text": text, "target": rng.choice(("acute", "chronic", "none"))}


def _measure(path: Path, workers: int, cache: Path | None) -> Measured:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--audit", str(path), "--workers", str(workers)]
    command += ["--cache", str(cache)] if cache else []
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child, watched(child.pid) as peak:
        output, _ = child.communicate()
    seconds = time.perf_counter() - started
    if child.returncode:
        raise SystemExit(f"the audit with {workers} processes ended with {child.returncode}")
    return Measured(workers, seconds, peak[0] / 2**20, output.strip())


@contextmanager
def watched(process: int) -> Iterator[list[int]]:
    """Most bytes that a process and all below it have held at once: proportional set size, looked at 5 times
    a second, so that what they share counts once.
    """
    import psutil

    peak, ended = [0], threading.Event()

    def held(one: "psutil.Process") -> int:
        try:
            return int(getattr(one.memory_full_info(), "pss", 0) or one.memory_info().rss)
        except psutil.Error:
            return 0

    def watch() -> None:
        root = psutil.Process(process)
        while not ended.wait(0.2):
            try:
                everyone = [root, *root.children(recursive=True)]
            except psutil.Error:
                return
            peak[0] = max(peak[0], sum(map(held, everyone)))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _audit(path: Path, workers: int, cache: Path | None) -> None:
    """Prints the sha256 of the whole report: it must not depend on the number of processes."""
    from contextlib import contextmanager

    from clinft.artifacts.canonical import digest_bytes
    from clinft.run_folder import to_bytes
    from clinft.spec.audit_policy import AuditPolicy
    from clinft.stages.audit import kept
    from clinft.stages.audit.file_audit import audit_files

    class Quiet:
        @contextmanager
        def task(self, label: str, total: int, done: int = 0) -> Iterator["Quiet"]:
            yield self

        def advance(self, amount: int = 1, **fields: str | float) -> None:
            pass

        def note(self, text: str) -> None:
            pass

    kept.keep_in(cache)
    print(digest_bytes(to_bytes(audit_files([path], AuditPolicy(), Quiet(), workers=workers))))


def _report(records: int, size: int, measured: list[Measured], at_once: bool) -> str:
    day = datetime.now(UTC).date().isoformat()
    one, two = measured
    equal = "equal byte for byte" if one.digest == two.digest else "DIFFERENT"
    setting = (
        f"{records:,} records, {size / 1e6:.0f} MB, from a seeded template generator, one in {IDENTIFIED} "
        f"with an identifier; {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}, load average at the end: {os.getloadavg()[0]:.1f}"
        f"{', both audits at once' if at_once else ''}. Whole audits: "
        "start, scan, origin, planted identifiers, verdict. With one process the scan runs in the one "
        "that reads; with two, these are beside it. Memory is that of all processes, shared pages once."
    )
    lines = [f"### {day}", "", setting, ""]
    lines += [
        "| processes | seconds | records/s | MB/s | peak memory, MiB | speed-up |",
        "|---|---|---|---|---|---|",
    ]
    for row in measured:
        speed = f"{records / row.seconds:,.0f} | {size / row.seconds / 1e6:.2f}"
        gain = one.seconds / row.seconds
        lines.append(f"| {row.workers} | {row.seconds:.1f} | {speed} | {row.peak_mib:.0f} | {gain:.2f} |")
    return "\n".join([*lines, "", f"Both reports are {equal}."])


if __name__ == "__main__":
    main()
