"""The training loop: completion-only loss, shared prompt, and steps that can be repeated bit for bit.

A plain loop instead of transformers' Trainer: on two CPU cores it trains faster (docs/benchmarks.md), and
every step depends only on the seed and its number, so that a resumed run equals an uninterrupted one.
"""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch

from clinft.adapters.model.prefix import Trunk, shared_length
from clinft.adapters.training import stopping, usage
from clinft.adapters.training.checkpoints import Checkpoints
from clinft.adapters.training.event_files import Curves, NoCurves
from clinft.adapters.training.padded import Padded
from clinft.adapters.training.samples import Data, Sample, batches
from clinft.adapters.training.soft_stop import SoftStop
from clinft.adapters.training.spread import ALONE, Ranks
from clinft.artifacts.canonical import digest_json
from clinft.artifacts.model import LossPoint
from clinft.ports.progress import Progress, ProgressTask
from clinft.spec.training import ADAPTER_RATE, Hyperparameters

POINTS = 100


@dataclass
class State:
    """Everything but tensors that a step leaves to the next. `seconds` is measured, not repeatable."""

    step: int = 0
    tokens: int = 0
    sample_tokens: int = 0
    seconds: float = 0.0
    recent: list[float] = field(default_factory=list)
    loss: list[LossPoint] = field(default_factory=list)

    def dump(self) -> dict[str, Any]:
        return {**vars(self), "loss": [point.model_dump() for point in self.loss]}

    @classmethod
    def parse(cls, saved: dict[str, Any]) -> "State":
        loss = [LossPoint.model_validate(point) for point in saved["loss"]]
        known = {name: saved[name] for name in ("step", "tokens", "sample_tokens", "seconds", "recent")}
        return cls(**known, loss=loss)


def steps_of(samples: int, hyperparameters: Hyperparameters) -> int:
    steps = math.ceil(samples / hyperparameters.batch_size) * hyperparameters.n_epochs
    return min(steps, hyperparameters.max_steps or steps)


def learning_rate(step: int, steps: int, hyperparameters: Hyperparameters) -> float:
    """Linear warm-up, then linear decay; `step` counts from 0."""
    peak = hyperparameters.learning_rate or ADAPTER_RATE
    warmup = max(1, round(hyperparameters.warmup_fraction * steps))
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (steps - step) / max(1, steps - warmup)


class Reading(Protocol):
    """How a batch goes through the model."""

    def fit(self, batch: Sequence[Sample]) -> None:
        """`batch` is the longest that will come; called once, before the first step."""

    def parts(self, batch: Sequence[Sample]) -> list[Sequence[Sample]]:
        """What goes through together; the gradients of all parts are summed."""

    def loss(self, batch: Sequence[Sample]) -> tuple[torch.Tensor, int]:
        """Summed negative log-likelihood (nats) of the answers, and their number of tokens."""


def shared_of(data: Data) -> int:
    """Tokens that all samples begin with. The answer is never shared, even where all had the same one."""
    samples = (*data.training, *data.validation)
    return min(shared_length([sample.ids for sample in samples]), *(sample.prompt - 1 for sample in samples))


