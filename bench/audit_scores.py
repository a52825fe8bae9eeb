"""Labelled spans against findings: what was found, what was wrong, which records leak. Pure arithmetic.

A span whose label begins with ~ is a don't-care: neither a hit nor a miss, and a finding that touches nothing
else is neither right nor false. Recall counts every finding, precision all but those that only inform.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

ALL, STRUCTURED, NO_LABEL = "all", "structured", "(no label)"
FREE = "~"


class Span(NamedTuple):
    start: int
    end: int
    label: str

    @property
    def free(self) -> bool:
        return self.label.startswith(FREE)


class Finding(NamedTuple):
    """`labels`: what its type can stand for. `informs`: INFO only. `blocks`: HIGH or CRITICAL."""

    start: int
    end: int
    labels: tuple[str, ...]
    informs: bool = False
    blocks: bool = False
    entity_type: str = ""


class Counts(NamedTuple):
    """`found`, `right`: any overlap, whatever the type. `exact`, `right_exact`: same span and right type."""

    spans: int = 0
    found: int = 0
    exact: int = 0
    findings: int = 0
    right: int = 0
    right_exact: int = 0

    def plus(self, other: "Counts", times: int = 1) -> "Counts":
        return Counts(*(mine + times * yours for mine, yours in zip(self, other, strict=True)))


@dataclass
class Scores:
    """`groups`: label, ALL or STRUCTURED → counts. `items`: the counts of each record, for F1's interval."""

    records: int = 0
    groups: dict[str, Counts] = field(default_factory=dict)
    items: dict[str, list[Counts]] = field(default_factory=lambda: {ALL: [], STRUCTURED: []})
    holders: int = 0
    leaking: int = 0
    clean: int = 0
    flagged: int = 0
    blocked: int = 0

    def of(self, group: str) -> Counts:
        return self.groups.get(group, Counts())


def score(
    records: Iterable[tuple[Sequence[Span], Sequence[Finding]]], unstructured: frozenset[str]
) -> Scores:
    scores = Scores()
    for spans, findings in records:
        counts = outcome(spans, findings, unstructured)
        scores.records += 1
        for group, found in counts.items():
            scores.groups[group] = scores.of(group).plus(found)
        for group, items in scores.items.items():
            items.append(counts.get(group, Counts()))
        if all(span.free for span in spans):
            false = false_findings(spans, findings)
            scores.clean += 1
            scores.flagged += bool(false)
            scores.blocked += any(finding.blocks for finding in false)
        else:
            scores.holders += 1
            scores.leaking += counts[ALL].found < counts[ALL].spans
    return scores


def outcome(
    spans: Sequence[Span], findings: Sequence[Finding], unstructured: frozenset[str]
) -> Mapping[str, Counts]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for span in spans:
        if not span.free:
            near = [finding for finding in findings if touches(finding, span)]
            exact = any(_exact(finding, span) for finding in near)
            kinds = (ALL, span.label) if span.label in unstructured else (ALL, STRUCTURED, span.label)
            for kind in kinds:
                counts[kind].update(spans=1, found=bool(near), exact=exact)
    for finding in findings:
        if not finding.informs:
            _judge(finding, _near(finding, spans), counts, unstructured)
    return {group: Counts(**found) for group, found in counts.items()}


def touches(one: Span | Finding, other: Span | Finding) -> bool:
    return one.start < other.end and other.start < one.end


def false_findings(spans: Sequence[Span], findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.informs and not _near(finding, spans)]


def _near(finding: Finding, spans: Sequence[Span]) -> list[Span]:
    return [span for span in spans if touches(finding, span)]


def _exact(finding: Finding, span: Span) -> bool:
    return finding[:2] == span[:2] and span.label in finding.labels


def _judge(
    finding: Finding, near: list[Span], counts: dict[str, Counter[str]], unstructured: frozenset[str]
) -> None:
    identifiers = [span for span in near if not span.free]
    if identifiers or not near:
        for kind in (ALL, _kind(finding, identifiers)):
            _count(counts[kind], finding, identifiers)
    # Names and places are no matter of the structured part: neither found there nor reported as such.
    matter = [span for span in identifiers if span.label not in unstructured]
    if (matter or not near) and not unstructured.issuperset(finding.labels):
        _count(counts[STRUCTURED], finding, matter)


def _count(counts: Counter[str], finding: Finding, identifiers: list[Span]) -> None:
    exact = any(_exact(finding, span) for span in identifiers)
    counts.update(findings=1, right=bool(identifiers), right_exact=exact)


def _kind(finding: Finding, identifiers: list[Span]) -> str:
    """The label it counts under: one that it touches and can mean, or else the likeliest."""
    touched = [span.label for span in identifiers if span.label in finding.labels]
    return (touched or [*finding.labels, NO_LABEL])[0]


def f1(found: int, spans: int, right: int, findings: int) -> float:
    """Harmonic mean of found/spans and right/findings; 0 where either is 0 or has nothing to measure."""
    if not found or not right:
        return 0.0
    recall, precision = found / spans, right / findings
    return 2 * recall * precision / (recall + precision)


def overlap_f1(items: Mapping[Counts, int]) -> float:
    total = _total(items)
    return f1(total.found, total.spans, total.right, total.findings)


def exact_f1(items: Mapping[Counts, int]) -> float:
    total = _total(items)
    return f1(total.exact, total.spans, total.right_exact, total.findings)


def _total(items: Mapping[Counts, int]) -> Counts:
    total = Counts()
    for counts, times in items.items():
        total = total.plus(counts, times)
    return total
