"""A run as train.yml makes it, with the fake provider, and the bundle that its job leaves."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from clinft import pipeline, wiring
from clinft.artifacts.bundle import MANIFEST, BundleManifest
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.envelope import digest_content
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.model import Job
from clinft.artifacts.results import ItemResult
from clinft.pipeline.context import Context
from clinft.pipeline.github import bundle
from clinft.pipeline.github.unpacking import Expected
from clinft.pipeline.plan import plan_of
from clinft.run_folder import ProjectPaths
from clinft.spec.load import load_policy, load_project
from clinft.stages import gate
from tests.fakes.gate_inputs import reviewed
from tests.fakes.specs import write_repository
from tests.fakes.zips import DEFLATED, Entry, zipped

SHA = "a" * 40
WORKFLOW_RUN = 4711
ORDER = ("prepare", "assess", "audit", "estimate", "gate", "train", "evaluate")


@dataclass(frozen=True)
class Trained:
    project: Path
    run: Path
    plan_digest: str

    @property
    def written(self) -> dict[str, bytes]:
        return {
            "project.yaml": (self.project / "project.yaml").read_bytes(),
            "prompt.md": (self.project / "prompt" / "prompt.md").read_bytes(),
        }

    def facts(self, **changes: Any) -> dict[str, Any]:
        """What `pack` is told."""
        return {
            "project": "demo",
            "run_id": self.run.name,
            "purpose": "train",
            "plan_digest": self.plan_digest,
            "main_sha": SHA,
            "workflow_run": WORKFLOW_RUN,
            "attempt": 1,
            "status": "trained",
            "job": None,
            **changes,
        }


def trained(root: Path) -> Trained:
    """All stages, as on GitHub: two people reviewed, and nobody is asked."""
    project = write_repository(root)
    policy = root / ".github" / "clinft.yml"
    services = wiring.services(root, Console(file=io.StringIO()), root / "cache")
    context = Context(
        repository=root,
        paths=ProjectPaths(project),
        loaded=load_project(project),
        policy=load_policy(policy),
        policy_sha256=digest_file(policy),
        services=services,
        ask_approval=lambda estimate, roles: None,
        mode="train",
        reviewed=_two_reviews,
    )
    for _ in pipeline.run(context, pipeline.NAMES):
        pass
    assert context.run is not None
    return Trained(project, context.run, plan_of(context).digest)


def _two_reviews(context: Context, inputs: gate.GateInputs) -> gate.GateInputs:
    said = (reviewed("ml", "ada"), reviewed("privacy", "sam"))
    plan = {"plan_digest": inputs.plan_digest}
    return replace(inputs, approvals=tuple(approval.model_copy(update=plan) for approval in said))


def left(run: Path | None, target: Path, facts: dict[str, Any]) -> BundleManifest:
    """What the job leaves, its job included."""
    if run is not None and facts["job"] is None and facts["purpose"] == "train":
        facts = {**facts, "job": Job.model_validate_json((run / "job.json").read_bytes())}
    return bundle.pack(run, target, **facts)


def expected(manifest: BundleManifest, **changes: Any) -> Expected:
    values = {
        "project": manifest.project,
        "run_id": manifest.run_id,
        "plan_digest": manifest.plan_digest,
        "main_sha": manifest.main_sha,
        "workflow_run": manifest.workflow_run,
        "artifact_name": manifest.artifact,
        "purpose": manifest.purpose,
    }
    return Expected(**{**values, **changes})


def entries(folder: Path) -> list[Entry]:
    """The packed folder as GitHub zips it."""
    return [Entry(path.name.encode(), path.read_bytes(), DEFLATED) for path in sorted(folder.iterdir())]


def zipped_folder(folder: Path, more: Iterable[Entry] = ()) -> bytes:
    return zipped([*entries(folder), *more])


def forged(folder: Path, stage: str, /, **changes: Any) -> None:
    """The stage's result with other values (`payload__allowed=False`), and whatever rests on it, all resealed."""
    replaced: dict[str, str] = {}
    for name in ORDER[ORDER.index(stage) :]:
        path = folder / f"{name}.json"
        if not path.exists():
            continue
        text = path.read_text()
        for before, now in replaced.items():
            text = text.replace(before, now)
        data = json.loads(text)
        for place, value in changes.items() if name == stage else ():
            *above, last = place.split("__")
            inner = data
            for key in above:
                inner = inner[key]
            inner[last] = value
        replaced[data["digest"]] = data["digest"] = digest_content(data)
        path.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def items(folder: Path) -> list[ItemResult]:
    return list(iter_models(folder / "items.jsonl", ItemResult))


def relisted(folder: Path, manifest: BundleManifest) -> BundleManifest:
    """The manifest with the digests of what lies in the folder now."""
    there = (path for path in folder.iterdir() if path.name != MANIFEST)
    return manifest.model_copy(update={"files": {path.name: digest_file(path) for path in there}})
