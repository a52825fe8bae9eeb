"""`manifest.json` of a handed-over model: what it is, what it was made of, and each file's digest."""

from typing import Literal

from pydantic import Field

from clinft.artifacts.planning import BaseModelIdentity
from clinft.spec.base import Count, PositiveFloat, Sha256, Slug, Strict
from clinft.spec.evaluation import RunId

MANIFEST, SUMS, MESSAGES, README = "manifest.json", "SHA256SUMS", "messages.json", "README.md"
# What training wrote about itself; the folder's own manifest has its name.
TRAINED, RENAMED = "manifest.json", "training-manifest.json"
# adapter: beside its base model. merged: base and adapter in one. full: every weight was trained.
Form = Literal["adapter", "merged", "full", "gguf"]
GgufType = Literal["f32", "f16", "q8_0"]
# What other programs would run while they load it; never handed over.
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy", ".npz")


class HandedFile(Strict):
    sha256: Sha256
    size_bytes: Count


class Fidelity(Strict):
    """How far the written model is from the one that was evaluated, measured on the run's own prompt.

    Of logits in float32, over all `positions` and the whole vocabulary.
    """

    positions: Count
    largest_difference: float = Field(ge=0, description="Of one logit.")
    relative_difference: float = Field(
        ge=0, description="Root of the squared differences over that of the squared logits, mean taken out."
    )
    tolerance: PositiveFloat = Field(description="Of relative_difference; above it nothing is handed over.")
    same_first_choice: Count = Field(description="Positions at which the likeliest token is the same.")


class HandOver(Strict):
    version: Literal[1] = 1
    form: Form
    project: Slug
    run_id: RunId
    method: str
    base_model: BaseModelIdentity
    base_files: dict[str, Sha256] = Field(
        default={}, description="Of the base model as it lay here; empty where it was not opened."
    )
    dtype: str | None = Field(description="In which the weights are written; None: as training wrote them.")
    plan_digest: Sha256
    record_digest: Sha256
    training_file: Sha256
    validation_file: Sha256
    prompt_sha256: Sha256
    test_sha256: Sha256
    trained_weights: dict[str, Sha256] = Field(description="As train.json has them.")
    verdict: str
    recommendation: str
    licence: str = Field(description="Of the tuned model, as the run's facts have it.")
    base_licence: str | None = Field(description="None: clinft does not know it; see the model's page.")
    fidelity: Fidelity | None = Field(default=None, description="None: the very bytes that were evaluated.")
    clinft_version: str
    files: dict[str, HandedFile] = Field(description="All others but this one and SHA256SUMS.")


def measured_as(made: HandOver, said: HandOver) -> HandOver:
    """`made` with the figures of `said`, where they pass as its own had to; else as it is.

    Processors round otherwise, so the same weights measure a little otherwise on another machine.
    """
    here, there = made.fidelity, said.fidelity
    if here is None or there is None:
        return made
    as_asked = (there.positions, there.tolerance) == (here.positions, here.tolerance)
    passed = there.relative_difference <= here.tolerance and there.same_first_choice <= here.positions
    return made.model_copy(update={"fidelity": there}) if as_asked and passed else made


def called(form: Form, gguf: str | None) -> str:
    """As folders and repositories are named after it; GGUF files of two types are two models."""
    return form if gguf is None else f"{form}-{gguf}"


def copied_as(name: str) -> str:
    """The name in the folder, of a file that training wrote."""
    return RENAMED if name == TRAINED else name
