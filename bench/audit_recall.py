"""What the audit finds in labelled text: recall by type, precision, and clean texts flagged.

FOLDER holds JSON Lines: `text` and `spans` of `start`, `end` and `type`. A type that begins with ~ is no
identifier under Safe Harbor (an age below 90, an organisation): finds on it count neither for nor against.
"""

import argparse
import json
import platform
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

TITLE, COMMAND = "Audit recall", "bench/audit_recall.py --data FOLDER --record"
UNSCORED = "~"


@dataclass
class Scores:
    """`found`: a find overlaps the span. `whole`: finds cover every character of it but spaces and dots."""

    texts: int = 0
    characters: int = 0
    seconds: float = 0.0
    spans: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    whole: Counter[str] = field(default_factory=Counter)
    finds: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    flagged: int = 0


def main() -> None:
    options = _options()
    sections = []
    for path in sorted(options.data.glob("*.jsonl")):
        sections.append(_table(path.stem, _score(path)))
    if not sections:
        raise SystemExit(f"no *.jsonl in {options.data}")
    day = datetime.now(UTC).date().isoformat()
    text = "\n".join([f"### {day}", "", _setting(), "", *sections])
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="labelled JSON Lines")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    return parser.parse_args()


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def _score(path: Path) -> Scores:
    from clinft.stages.audit.scan import finds_in
    from clinft.stages.audit.severity import BLOCKING

    finds_in("once, so that loading is not timed", "")
    scores = Scores()
    for row in _rows(path):
        text, spans = row["text"], row["spans"]
        started = process_time()
        finds = [find for find in finds_in(text, "") if find.severity(settings=False) in BLOCKING]
        scores.seconds += process_time() - started
        scores.texts += 1
        scores.characters += len(text)
        identifiers = [span for span in spans if not span["type"].startswith(UNSCORED)]
        if not identifiers:
            scores.clean += 1
            scores.flagged += bool(finds)
        covered = {place for find in finds for place in range(find.start, find.end)}
        for span in identifiers:
            needed = {place for place in range(span["start"], span["end"]) if text[place].isalnum()}
            scores.spans[span["type"]] += 1
            scores.found[span["type"]] += not needed.isdisjoint(covered)
            scores.whole[span["type"]] += needed <= covered
        for find in finds:
            touched = [span for span in spans if span["start"] < find.end and find.start < span["end"]]
            if any(span in identifiers for span in touched) or not touched:
                scores.finds[find.entity_type] += 1
                scores.right[find.entity_type] += bool(touched)
    return scores


def _setting() -> str:
    from importlib.metadata import version

    return (
        "The audit's rules, no trained model, behind "
        f"presidio-analyzer {version('presidio-analyzer')}, Python {platform.python_version()}, one process. "
        "Only finds that would block (CRITICAL or HIGH) count. Found: a find overlaps the labelled span, "
        "whatever its type; whole: finds cover every letter and digit of it. Precision: the share of finds "
        "that overlap a labelled identifier; finds on other labels do not count. Intervals: 95 % Wilson. "
        "Sets called dev_ were looked at while the rules were written, so their figures flatter the rules. "
        "No real clinical note with identifiers was used: sensitivity on such notes is not known."
    )


def _table(name: str, scores: Scores) -> str:
    lines = [f"#### {name}", ""]
    if scores.spans:
        lines += ["| labelled type | spans | found | whole |", "|---|---|---|---|"]
        for kind, spans in sorted(scores.spans.items()):
            whole = f"{scores.whole[kind] / spans:.3f}"
            lines.append(f"| {kind} | {spans} | {_share(scores.found[kind], spans)} | {whole} |")
        total = scores.spans.total()
        whole = f"{scores.whole.total() / total:.3f}"
        lines += [f"| all | {total} | {_share(scores.found.total(), total)} | {whole} |", ""]
    if scores.spans and scores.finds:
        lines += ["| type of find | finds | precision |", "|---|---|---|"]
        for kind, finds in sorted(scores.finds.items()):
            lines.append(f"| {kind} | {finds} | {_share(scores.right[kind], finds)} |")
        total = scores.finds.total()
        lines += [f"| all | {total} | {_share(scores.right.total(), total)} |", ""]
    if scores.clean:
        share = _share(scores.flagged, scores.clean)
        flagged = f"{scores.flagged} of {scores.clean}, {share}"
        lines.append(f"Texts without a labelled identifier that would be blocked: {flagged}.")
    speed = scores.characters / 1000 / scores.seconds
    lines += [f"{scores.texts} texts, {scores.characters} characters, {speed:.0f} KB per CPU second.", ""]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    from clinft.statistics.proportions import wilson

    interval = wilson(part, whole)
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


if __name__ == "__main__":
    main()
