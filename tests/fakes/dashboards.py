"""A committed record of many runs, made in a second: every figure in it is invented, by a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from clinft import run_folder
from clinft.artifacts.planning import CostEstimate, CostPart, Interval
from clinft.artifacts.results import CriticalFlip, EvaluationReport, RegressionVerdict, SystemResult
from clinft.pipeline import status_files
from clinft.stages.report import stage
from tests.fakes import audit_reports, run_facts, run_inputs, run_results
from tests.fakes.committed_runs import entries, seal, sealed

FIRST_DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
N = 240
DOCUMENTS = ("MODEL_CARD.md", "DATA_DICTIONARY.md", "HIPAA_REPORT.md")
RENDERED = (*DOCUMENTS, "report.md")


@dataclass(frozen=True)
class Kind:
    name: str
    summary: str
    domain: str
    provider: str
    base_model: str
    base: float
    start: float
    usd: Decimal
    last: str = "PASS"


KINDS = (
    Kind("icd10-chapter", "ICD-10 chapter of the main diagnosis in a short clinical note", "general-medicine",
         "peft", "builtin:smollm2-135m", 0.42, 0.66, Decimal(0)),
    Kind("discharge-meds", "Medication changes in a discharge letter, as a list", "cardiology",
         "openai", "gpt-4.1-mini-2025-04-14", 0.61, 0.74, Decimal("14.20"), "WARN"),
    Kind("triage-acuity", "Acuity of an emergency visit from the triage note", "emergency-triage",
         "azure_openai", "gpt-4.1-nano-2025-04-14", 0.55, 0.70, Decimal("6.80"), "failed"),
)  # fmt: skip
SPEC = """\
version: 1
name: {name}
summary: {summary}
owners: ["@octo-org/clinical-ml"]
clinical_domain: {domain}
intended_use: A professional reads every answer beside the note and decides.
out_of_scope:
  - Billing without a professional's review
  - Notes of children
