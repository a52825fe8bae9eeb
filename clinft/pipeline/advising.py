"""What advice on a project's training rests on: its data as they will be sent, its model, known machines."""

from typing import Literal

from clinft import run_folder
from clinft.artifacts.advice import Advice
from clinft.artifacts.audit import AuditReport
from clinft.pipeline import machines
from clinft.pipeline.context import Context
from clinft.pipeline.plan import identify
from clinft.spec.reached import endpoint_of, server_of
from clinft.stages.advise import Card, DataFacts, Memory, ModelFacts, Request, advise
from clinft.stages.estimate import Counted
from clinft.stages.estimate.machine import ModelShape, lora_parameters, vram_gb
from clinft.stages.report.by_hand import ByHand

# What the card's memory must be above the formula's value; the estimate says how far off that was.
HEADROOM = 1.25


def advice_of(context: Context, training: Counted) -> Advice:
    """Needs prepared data, and nothing of a provider."""
    return advise(request_of(context, training))


def request_of(context: Context, training: Counted) -> Request:
    spec = context.loaded.spec
    identity = identify(context)
    shape = machines.shape_of(identity, context.repository)
    return Request(
        training=spec.training,
        data=DataFacts(
            kind=spec.task.kind,
            samples=training.samples,
            tokens=training.tokens,
            longest_tokens=training.longest_tokens,
        ),
        model=ModelFacts(
            parameters=None if shape is None else shape.parameters,
            memory_gb=None if shape is None else _memory(context, shape),
        ),
        machines=tuple(
            Card(row.name, row.gpu, row.gpus, row.memory_gb, row.usd_per_hour)
            for row in machines.machine_table().instances
        ),
        runner=_runner(context),
    )


def by_hand_of(context: Context) -> ByHand:
    """With the digests that the last audit names, where there was one."""
    audited = run_folder.load(context.paths.work, "audit", AuditReport)
    files = {} if audited is None else audited.files
    training = context.loaded.spec.training
    return ByHand(
        project=context.name,
        training=training,
        endpoint=endpoint_of(context.policy, training),
        server=server_of(context.policy, training),
        training_sha256=files.get("data/formatted/train.jsonl", ""),
        validation_sha256=files.get("data/formatted/validation.jsonl", ""),
    )


def _memory(context: Context, shape: ModelShape) -> Memory:
    training = context.loaded.spec.training
    hyper, lora = training.hyperparameters, training.lora

    def memory_gb(method: Literal["lora", "qlora", "full"], r: int) -> float:
        adapter = lora_parameters(shape, r, lora.target_modules, lora.top_layers)
        trained = shape.parameters if method == "full" else adapter
        needed = vram_gb(shape, trained, hyper.max_tokens, hyper.batch_size, quantised=method == "qlora")
        return needed.gb * HEADROOM

    return memory_gb


def _runner(context: Context) -> Card | None:
    name = context.loaded.spec.training.runner
    runner = context.policy.runners.get(name)
    if runner is None:
        return None
    machine = machines.runner_machine(name, runner, context.services.clock.now().date())
    if machine.gpu is None:
        return None
    return Card(name, machine.gpu.name, machine.gpus, machine.gpu.memory_gb)
