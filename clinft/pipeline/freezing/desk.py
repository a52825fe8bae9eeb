"""What is asked for, who is asked and told, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from clinft.artifacts.audit import FileAudit
from clinft.artifacts.frozen_provenance import Counted
from clinft.pipeline.rescue.cost import Cost
from clinft.ports.services import Services
from clinft.run_folder import ProjectPaths
from clinft.spec.base import Strict
from clinft.spec.load import LoadedProject
from clinft.spec.policy import Policy

# What becomes of a record whose facts no text of the model kept.
Refused = Literal["keep", "drop"]


@dataclass(frozen=True)
class Call:
    """Of a model: where it answers, its name there, and what becomes of refused records."""

    endpoint: str
    model: str
    refused: Refused = "keep"


@dataclass(frozen=True)
class Desk:
    """`agrees`: whether a person agrees to this cost. `team`: the project's own domain packs."""

    paths: ProjectPaths
    loaded: LoadedProject
    policy: Policy
    services: Services
    say: Callable[[str], None]
    show_audit: Callable[[FileAudit], None]
    agrees: Callable[[Cost], bool]
    team: Path | None = None

    @property
    def name(self) -> str:
        return self.paths.root.name


class Frozen(Strict):
    """`files`: the records in synthetic/ now, with sha256; `splits`: of each split as a whole. `asked`:
    records that a model was asked about."""

    project: str
    origin: Literal["written", "imported"]
    records: dict[str, int]
    files: dict[str, str]
    splits: dict[str, str]
    counted: Counted | None
    asked: int
    cost_usd: Decimal | None
    warnings: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.records.values())