"""


def commit_many(projects: Path, count: int, seed: int = 7, kinds: Sequence[Kind] = KINDS) -> None:
    """`count` runs, shared among projects; the newest good run is deployed, but for one project."""
    chance = Random(seed)
    for kind, share in zip(kinds, _shares(count, len(kinds)), strict=True):
        folder = projects / kind.name
        folder.mkdir(parents=True)
        (folder / "project.yaml").write_text(_spec(kind))
        run_folder.save(
            folder, sealed("assess", run_results.assessment(), _iso(FIRST_DAY), project=kind.name)
        )
        good = None
        for number in range(share):
            began = FIRST_DAY + timedelta(days=number * 250 / max(share, 2) + chance.random() * 2)
            last = kind.last if number == share - 1 > 1 else None
            good = _commit(projects, kind, number, began, chance, good, last) or good
        for name in DOCUMENTS:
            (folder / name).write_text(_documents()[name])
        if good is not None and kind is not KINDS[1]:
            (folder / "deployment.yaml").write_text(f"run_id: {good}\n")


def _shares(count: int, among: int) -> list[int]:
    """The first has half of them, the second half of the rest."""
    shares: list[int] = []
    for left in range(among, 0, -1):
        rest = count - sum(shares)
        shares.append(rest if left == 1 else rest // 2)
    return shares


def _spec(kind: Kind) -> str:
    return SPEC.format(name=kind.name, summary=kind.summary, domain=kind.domain)


def _commit(
    projects: Path,
    kind: Kind,
    number: int,
    began: datetime,
    chance: Random,
    before: str | None,
    last: str | None,
) -> str | None:
    """Its id where it may be deployed. `last`: how the newest run of its project ended."""
    run_id = f"{chance.randrange(16**12):012x}-a1"
    folder, at = projects / kind.name / "runs" / run_id, _iso(began)
    failed = (chance.random() < 0.08 and last is None) or last == "failed"
    report = _evaluation(kind, number, chance)
    verdict = _verdict(run_id, before, report, chance, last)
    cost, actual = _cost(kind, run_id, chance)
    payloads = {
        "prepare": run_inputs.prepared(),
        "audit": audit_reports.audit(),
        "estimate": cost,
        "gate": _gate(number),
    }
    if not failed:
        payloads |= {"train": run_results.model(), "evaluate": report, "regress": verdict}
    digests: dict[str, str] = {}
    for name, payload in payloads.items():
        paid = {"train": actual, "evaluate": cost.evaluation_usd}.get(name)
        more: dict[str, Any] = {} if paid is None else {"measured": {"cost_usd": str(paid)}}
        artifact = sealed(name, payload, at, project=kind.name, inputs=dict(digests), **more)
        run_folder.save(folder, artifact)
        digests[name] = artifact.digest
    (folder / "project.yaml").write_text(_spec(kind))
    for name, text in _documents().items() if not failed else ():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    record = seal(folder, kind.name, run_id, "failed" if failed else "succeeded")
    lived = ("queued", "failed") if failed else ("queued", "running", "trained", "succeeded")
    status_files.write_new(folder, entries(run_id, lived, record=record.digest, day=at[:10]))
    return run_id if not failed and verdict.recommendation == "deploy" else None


def _evaluation(kind: Kind, number: int, chance: Random) -> EvaluationReport:
    value = min(0.93, kind.start + 0.16 * (1 - 0.93**number) + chance.gauss(0, 0.018))
    made = run_results.evaluation()
    systems = tuple(_moved(system, kind, value, chance) for system in made.systems)
    met = value - 0.05 >= 0.62
    bound = made.thresholds[0].model_copy(
        update={"met": met, "bound": "at least 0.62", "detail": f"lower bound {value - 0.05:.3f}"}
    )
    return made.model_copy(
        update={
            "systems": systems, "n": N, "thresholds": (bound, *made.thresholds[1:]), "thresholds_met": met,
            # The test split was made anew once.
            "test_sha256": ("4" if number < 9 else "8") * 64,
        }
    )  # fmt: skip


def _moved(system: SystemResult, kind: Kind, value: float, chance: Random) -> SystemResult:
    middle = value if system.system == "tuned" else kind.base + chance.gauss(0, 0.012)
    values = {
        "accuracy": middle, "macro_f1": middle - 0.03, "parse_failure_rate": max(0.0, 0.09 - 0.1 * middle),
        "perplexity": 9.5 - 9 * middle, "critical_recall": min(0.97, middle + 0.09),
    }  # fmt: skip
    metrics = tuple(
        one
        if one.interval is None
        else one.model_copy(update={"interval": _around(one.interval, values[one.metric])})
        for one in system.metrics
    )
    return system.model_copy(update={"metrics": metrics})


def _around(interval: Interval, value: float) -> Interval:
    half = 0.35 if value > 1 else 0.5 * (value * (1 - value)) ** 0.5 / 4.4 + 0.004
    return interval.model_copy(
        update={"value": value, "low": max(0.0, value - half), "high": value + half, "n": N}
    )


def _verdict(
    run_id: str, before: str | None, report: EvaluationReport, chance: Random, last: str | None
) -> RegressionVerdict:
    made, drawn = run_results.regression(), chance.random()
    drawn = {"PASS": 0.0, "WARN": 0.7}.get(last or "", drawn)
    if before is None:
        told: dict[str, Any] = {"reason": "Nothing is deployed yet and every threshold is met."}
    elif drawn < 0.6 and report.thresholds_met:
        told = {"status": "PASS", "reason": "No metric may have lost more than its margin."}
    elif drawn < 0.82:
        told = {
            "status": "WARN",
            "recommendation": "iterate",
            "reason": "Too few items to rule a loss of the margin out.",
        }
    elif drawn < 0.95:
        told = {
            "status": "FAIL",
            "recommendation": "iterate",
            "reason": "Accuracy lost more than its margin of 0.02.",
        }
    else:
        flip = CriticalFlip(item="test-0007", target="circulatory", prediction=None)
        told = {"status": "CRITICAL", "recommendation": "iterate", "critical_flips": (flip,),
                "reason": "A critical case that the baseline found is missed."}  # fmt: skip
    if not report.thresholds_met and told.get("recommendation") is None:
        told = {"status": "WARN", "recommendation": "iterate", "reason": "A threshold is not met."}
    return made.model_copy(update={"candidate_run_id": run_id, "baseline_run_id": before, **told})


def _cost(kind: Kind, run_id: str, chance: Random) -> tuple[CostEstimate, Decimal | None]:
    made = run_inputs.estimate()
    base = made.plan.base_model.model_copy(
        update={"ref": kind.base_model, "kind": "builtin" if kind.provider == "peft" else "hosted"}
    )
    plan = made.plan.model_copy(update={"project": kind.name, "provider": kind.provider, "base_model": base,
                                        "recipe": {"method": "sft"}})  # fmt: skip
    cents = Decimal("0.01")
    estimated = (kind.usd * Decimal(str(0.9 + 0.25 * chance.random()))).quantize(cents)
    actual = (estimated * Decimal(str(0.86 + 0.2 * chance.random()))).quantize(cents)
    until = None if kind.provider == "peft" else "2027-01-13"
    upper, asked = (estimated * Decimal("1.2")).quantize(cents), (estimated * Decimal("0.05")).quantize(cents)
    parts = (
        CostPart(what="training", usd=estimated, usd_upper=upper, formula="invented"),
        CostPart(what="evaluation", usd=asked, usd_upper=2 * asked, formula="invented"),
    )
    changed = {"plan": plan, "cost_usd": estimated, "cost_usd_upper": upper + 2 * asked, "parts": parts,
               "evaluation_usd": asked, "served_until": until}  # fmt: skip
    return made.model_copy(update=changed), None if chance.random() < 0.1 else actual


def _gate(number: int) -> Any:
    made = run_inputs.decision()
    source = made.source.model_copy(update={"pull_request": 40 + number})
    return made.model_copy(update={"source": source, "mode": "train"})


@cache
def _documents() -> dict[str, str]:
    """Of one run made by hand, drawn once: its figures are not those of the runs around it."""
    rendered = stage.render(run_facts.run_facts())
    return {name: text for name, text in rendered.items() if name.endswith(".svg") or name in RENDERED}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
