"""What does the audit find in records that clinft makes? Of each domain and kind.

`clinft prepare --domain D --task K` makes the records, `clinft audit FOLDER` reads all of them, facts
included. What lies above INFO is counted; the audit must report none in synthetic records.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TITLE, COMMAND = "Audit of generated records", "bench/generated_audit.py --record"
KINDS = (
    "classification", "extraction", "coding", "question_answering", "summarization", "dialogue_to_note",
    "ner",
)  # fmt: skip


def main() -> None:
    options = _options()
    domains = options.domains or _said("prepare", "--list-domains").split()
    jobs = [(domain, kind) for domain in domains for kind in KINDS if domain != "general-medicine"]
    each = -(-options.records // len(jobs))
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(options.processes) as pool:
        folder = Path(name)
        places = [folder / f"{domain}.{kind}" for domain, kind in jobs]
        list(pool.map(lambda place: _prepared(place, each, options.seed), places))
        report = _audited(folder, options.processes)
    records = {domain: each * len(KINDS) for domain, _ in jobs}
    found = Counter(
        (*Path(one["file"]).parent.name.split("."), one["entity_type"])
        for one in report["findings"]
        if one["severity"] != "INFO"
    )
    if report["records"] != each * len(jobs):
        raise SystemExit(f"{report['records']} records were read of {each * len(jobs)} that were made")
    text = _section(records, found, time.monotonic() - started, options.seed)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000, help="over all domains and kinds")
    parser.add_argument("--domains", nargs="+", help="absent: all that have clinical tables")
    parser.add_argument("--seed", type=int, default=20_261_126)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    return parser.parse_args()


def _said(*arguments: str) -> str:
    """Its output. The audit says no by its exit code where it finds something."""
    command = [sys.executable, "-m", "clinft", *arguments]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"clinft {arguments[0]} ended with {done.returncode}")
    return done.stdout


def _prepared(out: Path, records: int, seed: int) -> None:
    domain, kind = out.name.split(".")
    _said("prepare", "--domain", domain, "--task", kind, "--records", str(records), "--seed", str(seed),
          "--out", str(out))  # fmt: skip


def _audited(folder: Path, processes: int) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(_said("audit", str(folder), "--workers", str(processes), "--json"))
    return report


def _section(records: dict[str, int], found: Counter[Any], seconds: float, seed: int) -> str:
    day = datetime.now(UTC).date()
    rows = [
        f"| {domain} | {count:,} | {sum(n for (of, _, _), n in found.items() if of == domain):,} |"
        for domain, count in sorted(records.items())
    ]
    kinds = ", ".join(f"{kind}: {name} × {n}" for (_, kind, name), n in sorted(found.items())) or "none"
    return "\n".join(
        (
            f"### {day}",
            "",
            f"{sum(records.values()):,} records of {len(records)} domains, {len(KINDS)} kinds of task each, "
            f"seed {seed}, in {seconds / 60:.0f} minutes. Above INFO: {kinds}.",
            "",
            "| domain | records | findings above INFO |",
            "|---|---|---|",
            *rows,
        )
    )


if __name__ == "__main__":
    main()
