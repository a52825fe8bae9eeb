"""The bundle of ports that a stage receives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clinft.ports.hosting import Hosting
from clinft.ports.models import LocalEngine, ModelStore
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingProvider
from clinft.spec.eligibility import Endpoint


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""


@dataclass(frozen=True)
class Services:
    clock: Clock
    progress: Progress
    models: ModelStore
    providers: Callable[[str], TrainingProvider]
    hosting: Callable[[Endpoint], Hosting]
    git_sha: str | None
    # What answers for local weights when a model is evaluated; None: this process, with transformers.
    engine: LocalEngine | None = None
