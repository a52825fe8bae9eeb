"""Recall and precision of the detector, alone and beside the rules of the audit, on labelled JSON Lines.

Needs the folder `bench` of clinft on the path of Python: what counts as found is decided there.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from audit_labels import LETTERS, UNSTRUCTURED
from audit_scores import ALL, Counts, Finding, Scores, Span, false_findings, score, touches
from audit_sets import Record, sets

from clinft.stages.audit.detector.detector import Detector
from clinft.stages.audit.detector.network import Network
from clinft.stages.audit.detector.operating_point import Limits, OperatingPoint, chosen
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.finds import Find
from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.severity import BLOCKING
from clinft.stages.audit.severity import weights as severities

SYSTEMS = ("rules", "detector", "both")
Found = list[list[Finding]]


class Mistake(NamedTuple):
    """`kind`: the label that was missed, or + and the type that was found; the text has it in [[ ]]."""

    kind: str
    record: str
    text: str


def engine(system: str, weights: Path | None, point: OperatingPoint) -> Engine:
    """`system`: one of SYSTEMS."""
    given = None if weights is None else dict(np.load(weights))
    detecting = None if system == "rules" else Detector(Network(given), point)
    return Engine({} if system == "detector" else TABLE, severities(), detecting=detecting)


def found_by(searching: Engine, records: Sequence[Record]) -> Found:
    return [[_finding(find) for find in searching.finds(record.text)] for record in records]


def _finding(find: Find) -> Finding:
    severity = find.severity(settings=False)
    return Finding(
        find.start,
        find.end,
        LETTERS[find.weight.letter],
        severity == "INFO",
        severity in BLOCKING,
        find.entity_type,
    )


def blocked(records: Sequence[Record], found: Found) -> Counts:
    """What a reader finds who looks at nothing that does not block."""
    blocking = [[finding for finding in findings if finding.blocks] for findings in found]
    return scored(records, blocking).of(ALL)


def scored(records: Sequence[Record], found: Found) -> Scores:
    pairs = [(record.spans, finds) for record, finds in zip(records, found, strict=True)]
    return score(pairs, UNSTRUCTURED)


def mistakes(records: Sequence[Record], found: Found) -> list[Mistake]:
    wrong = []
    for record, finds in zip(records, found, strict=True):
        for span in record.spans:
            if not span.free and not any(touches(find, span) for find in finds):
                wrong.append(_mistake(span.label, record, span))
        for find in false_findings(record.spans, finds):
            wrong.append(_mistake(f"+{find.entity_type}", record, find))
    return wrong


def _mistake(kind: str, record: Record, place: Span | Finding) -> Mistake:
    start, end, text = place.start, place.end, record.text
    shown = f"{text[max(0, start - 40) : start]}[[{text[start:end]}]]{text[end : end + 30]}"
    return Mistake(kind, record.id, " ".join(shown.split()))


def lines(name: str, scores: Scores) -> list[str]:
    """One line for all labels, one for each label that a set has."""
    every = scores.of(ALL)
    head = f"{name}: recall {_share(every.found, every.spans)}, "
    head += f"precision {_share(every.right, every.findings)}, "
    head += f"leaking {scores.leaking}/{scores.holders}, clean flagged {scores.flagged}/{scores.clean}"
    head += f", with a HIGH finding {scores.blocked}"
    labels = sorted(
        (group for group in scores.groups if scores.of(group).spans), key=lambda g: -scores.of(g).spans
    )
    each = (
        f"{group} {_share(scores.of(group).found, scores.of(group).spans)}"
        for group in labels
        if group != ALL
    )
    return [head, "    " + ", ".join(each)] if labels else [head]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f} ({part}/{whole})" if whole else "- (0)"


def point_of(certain: float, possible: float) -> OperatingPoint:
    """The chosen one with the same limits for every label."""
    return replace(chosen(), limits=dict.fromkeys(chosen().limits, Limits(certain, possible)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--limits", type=float, nargs=2, action="append", help="certain and possible")
    parser.add_argument("--systems", choices=SYSTEMS, nargs="+", default=SYSTEMS)
    parser.add_argument(
        "--mistakes", type=int, default=0, help="how many of each kind of the last system to show"
    )
    given = parser.parse_args()
    points = [point_of(*pair) for pair in given.limits or ()] or [chosen()]
    for one in sets(given.sets, None):
        print(f"\n{one.name}: {one.size}")
        for point in points:
            for system in given.systems:
                found = found_by(engine(system, given.weights, point), one.records)
                limits = ", ".join(f"{each.certain:g}/{each.possible:g}" for each in point.limits.values())
                print("\n".join(lines(f"{system} at {limits}", scored(one.records, found))))
                by_blocks = blocked(one.records, found)
                print(f"    blocking alone: recall {_share(by_blocks.found, by_blocks.spans)}")
            if given.mistakes:
                _show(mistakes(one.records, found), given.mistakes)


def _show(wrong: Sequence[Mistake], limit: int) -> None:
    for kind, count in Counter(mistake.kind for mistake in wrong).most_common():
        print(f"  {kind}: {count}")
        for mistake in [mistake for mistake in wrong if mistake.kind == kind][:limit]:
            print(f"      {mistake.record}: {mistake.text}")


if __name__ == "__main__":
    main()
