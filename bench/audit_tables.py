"""What the audit's benchmark found, as Markdown: quality, leaks, cost, targets, each type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from audit_labels import OURS, WHOLE
from audit_scores import ALL, STRUCTURED, Counts, Scores, exact_f1, f1, overlap_f1

from clinft.statistics.bootstrap import bootstrap
from clinft.statistics.proportions import wilson

DEFAULT = "presidio"
TUNED = "presidio-tuned"
STRUCTURED_RECALL, STRUCTURED_PRECISION = 0.99, 0.98
# Of all identifiers. A set of general sentences asks for less: it is not what the detector was made for.
RECALL, RECALL_GENERAL, PRECISION, BLOCKED = 0.99, 0.93, 0.95, 0.05
GENERAL = "dev_general"
# Times the records per CPU second of Presidio, as it is and tuned.
SPEED = {DEFAULT: 40, TUNED: 25}
RESAMPLES = 500
# CPU time may be counted in steps of 10 ms.
SHORTEST_SECONDS = 0.1
NOTHING = "–"
MEASURES = "recall | recall, exact | precision | precision, exact | F1 | F1, exact"


@dataclass(frozen=True)
class Run:
    """What one system did on one set, and what it cost.

    `texts` are distinct, of so many `bytes` in UTF-8; all of them were read `passes` times in `seconds`.
    """

    what: str
    python: str
    load_seconds: float
    seconds: float
    passes: int
    peak_mib: float
    texts: int
    bytes: int
    scores: Scores

    def per_second(self, amount: float) -> float | None:
        """None where it was too short to time."""
        return amount * self.passes / self.seconds if self.seconds >= SHORTEST_SECONDS else None

    def times(self, other: "Run") -> float | None:
        """Records per CPU second as a multiple of the other's."""
        mine, yours = self.per_second(self.texts), other.per_second(other.texts)
        return mine / yours if mine and yours else None


def section(name: str, size: str, runs: Mapping[str, Run]) -> str:
    parts = [f"#### {name}", "", size, ""]
    any_scores = next(iter(runs.values())).scores
    for group, title in ((ALL, "All identifiers"), (STRUCTURED, "All but names and places")):
        if spans := any_scores.of(group).spans:
            parts += [f"{title} ({spans:,}):", "", *_groups(runs, group), ""]
    parts += [*_records(runs), "", *_costs(runs), ""]
    for ours in [system for system in OURS if system in runs]:
        parts += [*targets(ours, runs, name), ""]
    if any_scores.of(ALL).spans:
        for system, run in runs.items():
            parts += [f"By labelled type, {system}:", "", *_types(run.scores), ""]
    return "\n".join(parts)


def targets(ours: str, runs: Mapping[str, Run], name: str) -> list[str]:
    """A line for each target that this set and these systems can measure."""
    scores = runs[ours].scores
    lines = []
    if (counts := scores.of(STRUCTURED)).spans:
        lines.append(_target(f"{ours}, structured recall", counts.found / counts.spans, STRUCTURED_RECALL, 4))
        share = counts.right / counts.findings if counts.findings else 0.0
        lines.append(_target(f"{ours}, structured precision", share, STRUCTURED_PRECISION, 4))
    if ours == WHOLE:
        lines += _whole(scores, name)
    for peer, wanted in SPEED.items():
        if peer in runs:
            what = f"{ours}, records per CPU second, times {peer}"
            ratio = runs[ours].times(runs[peer])
            lines.append(_target(what, ratio, wanted, 1) if ratio else f"- TOO SHORT to time: {what}")
    return lines


