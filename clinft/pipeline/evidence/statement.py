"""The in-toto Statement of a run: subjects by digest, and the chain from the data to the verdict.

Form: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md. The predicate is clinft's own,
described in docs/evidence.md; it holds digests, counts and verdicts, never text of records or answers.
"""

import json
from collections.abc import Callable
from typing import Any

from clinft.artifacts.results import RunRecord
from clinft.artifacts.run_state import StatusEntry
from clinft.pipeline.tracking.read import Evidence, TrackedRun

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:clinft:evidence:v1"
# Of the chain, the words that a reader of the predicate looks for, and the stage that stands for each.
STEPS = {
    "prepare": "data",
    "assess": "assessment",
    "audit": "audit",
    "estimate": "estimate",
    "gate": "approval",
    "train": "model",
    "evaluate": "evaluation",
    "regress": "verdict",
    "report": "report",
}
# What later readers decide on; the weights stand before them.
SUBJECTS = ("train.json", "evaluate.json", "items.jsonl", "regress.json", "record.json")
Facts = dict[str, Any]


def statement(run: TrackedRun, files: dict[str, str], version: str) -> Facts:
    """`files`: sha256 by name of everything in the evidence folder that is not derived from it."""
    record = run.own.record
    place = f"{record.project}/runs/{record.run_id}"
    return {
        "_type": TYPE,
        "subject": [*_weights(run), *_subjects(place, files)],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "project": record.project,
            "runId": record.run_id,
            "attempt": record.attempt,
            "status": record.status,
            "planDigest": record.plan_digest,
            "recordDigest": record.digest,
            "steps": _steps(run.own, place, files),
            "evaluatedAgain": [_again(evidence, place, files) for evidence in run.again],
            "history": [_entry(entry) for entry in run.status],
            "files": dict(sorted(files.items())),
            "packedBy": {"name": "clinft", "version": version},
        },
    }


def to_bytes(made: Facts) -> bytes:
    return (json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def weights_of(run: TrackedRun) -> dict[str, str]:
    """sha256 by file name; empty for a hosted model and for a run that was not trained."""
    trained = run.own.stages.get("train")
    return {} if trained is None else dict(sorted(trained.payload.weights.items()))


def _weights(run: TrackedRun) -> list[Facts]:
    return [{"name": f"weights/{name}", "digest": {"sha256": sha}} for name, sha in weights_of(run).items()]


def _subjects(place: str, files: dict[str, str]) -> list[Facts]:
    names = (f"{place}/{name}" for name in SUBJECTS)
    return [{"name": name, "digest": {"sha256": files[name]}} for name in names if name in files]


def _steps(evidence: Evidence, place: str, files: dict[str, str]) -> list[Facts]:
    listed = {stage.stage: stage for stage in evidence.record.stages}
    return [
        _step(stage, step, evidence, listed[stage].digest, f"{place}/{stage}.json", files)
        for stage, step in STEPS.items()
        if stage in listed
    ]


def _step(stage: str, step: str, evidence: Evidence, digest: str, name: str, files: dict[str, str]) -> Facts:
    artifact = evidence.stages.get(stage)
    made: Facts = {
        "step": step,
        "artifact": {"name": name, "digest": {"sha256": files[name]}},
        "contentDigest": digest,
    }
    if artifact is not None:
        made["inputs"] = dict(sorted(artifact.inputs.items()))
        made["createdAt"] = artifact.created_at
        made["clinftVersion"] = artifact.clinft_version
        made["found"] = FOUND[stage](artifact.payload) if stage in FOUND else {}
        if artifact.git_sha is not None:
            made["commit"] = artifact.git_sha
    return made


def _again(evidence: Evidence, place: str, files: dict[str, str]) -> Facts:
    record: RunRecord = evidence.record
    return {
        "number": evidence.again,
        "status": record.status,
        "recordDigest": record.digest,
        "steps": _steps(evidence, f"{place}/again/{evidence.again:02d}", files),
    }


def _entry(entry: StatusEntry) -> Facts:
    return {"number": entry.number, "status": entry.status, "at": entry.at, "digest": entry.digest}


def _data(payload: Any) -> Facts:
    return {
        "generator": payload.generator,
        "generatorVersion": payload.generator_version,
        "seed": payload.seed,
        "splits": {
            name: {"records": split.records, "scenarios": split.scenarios, "sha256": split.sha256}
            for name, split in sorted(payload.splits.items())
        },
        "sharedScenarios": payload.shared_scenarios,
    }


def _audit(payload: Any) -> Facts:
    return {
        "verdict": payload.verdict,
        "findings": dict(sorted(payload.by_severity.items())),
        "records": payload.records_scanned,
        "files": dict(sorted(payload.files_scanned.items())),
    }


def _estimate(payload: Any) -> Facts:
    # Money is a decimal, and JSON's numbers are none.
    return {"costUsdUpper": str(payload.cost_usd_upper), "withinBudget": payload.within_budget}


def _approval(payload: Any) -> Facts:
    return {
        "allowed": payload.allowed,
        "mode": payload.mode,
        "policySha256": payload.policy_sha256,
        "requiredRoles": list(payload.required_roles),
        "approvals": [
            {"role": one.role, "person": one.person, "kind": one.kind, "at": one.at, "plan": one.plan_digest}
            for one in payload.approvals
        ],
        "reasons": [reason.code for reason in payload.reasons],
        "waived": list(payload.waived),
        "source": payload.source.model_dump(mode="json"),
    }


def _model(payload: Any) -> Facts:
    return {
        "provider": payload.provider,
        "baseModel": payload.base_model.model_dump(mode="json"),
        "model": payload.fine_tuned_model,
        "trainingFile": payload.training_file,
        "validationFile": payload.validation_file,
        "weights": dict(sorted(payload.weights.items())),
        "declaredBy": payload.declared_by,
    }


def _evaluation(payload: Any) -> Facts:
    return {
        "testSha256": payload.test_sha256,
        "items": payload.n,
        "systems": sorted({system.system for system in payload.systems}),
        "thresholdsMet": payload.thresholds_met,
    }


def _verdict(payload: Any) -> Facts:
    return {
        "status": payload.status,
        "recommendation": payload.recommendation,
        "baseline": payload.baseline_run_id,
        "candidate": payload.candidate_run_id,
        "keep": payload.keep,
    }


def _report(payload: Any) -> Facts:
    return {"rendered": dict(sorted(payload.rendered.items()))}


FOUND: dict[str, Callable[[Any], Facts]] = {
    "prepare": _data,
    "audit": _audit,
    "estimate": _estimate,
    "gate": _approval,
    "train": _model,
    "evaluate": _evaluation,
    "regress": _verdict,
    "report": _report,
}
