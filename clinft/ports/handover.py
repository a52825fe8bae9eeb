"""Weights in other forms than training wrote them, and the places they are pushed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from clinft.artifacts.handover import Fidelity, GgufType
from clinft.artifacts.planning import BaseModelIdentity
from clinft.ports.models import Conversation


@dataclass(frozen=True)
class Tuned:
    """Weights that training wrote: an adapter's folder, or (`is_adapter` False) that of a whole model.

    `probes`: conversations on which what is written is compared with what was evaluated.
    """

    base: BaseModelIdentity
    folder: Path
    is_adapter: bool
    probes: Sequence[Conversation]


@dataclass(frozen=True)
class Made:
    """`base_files`: sha256 of the base model's files as they lay here."""

    dtype: str
    base_files: Mapping[str, str]
    fidelity: Fidelity


class Weights(Protocol):
    def base_files(self, base: BaseModelIdentity) -> Mapping[str, str]:
        """Sha256 of the base model's files by name. ClinftError where they are not here as planned."""

    def tokenizer(self, base: BaseModelIdentity, folder: Path) -> None:
        """Copies the base model's tokenizer, byte for byte; nothing that lies there is replaced."""

    def merge(self, tuned: Tuned, folder: Path) -> Made:
        """Writes base and adapter as one model. PolicyViolation where it answers otherwise."""

    def gguf(self, tuned: Tuned, path: Path, kind: GgufType) -> Made:
        """Writes one GGUF file. SpecError for a model that cannot be written faithfully."""


class Tip(NamedTuple):
    """A remote's default branch and its newest commit, as the remote has them at this moment."""

    branch: str
    commit: str


@dataclass(frozen=True)
class Pushed:
    """`revision`: the commit that holds exactly these files. `changed`: False where it held them before."""

    place: str
    revision: str
    changed: bool


class Registry(Protocol):
    def ready(self) -> None:
        """SpecError without its secret, MissingExtra without its client. Nothing is asked."""

    def push(self, repository: str, folder: Path, tag: str) -> Pushed:
        """Makes `repository` hold exactly the files of `folder`, in one commit that `tag` then names.

        PolicyViolation where others than its members may read it.
        """
