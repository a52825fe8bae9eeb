"""What each training.method asks of the machine, and at which rate it usually learns."""

from importlib import metadata
from typing import NamedTuple

from clinft.errors import MissingExtra, SpecError
from clinft.spec.training import Hyperparameters, TrainingSpec, usual_rate

METHODS = ("lora", "qlora", "dora", "full")
# Of each trained weight: in float32 itself and the two moments that AdamW keeps.
CHECKPOINT_BYTES = 12


class Seen(NamedTuple):
    """`cuda_build`: the version of CUDA that torch is built for. `cards`: how many of them it reaches."""

    cuda_build: str | None
    cards: int


def hyperparameters(spec: TrainingSpec) -> Hyperparameters:
    """With a learning rate where the spec leaves it open."""
    if spec.hyperparameters.learning_rate is not None:
        return spec.hyperparameters
    return spec.hyperparameters.model_copy(update={"learning_rate": usual_rate(spec.method)})


def check(method: str, promised: str | None = None) -> None:
    """What this machine cannot do shows before an attempt is taken.

    `promised`: the card that the policy says the runner has; None: it says none, or this is another machine.
    """
    if method not in METHODS:
        raise SpecError(
            f"training.method {method} is nothing that the provider peft does.",
            f"It trains with {', '.join(METHODS)}.",
            "Write one of these methods.",
        )
    if method != "qlora" and promised is None:
        return
    found = seen()
    if not found.cards:
        raise _no_card(method, promised, found.cuda_build)
    if method == "qlora":
        try:
            metadata.version("bitsandbytes")
        except metadata.PackageNotFoundError:
            raise MissingExtra("qlora", "Training in four bits (training.method qlora)") from None


def seen() -> Seen:
    import warnings

    import torch

    with warnings.catch_warnings():
        # torch warns of a missing driver; what is raised says it in full.
        warnings.simplefilter("ignore")
        return Seen(torch.version.cuda, torch.cuda.device_count() if torch.cuda.is_available() else 0)


def _no_card(method: str, promised: str | None, cuda_build: str | None) -> SpecError:
    if promised is not None:
        what = f"The policy says that this runner has the card {promised}, and none is seen here."
    else:
        what = f"training.method {method} needs a CUDA card, and none is seen here."
    if cuda_build is None:
        cause = (
            "torch is installed in its build for processors here, which sees no card even where there is one."
        )
        step = "Install the build for CUDA as docs/runner.md says"
    else:
        cause = (
            f"torch is built for CUDA {cuda_build}: the NVIDIA driver is missing or too old for that, or the "
            "card is not handed to this container or job."
        )
        step = "Run nvidia-smi here: it must list the card. If not, install the driver or hand the card over"
    other = "write method: lora" if promised is None else "correct the runner in .github/clinft.yml"
    return SpecError(what, cause, f"{step}; or {other}.")
