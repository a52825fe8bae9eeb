"""What a service tells of jobs, files, models and events: the parts that are used, checked for their types.

The SDK builds its models from anything; Azure leaves out, or sets to null, what OpenAI always gives.
"""

from collections.abc import Callable
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from clinft.adapters.training.numbers import whole
from clinft.adapters.training.openai_api.problems import Unreadable


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _table(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


# What is only told on: a value of another kind, or beyond all bounds, is not known.
Count = Annotated[int | None, BeforeValidator(whole)]
Text = Annotated[str | None, BeforeValidator(_text)]
Anything = Annotated[str, BeforeValidator(str)]
Table = Annotated[dict[str, Any] | None, BeforeValidator(_table)]


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
    created_at: Count = None
    finished_at: Count = None
    error: RemoteError | None = None
    fine_tuned_model: str | None = None
    result_files: list[str] | None = None
    # As it was told: `tokens` is what of it can be used.
    trained_tokens: Any = None
    training_file: str | None = None
    validation_file: str | None = None
    metadata: dict[str, str] | None = None

    @property
    def tags(self) -> dict[str, str]:
        return self.metadata or {}

    @property
    def tokens(self) -> int | None:
        return whole(self.trained_tokens)


class RemoteFile(Listed):
    filename: str | None = None
    size_bytes: Count = Field(default=None, alias="bytes")
    created_at: Count = None
    expires_at: Count = None
    status: str | None = None
    status_details: str | None = None


class RemoteModel(Lenient):
    """`capabilities` and `deprecation` (Unix seconds by use) are Azure's, `shutdown_date` is OpenAI's."""

    shutdown_date: str | None = None
    capabilities: dict[str, Any] | None = None
    deprecation: dict[str, Any] | None = None


class RemoteEvent(Listed):
    """Its id is looked at nowhere."""

    id: Anything
    created_at: Count = None
    level: Text = None
    message: Text = None
    type: Text = None
    data: Table = None


class RemoteCheckpoint(Listed):
    id: Anything
    created_at: Count = None
    fine_tuned_model_checkpoint: Text = None
    step_number: Count = None
    metrics: Table = None


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
