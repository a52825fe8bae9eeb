"""Two files of answers, without a project: the same gate on rows that somebody else's systems gave."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Given:
    """One file. `labelled`: its rows have target and prediction; else a score alone."""

    rows: Sequence[ItemResult]
    labelled: bool
    sha256: str

    @property
    def scored(self) -> bool:
        return any(row.score is not None for row in self.rows)


def compared_metrics(given: Given, asked: Sequence[MetricName]) -> tuple[MetricName, ...]:
    """`asked`, or accuracy where there are predictions, and the score where there are scores.

    Whoever made the file wrote the score too: beside predictions it is never judged without them.
    """
    wanted: Sequence[MetricName]
    if not given.labelled:
        wanted = asked or ("score",)
    elif not asked:
        wanted = ("accuracy", "score") if given.scored else ("accuracy",)
    else:
        wanted = (*asked, "accuracy") if given.scored and "score" in asked else asked
    return tuple(dict.fromkeys(wanted))


def protocol_of(
    given: Given,
    metrics: Sequence[MetricName],
    margin: float,
    critical_labels: Sequence[str],
    sentinels: Sequence[str],
) -> Protocol:
    """`given`: the candidate."""
    labels = tuple(sorted({row.target for row in given.rows if row.target is not None}))
    margins = tuple(Margin(metric=name, margin=margin) for name in compared_metrics(given, metrics))
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
        main_metric="accuracy" if given.labelled else "score",
    )


def regress_files(baseline: Given, candidate: Given, protocol: Protocol, system: str) -> FilesVerdict:
    pairing = _paired(baseline, candidate, system)
    base = FilesVerdict(
        verdict="INCOMPARABLE",
        reason="",
        n=len(candidate.rows),
        baseline_sha256=baseline.sha256,
        candidate_sha256=candidate.sha256,
        protocol_sha256=protocol.sha256,
    )
    if isinstance(pairing, Incomparable):
        return base.model_copy(update={"reason": pairing.reason})
    return _compared(base, protocol, pairing)


def _paired(baseline: Given, candidate: Given, system: str) -> Pairing | Incomparable:
    """Answers that were judged here are not compared with scores that somebody else gave."""
    if baseline.labelled != candidate.labelled:
        which = "candidate" if baseline.labelled else "baseline"
        return Incomparable(f"The {which} has scores alone, the other file predictions.")
    pairing = pair(candidate.rows, baseline.rows, system)
    if isinstance(pairing, Incomparable):
        return pairing
    alone = sum((before.score is None) != (now.score is None) for before, now in pairing.answered)
    if alone:
        return Incomparable(f"Only one of the two files has a score for {alone:,} of its items.")
    return pairing


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
