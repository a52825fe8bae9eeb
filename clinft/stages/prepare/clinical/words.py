"""The words that every style shares: abbreviations, lay words, routes, frequencies, units, corrections."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints

from clinft.errors import SpecError
from clinft.spec import yaml
from clinft.spec.base import Strict
from clinft.spec.messages import problem, validated
from clinft.stages.prepare.pack import Phrase

TableModel = TypeVar("TableModel", bound=Strict)
Said = Annotated[str, StringConstraints(pattern=r"^[^\r\n]*$", max_length=40)]
# With slots {item}, {wrong}, {right}.
Correction = Annotated[str, StringConstraints(pattern=r"^[A-Z][^\r\n]*\.$", max_length=160)]


class Abbreviations(Strict):
    version: Literal[1]
    words: dict[Phrase, Phrase] = Field(min_length=20)


class Forms(Strict):
    """How a note in full words and a hurried one write the same thing."""

    full: Said
    short: Said


class Wording(Strict):
    version: Literal[1]
    routes: dict[str, Forms]
    frequencies: dict[str, Forms]
    units: dict[str, Said] = Field(description="Units of laboratories that notes write otherwise.")
    lay: dict[Phrase, Phrase] = Field(description="A condition's name -> what a patient calls it.")
    kept: tuple[str, ...] = Field(description="Words without typing errors: they turn a sentence round.")
    corrections: dict[Literal["finding", "negated", "temperature", "dose"], tuple[Correction, ...]]


def folder() -> Traversable:
    return resources.files("clinft") / "tables" / "styles"


def table(model: type[TableModel], name: str) -> TableModel:
    return parsed(model, (folder() / f"{name}.yaml").read_bytes(), f"clinft/tables/styles/{name}.yaml")


def parsed(model: type[TableModel], text: bytes, path: str) -> TableModel:
    """SpecError with every problem and its line."""
    document = yaml.parse(text, path)
    found, errors = validated(model, document.value)
    if found is None or errors:
        raise SpecError(
            f"{path} is not a valid table.",
            problems=tuple(problem(document, model, error) for error in errors),
        )
    return found


@cache
def abbreviations() -> dict[str, str]:
    return dict(table(Abbreviations, "abbreviations").words)


@cache
def wording() -> Wording:
    return table(Wording, "wording")
