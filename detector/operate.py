"""Chooses the operating point on development sets and writes `operating_point.yaml`, which run time reads.

The rule: odds become chances by a logistic function fitted to the words of all sets. For each label,
`certain` is the lowest chance, not under one half, at which this label alone is wrong in at most 1 of 200
clean clinical texts; `possible` is the lowest, not under 0.05, at which it is listed in at most 15 of 100.
So recall is as high as a reader's patience allows.
Needs the folder `bench` on the path of Python.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import yaml
from audit_sets import Record, sets

from clinft.spec.folding import fold
from clinft.stages.audit.detector.detector import Detector, Place
from clinft.stages.audit.detector.files import folder
from clinft.stages.audit.detector.network import LABELS, Network
from clinft.stages.audit.detector.operating_point import Limits, OperatingPoint
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.severity import weights as severities

Floats = npt.NDArray[np.float64]

GRID = tuple(round(step / 100, 2) for step in range(5, 100))
# A find that blocks is more likely right than wrong.
EVEN = 0.5
# Of the clean clinical texts: those in which one label may be wrong, and may be listed as possible.
WRONG, LISTED = 0.005, 0.15
# Words less likely than these odds are surely ordinary; a logistic function must not be bent to fit them.
FITTED = -6.0
STEPS = 50
CLEAN_CLINICAL = ("dev_clinical", "dev_clean_dialogue_sections")


class Read(NamedTuple):
    """A record as the detector gets it: folded, with the places that rules have explained."""

    record: Record
    text: str
    taken: tuple[Place, ...]
    clean: bool


def read(records: Sequence[Record]) -> Iterator[Read]:
    rules = Engine(TABLE, severities())
    for record in records:
        folded, places = fold(record.text)
        found = {at: place for place, at in reversed(list(enumerate(places)))}
        taken = tuple(
            (found.get(find.start, 0), found.get(find.end, len(folded))) for find in rules.finds(record.text)
        )
        yield Read(record, folded, taken, not record.spans)


def calibrated(odds: Floats, hits: Floats) -> tuple[float, float]:
    """Slope and offset of the logistic function that fits best (Platt 1999), by Newton's method."""
    columns = np.stack([odds, np.ones_like(odds)], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(STEPS):
        chances = 1 / (1 + np.exp(-columns @ found))
        gradient = columns.T @ (hits - chances)
        curvature = (columns * (chances * (1 - chances))[:, None]).T @ columns
        found += np.linalg.solve(curvature, gradient)
    return float(found[0]), float(found[1])


def seen_words(network: Network, reads: Sequence[Read]) -> tuple[Floats, Floats]:
    """Odds of the words that no rule explains, and 1 where a word is part of a name, place or free id."""
    odds, hits = [], []
    for one in reads:
        for word in network.words(one.text, FITTED):
            near = [span for span in one.record.spans if span.start < word.end and word.start < span.end]
            if len(one.text) != len(one.record.text) or any(span.free for span in near):
                continue
            if not any(start < word.end and word.start < end for start, end in one.taken):
                odds.append(word.odds)
                hits.append(float(bool(near)))
    return np.array(odds), np.array(hits)


def limits_of(network: Network, point: OperatingPoint, clean: Sequence[Read]) -> dict[str, Limits]:
    """Label → its limits, each the lowest of GRID that keeps to the share of clean texts."""
    shares = {chance: _flagged(network, point, clean, chance) for chance in GRID}
    return {
        label: Limits(
            certain=next((c for c in GRID if c >= EVEN and shares[c][label] <= WRONG), GRID[-1]),
            possible=next((c for c in GRID if shares[c][label] <= LISTED), GRID[-1]),
        )
        for label in LABELS[1:]
    }


def _flagged(
    network: Network, point: OperatingPoint, clean: Sequence[Read], chance: float
) -> dict[str, float]:
    """Label → share of the clean texts in which it is certain of something, if it is from `chance` on."""
    limits = dict.fromkeys(LABELS[1:], Limits(chance, chance))
    detector = Detector(network, replace(point, limits=limits))
    counts = dict.fromkeys(LABELS[1:], 0)
    for one in clean:
        for label in {
            find.origin.recognizer.split("/")[1].upper() for find in detector.finds(one.text, one.taken)
        }:
            counts[label] += 1
    return {label: count / max(1, len(clean)) for label, count in counts.items()}


def reliability(chances: Floats, hits: Floats) -> list[tuple[float, float, float, int]]:
    """For each tenth of the chances: its middle, the mean chance, the share of hits, how many words."""
    rows = []
    for tenth in range(10):
        inside = (chances >= tenth / 10) & ((chances < (tenth + 1) / 10) | (tenth == 9))
        if inside.any():
            rows.append((tenth / 10 + 0.05, chances[inside].mean(), hits[inside].mean(), int(inside.sum())))
    return rows


def chosen_for(network: Network, by_set: Mapping[str, Sequence[Read]]) -> OperatingPoint:
    """By the rule at the head of this module."""
    slope, offset = calibrated(*seen_words(network, [one for reads in by_set.values() for one in reads]))
    point = OperatingPoint(round(slope, 3), round(offset, 3), {})
    clean = [one for name in CLEAN_CLINICAL for one in by_set.get(name, ()) if one.clean]
    return replace(point, limits=limits_of(network, point, clean))


def plot(rows: Sequence[tuple[float, float, float, int]], path: Path) -> None:
    """The same bytes for the same rows."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "reliability"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(4.5, 4.5))
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="as said")
    axes.plot(
        [mean for _, mean, _, _ in rows], [share for *_, share, _ in rows], marker="o", label="measured"
    )
    axes.set(xlabel="chance that was said", ylabel="share of identifiers", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--plot", type=Path, help="an SVG file for the reliability of the chances")
    given = parser.parse_args()
    network = Network(None if given.weights is None else dict(np.load(given.weights)))
    by_set = {one.name: list(read(one.records)) for one in sets(given.sets, None)}
    point = chosen_for(network, by_set)
    table = {
        "slope": point.slope,
        "offset": point.offset,
        "limits": {
            label: {"certain": each.certain, "possible": each.possible}
            for label, each in point.limits.items()
        },
    }
    head = "# Written by `python -m detector.operate`; docs/detector.md says by which rule.\n"
    text = head + yaml.safe_dump(table, sort_keys=False, default_flow_style=None)
    (folder() / "operating_point.yaml").write_text(text, encoding="utf-8")
    print(text)
    odds, hits = seen_words(network, [one for reads in by_set.values() for one in reads])
    rows = reliability(1 / (1 + np.exp(-(point.slope * odds + point.offset))), hits)
    if given.plot:
        plot(rows, given.plot)
    for middle, mean, share, count in rows:
        print(f"chance about {middle:.2f}: mean {mean:.3f}, identifiers {share:.3f} of {count} words")


if __name__ == "__main__":
    main()
