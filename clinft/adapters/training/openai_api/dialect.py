"""In what the services differ that speak OpenAI's fine-tuning API."""

from dataclasses import dataclass, field

from clinft.errors import PolicyViolation, SpecError
from clinft.ports.training import TrainingRequest
from clinft.spec.base import Provider
from clinft.spec.eligibility import TrainingType

BOM = b"\xef\xbb\xbf"
# OpenAI keeps a file "until deleted" where nothing is said; 30 days are the most it takes.
EXPIRES_SECONDS = 2_592_000

# Microsoft shows "globalstandard" and "developerTier" with api-version 2025-04-01-preview only; what v1
# takes is unverified and needs one live call (2026-11). Without the field Azure answers, misleadingly, "The
# specified base model does not support fine-tuning".
TRAINING_TYPES: dict[TrainingType, str] = {
    "standard": "Standard",
    "data_zone": "DataZoneStandard",
    "global": "GlobalStandard",
    "developer": "DeveloperTier",
}


@dataclass(frozen=True)
class Dialect:
    """`metadata_filter`: the service lists jobs by their metadata. What it gives is checked anyway."""

    provider: Provider
    byte_order_mark: bool
    expires_seconds: int | None
    metadata_filter: bool
    training_types: dict[TrainingType, str] = field(default_factory=dict)

    @property
    def lead(self) -> bytes:
        """What goes before the bytes of a file."""
        return BOM if self.byte_order_mark else b""

    def extra_body(self, request: TrainingRequest) -> dict[str, str]:
        """What the creation of a job says besides. Refuses a training type that the policy does not allow."""
        if not self.training_types or request.endpoint is None:
            return {}
        wanted = request.spec.training_type or "standard"
        if wanted not in request.endpoint.training_types:
            raise PolicyViolation(
                f"training.training_type {wanted} is not allowed at this endpoint.",
                "The policy lists them for each endpoint; standard alone keeps data in the region.",
                f"Choose one of {', '.join(request.endpoint.training_types)}, or have "
                "endpoints.*.training_types in .github/clinft.yml changed.",
            )
        return {"trainingType": self.training_types[wanted]}


OPENAI = Dialect(
    provider="openai", byte_order_mark=False, expires_seconds=EXPIRES_SECONDS, metadata_filter=True
)
# The older page on file formats asks for UTF-8 with a byte-order mark, the one of October 2026 is silent;
# whether v1 takes `expires_after` and filters jobs by metadata is unverified: each is done the safe way.
AZURE = Dialect(
    provider="azure_openai",
    byte_order_mark=True,
    expires_seconds=None,
    metadata_filter=False,
    training_types=TRAINING_TYPES,
)


def check_region(request: TrainingRequest) -> None:
    here = request.endpoint.region if request.endpoint is not None else None
    if request.spec.region is not None and here is not None and request.spec.region != here:
        raise SpecError(
            f"training.region is {request.spec.region}, the endpoint trains in {here}.",
            "An endpoint belongs to one region.",
            "Correct training.region, or name an endpoint of that region in training.endpoint.",
        )
