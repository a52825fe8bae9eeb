"""JSON Lines of models: streamed, and errors that name the place but never the data."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from clinft.artifacts.replaced import replacing
from clinft.errors import Problem, SpecError
from clinft.spec.base import Strict

Model = TypeVar("Model", bound=Strict)


def iter_models(path: Path, model: type[Model]) -> Iterator[Model]:
    """Raises SpecError with row, field and error type; the row's content stays out of it."""
    with path.open(encoding="utf-8") as stream:
        for row, line in enumerate(stream, start=1):
            try:
                yield model.model_validate_json(line)
            except ValidationError as error:
                first = error.errors(include_input=False, include_context=False, include_url=False)[0]
                known = [str(part) for part in first["loc"] if str(part) in model.model_fields]
                problem = Problem(str(path), row, 0, f"field {'.'.join(known) or '(row)'}: {first['type']}")
            else:
                continue
            raise SpecError(
                f"{path.name}, row {row}: not a valid {model.__name__}.",
                "The file was changed by hand or written by another version.",
                "Prepare the data again.",
                (problem,),
            )


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """A reader sees the old file or the whole new one."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        for line in lines:
            stream.write(line + "\n")


def write_models(path: Path, models: Iterable[Strict]) -> None:
    write_lines(path, (model.model_dump_json() for model in models))
