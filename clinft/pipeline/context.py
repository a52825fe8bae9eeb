"""One call's view of one project: where things are, what was asked, which attempt it works on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import PreparedDataset, Record
from clinft.artifacts.decision import Approval, Mode
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.model import Job
from clinft.artifacts.planning import CostEstimate
from clinft.errors import DigestMismatch, SpecError
from clinft.ports.services import Services
from clinft.ports.workers import Workers
from clinft.run_folder import ProjectPaths
from clinft.spec.base import Strict
from clinft.spec.load import LoadedProject
from clinft.spec.policy import Policy

if TYPE_CHECKING:
    from clinft.stages.audit.shards import Part
    from clinft.stages.gate import GateInputs

Payload = TypeVar("Payload", bound=Strict)
SPLITS = ("train", "validation", "dev", "test")
BEFORE_TRAINING = ("prepare", "assess", "audit", "estimate", "gate")


@dataclass(frozen=True)
class Auditing:
    """How this call audits; what is found does not depend on it. `parts`: of all shards, already scanned."""

    workers: int | None = None
    elsewhere: Workers | None = None
    parts: "Sequence[Part]" = ()


@dataclass
class Context:
    repository: Path
    paths: ProjectPaths
    loaded: LoadedProject
    policy: Policy
    policy_sha256: str
    services: Services
    ask_approval: Callable[[CostEstimate, Sequence[str]], Approval | None]
    mode: Mode = "local"
    # On GitHub: puts the reviews that count, and what speaks against them, into the gate's inputs.
    reviewed: "Callable[[Context, GateInputs], GateInputs] | None" = None
    # Set once an attempt is taken or found; stages after the gate need it.
    run: Path | None = None
    # On GitHub: the attempt that was taken under the project's lock. On a laptop the folders tell.
    attempt: str | None = None
    # On GitHub: where checkpoints and weights lie, outlasting the checkout. A laptop keeps them in the run.
    store: Path | None = None
    # On GitHub: the attempt's job as the project's journal has it. On a laptop the attempt's folder tells.
    known_job: Job | None = None
    # On a laptop: whether a person agrees that a hosted model is asked, told what it may cost. None: nobody
    # is asked, and no provider either.
    agrees: Callable[[str], bool] | None = None
    # On a laptop: whether a person agrees that models of evaluation.also are asked, told what it may cost.
    agrees_to_others: Callable[[str], bool] | None = None
    # What other runs may still cost that are under way and not in the repository's evidence yet.
    reserved_usd: Decimal = Decimal(0)
    # False: a hosted job is submitted or asked for once, and nobody waits for it here.
    waits: bool = True
    # Runs of this project whose results are not merged yet: none of them may be passed over as a baseline.
    pending: tuple[str, ...] = ()
    # Of training in this call; then CheckpointWritten, and the next call goes on. None: no limit.
    stop_after_seconds: float | None = None
    # Where a run is evaluated once more: the evidence of its earlier evaluation.
    baseline: Path | None = None
    # Where that run is in use: the one that was before it and may be again. None: none, or not known here.
    earlier: str | None = None
    auditing: Auditing = Auditing()
    # Carried out though a result of the same inputs is there: somebody asked for that.
    again: frozenset[str] = frozenset()
    say: Callable[[str], None] = field(default=lambda text: None)

    @property
    def name(self) -> str:
        return self.loaded.spec.name

    @property
    def run_dir(self) -> Path:
        if self.run is None:
            raise SpecError(
                "No training run of the present plan exists.",
                "The plan was never trained, or project.yaml, the prompt or the data changed since.",
                f"Run `clinft run {self.loaded.path}`.",
            )
        return self.run

    def folder_of(self, stage: str) -> Path:
        """Results lie in the work folder until an attempt is taken, then in the run's folder."""
        return self.paths.work if stage in BEFORE_TRAINING else self.run_dir

    def need(self, stage: str, payload: type[Payload]) -> Artifact[Payload]:
        artifact = run_folder.load(self.folder_of(stage), stage, payload)
        if artifact is None:
            raise SpecError(
                f"Stage {stage} has no result yet.",
                "The stages build on each other.",
                f"Run `clinft run {self.loaded.path} --until {stage}` first.",
            )
        return artifact

    def split_path(self, split: str) -> Path:
        return self.paths.records / f"{split}.jsonl"

    def formatted_path(self, split: str) -> Path:
        return self.paths.formatted / f"{split}.jsonl"

    def read_split(self, split: str) -> tuple[list[Record], str]:
        """Records and sha256 of a split, refused unless it is the one that was prepared."""
        expected = self.check_split(split)
        return list(iter_models(self.split_path(split), Record)), expected

    def check_split(self, split: str) -> str:
        """Its sha256. Raises DigestMismatch unless it is the one that was prepared."""
        expected = self.need("prepare", PreparedDataset).payload.splits[split].sha256
        path = self.split_path(split)
        if not path.exists() or digest_file(path) != expected:
            raise DigestMismatch(
                f"{path.name} is not the split that was prepared.",
                "The file was deleted or changed by hand.",
                "Run `clinft prepare` again.",
            )
        return expected
