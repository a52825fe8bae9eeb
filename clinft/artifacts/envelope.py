"""The envelope around every stage's payload, and the digest that names it."""

from typing import Any, Generic, Self, TypeVar

from pydantic import Field, model_validator

from clinft.artifacts.canonical import digest_json
from clinft.spec.base import Sha256, Slug, Strict

SCHEMA_VERSION = 1
# Differ from run to run although nothing that matters differs: never part of a digest.
OUTSIDE_DIGEST = frozenset({"digest", "run_id", "measured", "created_at", "git_sha", "clinft_version"})


Payload = TypeVar("Payload", bound=Strict)


class Artifact(Strict, Generic[Payload]):
    """`inputs` name the sha256 of what was read, `files` the sha256 of what was written.

    Paths in `files` are relative to the project's folder; those that start with `run/` are
    relative to the run's folder.
    """

    schema_version: int = SCHEMA_VERSION
    stage: Slug
    stage_version: int = Field(ge=1)
    project: Slug
    run_id: str | None = None
    inputs: dict[str, Sha256]
    files: dict[str, Sha256]
    payload: Payload
    measured: dict[str, float | int | str] = Field(default_factory=dict)
    created_at: str
    git_sha: str | None = None
    clinft_version: str
    digest: Sha256

    @model_validator(mode="after")
    def digest_is_of_this(self) -> Self:
        if self.digest == self.computed_digest():
            return self
        # As an earlier clinft wrote it: without the fields that have come since, which hold their defaults.
        if self.digest != digest_content(self.model_dump(mode="json", exclude_unset=True)):
            raise ValueError("digest does not belong to this content")
        return self

    def computed_digest(self) -> str:
        return digest_content(self.model_dump(mode="json"))


def digest_content(dumped: dict[str, Any]) -> str:
    """Digest of an artifact's JSON, without the keys that vary from run to run."""
    return digest_json({key: value for key, value in dumped.items() if key not in OUTSIDE_DIGEST})
