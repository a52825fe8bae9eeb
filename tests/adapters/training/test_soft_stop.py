"""Work that is cut off in order and called again ends with the bytes of work that was left alone."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.fake import FakeProvider, identity
from clinft.adapters.training.peft import CHECKPOINTS, PeftProvider
from clinft.adapters.training.soft_stop import SoftStop
from clinft.artifacts.model import TERMINAL, Job, TrainedModel
from clinft.errors import EXIT_AGAIN, CheckpointWritten
from clinft.ports.progress import Progress, ProgressTask
from clinft.ports.training import TrainingProvider, TrainingRequest
from clinft.spec.training import TrainingSpec
from tests.conftest import REPOSITORY
from tests.fakes import lora_request
from tests.fakes.progress import Quiet, QuietTask

MOST_SECONDS = 300


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def whole(store: LocalModelStore, tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    """Of a run that nobody stops."""
    request = lora_request.request(tmp_path_factory.mktemp("whole"), store)
    provider = PeftProvider(store)
    return provider.result(_ended(provider, request, Quiet()), request)


@pytest.fixture(scope="module")
def long_whole(store: LocalModelStore, tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    request = lora_request.long(lora_request.request(tmp_path_factory.mktemp("long"), store))
    provider = PeftProvider(store)
    return provider.result(_ended(provider, request, Quiet()), request)


class Terminated(Quiet):
    """The system asks the process to end while the given step is at work."""

    def __init__(self, at_step: int) -> None:
        self._left = at_step

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        outer = self

        class Task(QuietTask):
            def advance(self, amount: int = 1, **fields: str | float) -> None:
                outer._left -= amount
                if outer._left == 0:
                    signal.raise_signal(signal.SIGTERM)

        yield Task()


class Notes(Quiet):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def _ended(provider: TrainingProvider, request: TrainingRequest, progress: Progress) -> Job:
    """As the train stage does it, in one call."""
    job = provider.find(request) or provider.submit(request)
    while job.status not in TERMINAL:
        job = provider.poll(job, request, progress)
    assert job.status == "succeeded", job.message
    return job


def in_segments(
    provide: Callable[[], TrainingProvider],
    request: TrainingRequest,
    calls: Iterator[tuple[float | None, Progress]],
) -> tuple[TrainedModel, int]:
    """The model, and how often a call was cut off. Each call has its own provider, like a process."""
    cuts: list[CheckpointWritten] = []
    for seconds, progress in calls:
        segment, provider = replace(request, stop_after_seconds=seconds), provide()
        try:
            job = _ended(provider, segment, progress)
        except CheckpointWritten as cut:
            cuts.append(cut)
            found = provider.find(request)
            assert found is not None
            assert found.status == "running"
        else:
            assert all(
                cut.exit_code == EXIT_AGAIN and cut.what and cut.cause and cut.next_step for cut in cuts
            )
            return provider.result(job, segment), len(cuts)
    raise AssertionError("the calls came to an end before the run did")


def test_a_run_of_calls_of_one_step_each_ends_with_the_same_bytes(
    store: LocalModelStore, whole: TrainedModel, tmp_path: Path
) -> None:
    request = lora_request.request(tmp_path, store)
    calls = iter([(0.0, Quiet())] * lora_request.STEPS)
    model, cuts = in_segments(lambda: PeftProvider(store), request, calls)
    # The digests of the weights, the loss points and all counts.
    assert model == whole
    # Time that is up at the last step stops nothing.
    assert cuts == lora_request.STEPS - 1
    assert not (request.output_dir / CHECKPOINTS).exists()


def test_a_run_that_is_stopped_at_random_steps_ends_with_the_same_bytes(
    store: LocalModelStore, long_whole: TrainedModel, tmp_path: Path
) -> None:
    chance = random.Random(20261125)

    def calls() -> Iterator[tuple[float | None, Progress]]:
        while True:
            yield (0.0, Quiet()) if chance.random() < 0.3 else (None, Terminated(chance.randint(1, 60)))

    before = signal.getsignal(signal.SIGTERM)
    request = lora_request.long(lora_request.request(tmp_path, store))
    model, cuts = in_segments(lambda: PeftProvider(store), request, calls())
    # Most stops fall between two loss points, and between two of the spec's checkpoints.
    assert (model, len(model.loss)) == (long_whole, 1 + lora_request.LONG_STEPS // 2)
    assert cuts > 3
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_at_the_last_step_is_obeyed_too(
    store: LocalModelStore, whole: TrainedModel, tmp_path: Path
) -> None:
    request = lora_request.request(tmp_path, store)
    calls = iter([(None, Terminated(lora_request.STEPS)), (None, Quiet())])
    model, cuts = in_segments(lambda: PeftProvider(store), request, calls)
    assert (model, cuts) == (whole, 1)


def test_without_a_stop_no_further_checkpoint_is_written(store: LocalModelStore, tmp_path: Path) -> None:
    """What a stop at step 3 leaves is beside the spec's own checkpoints, of which two are kept."""
    request = lora_request.request(tmp_path, store)
    with pytest.raises(CheckpointWritten, match="after step 3 of 9"):
        _ended(PeftProvider(store), request, Terminated(3))
    found = sorted(path.name for path in (request.output_dir / CHECKPOINTS).iterdir())
    assert found == ["step-00000002", "step-00000003"]


