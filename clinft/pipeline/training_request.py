"""What a training provider is told of a run; where it is reached comes from the policy alone."""

from dataclasses import replace
from pathlib import Path

from clinft.pipeline.context import Context
from clinft.pipeline.plan import identity_of
from clinft.ports.training import TrainingRequest
from clinft.spec.reached import endpoint_of, server_of
from clinft.spec.training import TrainingSpec


def request_of(
    context: Context,
    run_id: str,
    plan_digest: str,
    *,
    training: TrainingSpec | None = None,
    output_dir: Path | None = None,
) -> TrainingRequest:
    """As far as asking about a job needs one: its files' digests are empty.

    `training`: as it was when the run was started, where the spec may have moved on since.
    """
    spec = training or context.loaded.spec.training
    return TrainingRequest(
        run_id=run_id,
        plan_digest=plan_digest,
        base_model=identity_of(context, spec),
        spec=spec,
        training_file=context.formatted_path("train"),
        validation_file=context.formatted_path("validation"),
        training_sha256="",
        validation_sha256="",
        output_dir=output_dir or context.paths.work,
        card=_card(context, spec),
        endpoint=endpoint_of(context.policy, spec),
        server=server_of(context.policy, spec),
    )


def _card(context: Context, spec: TrainingSpec) -> str | None:
    """On a laptop a spec that names the team's card is tried without it."""
    runner = context.policy.runners.get(spec.runner)
    return runner.gpu if runner is not None and context.mode != "local" else None


def with_files(request: TrainingRequest, training_sha256: str, validation_sha256: str) -> TrainingRequest:
    return replace(request, training_sha256=training_sha256, validation_sha256=validation_sha256)
