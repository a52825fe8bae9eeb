"""The audit beside Presidio, scrubadub and a token classifier: quality, records that leak, speed and memory.

Every system runs in a process of its own on the same texts, a repeated text once. `ours` runs in this
environment, the others in .venv-peers, which is made at first use.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audit_scores import Finding
    from audit_sets import Set
    from audit_tables import Run

REPOSITORY = Path(__file__).resolve().parents[1]
WORKER = REPOSITORY / "bench" / "audit_worker.py"
DEFAULT_SET = REPOSITORY / "bench" / "data" / "dev_clinical.jsonl"
TITLE, COMMAND = "Audit beside Presidio and scrubadub", "bench/audit.py --data FOLDER_OR_FILE... --record"
SYSTEMS = (
    *("ours", "ours-rules", "ours-detector", "ours-re"),
    *("presidio", "presidio-tuned", "scrubadub", "spacy-pii"),
)
USUAL = ("ours", "ours-rules", "ours-detector", "presidio", "presidio-tuned", "scrubadub", "spacy-pii")
# The clock counts the CPU time of all threads; one makes systems comparable.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
METHOD = (
    "One process and one thread for each system; CPU time of that process, loading and first texts left "
    "out; a repeated text is read once, and a fast system reads the set several times, each time with "
    "another line end, the first time untimed. Peak memory: of the process, with its model. Recall: any "
    "finding overlaps the labelled span, whatever its type. Precision: the share of findings that overlap "
    "a labelled identifier; INFO does not count; a finding only on a label that is none (an age below 90, "
    "a provider) is left out. Exact: same start, same end, right type; by type, precision is that of "
    "findings reported as such. Each result of a system counts, also several of one place. All but names "
    "and places: a finding reported as one, or that overlaps only one, is left out of precision. Flagged: "
    "a finding (ours: above INFO) on no label; blocked: HIGH or CRITICAL. Intervals: 95 %, Wilson; for F1 "
    "a bootstrap over records. Presidio's own model, en_core_web_lg, cannot be installed from a package "
    "index: en_core_web_md stands in for it. The sets were looked at while the rules were written, and the "
    "detector's operating point was chosen on them, so their figures flatter both. No real clinical note "
    "was used: what is found in those is not known."
)


def main() -> None:
    options = _options()
    from audit_labels import OURS
    from audit_misses import misses
    from audit_sets import sets
    from audit_tables import section

    parts, ran = [], {}
    for each in sets(options.data, options.limit):
        runs, found = {}, {}
        for system in options.peers:
            print(f"{each.name}: {system}", file=sys.stderr, flush=True)
            runs[system], found[system] = _measure(system, each)
        ran.update({system: f"{system}: {run.what}, Python {run.python}" for system, run in runs.items()})
        parts.append(section(each.name, each.size, runs))
        for ours in [system for system in OURS if options.misses and system in found]:
            print(f"{each.name}, {ours}")
            print(misses(each.records, found[ours], options.misses, options.show_text))
    day = datetime.now(UTC).date().isoformat()
    text = "\n".join([f"### {day}", "", _setting(), "", *(f"- {what}" for what in ran.values()), "", *parts])
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        default=[DEFAULT_SET],
        metavar="FOLDER_OR_FILE",
        help="labelled JSON Lines; our own development set if absent",
    )
    parser.add_argument(
        "--peers",
        type=_systems,
        default=USUAL,
        help=f"of {','.join(SYSTEMS)}; ours-re has no prefilter and must be asked for",
    )
    parser.add_argument(
        "--limit", type=int, metavar="N", help="a sample of each set, for every system the same"
    )
    parser.add_argument(
        "--misses", type=int, metavar="N", help="list up to N misses and false findings of ours for each type"
    )
    parser.add_argument("--show-text", action="store_true", help="with the text; for synthetic sets only")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    return parser.parse_args()


def _systems(value: str) -> tuple[str, ...]:
    named = tuple(value.split(","))
    if unknown := set(named) - set(SYSTEMS):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))} is none of {', '.join(SYSTEMS)}")
    return named


def _measure(system: str, each: "Set") -> "tuple[Run, list[list[Finding]]]":
    from audit_labels import UNSTRUCTURED
    from audit_scores import score
    from audit_tables import Run

    texts = list(dict.fromkeys(record.text for record in each.records))
    head, *lines = _work(system, texts)
    of_text = {text: _findings(system, rows) for text, rows in zip(texts, lines, strict=True)}
    found = [of_text[record.text] for record in each.records]
    scores = score(
        ((record.spans, finds) for record, finds in zip(each.records, found, strict=True)), UNSTRUCTURED
    )
    size = sum(len(text.encode()) for text in texts)
    return Run(**head, texts=len(texts), bytes=size, scores=scores), found


def _work(system: str, texts: Sequence[str]) -> list[Any]:
    from audit_labels import OURS
    from audit_peers import python

    interpreter = sys.executable if system in OURS else str(python())
    done = subprocess.run(
        [interpreter, str(WORKER), system],
        input="".join(json.dumps(text) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | ONE_THREAD,
    )
    if done.returncode:
        raise SystemExit(f"{system} failed:\n{done.stderr[-3000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _findings(system: str, rows: list[list[Any]]) -> "list[Finding]":
    """Each row: start, end and type; with ours letter and severity too."""
    from audit_labels import labels
    from audit_scores import Finding

    found = []
    for start, end, entity_type, *more in rows:
        letter, severity = more or ("", "")
        kinds = labels(system, entity_type, letter)
        blocks = severity in ("CRITICAL", "HIGH")
        found.append(Finding(start, end, kinds, severity == "INFO", blocks, entity_type))
    return found


def _setting() -> str:
    from record import processor

    return f"{processor()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}. {METHOD}"


if __name__ == "__main__":
    main()
