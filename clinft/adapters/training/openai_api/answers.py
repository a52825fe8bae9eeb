"""What a service tells of jobs, files, models and events: the parts that are used, checked for their types.

The SDK builds its models from anything; Azure leaves out, or sets to null, what OpenAI always gives.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clinft.adapters.training.openai_api.problems import Unreadable


class Lenient(BaseModel):
    """Unknown keys are passed over: services add what they like."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class RemoteError(Lenient):
    code: str | None = None
    message: str | None = None


class Listed(Lenient):
    """Ids go into addresses and records, so they are plain."""

    id: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}$")


class RemoteJob(Listed):
    status: str
    model: str | None = None
    created_at: int | None = None
    finished_at: int | None = None
    error: RemoteError | None = None
    fine_tuned_model: str | None = None
    result_files: list[str] | None = None
    trained_tokens: int | None = None
    training_file: str | None = None
    validation_file: str | None = None
    metadata: dict[str, str] | None = None

    @property
    def tags(self) -> dict[str, str]:
        return self.metadata or {}


class RemoteFile(Listed):
    filename: str | None = None
    size_bytes: int | None = Field(default=None, alias="bytes")
    created_at: int | None = None
    expires_at: int | None = None
    status: str | None = None
    status_details: str | None = None


class RemoteModel(Lenient):
    """`capabilities` and `deprecation` (Unix seconds by use) are Azure's, `shutdown_date` is OpenAI's."""

    shutdown_date: str | None = None
    capabilities: dict[str, Any] | None = None
    deprecation: dict[str, Any] | None = None


class RemoteEvent(Listed):
    created_at: int | None = None
    level: str | None = None
    message: str | None = None
    type: str | None = None
    data: dict[str, Any] | None = None


class RemoteCheckpoint(Listed):
    created_at: int | None = None
    fine_tuned_model_checkpoint: str | None = None
    step_number: int | None = None
    metrics: dict[str, Any] | None = None


class SdkModel(Protocol):
    def to_dict(self, *, warnings: bool = True) -> dict[str, object]: ...


class SdkPage(Protocol):
    data: Any

    def has_next_page(self) -> bool: ...

    def get_next_page(self) -> Any: ...


Answer = TypeVar("Answer", bound=Lenient)
Read = TypeVar("Read", bound=Listed)


def read_as(kind: type[Answer], answer: SdkModel) -> Answer:
    try:
        return kind.model_validate(answer.to_dict(warnings=False))
    except ValidationError:
        raise Unreadable from None


def page_of(kind: type[Read], page: SdkPage) -> tuple[list[Read], Callable[[], Any] | None]:
    """What is on the page, and the call that gives the next one; None on the last."""
    if not isinstance(page.data, list):
        raise Unreadable
    return [read_as(kind, one) for one in page.data], page.get_next_page if page.has_next_page() else None
