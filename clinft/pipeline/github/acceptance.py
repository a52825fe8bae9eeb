"""Does the evidence of an unpacked bundle hang together and say what was approved?

None of it proves what happened on the machine that trains: whoever owns it can make up measurements that
fit. It proves that they are about the approved plan, and that no text came along that people did not write.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.bundle import BundleManifest
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.model import JobEvent
from clinft.artifacts.run_state import Purpose
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline import STAGES
from clinft.pipeline.after_training import EVENTS
from clinft.pipeline.attempts import WRITTEN
from clinft.pipeline.deployment import ITEMS
from clinft.pipeline.foreign_text import looks_foreign
from clinft.pipeline.gate_inputs import APPROVALS, approvals_bytes
from clinft.pipeline.github.bundle import CARRIED
from clinft.pipeline.github.claims import HOSTED_NAME, claims
from clinft.pipeline.github.item_rows import check_items
from clinft.pipeline.known_job import JOB
from clinft.spec import yaml
from clinft.spec.messages import validated
from clinft.spec.project import ProjectSpec
from clinft.stages import train

SPEC = "project.yaml"
# Names whose bytes the protected branch holds already.
KNOWN: Mapping[Purpose, tuple[str, ...]] = {
    "train": tuple(WRITTEN),
    "evaluate": ("prepare.json", "train.json"),
}
# What must lie there when the work is said to be done.
COMPLETE: Mapping[Purpose, frozenset[str]] = {
    "train": CARRIED["train"] - {"assess.json", JOB, EVENTS},
    "evaluate": CARRIED["evaluate"],
}
# What a stage's result is worth nothing without.
RESTS_ON: Mapping[Purpose, Mapping[str, tuple[str, ...]]] = {
    "train": {
        "gate": ("prepare", "audit", "estimate"),
        "train": ("prepare", "audit", "estimate", "gate"),
        "evaluate": ("prepare", "train"),
    },
    "evaluate": {"evaluate": ("prepare", "train")},
}
# An id, and the key beside it by which the job, upload or model is told that it belongs to.
# With a letter: digits alone may be anybody's number.
ID = re.compile(rf"(?=.*[A-Za-z]){HOSTED_NAME.pattern}")
OF_PROVIDERS = {"id": "provider", "file_id": "purpose", "fine_tuned_model": "base_model"}


def check_evidence(folder: Path, manifest: BundleManifest, written: Mapping[str, bytes]) -> None:
    """`folder`: as `unpack` left it. `written`: what `main_sha` holds, by name in a run's folder.

    It needs project.yaml and prompt.md; for a run that is evaluated once more project.yaml of now, and the
    run's committed prepare.json and train.json. Raises PolicyViolation or DigestMismatch.
    """
    _check_present(manifest)
    for name in KNOWN[manifest.purpose]:
        if name in manifest.files and (folder / name).read_bytes() != written[name]:
            raise _unlike(manifest, f"{name} is not the one of the commit it was started from")
    spec = _spec(written[SPEC])
    artifacts = {stage: _artifact(folder, stage, manifest) for stage in _stages(manifest)}
    _check_rests(manifest, artifacts)
    for name, holds in claims(manifest, artifacts):
        if not holds:
            raise _unlike(manifest, name)
    if "gate" in artifacts:
        _check_permission(manifest, artifacts)
        _check_approvals(folder, manifest, artifacts["gate"])
    _check_job(folder, manifest, spec)
    if ITEMS in manifest.files:
        report = artifacts["evaluate"].payload if "evaluate" in artifacts else None
        against = check_items(folder / ITEMS, spec, report)
        if against is not None:
            raise _unlike(manifest, against)
    _check_texts(folder, manifest, written)


def _check_present(manifest: BundleManifest) -> None:
    if manifest.status != "trained":
        return
    missing = sorted(COMPLETE[manifest.purpose] - manifest.files.keys())
    if missing:
        raise _unlike(manifest, f"the work is said to be done, but {', '.join(missing)} is missing")


def _check_rests(manifest: BundleManifest, artifacts: Mapping[str, Artifact[Any]]) -> None:
    for stage, below in RESTS_ON[manifest.purpose].items():
        missing = [name for name in below if name not in artifacts]
        if stage in artifacts and missing:
            raise _unlike(manifest, f"{stage}.json came without {', '.join(missing)}")


def _spec(data: bytes) -> ProjectSpec:
    spec, _ = validated(ProjectSpec, yaml.parse(data, SPEC).value)
    if spec is None:
        raise SpecError(
            f"{SPEC} of the commit that the run was started from is not valid for this clinft.",
            "clinft was updated on the protected branch while the run was at work.",
            f"Correct {SPEC} in a pull request and start train again.",
        )
    return spec


def _stages(manifest: BundleManifest) -> tuple[str, ...]:
    return tuple(row.name for row in STAGES if f"{row.name}.json" in manifest.files)


def _artifact(folder: Path, stage: str, manifest: BundleManifest) -> Artifact[Any]:
    """Byte for byte what clinft writes: its own digest, its stage, and nothing between the lines."""
    payload = next(row for row in STAGES if row.name == stage).build().payload
    path = folder / f"{stage}.json"
    try:
        artifact: Artifact[Any] = run_folder.parse(path, payload)
        if artifact.stage == stage and run_folder.to_bytes(artifact) == path.read_bytes():
            return artifact
    except (ClinftError, ValueError, RecursionError):
        pass  # what it says would be foreign text
    raise _unlike(manifest, f"{stage}.json is not a result of this stage with a digest of its own")


def _check_permission(manifest: BundleManifest, artifacts: Mapping[str, Artifact[Any]]) -> None:
    decision = artifacts["gate"].payload
    if decision.mode != "train":
        raise PolicyViolation(
            f"The gate of {manifest.run_id} did not decide as it must before a training on GitHub.",
            "Its decision was made on a laptop or for a pull request.",
            "Start train again from the protected branch.",
        )
    train.check_decision(manifest.plan_digest, decision, artifacts["audit"].payload)
    present = {name: artifacts[name].digest for name in ("prepare", "audit", "estimate")}
    # Which policy decided is not known here; the gate's own digest covers what it says of it.
    train.check_evidence(decision, {**present, "policy": decision.policy_sha256})


def _check_approvals(folder: Path, manifest: BundleManifest, gate: Artifact[Any]) -> None:
    """approvals.json repeats the gate's decision, so it may say nothing else."""
    if APPROVALS in manifest.files and (folder / APPROVALS).read_bytes() != approvals_bytes(gate.payload):
        raise _unlike(manifest, f"{APPROVALS} does not say what gate.json says")


