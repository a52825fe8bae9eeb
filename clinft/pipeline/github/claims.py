"""What the results in a bundle say of each other and of the approved plan, and whether it holds."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clinft.artifacts.bundle import BundleManifest
from clinft.artifacts.envelope import Artifact
from clinft.pipeline.after_training import FORMATTED_FILES
from clinft.pipeline.context import BEFORE_TRAINING, SPLITS
from clinft.spec.base import PROVIDER_NAME
from clinft.stages.audit.severity import BLOCKING

Artifacts = Mapping[str, Artifact[Any]]
Claims = Iterator[tuple[str, bool]]
# A file's name, or a model's folder: it becomes part of a path where the weights lie.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}")
# A model's name at its provider, which is no path of ours.
HOSTED_NAME = re.compile(PROVIDER_NAME)
# Inputs that a stage's result must name, where they came along.
NAMED: Mapping[str, tuple[str, ...]] = {
    "audit": ("prepare",),
    "gate": ("prepare", "audit", "estimate"),
    "evaluate": ("train",),
}
OF_THE_PLAN = frozenset({"estimate", "train"})


def claims(manifest: BundleManifest, artifacts: Artifacts) -> Claims:
    """What is wrong where the second is False, in an order in which each may rest on those before it.

    The approved plan's digest is computed again; so it vouches for records, prompt, base model and provider.
    """
    for stage, artifact in artifacts.items():
        yield from _of_envelope(manifest, stage, artifact, artifacts)
    if "estimate" in artifacts:
        yield from _of_plan(manifest, artifacts)
    if "audit" in artifacts:
        yield from _of_audit(artifacts)
    if "gate" in artifacts:
        reasons = artifacts["gate"].payload.reasons
        yield "gate.json allows it against a reason of its own", not any(reason.blocks for reason in reasons)
    if "train" in artifacts:
        yield from _of_model(manifest, artifacts)
    if "evaluate" in artifacts:
        yield from _of_evaluation(artifacts)


def _of_envelope(
    manifest: BundleManifest, stage: str, artifact: Artifact[Any], artifacts: Artifacts
) -> Claims:
    runs = (None, manifest.run_id) if stage in BEFORE_TRAINING else (manifest.run_id,)
    yield (
        f"{stage}.json belongs to another project or run",
        artifact.project == manifest.project and artifact.run_id in runs,
    )
    named = (*NAMED.get(stage, ()), *artifact.inputs)
    yield (
        f"{stage}.json rests on inputs that do not lie beside it",
        all(artifact.inputs.get(name) == artifacts[name].digest for name in named if name in artifacts),
    )
    plan = artifact.inputs.get("plan", None if stage in OF_THE_PLAN else manifest.plan_digest)
    yield f"{stage}.json rests on another plan", plan == manifest.plan_digest
    yield (
        f"{stage}.json names files that do not lie beside it",
        all(
            manifest.files.get(name.removeprefix("run/"), digest) == digest
            for name, digest in artifact.files.items()
            if name.startswith("run/")
        ),
    )
    yield (
        f"{stage}.json names a file outside of the project",
        all(PLAIN.fullmatch(part) for name in artifact.files for part in name.split("/")),
    )


def _of_plan(manifest: BundleManifest, artifacts: Artifacts) -> Claims:
    estimate = artifacts["estimate"].payload
    plan = estimate.plan
    yield (
        "estimate.json is of another plan",
        plan.digest == estimate.plan_digest == manifest.plan_digest and plan.project == manifest.project,
    )
    if "prepare" in artifacts:
        made = {split: summary.sha256 for split, summary in artifacts["prepare"].payload.splits.items()}
        yield "prepare.json has other records than the plan", made == plan.records
    if "audit" in artifacts:
        scanned = artifacts["audit"].payload.files_scanned
        records = {split: scanned.get(f"data/records/{split}.jsonl") for split in SPLITS}
        yield "audit.json has other records than the plan", records == plan.records


def _of_audit(artifacts: Artifacts) -> Claims:
    audit = artifacts["audit"]
    found = any(audit.payload.by_severity.get(severity) for severity in BLOCKING) or any(
        finding.severity in BLOCKING for finding in audit.payload.findings
    )
    passed = audit.payload.verdict == "PASS"
    doubted = any(row.status == "below_floor" for row in audit.payload.sensitivity) or any(
        sign.declines for sign in audit.payload.authenticity.signs
    )
    yield "audit.json passed with findings that block", not (passed and found)
    yield "audit.json passed against its own doubts", not (passed and doubted)
    scanned = audit.payload.files_scanned
    yield (
        "audit.json did not scan what was to be trained on",
        all(audit.files.get(name) == scanned.get(name) is not None for name in FORMATTED_FILES),
    )


def _of_model(manifest: BundleManifest, artifacts: Artifacts) -> Claims:
    artifact = artifacts["train"]
    model = artifact.payload
    yield "train.json is of another plan", model.plan_digest == manifest.plan_digest
    yield (
        "train.json names weights outside of the run",
        (PLAIN if model.weights else HOSTED_NAME).fullmatch(model.fine_tuned_model) is not None
        and all(map(PLAIN.fullmatch, model.weights)),
    )
    if "estimate" in artifacts:
        plan = artifacts["estimate"].payload.plan
        yield (
            "train.json is of another provider or base model",
            (model.provider, model.base_model) == (plan.provider, plan.base_model),
        )
    if "audit" in artifacts:
        audited = tuple(artifacts["audit"].files.get(name) for name in FORMATTED_FILES)
        read = tuple(artifact.inputs.get(name) for name in FORMATTED_FILES)
        trained_on = (model.training_file, model.validation_file)
        yield "train.json was trained on files that were not audited", audited == read == trained_on


def _of_evaluation(artifacts: Artifacts) -> Claims:
    evaluated = artifacts["evaluate"]
    test = artifacts["prepare"].payload.splits.get("test")
    yield (
        "evaluate.json was measured on another test split",
        test is not None and evaluated.payload.test_sha256 == evaluated.inputs.get("test") == test.sha256,
    )
    if "estimate" in artifacts:
        prompt = artifacts["estimate"].payload.plan.prompt
        yield "evaluate.json was measured with another prompt", evaluated.inputs.get("prompt") == prompt
