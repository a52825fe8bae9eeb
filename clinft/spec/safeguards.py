"""The policy's `safeguards:` section: what an organisation declares about how it handles data."""

from functools import cache
from importlib import resources
from typing import Literal, Self

from pydantic import Field, model_validator

from clinft.spec import yaml
from clinft.spec.base import Line, Slug, Strict, conflict
from clinft.spec.eligibility import IsoDate

Area = Literal[
    "repository", "branch", "gate", "actions", "runners", "environments", "secrets", "variables", "labels",
    "oidc", "policy", "projects",
]  # fmt: skip


TABLE = "safeguards.yaml"


class Row(Strict):
    """One safeguard of clinft/tables/safeguards.yaml."""

    name: Slug
    citation: Line
    title: Line
    requirement: Literal["required", "addressable"]
    doctor: tuple[Area, ...] = ()
    clinft: Line | None = None


class Table(Strict):
    source: Line
    as_of: IsoDate
    rows: tuple[Row, ...]


@cache
def table() -> Table:
    data = (resources.files("clinft") / "tables" / TABLE).read_bytes()
    return Table.model_validate(yaml.parse(data, TABLE).value, strict=False)


class Declared(Strict):
    """One safeguard in a person's words. A declaration is shown as one, never as verified."""

    state: Literal["met", "not_met", "not_applicable"] = Field(description="What the owner says.")
    statement: Line = Field(description="How it is met, why not, or why it does not apply.")
    owner: Line = Field(description="Who says so: a person or an office.")
    date: IsoDate = Field(description="When.")


class DoctorRecord(Strict):
    """What `clinft doctor` saw; it prints these lines. An area is in one list only."""

    date: IsoDate = Field(description="The day of the look.")
    ok: tuple[Area, ...] = Field(default=(), description="Areas in which all was as it must be.")
    wrong: tuple[Area, ...] = Field(default=(), description="Areas in which something was wrong.")
    unknown: tuple[Area, ...] = Field(default=(), description="Areas that its token could not see whole.")

    @model_validator(mode="after")
    def once(self) -> Self:
        named = (*self.ok, *self.wrong, *self.unknown)
        if len(set(named)) < len(named):
            raise conflict(
                "an area stands in two lists, or twice in one",
                "doctor",
                next_step="Paste the lines as `clinft doctor` prints them.",
            )
        return self


class Safeguards(Strict):
    """Facts for the handling assessment. What is not declared needs human evidence."""

    doctor: DoctorRecord | None = Field(default=None, description="The last look at the settings.")
    facts: dict[Slug, Declared] = Field(
        default={}, description="By the name of a safeguard in clinft/tables/safeguards.yaml."
    )

    @model_validator(mode="after")
    def known(self) -> Self:
        # The table is read only where there is something to compare with it.
        names = {row.name for row in table().rows} if self.facts else set()
        for name in self.facts:
            if name not in names:
                raise conflict(
                    "there is no safeguard of this name",
                    "facts",
                    name,
                    next_step="clinft/tables/safeguards.yaml lists them, e.g. encryption-at-rest.",
                )
        return self
