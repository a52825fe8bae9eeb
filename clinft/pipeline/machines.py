"""The dated table of machines, cards and model sizes, and what a folder of weights says of itself."""

import json
import math
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from clinft.artifacts.planning import BaseModelIdentity, Price
from clinft.errors import SpecError
from clinft.pipeline.prices import read_table
from clinft.spec.base import Line, Strict, Usd
from clinft.spec.eligibility import IsoDate
from clinft.spec.policy import InstanceName, Runner
from clinft.stages.estimate import Gpu, Machine, ModelShape

TABLE = "machines.yaml"
CONFIG = "config.json"
MAX_HEADER_BYTES = 64 * 2**20
# Of each token only some of the parameters are used, and the file does not say which.
MIXTURES = ("num_experts", "num_local_experts", "n_routed_experts")


class Instance(Strict):
    name: InstanceName
    gpu: Line
    gpus: int
    memory_gb: int
    usd_per_hour: Usd
    minimum_minutes: int
    as_of: IsoDate
    source: Line


class GpuRow(Strict):
    name: Line
    bf16_tflops: int
    memory_gb: int
    mfu_lora: float | None = None
    mfu_qlora: float | None = None
    as_of: IsoDate
    source: Line


class Shape(Strict):
    base_model: Line
    parameters: int
    layers: int
    hidden: int
    ffn: int
    vocabulary: int
    tied: bool
    as_of: IsoDate
    source: Line


class Table(Strict):
    instances: list[Instance]
    gpus: list[GpuRow]
    shapes: list[Shape]


@cache
def machine_table() -> Table:
    return Table.model_validate(read_table(TABLE))


def instance_named(name: str) -> Machine:
    for row in machine_table().instances:
        if row.name == name:
            price = Price(
                what="machine",
                value=row.usd_per_hour,
                unit="usd_per_hour",
                region=name.rpartition(":")[2],
                as_of=row.as_of,
                source=row.source,
            )
            return Machine(name, price, gpu_named(row.gpu), row.gpus, row.minimum_minutes)
    known = ", ".join(row.name for row in machine_table().instances)
    raise SpecError(
        "There is no such instance in the table of machines.",
        f"It is written PROVIDER:TYPE:REGION, and the table knows: {known}.",
        f"Name one of them, or add a row with source and date to clinft/tables/{TABLE}.",
    )


def gpu_named(name: str) -> Gpu | None:
    for row in machine_table().gpus:
        if row.name == name:
            return Gpu(row.name, row.bf16_tflops, row.memory_gb, row.source, row.mfu_lora, row.mfu_qlora)
    return None


def runner_machine(name: str, runner: Runner, today: date) -> Machine:
    """What the policy says of the runner, then what the table says of its instance."""
    known = instance_named(runner.instance) if runner.instance is not None else Machine(f"runner {name}")
    gpu = gpu_named(runner.gpu) if runner.gpu is not None else known.gpu
    price = known.price
    if runner.usd_per_hour is not None:
        # Nothing is nothing to estimate: the machine counts as one of your own.
        price = _declared(name, runner.usd_per_hour, today) if runner.usd_per_hour else None
    return Machine(known.name, price, gpu, known.gpus, known.minimum_minutes)


def _declared(name: str, usd_per_hour: Usd, today: date) -> Price:
    return Price(
        what="machine",
        value=usd_per_hour,
        unit="usd_per_hour",
        as_of=today.isoformat(),
        source=f"what .github/clinft.yml says an hour of the runner {name} costs",
    )


def shape_named(base_model: str) -> ModelShape | None:
    for row in machine_table().shapes:
        if row.base_model == base_model:
            return ModelShape(
                row.parameters, row.layers, row.hidden, row.ffn, row.vocabulary, row.tied, row.source
            )
    return None


def shape_of(identity: BaseModelIdentity, repository: Path) -> ModelShape | None:
    """None: nothing here says how large the model is."""
    if identity.kind == "folder":
        return shape_of_folder(repository / identity.ref)
    return shape_named(identity.ref) if identity.kind in ("builtin", "hub") else None


def shape_of_folder(folder: Path) -> ModelShape | None:
    try:
        config = json.loads((folder / CONFIG).read_bytes())
        if any(config.get(name) for name in MIXTURES):
            return None
        return ModelShape(
            parameters=sum(_parameters(folder)),
            layers=_count(config, "num_hidden_layers"),
            hidden=_count(config, "hidden_size"),
            ffn=_count(config, "intermediate_size"),
            vocabulary=_count(config, "vocab_size"),
            tied=bool(config.get("tie_word_embeddings")),
            source=f"{CONFIG} and the headers of the weights",
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _count(config: dict[str, Any], name: str) -> int:
    value = config[name]
    if not isinstance(value, int) or value < 1:
        raise ValueError(name)
    return value


def _parameters(folder: Path) -> Iterator[int]:
    """A safetensors file starts with the length of its header, then the header: each tensor's shape."""
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if length > MAX_HEADER_BYTES:
                raise ValueError("no header")
            header = json.loads(stream.read(length))
        yield from (math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