def _whole(scores: Scores, name: str) -> list[str]:
    counts, lines = scores.of(ALL), []
    if counts.spans:
        general = name == GENERAL
        wanted = RECALL_GENERAL if general else RECALL
        lines.append(_target(f"{WHOLE}, recall", counts.found / counts.spans, wanted, 4))
        share = counts.right / counts.findings if counts.findings else 0.0
        if not general:
            lines.append(_target(f"{WHOLE}, precision", share, PRECISION, 4))
    if scores.clean:
        share = scores.blocked / scores.clean
        verdict = "MET" if share <= BLOCKED else "MISSED"
        lines.append(
            f"- {verdict}: {WHOLE}, clean records with a HIGH finding {share:.4f}, at most {BLOCKED}"
        )
    return lines


def _target(what: str, value: float, wanted: float, digits: int) -> str:
    shown = f"{value:.{digits}f}"
    return f"- {'MET' if value >= wanted else 'MISSED'}: {what} {shown}, target {wanted}"


def _groups(runs: Mapping[str, Run], group: str) -> list[str]:
    lines = [f"| system | {MEASURES} |", "|---|---|---|---|---|---|---|"]
    for system, run in runs.items():
        counts, items = run.scores.of(group), run.scores.items[group]
        cells = [*_shares(counts), _f1_interval(items, overlap_f1), _f1_interval(items, exact_f1)]
        lines.append(_row(system, *cells))
    return lines


def _types(scores: Scores) -> list[str]:
    lines = [f"| type | spans | findings | {MEASURES} |", "|---|---|---|---|---|---|---|---|---|"]
    for group in sorted(set(scores.groups) - {ALL, STRUCTURED}):
        counts = scores.of(group)
        overlap = exact = NOTHING
        if counts.spans and counts.findings:
            overlap = f"{f1(counts.found, counts.spans, counts.right, counts.findings):.3f}"
            exact = f"{f1(counts.exact, counts.spans, counts.right_exact, counts.findings):.3f}"
        lines.append(_row(group, str(counts.spans), str(counts.findings), *_shares(counts), overlap, exact))
    return lines


def _records(runs: Mapping[str, Run]) -> list[str]:
    lines = [
        "| system | records with a leak | clean records flagged | clean records blocked |",
        "|---|---|---|---|",
    ]
    for system, run in runs.items():
        scores = run.scores
        blocked = _of(scores.blocked, scores.clean) if system in OURS else NOTHING
        leaking, flagged = _of(scores.leaking, scores.holders), _of(scores.flagged, scores.clean)
        lines.append(_row(system, leaking, flagged, blocked))
    return lines


def _costs(runs: Mapping[str, Run]) -> list[str]:
    lines = [
        "| system | records per CPU s | KB per CPU s | times Presidio's default | load, CPU s | peak, MiB |",
        "|---|---|---|---|---|---|",
    ]
    for system, run in runs.items():
        speeds = (run.per_second(run.texts), run.per_second(run.bytes / 1000))
        ratio = run.times(runs[DEFAULT]) if DEFAULT in runs else None
        cells = [f"{speed:,.0f}" if speed else NOTHING for speed in speeds]
        cells += [f"{ratio:.1f}" if ratio else NOTHING, f"{run.load_seconds:.1f}", f"{run.peak_mib:.0f}"]
        lines.append(_row(system, *cells))
    return lines


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _shares(counts: Counts) -> tuple[str, str, str, str]:
    return (
        _share(counts.found, counts.spans),
        _share(counts.exact, counts.spans),
        _share(counts.right, counts.findings),
        _share(counts.right_exact, counts.findings),
    )


def _share(part: int, whole: int) -> str:
    if not whole:
        return NOTHING
    interval = wilson(part, whole)
    return f"{interval.value:.3f} ({interval.low:.3f}–{interval.high:.3f})"


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}, {_share(part, whole)}" if whole else NOTHING


def _f1_interval(items: list[Counts], statistic: Callable[[Mapping[Counts, int]], float]) -> str:
    if not any(counts.spans for counts in items):
        return NOTHING
    interval = bootstrap(items, statistic, resamples=RESAMPLES)
    return f"{interval.value:.3f} ({interval.low:.3f}–{interval.high:.3f})"
