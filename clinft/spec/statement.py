"""`projects/<name>/synthetic/statements.yaml`: a person's word that a brought file is synthetic."""

from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator

from clinft.errors import SpecError
from clinft.spec import yaml
from clinft.spec.base import Line, Sha256, Strict, conflict
from clinft.spec.eligibility import IsoDate
from clinft.spec.policy import Login

FILE = "statements.yaml"


class Statement(Strict):
    """Given by whoever brings the file, and reviewed by somebody else of the role privacy."""

    file_sha256: Sha256 = Field(description="Digest of the file that it is about.")
    how_made: Line = Field(description="How the file was made, and that no patient's record was read.")
    author: Login = Field(description="Who brings the file.")
    reviewer: Login = Field(description="Who of the role privacy has looked.")
    date: IsoDate = Field(description="The day of that look.")

    @model_validator(mode="after")
    def two_people(self) -> Self:
        if self.author.lower() == self.reviewer.lower():
            raise conflict(
                "nobody reviews their own statement",
                "reviewer",
                next_step="Ask somebody else of the role privacy.",
            )
        return self


class Statements(Strict):
    statements: tuple[Statement, ...] = Field(max_length=100)


def load_statements(synthetic: Path) -> tuple[Statement, ...]:
    """Of a project's folder `synthetic/`; none where the file is missing. SpecError."""
    path = synthetic / FILE
    if not path.exists():
        return ()
    try:
        value = yaml.parse(path.read_bytes(), str(path)).value
        return Statements.model_validate(value, strict=False).statements
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SpecError(
            f"{path} is not valid at `{where}`: {first['type'].replace('_', ' ')}.",
            "A statement has file_sha256, how_made, author, reviewer and date; the two people differ.",
            "Correct it; the reviewer is a person of the role privacy.",
        ) from None
