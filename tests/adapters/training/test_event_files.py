"""What TensorBoard itself reads out of the files that a training leaves."""

from collections.abc import Callable
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import event_files
from clinft.adapters.training.peft import PeftProvider
from clinft.artifacts.model import TrainedModel
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import finish
from tests.fakes import lora_request
from tests.fakes.progress import Quiet, QuietTask

NAMES = {"training_loss", "validation_loss", "learning_rate", "tokens_per_second", "peak_memory_mib"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def request_(tmp_path: Path, store: LocalModelStore) -> TrainingRequest:
    return lora_request.request(tmp_path, store)


class Watching(Quiet):
    """Keeps what is said, and what is shown beside the bar; dies at a step, where one is given."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.left, self.notes, self.shown = dies_at, list[str](), list[dict[str, str | float]]()

    def note(self, text: str) -> None:
        self.notes.append(text)

    def task(self, label: str, total: int, done: int = 0) -> Any:
        watching = self

        class Task(QuietTask):
            def advance(self, amount: int = 1, **fields: str | float) -> None:
                watching.shown.append(fields)
                if watching.left is not None:
                    watching.left -= 1
                    if watching.left < 0:
                        raise KeyboardInterrupt

        @contextmanager
        def opened() -> Any:
            yield Task()

        return opened()


def trained(store: LocalModelStore, request: TrainingRequest, progress: Watching) -> TrainedModel:
    provider = PeftProvider(store)
    job = provider.find(request) or provider.submit(request)
    while job.status != "succeeded":
        job = provider.poll(job, request, progress)
    return provider.result(job, request)


def read(folder: Path) -> EventAccumulator:
    found = EventAccumulator(str(folder / event_files.FOLDER))
    found.Reload()
    return found


def test_each_step_has_one_point_of_each_curve(store: LocalModelStore, request_: TrainingRequest) -> None:
    progress = Watching()
    model = trained(store, request_, progress)
    events = read(request_.output_dir)
    assert set(events.Tags()["scalars"]) == NAMES
    for name in NAMES - {"validation_loss"}:
        assert [event.step for event in events.Scalars(name)] == list(range(1, lora_request.STEPS + 1))
    validated = [(point.step, point.validation_loss) for point in model.loss if point.validation_loss]
    found = [
        (event.step, pytest.approx(event.value, rel=1e-6)) for event in events.Scalars("validation_loss")
    ]
    assert validated == found
    assert [event.value for event in events.Scalars("learning_rate")] == pytest.approx(
        [fields["learning_rate"] for fields in progress.shown], rel=1e-6
    )


def test_a_resumed_run_has_no_point_twice(store: LocalModelStore, request_: TrainingRequest) -> None:
    """Killed in step 6: the checkpoint is of step 4, so that the steps 5 and 6 come again."""
    with pytest.raises(KeyboardInterrupt):
        trained(store, request_, Watching(dies_at=5))
    trained(store, request_, Watching())
    events = read(request_.output_dir)
    for name in NAMES - {"validation_loss"}:
        assert [event.step for event in events.Scalars(name)] == list(range(1, lora_request.STEPS + 1))
    steps = [event.step for event in events.Scalars("validation_loss")]
    assert steps == sorted(set(steps))


def test_without_the_extra_the_log_says_so_and_training_goes_on(
    store: LocalModelStore, request_: TrainingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: Callable[[str], str] = metadata.version

    def version(package: str) -> str:
        if package == "tensorboard":
            raise metadata.PackageNotFoundError
        return known(package)

    monkeypatch.setattr(metadata, "version", version)
    progress = Watching()
    trained(store, request_, progress)
    assert not (request_.output_dir / event_files.FOLDER).exists()
    assert progress.notes == ["No TensorBoard files are written: the extra tensorboard is not installed."]


def test_what_is_shown_of_each_step(store: LocalModelStore, request_: TrainingRequest) -> None:
    progress = Watching()
    trained(store, request_, progress)
    assert all(
        set(fields) == {"loss", "learning_rate", "tokens_per_second", "peak_memory_mib"}
        for fields in progress.shown
    )
    assert all(float(fields["peak_memory_mib"]) > 0 for fields in progress.shown)


def test_a_damaged_checkpoint_is_named_in_the_log(store: LocalModelStore, request_: TrainingRequest) -> None:
    with pytest.raises(KeyboardInterrupt):
        trained(store, request_, Watching(dies_at=6))
    newest = request_.output_dir / "checkpoints" / "step-00000006" / "tensors.safetensors"
    newest.write_bytes(newest.read_bytes()[:-1])
    progress = Watching()
    provider = PeftProvider(store)
    job = provider.find(request_)
    assert job is not None
    provider.result(finish(provider, provider.poll(job, request_, progress), request_), request_)
    assert progress.notes == [
        "Damaged and passed over: the checkpoint of step 6.",
        "Continuing after step 4 of 9, from its checkpoint.",
    ]
