"""`projects/<name>/project.yaml`, version 1: the only file a user must write."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.assessment import AssessmentSpec
from clinft.spec.base import Label, Line, Slug, Strict, Text, Usd, conflict
from clinft.spec.data import DataSpec
from clinft.spec.evaluation import EvaluationSpec, RegressionSpec
from clinft.spec.measured import evaluation_of, regression_of
from clinft.spec.prompting import PromptSpec
from clinft.spec.research import ResearchSpec
from clinft.spec.training import TrainingSpec

Owner = Annotated[str, StringConstraints(pattern=r"^@[A-Za-z0-9][A-Za-z0-9-]{0,38}(/[A-Za-z0-9._-]+)?$")]
Document = Literal[
    "model_card",
    "data_dictionary",
    "hipaa_report",
    "source_attributes",
    "applied_model_card",
    "ml_bom",
    "croissant",
]
TaskKind = Literal[
    "classification",
    "extraction",
    "coding",
    "ner",
    "question_answering",
    "summarization",
    "dialogue_to_note",
    "generation",
]


class TaskSpec(Strict):
    """What the model is asked to do."""

    kind: TaskKind = Field(
        description="classification: one label. extraction: a JSON object. coding: ICD-10-CM codes. "
        "ner: entities. question_answering, summarization, dialogue_to_note and generation: text."
    )
    description: Text = Field(description="The task in words a clinician agrees with.")
    labels: tuple[Label, ...] = Field(
        default=(), max_length=500, description="Every answer that counts, for kind: classification."
    )
    classify: Literal["acuity", "condition", "severity"] | None = Field(
        default=None,
        description="For kind: classification with generator clinical-notes: what the labels name; absent: "
        "the one of them that has all of the labels.",
    )
    output_schema: dict[str, object] | None = Field(
        default=None, description="JSON Schema of the answer, for kind: extraction."
    )

    @model_validator(mode="after")
    def answers_are_defined(self) -> Self:
        if self.kind == "classification" and len(self.labels) < 2:
            raise conflict(
                "kind classification needs at least two labels",
                "labels",
                next_step="List every answer that counts.",
            )
        if len({label.casefold() for label in self.labels}) != len(self.labels):
            raise conflict(
                "labels must differ in more than upper and lower case",
                "labels",
                next_step="Rename or remove one of them.",
            )
        if self.kind == "extraction" and self.output_schema is None:
            raise conflict(
                "kind extraction needs an output_schema",
                "output_schema",
                next_step="Add the JSON Schema of the answer.",
            )
        return self


class Budget(Strict):
    """What one run may cost; policy may allow less."""

    max_usd: Usd = Field(description="Upper bound in US dollars; 0 for training on your own machine.")
    max_hours: float = Field(
        default=24.0, gt=0, le=10_000, strict=False, description="Upper bound of training time in hours."
    )


class ProjectSpec(Strict):
    """One fine-tuning project."""

    version: Literal[1] = Field(description="Version of this file's format.")
    name: Slug = Field(description="The name of the project's folder.")
    summary: Line = Field(description="One line for lists and reports.")
    owners: tuple[Owner, ...] = Field(
        min_length=1, max_length=20, description="GitHub users or teams that answer for it, with @."
    )
    clinical_domain: Slug = Field(description="A domain of clinft's tables, e.g. general-medicine.")
    intended_use: Text = Field(description="Who uses the model, on what, for which decision.")
    out_of_scope: tuple[Line, ...] = Field(
        min_length=1, max_length=30, description="What it must not be used for."
    )
    task: TaskSpec = Field(description="What the model is asked to do.")
    data: DataSpec = Field(description="Where the records come from.")
    prompt: PromptSpec = Field(default=PromptSpec(), description="How the prompt is tried.")
    assessment: AssessmentSpec = Field(
        default=AssessmentSpec(), description="What requests and errors cost, for the break-even of training."
    )
    training: TrainingSpec = Field(description="What is trained, how and where.")
    revision: int = Field(
        default=1, ge=1, le=1_000_000, description="Raise by one to ask for a fresh run of the same plan."
    )
    budget: Budget = Field(description="What one run may cost.")
    evaluation: EvaluationSpec = Field(default=EvaluationSpec(), description="What is measured.")
    regression: RegressionSpec = Field(default=RegressionSpec(), description="What must not get worse.")
    research: ResearchSpec = Field(
        default=ResearchSpec(), description="What `clinft research` asks beside what follows from the rest."
    )
    documents: tuple[Document, ...] = Field(
        default=(
            "model_card",
            "data_dictionary",
            "hipaa_report",
            "source_attributes",
            "applied_model_card",
            "ml_bom",
            "croissant",
        ),
        max_length=10,
        description="Documents rendered from the run's facts.json; the first three also lie beside the spec.",
    )
    notify: tuple[Slug, ...] = Field(
        default=(), max_length=20, description="Sinks named in .github/clinft.yml."
    )

    @model_validator(mode="after")
    def measured_by_kind(self) -> Self:
        # Frozen for everybody else: what the spec leaves out follows from another of its sections.
        object.__setattr__(self, "evaluation", evaluation_of(self.task.kind, self.evaluation))
        object.__setattr__(self, "regression", regression_of(self.task.kind, self.regression))
        return self

    @model_validator(mode="after")
    def name_is_free(self) -> Self:
        if self.name == "tracking":
            raise conflict(
                "projects/tracking/ holds clinft's own tables", "name", next_step="Choose another name."
            )
        return self

    @model_validator(mode="after")
    def counted_labels_exist(self) -> Self:
        counts = self.data.label_counts
        for label in counts:
            if label not in self.task.labels:
                raise conflict(
                    "this label is not one of task.labels",
                    "data",
                    "label_counts",
                    label,
                    next_step="Write it exactly as there.",
                )
        missing = len(set(self.task.labels) - counts.keys())
        if counts and missing:
            raise conflict(
                f"label_counts leaves out {missing} of task.labels", "data", "label_counts",
                next_step="Give every label its count, or leave label_counts out.",
            )  # fmt: skip
        return self

    @model_validator(mode="after")
    def critical_labels_exist(self) -> Self:
        for index, label in enumerate(self.regression.critical_labels):
            if label not in self.task.labels:
                raise conflict(
                    "this label is not one of task.labels",
                    "regression",
                    "critical_labels",
                    index,
                    next_step="Write it exactly as there.",
                )
        return self
