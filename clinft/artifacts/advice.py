"""What clinft would recommend for a spec's training, and where the spec departs. It decides nothing."""

from pydantic import Field

from clinft.spec.base import Provider, Strict
from clinft.spec.project import TaskKind


class AdviceRow(Strict):
    """One setting. `reason` and `source` are clinft's own text, out of tables/recipes.yaml."""

    parameter: str = Field(description="As the spec names it, below training; or data.records.")
    spec: str = Field(description="What the spec says, or what its data are.")
    recommended: str
    departs: bool = Field(description="The spec lies outside of what the source recommends.")
    reason: str
    source: str = Field(description="Where the recommendation was read, with the day.")


class Advice(Strict):
    provider: Provider
    base_model: str
    kind: TaskKind
    samples: int
    tokens: int | None = Field(description="Of one pass; None: no tokenizer of this model at hand.")
    longest_tokens: int | None
    parameters: int | None = Field(description="Of the base model, where they are known.")
    rows: tuple[AdviceRow, ...]
    notes: tuple[str, ...] = ()

    @property
    def departures(self) -> tuple[AdviceRow, ...]:
        return tuple(row for row in self.rows if row.departs)
