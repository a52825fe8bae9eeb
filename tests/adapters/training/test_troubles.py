"""A machine that lacks disk or memory in the midst of training: words, what is kept, and how it goes on."""

import errno
import mmap
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import troubles, weights
from clinft.adapters.training.peft import CHECKPOINTS, PeftProvider
from clinft.artifacts.model import TrainedModel
from clinft.errors import Interrupted, ServiceError
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import finish
from tests.adapters.training.test_checkpoints import in_the_earlier_layout
from tests.conftest import REPOSITORY
from tests.fakes import lora_request
from tests.fakes.progress import Quiet, QuietTask
from tests.fakes.train_spread import without_dropout

SMALL_DISK = "2m"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def whole(store: LocalModelStore, tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    """Of a run that lacks nothing."""
    request = lora_request.request(tmp_path_factory.mktemp("whole"), store)
    provider = PeftProvider(store)
    return provider.result(finish(provider, provider.submit(request), request), request)


@pytest.fixture
def request_(tmp_path: Path, store: LocalModelStore) -> TrainingRequest:
    return lora_request.request(tmp_path, store)


class At(Quiet):
    """Does something once so many steps are made."""

    def __init__(self, steps: int, act: Callable[[], object]) -> None:
        self.left, self.act = steps, act

    def task(self, label: str, total: int, done: int = 0) -> Any:
        moment = self

        class Task(QuietTask):
            def advance(self, amount: int = 1, **fields: str | float) -> None:
                moment.left -= 1
                if moment.left == 0:
                    moment.act()

        @contextmanager
        def opened() -> Any:
            yield Task()

        return opened()


def interrupted(store: LocalModelStore, request: TrainingRequest, moment: At) -> Interrupted:
    provider = PeftProvider(store)
    job = provider.poll(provider.submit(request), request, Quiet())
    with pytest.raises(Interrupted) as caught:
        provider.poll(job, request, moment)
    found = provider.find(request)
    assert found is not None
    assert found.status == "running"
    return caught.value


def goes_on(store: LocalModelStore, request: TrainingRequest) -> TrainedModel:
    provider = PeftProvider(store)
    job = provider.find(request)
    assert job is not None
    return provider.result(finish(provider, job, request), request)


def kept(request: TrainingRequest) -> list[str]:
    return sorted(path.name for path in (request.output_dir / CHECKPOINTS).iterdir())


def test_a_file_that_may_not_grow_leaves_the_checkpoints_before_it(
    store: LocalModelStore, request_: TrainingRequest, whole: TrainedModel
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        error = interrupted(
            store,
            request_,
            At(5, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))),
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.what == "The disk is full: a checkpoint or the weights could not be written."
    assert str(request_.output_dir) in error.cause
    assert kept(request_) == ["step-00000002", "step-00000004"]
    assert goes_on(store, request_) == whole


def test_a_disk_that_takes_no_adapter_any_more_keeps_no_half_of_it(
    store: LocalModelStore, request_: TrainingRequest, whole: TrainedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All steps are made, and their checkpoints are whole."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if "adapter" in Path(f"/proc/self/fd/{descriptor}").readlink().name:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        error = interrupted(store, request_, At(0, no_object))
    assert "What was half written is deleted" in error.cause
    assert kept(request_)[-1] == f"step-{whole.steps:08d}"
    assert [path.name for path in request_.output_dir.rglob("*") if "partial" in path.name] == []
    assert goes_on(store, request_) == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", place], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("a small disk cannot be mounted here; root can")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize("step", [5, 9], ids=["checkpoint", "weights"])
def test_a_disk_that_others_fill_leaves_the_checkpoints_and_is_gone_on_with(
    store: LocalModelStore, request_: TrainingRequest, whole: TrainedModel, small_disk: Path, step: int
) -> None:
    request = replace(request_, output_dir=small_disk / "out")
    other = small_disk / "others"

    def fill() -> None:
        with other.open("wb", buffering=0) as stream, suppress(OSError):
            while True:
                stream.write(bytes(4096))

    error = interrupted(store, request, At(step, fill))
    assert error.what.startswith("The disk is full")
    assert error.exit_code == 3
    assert kept(request)[-1] == f"step-{step // 2 * 2:08d}"
    assert not list(request.output_dir.rglob(".*partial*"))
    other.unlink()
    assert goes_on(store, request) == whole


@pytest.mark.parametrize("begun", [False, True])
def test_a_disk_that_will_be_too_small_is_told_before_the_first_step(tmp_path: Path, begun: bool) -> None:
    """And ends the attempt where no step of an earlier call would be lost with it."""
    free = shutil.disk_usage(tmp_path).free
    troubles.check_room(tmp_path, 1000, 2, 1000, begun)
    with pytest.raises(ServiceError, match=r"disk is too small .* GB free and takes up to .* GB") as caught:
        troubles.check_room(tmp_path, free // 2, 2, 1000, begun)
    assert isinstance(caught.value, Interrupted) is begun


def test_the_best_checkpoint_needs_room_of_its_own(
    tmp_path: Path, request_: TrainingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a thousand numbers: 12 bytes each in a checkpoint, 4 in the result. Room for three and the result."""
    total, used, _ = shutil.disk_usage(tmp_path)
    usage = type(shutil.disk_usage(tmp_path))(total, used, 3 * 12_000 + 4_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    trainable = {"x": torch.nn.Parameter(torch.zeros(1000))}
    weights.check_room(request_, trainable, begun=False)
    with pytest.raises(ServiceError, match="4 checkpoints"):
        weights.check_room(without_dropout(request_, early_stopping=1), trainable, begun=False)


def test_a_disk_that_is_full_before_the_first_checkpoint_ends_the_attempt(
    store: LocalModelStore, request_: TrainingRequest
) -> None:
    """Nothing could be gone on with: whoever calls again, calls in vain."""
    provider = PeftProvider(store)
    job = provider.poll(provider.submit(request_), request_, Quiet())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    small = At(1, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard)))
    try:
        with pytest.raises(ServiceError, match="The disk is full") as caught:
            provider.poll(job, request_, small)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not isinstance(caught.value, Interrupted)
    assert "takes a new attempt" in caught.value.next_step
    assert kept(request_) == []


def test_what_an_earlier_call_left_needs_no_room_again(tmp_path: Path) -> None:
    half = shutil.disk_usage(tmp_path).free // 2
    for name in ("step-1", "step-2"):
        (tmp_path / name).mkdir()
        with (tmp_path / name / "tensors.safetensors").open("wb") as stream:
            stream.truncate(half)  # a hole: it takes no room
    troubles.check_room(tmp_path, half, 2, 1000, begun=True)


def test_a_checkpoint_of_the_earlier_layout_is_gone_on_with_exactly(
    store: LocalModelStore, request_: TrainingRequest, whole: TrainedModel
) -> None:
    interrupted(store, request_, At(5, no_object))
    for name in kept(request_):
        in_the_earlier_layout(request_.output_dir / CHECKPOINTS / name)
    assert goes_on(store, request_) == whole


def no_tensor() -> None:
    torch.empty(2**50)


def no_object() -> None:
    bytearray(2**62)


def no_mapping() -> None:
    mmap.mmap(-1, 2**50)


@pytest.mark.parametrize("lacks", [no_tensor, no_object, no_mapping])
def test_memory_that_is_gone_ends_the_call_and_not_the_attempt(
    store: LocalModelStore, request_: TrainingRequest, whole: TrainedModel, lacks: Callable[[], None]
) -> None:
    error = interrupted(store, request_, At(5, lacks))
    assert error.what == "This machine has no memory left for training."
    assert "goes on from the last checkpoint" in error.next_step
    assert goes_on(store, request_) == whole


def test_memory_that_lacked_from_the_start_ends_the_attempt(tmp_path: Path) -> None:
    """The same work would lack it again."""
    with pytest.raises(ServiceError) as caught, troubles.told(tmp_path, begun=lambda: False):
        no_object()
    assert not isinstance(caught.value, Interrupted)
    assert "batch_size" in caught.value.next_step


CHILD = """
import resource, sys
from pathlib import Path
import torch
from clinft.adapters.training import troubles, weights

taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 2**20, resource.RLIM_INFINITY))
try:
    with troubles.told(Path("."), begun=lambda: True):
        torch.zeros(2**24)
except troubles.Interrupted as error:
    sys.exit(error.what)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads what it has taken from /proc")
def test_a_process_that_may_have_little_memory_says_so() -> None:
    """The system itself refuses."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert child.stderr.strip() == "This machine has no memory left for training."


def test_a_card_without_memory_is_told_apart(tmp_path: Path) -> None:
    with (
        pytest.raises(Interrupted, match="The graphics card has no memory left"),
        troubles.told(tmp_path, begun=lambda: True),
    ):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")


def test_what_is_nobodys_lack_passes(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="mat1 and mat2"),
        troubles.told(tmp_path, begun=lambda: True),
    ):
        torch.ones(2, 3) @ torch.ones(2, 3)