def test_the_fake_provider_is_cut_off_once_and_ends_with_the_same_bytes(
    store: LocalModelStore, tmp_path: Path
) -> None:
    spec = TrainingSpec(provider="fake", base_model="builtin:fake")
    request = replace(lora_request.request(tmp_path, store), base_model=identity(), spec=spec)
    left_alone = replace(request, output_dir=tmp_path / "whole")
    whole = FakeProvider().result(_ended(FakeProvider(), left_alone, Quiet()), left_alone)
    model, cuts = in_segments(FakeProvider, request, iter([(0.0, Quiet())] * 2))
    assert (model, cuts) == (whole, 1)
    assert {path.name for path in request.output_dir.iterdir()} == {"adapter", "fake-job.json"}


def test_a_process_that_is_asked_to_end_says_call_again_and_keeps_its_steps(
    store: LocalModelStore, long_whole: TrainedModel, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.train_in_child", tmp_path],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    request = lora_request.long(lora_request.request(tmp_path, store))
    checkpoints = request.output_dir / CHECKPOINTS
    deadline = time.monotonic() + MOST_SECONDS
    while not list(checkpoints.glob("step-*")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=MOST_SECONDS)
    assert process.returncode == EXIT_AGAIN, said
    assert "asked the process to end (SIGTERM)" in said
    assert "Traceback" not in said
    step = max(int(path.name.removeprefix("step-")) for path in checkpoints.iterdir())
    assert 50 < step < lora_request.LONG_STEPS
    provider, progress = PeftProvider(store), Notes()
    assert provider.result(_ended(provider, request, progress), request) == long_whole
    assert progress.notes == [f"Continuing after step {step} of 204, from its checkpoint."]


# The stop itself


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_is_counted_from_the_beginning() -> None:
    clock = Clock()
    with SoftStop(5.0, clock) as stop:
        assert not stop.due(finished=False)
        clock.now += 4.9
        assert not stop.due(finished=False)
        clock.now += 0.1
        assert stop.due(finished=False)
        assert not stop.due(finished=True)
    assert "5 seconds" in stop.cut_off(1, 2).cause


def test_without_a_limit_no_time_is_too_long() -> None:
    clock = Clock()
    with SoftStop(None, clock) as stop:
        clock.now += 1e9
        assert not stop.due(finished=False)


def test_a_signal_that_nobody_asked_about_is_not_lost() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        with SoftStop(None):
            signal.raise_signal(signal.SIGTERM)
            assert heard == []
        assert heard == [signal.SIGTERM]
        with pytest.raises(CheckpointWritten, match="after step 1 of 2"), SoftStop(None) as stop:  # noqa: PT012
            signal.raise_signal(signal.SIGTERM)
            assert stop.due(finished=True)
            raise stop.cut_off(1, 2)
        assert heard == [signal.SIGTERM]
        with SoftStop(None):
            pass
        signal.raise_signal(signal.SIGTERM)
        assert len(heard) == 2
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_another_thread_only_the_time_counts() -> None:
    before, seen = signal.getsignal(signal.SIGTERM), []

    def work() -> None:
        with SoftStop(0.0) as stop:
            seen.append((stop.due(finished=False), signal.getsignal(signal.SIGTERM)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(True, before)]
    assert signal.getsignal(signal.SIGTERM) is before
