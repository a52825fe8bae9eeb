"""The policy's `audit:` section: how sure the auditor must be, and what an organisation looks for besides."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Slug, Strict, conflict

Word = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,30}$")]


class TeamPattern(Strict):
    """A number or code of your own, e.g. a hospital's visit number."""

    name: Slug = Field(description="Its name in findings.")
    identifier: Annotated[str, StringConstraints(pattern=r"^[A-R]$")] = Field(
        default="R", description="Letter of 45 CFR 164.514(b)(2)(i) that it counts under."
    )
    severity: Literal["CRITICAL", "HIGH", "MEDIUM"] = Field(default="HIGH", description="What it weighs.")
    pattern: Annotated[str, StringConstraints(min_length=3, max_length=300)] = Field(
        description="A regular expression of Python; its group `value`, if it has one, is the identifier."
    )
    words: tuple[Word, ...] = Field(
        default=(), max_length=30, description="One of these words must stand in the same text."
    )

    @model_validator(mode="after")
    def compiles(self) -> Self:
        try:
            compiled = re.compile(self.pattern)
        except (re.error, RecursionError):
            raise conflict(
                "this is no regular expression that Python can read",
                "pattern",
                next_step="Try it with Python's re.compile.",
            ) from None
        if compiled.match(""):
            raise conflict(
                "this pattern matches the empty text, so it would match everywhere",
                "pattern",
                next_step="Ask for at least one character.",
            )
        return self


class AuditPolicy(Strict):
    """What the audit must reach, and what it looks for besides clinft's own rules."""

    sensitivity_floor: float = Field(
        default=0.95,
        ge=0.5,
        lt=1.0,
        description="Lower bound of the measured sensitivity that every certified identifier class needs.",
    )
    presidio: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]{2,60}Recognizer$")], ...] = (
        Field(default=(), max_length=30, description="Recognisers of presidio-analyzer by class name.")
    )
    patterns: tuple[TeamPattern, ...] = Field(default=(), max_length=50, description="Patterns of your own.")
