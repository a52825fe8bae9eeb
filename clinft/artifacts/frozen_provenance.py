"""`synthetic/provenance.json`, which `clinft freeze` writes: where files of synthetic/ come from."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from clinft.errors import SpecError
from clinft.spec.base import Count, Label, Line, Provider, Sha256, Slug, Strict
from clinft.spec.data import DataSpec
from clinft.spec.eligibility import IsoDate

FILE = "provenance.json"


class Writer(Strict):
    """The model that wrote the texts, and what decides its answers."""

    model: Line
    provider: Provider
    endpoint: Slug = Field(description="The policy's entry.")
    host: Line
    prompt_sha256: Sha256 = Field(description="Of all that is said to it beside the facts of a record.")
    seed: int = Field(description="Draws the voice that each record is to be written in.")


class Counted(Strict):
    """Records by what became of their text. `refused`: by reason, records whose last answer had it."""

    written: Count = Field(description="The model's text was kept.")
    asked_again: Count = Field(description="Of those, after one or two more requests.")
    generated: Count = Field(description="The generator's own text stayed.")
    dropped: Count
    unchecked: Count = Field(description="Never asked: a fact could not be told from the generator's text.")
    refused: dict[Slug, Count]


class Source(Strict):
    """A file that was imported; its name is nobody's business."""

    sha256: Sha256
    kind: Literal["jsonl", "chat", "csv", "parquet"]
    records: Count


class FrozenProvenance(Strict):
    """`data`, `labels`, `domain`: what the facts are drawn from again, for origin written."""

    version: Literal[1]
    origin: Literal["written", "imported"]
    made_on: IsoDate
    clinft_version: str
    files: dict[str, Sha256] = Field(description="Every file of records in synthetic/, and no other.")
    splits: dict[str, Sha256] = Field(description="Of each split as a whole, its parts in order.")
    records: dict[str, Count]
    data: DataSpec | None = None
    labels: tuple[Label, ...] = ()
    classify: Literal["acuity", "condition", "severity"] | None = None
    domain: Slug | None = None
    generator_version: int | None = None
    writer: Writer | None = None
    counted: Counted | None = None
    sources: tuple[Source, ...] = ()
    grouped_by: Literal["scenario and near repeats", "near repeats"] | None = None


def load(synthetic: Path) -> FrozenProvenance | None:
    """None where nobody froze anything with clinft: people may bring files by hand. SpecError."""
    path = synthetic / FILE
    if path.is_symlink():
        raise _invalid(path, "it is a link")
    if not path.exists():
        return None
    try:
        return FrozenProvenance.model_validate_json(path.read_bytes())
    except (ValidationError, ValueError):
        raise _invalid(path, "it is not as clinft writes it") from None


def _invalid(path: Path, why: str) -> SpecError:
    return SpecError(
        f"{path} cannot be used: {why}.",
        "`clinft freeze` writes it, together with the files that it is about.",
        "Restore the folder synthetic/ from git, or freeze again.",
    )
