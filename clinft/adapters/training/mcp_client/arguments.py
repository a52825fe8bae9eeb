"""The arguments of a call: the policy's templates, filled with what is known of a run."""

from collections.abc import Callable, Set
from dataclasses import dataclass

from pydantic import JsonValue

from clinft.errors import SpecError
from clinft.ports.training import TrainingRequest
from clinft.spec.mcp import JOB_ID, PATHS, PLACEHOLDER, TEXTS, placeholders


@dataclass(frozen=True)
class Rendered:
    """`missing`: placeholders inside of a text for which the spec has no value."""

    arguments: dict[str, JsonValue]
    missing: tuple[str, ...]


class Values:
    """What stands behind each name of a placeholder."""

    def __init__(self, request: TrainingRequest, job_id: str | None) -> None:
        self._request, self._job_id = request, job_id

    def __getitem__(self, name: str) -> JsonValue:
        request, spec = self._request, self._request.spec
        if name.startswith(("hyperparameters.", "lora.")):
            section, _, key = name.partition(".")
            value: JsonValue = spec.model_dump(mode="json")[section][key]
            return value
        if name in TEXTS or name in PATHS:
            path = request.training_file if name.startswith("training") else request.validation_file
            return str(path.resolve()) if name in PATHS else _text(path.name, path.read_bytes)
        values: dict[str, JsonValue] = {
            "run_id": request.run_id,
            "plan_digest": request.plan_digest,
            "base_model": request.base_model.ref,
            "base_model_revision": request.base_model.revision,
            "method": spec.method,
            "region": spec.region,
            "suffix": spec.suffix,
            "seed": spec.hyperparameters.seed,
            "training_sha256": request.training_sha256,
            "validation_sha256": request.validation_sha256,
            JOB_ID: self._job_id,
        }
        return values[name]


def render(template: dict[str, JsonValue], request: TrainingRequest, job_id: str | None = None) -> Rendered:
    """An argument that is nothing but a placeholder without a value is left out."""
    missing: list[str] = []
    filled = _filled(template, Values(request, job_id), missing)
    assert isinstance(filled, dict)  # of a mapping a mapping is made
    return Rendered(filled, tuple(missing))


def holding(template: dict[str, JsonValue], names: Set[str]) -> frozenset[str]:
    """The arguments in which one of these placeholders stands, at any depth."""
    return frozenset(key for key, value in template.items() if names & set(placeholders(value)))


def _filled(template: JsonValue, values: Values, missing: list[str]) -> JsonValue:
    if isinstance(template, dict):
        pairs = ((key, value, _filled(value, values, missing)) for key, value in template.items())
        return {key: now for key, value, now in pairs if now is not None or value is None}
    if isinstance(template, list):
        several = ((value, _filled(value, values, missing)) for value in template)
        return [now for value, now in several if now is not None or value is None]
    if not isinstance(template, str):
        return template
    alone = PLACEHOLDER.fullmatch(template)
    if alone:
        return values[alone[1]]

    def put_in(name: str) -> str:
        value = values[name]
        if value is None:
            missing.append(name)
        return "" if value is None else str(value)

    return PLACEHOLDER.sub(lambda match: put_in(match[1]), template)


def _text(name: str, read: Callable[[], bytes]) -> str:
    try:
        return read().decode()
    except UnicodeDecodeError:
        raise SpecError(
            f"{name} is not UTF-8, and an argument of a tool is text.",
            "The file was written by something else than clinft.",
            "Run `clinft prepare` again.",
        ) from None
