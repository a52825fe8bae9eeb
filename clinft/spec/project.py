"""`projects/<name>/project.yaml`, version 1: the only file a user must write."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Label, Line, Slug, Strict, Text, Usd
from clinft.spec.data import DataSpec
from clinft.spec.evaluation import EvaluationSpec, RegressionSpec
from clinft.spec.training import TrainingSpec

Owner = Annotated[str, StringConstraints(pattern=r"^@[A-Za-z0-9][A-Za-z0-9-]{0,38}(/[A-Za-z0-9._-]+)?$")]
Document = Literal["model_card", "data_dictionary", "hipaa_report"]
PromptStrategy = Literal["zero_shot", "few_shot"]


class TaskSpec(Strict):
    kind: Literal["classification", "extraction", "generation"]
    description: Text
    labels: tuple[Label, ...] = Field(default=(), max_length=500)
    output_schema: dict[str, object] | None = Field(
        default=None, description="JSON Schema of the answer, for kind: extraction."
    )

    @model_validator(mode="after")
    def answers_are_defined(self) -> Self:
        if self.kind == "classification" and len(self.labels) < 2:
            raise ValueError("kind classification needs at least two labels")
        if len({label.casefold() for label in self.labels}) != len(self.labels):
            raise ValueError("labels must differ in more than upper and lower case")
        if self.kind == "extraction" and self.output_schema is None:
            raise ValueError("kind extraction needs an output_schema")
        return self


class PromptSpec(Strict):
    """Text and examples live in prompt/prompt.md."""

    strategies: tuple[PromptStrategy, ...] = ("zero_shot", "few_shot")
    few_shot_examples: int = Field(default=3, ge=1, le=32)


class Budget(Strict):
    max_usd: Usd
    max_hours: float = Field(default=24.0, gt=0, le=10_000, strict=False)


class ProjectSpec(Strict):
    version: Literal[1]
    name: Slug
    summary: Line
    owners: tuple[Owner, ...] = Field(min_length=1, max_length=20)
    clinical_domain: Slug
    intended_use: Text
    out_of_scope: tuple[Line, ...] = Field(min_length=1, max_length=30)
    task: TaskSpec
    data: DataSpec
    prompt: PromptSpec = PromptSpec()
    training: TrainingSpec
    revision: int = Field(
        default=1, ge=1, le=1_000_000, description="Raise by one to ask for a fresh run of the same plan."
    )
    budget: Budget
    evaluation: EvaluationSpec = EvaluationSpec()
    regression: RegressionSpec = RegressionSpec()
    documents: tuple[Document, ...] = ("model_card", "data_dictionary", "hipaa_report")
    notify: tuple[Slug, ...] = Field(default=(), description="Sinks named in .github/clinft.yml.")

    @model_validator(mode="after")
    def critical_labels_exist(self) -> Self:
        if set(self.regression.critical_labels) - set(self.task.labels):
            raise ValueError("regression.critical_labels names a label that task.labels does not have")
        return self
