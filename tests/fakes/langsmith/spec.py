"""What requests and answers must look like, by the vendor's own types."""

from email.parser import BytesParser
from functools import cache
from typing import Any

from langsmith import schemas as ls
from langsmith.types import Dataset as DatasetAnswer
from langsmith.types import TracerSession as SessionAnswer
from langsmith.types import info_list_response, session_create_params, session_update_params
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

# Of `POST /runs/multipart`, by its description: `<event>.<id>[.<field>]`.
RUN_FIELDS = ("inputs", "outputs", "events", "error", "extra", "serialized")


def _closed(model: type[BaseModel], *more: str, leave: tuple[str, ...] = ()) -> type[BaseModel]:
    """The same fields, and none beside."""
    fields = {
        name: (found.annotation, found) for name, found in model.model_fields.items() if name not in leave
    }
    extra = dict.fromkeys(more, (Any, None))
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    return create_model(f"Closed{model.__name__}", __config__=config, **fields, **extra)  # type: ignore[call-overload, no-any-return]


@cache
def _models() -> dict[str, type[BaseModel]]:
    return {
        # The SDK has no type for making a dataset: the fields that its client sends.
        "dataset": _closed(ls.DatasetBase, "transformations", "extra", "inputs_schema_definition", "outputs_schema_definition"),
        "example": _closed(ls.ExampleCreate, "outputs", "dataset_id", leave=("reference_outputs", "attachments")),
        "run": _closed(ls.RunBase, "trace_id", "dotted_order", "session_id", "session_name", leave=("attachments", "extra")),
        "feedback": _closed(ls.FeedbackCreate, leave=("address",)),
    }  # fmt: skip


PARAMS: dict[str, Any] = {
    "session": session_create_params.SessionCreateParams,
    "session_update": session_update_params.SessionUpdateParams,
}


@cache
def _params(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(PARAMS[kind])


def errors(kind: str, body: Any) -> list[str]:
    """What is wrong with a body, without its text."""
    try:
        if kind in _models():
            _models()[kind].model_validate(body)
        else:
            beside = set(body) - set(PARAMS[kind].__annotations__)
            if beside:
                return [f"{kind}: unknown {sorted(beside)}"]
            _params(kind).validate_python(body)
    except ValidationError as error:
        return [f"{kind}: {one['loc']} {one['type']}" for one in error.errors(include_input=False)]
    return []


def answer_errors(kind: str, body: Any) -> list[str]:
    answers: dict[str, Any] = {
        "dataset": DatasetAnswer,
        "session": SessionAnswer,
        "info": info_list_response.InfoListResponse,
    }
    try:
        answers[kind].model_validate(body)
    except ValidationError as error:
        return [f"answer {kind}: {one['loc']} {one['type']}" for one in error.errors(include_input=False)]
    return []


def parts_of(content_type: str, data: bytes) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Name and content of each part, and what is wrong with their headers."""
    message = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + data)
    found, wrong = [], []
    for part in message.get_payload():
        assert not isinstance(part, str)
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        length = part.get("Content-Length") or part.get_param("length")
        if part.get_content_type() != "application/json":
            wrong.append("part without application/json")
        if length is not None and int(str(length)) != len(content):
            wrong.append("part of another length than it says")
        found.append((name, content))
    return found, wrong


def has_length(content_type: str, data: bytes) -> bool:
    message = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + data)
    return all(
        not isinstance(part, str) and (part.get("Content-Length") or part.get_param("length"))
        for part in message.get_payload()
    )
