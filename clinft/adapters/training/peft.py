"""Trains on this machine, an adapter or all weights. The job is a file beside its checkpoints; a kill loses
few steps.
"""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from importlib import metadata
from typing import TYPE_CHECKING

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import methods
from clinft.adapters.training.job_file import JobFile
from clinft.adapters.training.spread import Ranks
from clinft.adapters.training.spread_team import Team
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import Job, JobEvent, TrainedModel
from clinft.errors import DigestMismatch, MissingExtra, SpecError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingRequest
from clinft.run_folder import to_bytes, write_atomically
from clinft.spec.base import Provider, Strict

if TYPE_CHECKING:
    from clinft.adapters.training.samples import Data

RESULT, MEASURED = "peft-result.json", "peft-measured.json"
CHECKPOINTS = "checkpoints"
NEEDED = ("torch", "transformers", "peft", "safetensors")


class Measured(Strict):
    """What varies from run to run."""

    values: dict[str, float | int | str]


class PeftProvider:
    name: Provider = "peft"
    hosted = False

    def __init__(self, models: LocalModelStore, team: Team | None = None) -> None:
        """`team`: of processes that train together; None: this one trains alone."""
        self._models, self._job, self._team = models, JobFile(self.name), team or Team()

    def preflight(self, request: TrainingRequest) -> tuple[str, ...]:
        for package in NEEDED:
            try:
                metadata.version(package)
            except metadata.PackageNotFoundError:
                raise MissingExtra("train", "Training on this machine") from None
        methods.check(request.spec.method, request.card)
        # Too long a sample shows here, before an attempt is taken.
        data = self._samples(request)
        if request.spec.hyperparameters.early_stopping is not None and not data.validation:
            raise SpecError(
                "training.hyperparameters.early_stopping is set, but there are no validation samples.",
                "Which weights are best is read from their loss.",
                "Give the validation split a share of the data (data.splits), or remove early_stopping.",
            )
        return ()

    def find(self, request: TrainingRequest) -> Job | None:
        return self._job.find(request)

    def submit(self, request: TrainingRequest) -> Job:
        return self._job.open(request)

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        if job.status == "queued":
            return self._job.update(job, request, "running")
        try:
            # A kill between the result and this job's file must not train again.
            if not (request.output_dir / RESULT).exists():
                with _told(request), self._team.opened(request, self._models, progress) as ranks:
                    self.train(request, progress, ranks)
        except FloatingPointError as error:
            message = f"{error} A lower training.hyperparameters.learning_rate usually helps."
            return self._job.update(job, request, "failed", message)
        return self._job.update(job, request, "succeeded")

    def events(self, job: Job, request: TrainingRequest) -> tuple[JobEvent, ...]:
        return ()

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        model = TrainedModel.model_validate_json((request.output_dir / RESULT).read_bytes())
        for name, sha256 in model.weights.items():
            path = request.output_dir / model.fine_tuned_model / name
            if not path.exists() or digest_file(path) != sha256:
                raise DigestMismatch(
                    f"{name} of the trained weights is not what training wrote.",
                    "It was deleted or changed afterwards.",
                    "Raise `revision` in project.yaml to train again.",
                )
        return model

    def cancel(self, job: Job, request: TrainingRequest) -> Job:
        return self._job.update(job, request, "cancelled")

    def measured(self, job: Job, request: TrainingRequest) -> dict[str, float | int | str]:
        return Measured.model_validate_json((request.output_dir / MEASURED).read_bytes()).values

    def dispose(self, job: Job, request: TrainingRequest) -> None:
        """Nothing was uploaded."""

    def _samples(self, request: TrainingRequest) -> "Data":
        from clinft.adapters.training.samples import Data, read_samples

        chat = self._models.chat(request.base_model)
        limit = request.spec.hyperparameters.max_tokens
        return Data(
            read_samples(request.training_file, chat, limit),
            read_samples(request.validation_file, chat, limit),
        )

    def train(self, request: TrainingRequest, progress: Progress, ranks: Ranks) -> None:
        """Each of `ranks` calls it; the first writes what comes of it."""
        from clinft.adapters.model.prefix import Trunk
        from clinft.adapters.training import accelerated, event_files, weights
        from clinft.adapters.training.checkpoints import Checkpoints
        from clinft.adapters.training.event_files import Curves, NoCurves
        from clinft.adapters.training.loop import Loop, shared_of
        from clinft.adapters.training.soft_stop import SoftStop

        # Loading counts as this call's work; a call makes one step at least.
        started, stop = time.monotonic(), SoftStop(request.stop_after_seconds)
        data = self._samples(request)
        if ranks.sharded:
            from clinft.adapters.training import spread_shards

            model = spread_shards.load(self._models, request.base_model, ranks)
        else:
            model = weights.load(self._models, request)
        adapted, trainable = weights.attach(model, request)
        if ranks.first:
            weights.check_room(request, trainable, _begun(request))
        adapted.train()
        checkpoints = Checkpoints(request.output_dir / CHECKPOINTS)
        trunk, whole = Trunk(model), request.spec.lora.top_layers is None
        hyperparameters = methods.hyperparameters(request.spec)
        reading = accelerated.reading(trunk, shared_of(data), whole, progress, ranks)
        loop = Loop(trunk, trainable, data, hyperparameters, checkpoints, reading, ranks)
        done = loop.resume()
        _tell(done, loop.steps, checkpoints.passed_over, progress)
        earlier_seconds = loop.state.seconds
        curves: Curves = NoCurves()
        if ranks.first:
            curves = event_files.opened(request.output_dir, done, progress)
        with stop, closing(curves):
            state = loop.run(progress, stop, curves)
        if not ranks.first:
            return
        facts = {
            "plan_digest": request.plan_digest,
            "training_file": request.training_sha256,
            "validation_file": request.validation_sha256,
        }
        if loop.best_step is not None:
            facts["weights_of_step"] = str(loop.best_step)
        folder, written = weights.write(self._models, request, adapted, facts)
        result = TrainedModel(
            provider=self.name,
            base_model=request.base_model,
            fine_tuned_model=folder,
            steps=state.step,
            samples=len(data.training),
            answer_tokens=state.tokens,
            trainable_parameters=sum(parameter.numel() for parameter in trainable.values()),
            loss=tuple(state.loss),
            plan_digest=request.plan_digest,
            training_file=request.training_sha256,
            validation_file=request.validation_sha256,
            weights=written,
        )
        other_seconds = time.monotonic() - started - (state.seconds - earlier_seconds)
        measured = _measure(state.seconds, state.sample_tokens, other_seconds)
        if loop.best_step is not None:
            measured["weights_of_step"] = loop.best_step
        if ranks.world > 1:
            measured |= {"processes": ranks.world, "layers": "in shards" if ranks.sharded else "whole"}
        write_atomically(request.output_dir / MEASURED, to_bytes(Measured(values=measured)))
        write_atomically(request.output_dir / RESULT, to_bytes(result))
        checkpoints.clear()


