"""`projects/<name>/declared/<run_id>.json`: a person's word on a job that clinft neither sent nor watched."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.errors import Problem
from clinft.spec import yaml
from clinft.spec.base import MOST, PROVIDER_NAME, Count, Line, Loss, Strict, Usd, conflict
from clinft.spec.eligibility import IsoDate
from clinft.spec.evaluation import RunId
from clinft.spec.messages import Model, problem, validated
from clinft.spec.private_text import private_text
from clinft.spec.text import read_text, refused, shown_path

FOLDER = "declared"
MOST_POINTS = 2000
ANOTHER_RUN = (
    "This file is about another run than its name says.",
    "It was copied or renamed by hand.",
    "Delete it, and write it again with `clinft import`.",
)
ProviderId = Annotated[str, StringConstraints(pattern=rf"^{PROVIDER_NAME}$")]


class DeclaredLoss(Strict):
    """One point of the loss curve, as the console shows it."""

    step: Count = Field(description="Optimizer step.")
    training_loss: Loss | None = Field(default=None, description="At that step.")
    validation_loss: Loss | None = Field(default=None, description="At that step.")


class Metrics(Strict):
    """The file that `clinft import --metrics` reads, YAML or JSON."""

    fine_tuned_model: ProviderId | None = Field(
        default=None, description="The model's name at the provider; absent: `--model` gives it."
    )
    steps: int = Field(ge=1, lt=MOST, description="Optimizer steps of the whole training.")
    trained_tokens: int | None = Field(default=None, ge=1, lt=MOST, description="What the provider bills.")
    cost_usd: Usd | None = Field(default=None, description="What the provider charged, in US dollars.")
    loss: tuple[DeclaredLoss, ...] = Field(
        default=(), max_length=MOST_POINTS, description="The loss curve, in order of steps."
    )

    @model_validator(mode="after")
    def steps_rise(self) -> Self:
        for index, point in enumerate(self.loss):
            if index and point.step <= self.loss[index - 1].step:
                raise conflict(
                    "the steps of the loss curve rise", "loss", index, "step", next_step="Put them in order."
                )
            if point.step > self.steps:
                raise conflict(
                    "a point lies behind the last step", "loss", index, "step", next_step="Correct `steps`."
                )
        return self


class Declaration(Strict):
    """Written by `clinft import`, committed, reviewed like any other file. None of it was measured."""

    run_id: RunId = Field(description="The run that it is about.")
    job_id: ProviderId | None = Field(default=None, description="The id that the provider gave.")
    declared_by: Line | None = Field(default=None, description="Who vouches for the metrics.")
    metrics: Metrics | None = Field(default=None, description="What training gave, once it is over.")
    samples: int | None = Field(default=None, ge=1, description="Of the training file, counted by clinft.")
    files_deleted: IsoDate | None = Field(
        default=None,
        description="The day on which a person deleted what was uploaded, or saw that nothing was.",
    )

    @model_validator(mode="after")
    def metrics_have_a_source(self) -> Self:
        if self.metrics is not None and (self.declared_by is None or self.samples is None):
            raise conflict(
                "metrics name who declares them, and how many samples they are about",
                "metrics",
                next_step="Write this file with `clinft import`.",
            )
        if self.metrics is not None and self.metrics.fine_tuned_model is None:
            raise conflict(
                "metrics name the model that training gave",
                "metrics",
                "fine_tuned_model",
                next_step="Write this file with `clinft import`.",
            )
        return self


def place(project: Path, run_id: str) -> Path:
    return project / FOLDER / f"{run_id}.json"


def load_metrics(path: Path) -> Metrics:
    """SpecError with every problem, at its line."""
    return _load(path, Metrics)


def load_declaration(project: Path, run_id: str) -> Declaration | None:
    """None: nobody has said anything of this run. SpecError with every problem, at its line."""
    path = place(project, run_id)
    if not path.exists() and not path.is_symlink():
        return None
    found = _load(path, Declaration)
    if found.run_id != run_id:
        raise refused([Problem(shown_path(path), 1, 1, *ANOTHER_RUN)])
    return found


def parse(text: str, shown: str, model: type[Model]) -> Model:
    """`text` as `clinft.spec.text.decode` gives it. SpecError with every problem, at its line."""
    document, problems = yaml.compose(text, shown)
    problems += private_text(shown, text, document.rewritten if document else ())
    if document is None:
        raise refused(problems)
    instance, errors = validated(model, document.value)
    problems += [problem(document, model, error) for error in errors]
    if instance is None or problems:
        raise refused(problems)
    return instance


def _load(path: Path, model: type[Model]) -> Model:
    return parse(read_text(path, yaml.MAX_BYTES), shown_path(path), model)
