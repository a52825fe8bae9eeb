"""The `research:` section of a project: what `clinft research` asks beside what the spec says anyway."""

from typing import Self

from pydantic import Field, model_validator

from clinft.spec.base import Line, Slug, Strict, conflict
from clinft.spec.research_policy import Source

MOST_PER_QUERY = 100


class ResearchSpec(Strict):
    """The literature that a team wants to know of. No part of the plan: it changes no training."""

    sources: tuple[Source, ...] = Field(
        default=(), max_length=20, description="Services to ask; empty means all that the policy allows."
    )
    benchmarks: tuple[Slug, ...] = Field(
        default=(), max_length=20, description="Of clinft's table of benchmarks; empty means all of them."
    )
    queries: tuple[Line, ...] = Field(
        default=(), max_length=20, description='Further queries: words, and "phrases in quotes".'
    )
    limit: int = Field(
        default=20, ge=1, le=MOST_PER_QUERY, description="Records taken from one answer, at most."
    )

    @model_validator(mode="after")
    def names_each_once(self) -> Self:
        for name in ("sources", "benchmarks"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise conflict("this list names something twice", name, next_step="Remove one of them.")
        return self
