"""Which runs may be handed over: whole evidence, a verdict that deploys, no quarantine, the very weights."""

import json
import struct
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.fact_sheet import FACTS, FactSheet
from clinft.artifacts.handover import MANIFEST, MESSAGES, PICKLES, README, RENAMED, SUMS, TRAINED
from clinft.artifacts.model import TrainedModel
from clinft.errors import DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline.evaluating import check_weights
from clinft.pipeline.standing import standing_at, why_not
from clinft.pipeline.tracking.read import TrackedRun, read_run
from clinft.spec import quarantine
from clinft.spec.prompt import Prompt, parse_prompt

ADAPTER_CONFIG, CONFIG = "adapter_config.json", "config.json"
PROMPT, CARD = "prompt.md", "MODEL_CARD.md"
NEEDED = ("train", "evaluate", "regress", "estimate")
# Beside safetensors: settings, tokenizers, templates. Nothing of it is run by whoever loads it.
ALLOWED = (".safetensors", ".json", ".txt", ".model", ".jinja")
# What clinft writes beside the weights; on some machines a name's case makes no difference.
OWN = frozenset(name.casefold() for name in (MANIFEST, MESSAGES, README, RENAMED, SUMS, CARD))
LARGEST_HEADER = 100_000_000


@dataclass(frozen=True)
class Permitted:
    """A run that may be handed over. `weights`: the folder that holds them, byte for byte as trained."""

    folder: Path
    run: TrackedRun
    trained: TrainedModel
    sheet: FactSheet
    prompt: Prompt
    weights: Path

    @property
    def is_adapter(self) -> bool:
        return ADAPTER_CONFIG in self.trained.weights

    def payload(self, stage: str) -> Any:
        return self.run.own.stages[stage].payload


def permitted(run: Path, store: Path | None, today: date) -> Permitted:
    """`store`: where this machine keeps what it trained for the repository, by project and run.

    PolicyViolation, DigestMismatch or SpecError; nothing is loaded and nothing is written.
    """
    project = run.parents[1]
    quarantine.refuse(project)
    found = read_run(run)
    if "train" in found.own.stages:
        # Whatever its verdict is: another one would not help.
        _refuse_weightless(run, found.own.stages["train"].payload)
    _refuse_undeployable(run, today)
    missing = [stage for stage in NEEDED if stage not in found.own.stages]
    if missing:
        raise SpecError(
            f"{run.name} has no {missing[0]}.json.",
            "Its record does not list all stages of a finished run.",
            "Let `clinft run` end it.",
        )
    trained: TrainedModel = found.own.stages["train"].payload
    _refuse_foreign(run, trained)
    weights = _weights(run, store, trained)
    _refuse_absent(run, weights)
    check_weights(run.name, weights, trained)
    for name in trained.weights:
        if name.endswith(".safetensors"):
            _check_header(weights / name)
    return Permitted(run, found, trained, _sheet(found, run), _prompt(found, run), weights)


def _refuse_undeployable(run: Path, today: date) -> None:
    standing = standing_at(run.parents[3], run.parents[1].name)
    reason = why_not(standing, run.name, today)
    if reason is not None:
        raise PolicyViolation(
            f"{run.name} is not handed over: {reason}.",
            "Only a run whose own evidence lets it be deployed leaves this machine.",
            "Read its report.md; export a run whose verdict is deploy.",
        )


def _refuse_weightless(run: Path, trained: TrainedModel) -> None:
    what = f"{run.name} has no weights that could be handed over."
    only = "Only a run of training.provider peft can be exported: it trains on a machine of yours."
    if trained.base_model.kind == "fake" or trained.provider in ("fake", "fake_hosted"):
        raise SpecError(what, "Its model is the fake one, which learns nothing and has no weights.", only)
    if trained.provider != "peft" or trained.base_model.kind == "hosted":
        raise SpecError(
            what,
            f"Its model stays where {trained.provider} trained it, and is asked there by the name that "
            "train.json has as fine_tuned_model.",
            only,
        )


def _refuse_foreign(run: Path, trained: TrainedModel) -> None:
    for name in trained.weights:
        suffix = Path(name).suffix.lower()
        if suffix in PICKLES or suffix not in ALLOWED or Path(name).name != name:
            raise PolicyViolation(
                f"{run.name} lists a file of weights that is neither safetensors nor plain text.",
                "Pickles run code in whoever loads them.",
                "Train again with this clinft, which writes safetensors alone.",
            )
    if any(name.casefold() in OWN for name in trained.weights if name != TRAINED):
        raise PolicyViolation(
            f"{run.name} lists a file of weights by a name that clinft's own files have.",
            f"The folder has its own {MANIFEST}, {MESSAGES} and {README}; one would replace the other.",
            "Train again with this clinft.",
        )
    if not {ADAPTER_CONFIG, CONFIG} & trained.weights.keys():
        raise SpecError(
            f"{run.name} lists neither {ADAPTER_CONFIG} nor {CONFIG}.",
            "Its weights were written by something else than training.provider peft.",
            "Export a run that was trained there.",
        )


def _weights(run: Path, store: Path | None, trained: TrainedModel) -> Path:
    places = [run / "data"] if store is None else [run / "data", store / run.parents[1].name / run.name]
    found = (place / trained.fine_tuned_model for place in places)
    return next((folder for folder in found if folder.is_dir()), places[0] / trained.fine_tuned_model)


def _refuse_absent(run: Path, weights: Path) -> None:
    if not weights.is_dir():
        raise SpecError(
            f"The trained weights of {run.name} are not on this machine.",
            "Weights stay where they were trained; only evidence is committed.",
            "Export on the machine that trained it, or copy the run's data/ folder from there to here.",
        )


def _check_header(path: Path) -> None:
    """A file is safetensors by what it begins with, not by its name."""
    with path.open("rb") as stream:
        start = stream.read(8)
        size = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        text = stream.read(size) if 0 < size <= LARGEST_HEADER else b""
    try:
        whole = isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise PolicyViolation(
            f"{path.name} is no safetensors file.",
            "Another kind of file was given its name; a pickle would run code in whoever loads it.",
            "Train again with this clinft.",
        )


def _sheet(run: TrackedRun, folder: Path) -> FactSheet:
    """Rendered of the same evidence; the record covers its bytes."""
    return FactSheet.model_validate_json(covered(run, folder, FACTS).read_bytes())


def _prompt(run: TrackedRun, folder: Path) -> Prompt:
    path = covered(run, folder, PROMPT)
    return parse_prompt(path.read_bytes(), str(path)).prompt


def covered(run: TrackedRun, folder: Path, name: str) -> Path:
    """The run's file of this name. DigestMismatch unless it is what the record says."""
    path = folder / name
    if not path.is_file() or digest_file(path) != run.own.record.files.get(name):
        raise DigestMismatch(
            f"{path} is not the file that the run's record covers.",
            "It was changed or removed after the run was reported, or the run is older than this file.",
            "Restore it from git; `clinft verify` on the run says what differs.",
        )
    return path
