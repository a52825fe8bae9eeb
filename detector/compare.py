"""Several trained detectors side by side, each at an operating point chosen for it: a Markdown table.

So are the ablations of docs/detector.md made, and two seeds compared. Needs the folder `bench` on the path of
Python.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from audit_scores import ALL
from audit_sets import sets

from clinft.stages.audit.detector.network import Network
from detector.measure import blocked, engine, found_by, scored
from detector.operate import Read, chosen_for, read


def row(weights: Path, by_set: Mapping[str, Sequence[Read]]) -> list[str]:
    """The name, then for each set recall, blocking recall, precision and clean texts with a HIGH finding."""
    point = chosen_for(Network(dict(np.load(weights))), by_set)
    cells = [weights.stem]
    for reads in by_set.values():
        records = [one.record for one in reads]
        found = found_by(engine("both", weights, point), records)
        scores = scored(records, found)
        every, stops = scores.of(ALL), blocked(records, found)
        if every.spans:
            cells += [
                f"{every.found / every.spans:.4f}",
                f"{stops.found / stops.spans:.4f}",
                f"{every.right / every.findings:.4f}",
            ]
        cells.append(f"{scores.blocked} of {scores.clean}")
    return cells


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--weights", type=Path, nargs="+", required=True)
    given = parser.parse_args()
    by_set = {one.name: list(read(one.records)) for one in sets(given.sets, None)}
    head = ["weights"]
    for name, reads in by_set.items():
        labelled = any(not span.free for one in reads for span in one.record.spans)
        measures = ("recall", "blocking", "precision") if labelled else ()
        head += [f"{name}: {measure}" for measure in (*measures, "clean flagged")]
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    for weights in given.weights:
        print(f"| {' | '.join(row(weights, by_set))} |", flush=True)


if __name__ == "__main__":
    main()
