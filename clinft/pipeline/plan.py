"""The plan of what lies here now: computed again wherever it matters, never believed."""

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.planning import BaseModelIdentity, TrainingPlan
from clinft.pipeline.context import SPLITS, Context
from clinft.spec.reached import ELSEWHERE
from clinft.spec.training import TrainingSpec


def plan_of(context: Context) -> TrainingPlan:
    spec = context.loaded.spec
    prepared = context.need("prepare", PreparedDataset).payload
    recipe = spec.training.model_dump(
        mode="json", exclude={"provider", "base_model", "base_model_revision", "runner", "region"}
    )
    if spec.training.hyperparameters.early_stopping is None:
        # Added after plans were approved: absent, it must not change them.
        del recipe["hyperparameters"]["early_stopping"]
    return TrainingPlan(
        project=spec.name,
        task={"kind": spec.task.kind, "labels": list(spec.task.labels)},
        data={"source": spec.data.source, "origin": spec.data.origin},
        recipe=recipe,
        records={split: prepared.splits[split].sha256 for split in SPLITS},
        prompt=context.loaded.prompt_sha256,
        base_model=identify(context),
        provider=spec.training.provider,
        region=spec.training.region,
        runner=spec.training.runner,
        revision=spec.revision,
    )


def identify(context: Context) -> BaseModelIdentity:
    return identity_of(context, context.loaded.spec.training)


def identity_of(context: Context, training: TrainingSpec) -> BaseModelIdentity:
    return context.services.models.identify(
        training.base_model, training.base_model_revision, hosted=training.provider in ELSEWHERE
    )


def assess_inputs(context: Context) -> dict[str, str]:
    """What an assessment rests on, so that a committed one can be told from a stale one."""
    spec = context.loaded.spec
    read = {
        "prompt": spec.prompt.model_dump(mode="json"),
        "assessment": spec.assessment.model_dump(mode="json"),
        "thresholds": [threshold.model_dump(mode="json") for threshold in spec.evaluation.thresholds],
        "confidence": spec.evaluation.confidence,
        "critical_labels": list(spec.regression.critical_labels),
        "task": spec.task.model_dump(mode="json", include={"kind", "labels", "output_schema", "classify"}),
        "out_of_scope": list(spec.out_of_scope),
    }
    prepared = context.need("prepare", PreparedDataset).payload
    return {
        "dev": prepared.splits["dev"].sha256,
        # Examples are taken from it.
        "split.train": prepared.splits["train"].sha256,
        "prompt": context.loaded.prompt_sha256,
        "base_model": identify(context).digest,
        "spec.prompt": digest_json(read),
    }
