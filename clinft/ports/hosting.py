"""Where tuned models are hosted by the hour, apart from where they were trained."""

from collections.abc import Sequence
from typing import Protocol

from clinft.spec.eligibility import TrainingType


class HostedDeployment(Protocol):
    """`state`: the host's own word."""

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def capacity(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def created_at(self) -> str | None: ...


class Hosting(Protocol):
    """What is deployed costs by the hour, asked or not."""

    def list(self) -> Sequence[HostedDeployment]: ...

    def get(self, name: str) -> HostedDeployment | None: ...

    def deploy(
        self, name: str, model: str, training_type: TrainingType = "standard", capacity: int = 1
    ) -> HostedDeployment:
        """Asking again for the same does no harm; another model under the name is refused."""

    def wait(self, name: str) -> HostedDeployment:
        """Until it answers. ServiceError where it failed."""

    def undeploy(self, name: str) -> None:
        """The charge by the hour ends; the model stays. Gone is fine."""
