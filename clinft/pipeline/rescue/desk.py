"""What a rescue is asked for, who is asked and told, what is known before any cost, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from clinft.artifacts.audit import FileAudit
from clinft.artifacts.data import Record
from clinft.artifacts.planning import Interval
from clinft.pipeline.rescue.cost import Cost
from clinft.pipeline.rescue.old_model import OldModel
from clinft.pipeline.rescue.splitting import Divided
from clinft.ports.announced import LookUp
from clinft.ports.services import Services
from clinft.spec.base import Strict
from clinft.spec.eligibility import Endpoint
from clinft.spec.load import LoadedProject
from clinft.spec.policy import Policy


@dataclass(frozen=True)
class Call:
    model: str
    training: Path
    test: Path | None
    project: str
    endpoint: str | None
    base_model: str


@dataclass(frozen=True)
class Desk:
    """`agrees`: whether a person agrees to this cost."""

    repository: Path
    policy: Policy
    services: Services
    look_up: LookUp
    say: Callable[[str], None]
    show_audit: Callable[[FileAudit], None]
    agrees: Callable[[Cost], bool]


@dataclass(frozen=True)
class Data:
    """Of the two files, checked and audited. `test_sha256`: None where the test was split off."""

    system: str
    labels: tuple[str, ...]
    divided: Divided
    training_sha256: str
    test_sha256: str | None

    @property
    def test(self) -> tuple[Record, ...]:
        return self.divided.records["test"]


@dataclass(frozen=True)
class Prepared:
    """Everything but the answers. `longest_answer`: tokens that an answer may have."""

    model: OldModel
    endpoint: Endpoint
    data: Data
    spec_text: str
    prompt_text: str
    loaded: LoadedProject
    longest_answer: int


class Rescued(Strict):
    """`asked`: answers of this call; others were in the journal. `files`: what was written, with sha256."""

    project: str
    model: str
    host: str
    records: dict[str, int]
    asked: int
    cost_usd: Decimal | None
    accuracy: Interval | None
    not_a_label: int
    seen_in_training: bool
    files: dict[str, str]
