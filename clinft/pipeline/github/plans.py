"""The plan of a project at any commit, computed by this engine from the commit's files as data."""

import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.planning import CostEstimate
from clinft.errors import ClinftError, DigestMismatch, SpecError
from clinft.pipeline.before_training import estimate_stage, prepare_stage
from clinft.pipeline.context import Context
from clinft.pipeline.driver import run_stage
from clinft.pipeline.plan import plan_of
from clinft.ports.history import History
from clinft.spec import yaml
from clinft.stages.gate.paths import LINKS, plan_paths

# As in spec.training.BaseModelRef, without builtin models.
FOLDER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
RUN = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]*")
OpenProject = Callable[[Path], Context]


@dataclass
class Plans:
    """`open_project` makes a Context for a project's folder. What is exported is gone with `close`."""

    history: History
    open_project: OpenProject
    _contexts: dict[str, Context | None] = field(default_factory=dict)
    _digests: dict[str, str | None] = field(default_factory=dict)
    _folders: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        self._folders.close()

    def key(self, commit: str, project: str) -> str | None:
        """Digest of the files the plan is made of; equal keys mean equal plans. None: no such project."""
        entries = self.history.entries(commit, *plan_paths(project))
        if not any(entry.path.endswith("/project.yaml") for entry in entries):
            return None
        return digest_json([list(entry) for entry in entries])

    def digest(self, commit: str, project: str) -> str | None:
        """The plan's digest; None where the commit holds no valid project of that name."""
        key = self.key(commit, project)
        if key is None:
            return None
        # A base model that is a folder of the repository is part of the plan, so the commit counts too.
        name = f"{project} {key} {self._models(commit)}"
        if name not in self._digests:
            self._digests[name] = self._plan(commit, project, name)
        return self._digests[name]

    def estimate(self, commit: str, project: str) -> CostEstimate | None:
        """What training that plan costs today; None where there is no plan."""
        if self.digest(commit, project) is None:
            return None
        context = self._contexts[f"{project} {self.key(commit, project)} {self._models(commit)}"]
        if context is None:
            return None
        try:
            run_stage(estimate_stage(), context)
            return context.need("estimate", CostEstimate).payload
        except ClinftError:
            return None

    def _models(self, commit: str) -> str:
        """Digest of every folder with weights outside projects/: one of them could be the base model."""
        outside = [entry for entry in self.history.entries(commit) if not entry.path.startswith("projects/")]
        weights = {entry.path.rpartition("/")[0] for entry in outside if entry.path.endswith(".safetensors")}
        return digest_json(
            [list(entry) for entry in outside if any(_below(entry.path, folder) for folder in weights)]
        )

    def _plan(self, commit: str, project: str, name: str) -> str | None:
        root = Path(self._folders.enter_context(tempfile.TemporaryDirectory(prefix="clinft-plan-")))
        try:
            context = self._prepared(commit, project, root)
            self._contexts[name] = context
            return plan_of(context).digest
        except (SpecError, DigestMismatch):
            self._contexts[name] = None
            return None

    def _prepared(self, commit: str, project: str, root: Path) -> Context:
        entries = self.history.entries(commit, f"projects/{project}")
        if any(entry.mode in LINKS for entry in entries):
            raise SpecError("Links are not read.", "", "")
        # Only what the plan is made of: generated data that somebody committed must not be found there.
        for prefix in plan_paths(project):
            self.history.export(commit, prefix, root)
        folder = root / "projects" / project
        if (baseline := named(folder / "project.yaml", "regression", "baseline", RUN)) is not None:
            self.history.export(commit, f"projects/{project}/runs/{baseline}/record.json", root)
        if (model := named(folder / "project.yaml", "training", "base_model", FOLDER)) is not None:
            self.history.export(commit, model, root)
        context = self.open_project(folder)
        run_stage(prepare_stage(), context)
        return context


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def named(spec: Path, section: str, key: str, form: re.Pattern[str]) -> str | None:
    """What a spec names under a key, before anything else of it is believed; None in another form."""
    value = yaml.parse(spec.read_bytes(), spec.name).value
    found = value.get(section) if isinstance(value, dict) else None
    name = found.get(key) if isinstance(found, dict) else None
    return name if isinstance(name, str) and form.fullmatch(name) else None
