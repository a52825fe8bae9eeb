"""Two files of answers, without a project: the same gate on rows that somebody else's systems gave."""

from collections.abc import Sequence
from typing import Literal, cast

from pydantic import Field

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.results import (
    CriticalFlip,
    ItemResult,
    MetricChange,
    SafetyCheck,
    SubgroupChange,
)
from clinft.spec.base import Sha256, Strict
from clinft.spec.evaluation import Margin, MetricName
from clinft.stages.regress import caveats, reason, safety, subgroups
from clinft.stages.regress.judging import judge
from clinft.stages.regress.pairing import Incomparable, Pairing, pair
from clinft.stages.regress.protocol import Protocol

Verdict = Literal["PASS", "WARN", "FAIL", "CRITICAL", "INCOMPARABLE"]
CONFIDENCE = 0.95


class FilesVerdict(Strict):
    """What `clinft regress --json` prints. `metrics`: difference, interval, p, discordant counts, the loss
    that would have shown, and items needed, of each."""

    verdict: Verdict
    reason: str
    n: int
    metrics: tuple[MetricChange, ...] = ()
    safety: tuple[SafetyCheck, ...] = ()
    critical_flips: tuple[CriticalFlip, ...] = ()
    subgroups: tuple[SubgroupChange, ...] = ()
    caveats: tuple[str, ...] = ()
    baseline_sha256: Sha256
    candidate_sha256: Sha256
    protocol_sha256: Sha256 = Field(description="Of metrics, margin, critical labels and sentinels.")

    @property
    def is_good(self) -> bool:
        return self.verdict in ("PASS", "WARN")


def default_metric(rows: Sequence[ItemResult]) -> MetricName:
    """Accuracy where answers were judged; the score where the rows hold nothing else."""
    graded = all(row.score is not None for row in rows)
    return "score" if graded and all(row.target is None for row in rows) else "accuracy"


def protocol_of(
    rows: Sequence[ItemResult],
    metrics: Sequence[MetricName],
    margin: float,
    critical_labels: Sequence[str],
    sentinels: Sequence[str],
) -> Protocol:
    """`rows`: of the candidate. Without `metrics` the default one is compared."""
    labels = tuple(sorted({row.target for row in rows if row.target is not None}))
    chosen = tuple(dict.fromkeys(metrics)) or (default_metric(rows),)
    margins = tuple(Margin(metric=name, margin=margin) for name in chosen)
    written = {
        "margins": [one.model_dump(mode="json") for one in margins],
        "critical_labels": sorted(critical_labels),
        "sentinels": sorted(sentinels),
        "confidence": CONFIDENCE,
    }
    return Protocol(
        margins=margins,
        confidence=CONFIDENCE,
        sha256=digest_json(written),
        labels=labels,
        critical_labels=tuple(critical_labels),
        sentinels=tuple(sentinels),
        kind="classification" if labels else "question_answering",
        main_metric=default_metric(rows),
    )


def regress_files(
    baseline: Sequence[ItemResult],
    candidate: Sequence[ItemResult],
    protocol: Protocol,
    system: str,
    baseline_sha256: str,
    candidate_sha256: str,
) -> FilesVerdict:
    pairing = pair(candidate, baseline, system)
    base = FilesVerdict(
        verdict="INCOMPARABLE",
        reason="",
        n=len(candidate),
        baseline_sha256=baseline_sha256,
        candidate_sha256=candidate_sha256,
        protocol_sha256=protocol.sha256,
    )
    if isinstance(pairing, Incomparable):
        return base.model_copy(update={"reason": pairing.reason})
    return _compared(base, protocol, pairing)


def _compared(base: FilesVerdict, protocol: Protocol, pairing: Pairing) -> FilesVerdict:
    (metrics,) = judge(protocol, [pairing])
    groups = subgroups.groups(protocol, pairing.answered)
    changed = subgroups.changes(protocol, pairing, groups)
    checks = (
        *safety.compared(protocol, pairing),
        *subgroups.check(protocol, pairing, groups, changed),
    )
    verdict = cast(Verdict, safety.worst_of(metrics, checks))
    told = (
        *reason.of_safety(checks),
        *reason.of_metrics(metrics),
        reason.power(pairing, metrics, protocol.confidence),
    )
    return base.model_copy(
        update={
            "verdict": verdict,
            "reason": " ".join(told),
            "metrics": metrics,
            "safety": checks,
            "critical_flips": tuple(safety.flips(protocol, pairing)),
            "subgroups": changed,
            "caveats": tuple(caveats.of_comparison(protocol, pairing, metrics, checks, changed))
            if verdict == "PASS"
            else (),
        }
    )