def _check_job(folder: Path, manifest: BundleManifest, spec: ProjectSpec) -> None:
    job = manifest.job
    if JOB in manifest.files and (job is None or (folder / JOB).read_bytes() != run_folder.to_bytes(job)):
        raise _unlike(manifest, f"{JOB} is not the job that the manifest names")
    if job is None:
        return
    if job.run_id != manifest.run_id or job.provider != spec.training.provider:
        raise _unlike(manifest, "its job is of another run or provider")
    if manifest.status == "trained" and job.status != "succeeded":
        raise _unlike(manifest, "the work is said to be done, but its job has not succeeded")


def _check_texts(folder: Path, manifest: BundleManifest, written: Mapping[str, bytes]) -> None:
    """No name or number that the audit would refuse, unless people wrote it into what was approved."""
    known = "\n".join(data.decode(errors="replace") for data in written.values())
    places = {"the manifest": json.loads(run_folder.to_bytes(manifest))}
    for name in manifest.files:
        if name.endswith(".json"):
            places[name] = json.loads((folder / name).read_bytes())
        elif name == EVENTS:
            places[name] = [event.model_dump(mode="json") for event in _events(folder / name, manifest)]
    for name, value in places.items():
        for text in sorted(set(_texts(_without_ids(value)))):
            if looks_foreign(text, known):
                raise PolicyViolation(
                    f"The bundle of {manifest.run_id} is refused for a text in {name}.",
                    "It is very long, or the audit's rules find an identifier in it.",
                    "Nothing of it was kept; look into the job that left it before you start train again.",
                )


def _without_ids(value: Any) -> Any:
    """Ids that a provider gave have a form of their own; read as text, hex of any length may be a number."""
    if isinstance(value, dict):
        return {
            key: _without_ids(below)
            for key, below in value.items()
            if not (_is_id(key, value) and isinstance(below, str) and ID.fullmatch(below))
        }
    return [_without_ids(below) for below in value] if isinstance(value, list) else value


def _is_id(key: str, beside: dict[str, Any]) -> bool:
    return OF_PROVIDERS.get(key) in beside


def _events(path: Path, manifest: BundleManifest) -> list[JobEvent]:
    try:
        events = list(iter_models(path, JobEvent))
    except (ClinftError, ValueError):
        raise _unlike(manifest, f"{path.name} has a row that is no event of a job") from None
    if "".join(f"{event.model_dump_json()}\n" for event in events).encode() != path.read_bytes():
        raise _unlike(manifest, f"{path.name} is not written as clinft writes it")
    return events


def _unlike(manifest: BundleManifest, why: str) -> DigestMismatch:
    return DigestMismatch(
        f"The bundle of {manifest.run_id} is refused: {why}.",
        "The machine that worked changed it, or works with another version of clinft.",
        "Nothing of it was kept; look into the job that left it before you start train again.",
    )


def _texts(value: object) -> Iterator[str]:
    """Keys and texts. Numbers are what the models say they are."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for below in value.values():
            yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)