def _told(request: TrainingRequest) -> AbstractContextManager[None]:
    """What the machine lacks is told in our words, while the work is done."""
    from clinft.adapters.training import troubles

    return troubles.told(request.output_dir, begun=lambda: _begun(request))


def _begun(request: TrainingRequest) -> bool:
    """Whether there is something to go on from."""
    return any((request.output_dir / CHECKPOINTS).glob("step-*"))


def _tell(done: int, steps: int, passed_over: Sequence[int], progress: Progress) -> None:
    if passed_over:
        damaged = ", ".join(f"{step:,}" for step in sorted(passed_over))
        progress.note(f"Damaged and passed over: the checkpoint of step {damaged}.")
    if done:
        progress.note(f"Continuing after step {done:,} of {steps:,}, from its checkpoint.")


def _measure(step_seconds: float, tokens: int, other_seconds: float) -> dict[str, float | int | str]:
    """Steps of all calls that the run took; `other_seconds` of the last one alone."""
    import torch

    from clinft.adapters.model import device
    from clinft.adapters.training import usage

    measured: dict[str, float | int | str] = {
        "cost_usd": "0",
        "training_seconds": round(step_seconds, 2),
        "setup_and_validation_seconds": round(max(0.0, other_seconds), 2),
        "tokens_per_second": round(tokens / step_seconds, 1) if step_seconds else 0.0,
        "sample_tokens": tokens,
        "peak_memory_mib": usage.process_peak_mib(),
        "device": device.choose().name,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
    if torch.cuda.is_available():
        measured["peak_device_memory_mib"] = usage.device_peak_mib()
    return measured