class Loop:
    """One training run in memory. `trainable`: parameters by name, the adapter's or all of the model's."""

    def __init__(
        self,
        trunk: Trunk,
        trainable: dict[str, torch.nn.Parameter],
        data: Data,
        hyperparameters: Hyperparameters,
        checkpoints: Checkpoints,
        reading: Reading | None = None,
        ranks: Ranks = ALONE,
    ) -> None:
        self._trunk, self._trainable = trunk, trainable
        self._training, self._validation = data.training, data.validation
        self._hyperparameters, self._checkpoints, self._ranks = hyperparameters, checkpoints, ranks
        # FSDP fetches weights for gradients of a layer's output, not for those of keys kept beside it.
        shared = 0 if ranks.sharded else shared_of(data)
        self._reading: Reading = reading or Padded(trunk, shared)
        self._optimizer = torch.optim.AdamW(
            trainable.values(),
            lr=hyperparameters.learning_rate or ADAPTER_RATE,
            weight_decay=hyperparameters.weight_decay,
            fused=trunk.device.type == "cuda" or None,
        )
        self.steps = steps_of(len(data.training), hyperparameters)
        self.state = State()
        self._curves: Curves = NoCurves()

    def resume(self) -> int:
        """Continue from the newest whole checkpoint; returns its step."""
        found = self._checkpoints.latest() if self._ranks.first else None
        saved = json.loads(self._ranks.told(json.dumps(found[1] if found else None).encode()))
        if saved is not None:
            self._restore({} if found is None else found[0])
            self.state = State.parse(saved)
        return self.state.step

    def run(self, progress: Progress, stop: SoftStop | None = None, curves: Curves | None = None) -> State:
        """To the last step, or to the end of the step at which `stop` is due: then CheckpointWritten."""
        self._curves = curves or self._curves
        longest = sorted(self._training, key=lambda sample: -len(sample.ids))
        # What fits must fit beside what the optimizer will remember of each weight, from its first step on.
        beside = [] if self._optimizer.state else [*map(torch.empty_like, [*self._trainable.values()] * 2)]
        # The longest share of it that any process gets.
        self._reading.fit(longest[: self._hyperparameters.batch_size : self._ranks.world])
        del beside
        with progress.task("training", self.steps, done=self.state.step) as task:
            if self.state.step == 0:
                self._note_point(validate=True)
            while not self._finished():
                self._step(task)
                last = self.state.step == self.steps
                checkpoint = self.state.step % self._hyperparameters.checkpoint_every_steps == 0 or last
                if checkpoint or self.state.step % max(1, self.steps // POINTS) == 0:
                    self._note_point(validate=checkpoint)
                    if advice := stopping.divergence(self.state.loss):
                        raise FloatingPointError(advice)
                cut = self._ranks.any(stop is not None and stop.due(finished=self._finished()))
                # Between two of the spec's checkpoints no point is noted, as in a run that nobody stops.
                if checkpoint or cut:
                    self._save()
                if stop is not None and cut:
                    raise stop.cut_off(self.state.step, self.steps)
        if self.best_step not in (None, self.state.step):
            self._take_best(progress)
        return self.state

    @property
    def best_step(self) -> int | None:
        """Whose weights are the result; None: nobody asked for the best ones."""
        if self._hyperparameters.early_stopping is None:
            return None
        best = stopping.best(self.state.loss)
        return best.step if best is not None else None

    def _finished(self) -> bool:
        patience = self._hyperparameters.early_stopping
        return self.state.step >= self.steps or stopping.waited_enough(self.state.loss, patience)

    def _take_best(self, progress: Progress) -> None:
        assert self.best_step is not None
        tensors = self._checkpoints.of_step(self.best_step) if self._ranks.first else {}
        with torch.no_grad():
            for name, parameter in self._trainable.items():
                parameter.copy_(self._ranks.from_first(tensors.get(f"parameter.{name}"), parameter))
        done = self.state.step
        progress.note(f"Weights of step {self.best_step:,} of {done:,}: the lowest validation loss.")

    def _save(self) -> None:
        tensors = self._tensors()
        if self._ranks.first:
            self._checkpoints.save(self.state.step, tensors, self.state.dump(), keep=self.best_step)

    def _step(self, task: ProgressTask) -> None:
        started, state, hyper = time.monotonic(), self.state, self._hyperparameters
        per_epoch = math.ceil(len(self._training) / hyper.batch_size)
        epoch, place = divmod(state.step, per_epoch)
        batch = [
            self._training[i] for i in batches(self._training, hyper.batch_size, hyper.seed, epoch)[place]
        ]
        # Dropout depends on the step's number alone, not on how many processes it took to get here.
        torch.manual_seed(int(digest_json([hyper.seed, state.step, *self._ranks.salt])[:15], 16))
        rate = learning_rate(state.step, self.steps, hyper)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad(set_to_none=True)
        count = sum(len(sample.ids) - sample.prompt for sample in batch)
        losses = []
        for part, counts in self._ranks.parts(batch, self._reading.parts):
            loss = self._reading.loss(part)[0] / count
            if counts:
                losses.append(loss.detach())
            else:
                loss = loss * 0.0
            loss.backward()
        self._ranks.sum_gradients(list(self._trainable.values()))
        torch.nn.utils.clip_grad_norm_(list(self._trainable.values()), hyper.max_grad_norm)
        self._optimizer.step()
        (value,) = self._ranks.sums(sum(losses[1:], start=losses[0]).item() if losses else 0.0)
        if not math.isfinite(value):
            raise FloatingPointError(f"The loss is no longer a number at step {state.step + 1}.")
        state.step += 1
        state.tokens += count
        state.sample_tokens += sum(len(sample.ids) for sample in batch)
        state.seconds += time.monotonic() - started
        state.recent.append(value)
        speed = round(state.sample_tokens / state.seconds)
        memory = usage.peak_mib(self._trunk.device)
        task.advance(
            loss=round(value, 3), learning_rate=rate, tokens_per_second=speed, peak_memory_mib=memory
        )
        self._curves.add(
            state.step,
            training_loss=value,
            learning_rate=rate,
            tokens_per_second=speed,
            peak_memory_mib=memory,
        )

    @torch.no_grad()
    def validation_loss(self) -> float | None:
        """Nats per answer token over the whole validation split."""
        if not self._validation:
            return None
        self._trunk.model.eval()
        total, count, size = 0.0, 0.0, self._hyperparameters.batch_size
        ordered = sorted(self._validation, key=lambda sample: len(sample.ids))
        for start in range(0, len(ordered), size):
            for part, counts in self._ranks.parts(ordered[start : start + size], self._reading.parts):
                found, tokens = self._reading.loss(part)
                if counts:
                    total, count = total + found.item(), count + tokens
        total, count = self._ranks.sums(total, count)
        self._trunk.model.train()
        if not math.isfinite(total):
            raise FloatingPointError(f"The validation loss is not a number after step {self.state.step}.")
        return total / count

    def _note_point(self, validate: bool) -> None:
        recent = self.state.recent
        point = LossPoint(
            step=self.state.step,
            tokens=self.state.tokens,
            training_loss=sum(recent) / len(recent) if recent else None,
            validation_loss=self.validation_loss() if validate else None,
        )
        self.state.recent = []
        self.state.loss.append(point)
        self._curves.add(point.step, validation_loss=point.validation_loss)

    def _tensors(self) -> dict[str, torch.Tensor]:
        """The trained parameters and what AdamW remembers of each."""
        tensors: dict[str, torch.Tensor] = {}
        for name, parameter in self._trainable.items():
            tensors[f"parameter.{name}"] = parameter
            for key, value in self._optimizer.state[parameter].items():
                tensors[f"optimizer.{key}.{name}"] = value
        return tensors

    def _restore(self, tensors: dict[str, torch.Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self._trainable.items():
                parameter.copy_(self._ranks.from_first(tensors.get(f"parameter.{name}"), parameter))
                # A fused optimizer counts its steps on the device, the plain one on the processor.
                fused = parameter.device.type == "cuda"
                self._optimizer.state[parameter] = {
                    key: self._ranks.from_first(
                        tensors.get(f"optimizer.{key}.{name}"),
                        parameter if key != "step" else torch.zeros(()),
                    ).to(parameter.device if key != "step" or fused else "cpu")
                    for key in ("step", "exp_avg", "exp_avg_sq")
                }
