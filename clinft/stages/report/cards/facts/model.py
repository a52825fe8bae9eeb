"""What was trained, from what and how, as facts."""

from clinft.artifacts.fact_sheet import Figure, ModelFacts
from clinft.stages.report import numbers
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.facts import RunFacts

WEIGHT_METHODS = ("lora", "qlora", "dora")


def model(facts: RunFacts) -> ModelFacts:
    trained, training = facts.model, facts.spec.training
    base = trained.base_model
    return ModelFacts(
        base_model=base.ref,
        base_kind=base.kind,
        base_sha256=base.digest,
        base_revision=base.revision or training.base_model_revision,
        provider=trained.provider,
        method=training.method,
        fine_tuned_model=trained.fine_tuned_model,
        weights=dict(sorted(trained.weights.items())),
        plan_sha256=trained.plan_digest,
        training_file=trained.training_file,
        validation_file=trained.validation_file,
        declared_by=trained.declared_by,
        trainable_parameters=_told(facts, trained.trainable_parameters, "not told by the provider"),
        steps=_told(facts, trained.steps, "its provider tells no steps"),
        samples=_told(facts, trained.samples, ""),
        answer_tokens=_told(facts, trained.answer_tokens, "not told by the provider"),
        validation_loss=_validation_loss(facts),
        settings=_settings(facts),
    )


def _told(facts: RunFacts, value: int | None, reason: str) -> Figure:
    if value is None:
        return figures.missing(reason)
    if facts.model.declared_by is not None:
        return figures.declared(value)
    return figures.counted(value, facts.model.training_file)


def _validation_loss(facts: RunFacts) -> Figure:
    """One pass over the whole validation file: a mean of what is there, not an estimate of anything else."""
    losses = [point.validation_loss for point in facts.model.loss if point.validation_loss is not None]
    if not losses:
        return figures.missing("the provider reported none")
    if facts.model.declared_by is not None:
        return figures.declared(losses[-1])
    return Figure(
        basis="measured",
        shown=numbers.number(losses[-1]),
        value=losses[-1],
        exact=True,
        n=facts.prepared.splits["validation"].records,
        data_sha256=facts.model.validation_file,
        note="nats per answer token, after the last step",
    )


def _settings(facts: RunFacts) -> dict[str, str | tuple[str, ...]]:
    training = facts.spec.training
    settings = training.hyperparameters.model_dump(mode="json", exclude_none=True)
    if training.method in WEIGHT_METHODS:
        adapter = training.lora.model_dump(mode="json", exclude_none=True)
        settings |= {f"lora.{name}": value for name, value in adapter.items()}
    return {
        name: tuple(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in settings.items()
    }
