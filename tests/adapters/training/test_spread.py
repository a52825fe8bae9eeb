"""Two real processes (gloo, on processors) train a tiny Llama to what one process trains it to."""

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from queue import Empty, Queue

import psutil
import pytest
import torch
from safetensors.torch import load_file
from torch.distributed import HashStore

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import spread_follow, spread_team
from clinft.adapters.training.peft import CHECKPOINTS, PeftProvider
from clinft.adapters.training.spread_children import Children
from clinft.adapters.training.spread_follow import Watch
from clinft.adapters.training.spread_team import LEFT, MEETING, PATIENCE, Launched, Team, failure, meet
from clinft.artifacts.model import TrainedModel
from clinft.errors import CheckpointWritten, DigestMismatch, Interrupted, ServiceError, SpecError
from clinft.ports.progress import ProgressTask
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import finish
from tests.fakes import lora_request
from tests.fakes.progress import Quiet, QuietTask
from tests.fakes.train_spread import without_dropout

# Of 12 samples the second batch has one: a process has none to read.
UNEVEN = {"batch_size": 11, "n_epochs": 4}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """The second process stays for all tests of this module."""
    file = tmp_path_factory.mktemp("ranks") / "store"
    team = Team(Launched(0, 2, 0, store=file))
    with Children(os.environ, file, 2, Quiet()):
        team.join()
        yield team
        team.leave()


@pytest.fixture
def request_(tmp_path: Path, store: LocalModelStore) -> TrainingRequest:
    return lora_request.request(tmp_path, store)


def trained(store: LocalModelStore, request: TrainingRequest, team: Team | None = None) -> TrainedModel:
    provider = PeftProvider(store, team)
    job = finish(provider, provider.find(request) or provider.submit(request), request)
    assert job.status == "succeeded", job.message
    return provider.result(job, request)


def check_the_same(
    store: LocalModelStore, request: TrainingRequest, found: TrainedModel, rel: float = 1e-5
) -> None:
    """As one process alone, up to rounding: loss curve, counts and weights."""
    alone = replace(request, output_dir=request.output_dir.with_name("alone"), stop_after_seconds=None)
    expected = trained(store, alone)
    assert [(point.step, point.tokens) for point in found.loss] == [
        (point.step, point.tokens) for point in expected.loss
    ]
    assert _losses(found) == pytest.approx(_losses(expected), rel=rel)
    assert found.weights.keys() == expected.weights.keys()
    (file,) = (name for name in found.weights if name.endswith(".safetensors"))
    weights = load_file(request.output_dir / found.fine_tuned_model / file)
    for name, value in load_file(alone.output_dir / found.fine_tuned_model / file).items():
        assert (weights[name] - value).abs().max() < 1e-3 * max(1.0, float(value.abs().max())), name


def _losses(model: TrainedModel) -> list[float]:
    both = [(point.training_loss, point.validation_loss) for point in model.loss]
    return [loss for pair in both for loss in pair if loss is not None]


@pytest.mark.parametrize("method", ["lora", "full"])
def test_two_processes_have_the_loss_curve_of_one(
    store: LocalModelStore, request_: TrainingRequest, team: Team, method: str
) -> None:
    request = without_dropout(request_, method, learning_rate=0.005)
    found = trained(store, request, team)
    provider = PeftProvider(store)
    job = provider.find(request)
    assert job is not None
    assert provider.measured(job, request)["processes"] == 2
    check_the_same(store, request, found)


def test_layers_in_shards_have_the_loss_curve_of_one_process(
    store: LocalModelStore, request_: TrainingRequest, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team, "_sharded", True)
    request = without_dropout(request_, learning_rate=0.005, **UNEVEN)
    check_the_same(store, request, trained(store, request, team))


def test_a_batch_may_be_smaller_than_the_number_of_processes(
    store: LocalModelStore, request_: TrainingRequest, team: Team
) -> None:
    request = without_dropout(request_, learning_rate=0.005, **UNEVEN)
    check_the_same(store, request, trained(store, request, team))


@pytest.mark.parametrize("sharded", [False, True])
def test_a_run_goes_on_with_another_number_of_processes(
    store: LocalModelStore,
    request_: TrainingRequest,
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
    sharded: bool,
) -> None:
    """One step each: alone, in two processes, alone, in two processes, and then alone to the end."""
    monkeypatch.setattr(team, "_sharded", sharded)
    request = without_dropout(request_, learning_rate=0.005)
    segment = replace(request, stop_after_seconds=0.0)
    for turn in range(4):
        provider = PeftProvider(store, team if turn % 2 else None)
        with pytest.raises(CheckpointWritten, match=f"after step {turn + 1} of 9"):
            finish(provider, provider.find(segment) or provider.submit(segment), segment)
    check_the_same(store, request, trained(store, request))


def test_the_best_checkpoint_is_taken_by_all(
    store: LocalModelStore, request_: TrainingRequest, team: Team
) -> None:
    """Early stopping is decided alike, and each process gets the first one's weights."""
    request = without_dropout(request_, learning_rate=0.05, early_stopping=1, checkpoint_every_steps=1)
    found = trained(store, request, team)
    assert PeftProvider(store).find(request) is not None
    assert found.steps is not None
    check_the_same(store, request, found, rel=1e-3)


def test_a_loss_that_is_no_number_ends_the_run_and_not_the_processes(
    store: LocalModelStore, request_: TrainingRequest, team: Team, tmp_path: Path
) -> None:
    wild = without_dropout(request_, learning_rate=1e30, max_grad_norm=1e30)
    provider = PeftProvider(store, team)
    job = finish(provider, provider.submit(wild), wild)
    assert job.status == "failed"
    assert "learning_rate" in job.message
    short = replace(without_dropout(request_, max_steps=1), output_dir=tmp_path / "next")
    assert trained(store, short, team).steps == 1


def test_shards_and_another_method_are_refused_before_a_model_is_loaded(
    store: LocalModelStore, request_: TrainingRequest
) -> None:
    team = Team(environment={}, processes=2, sharded=True)
    with pytest.raises(SpecError, match="dora with a model that one card does not hold"):
        trained(store, without_dropout(request_, "dora"), team)


class AfterThree(Quiet):
    """Does something after the third step."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        act, steps = self._act, itertools.count(1)

        class Task(QuietTask):
            def advance(self, amount: int = 1, **fields: str | float) -> None:
                if next(steps) == 3:
                    act()

        yield Task()


def killer(spared: list[psutil.Process]) -> Callable[[], None]:
    """Ends the processes that this one has started: the system does, where memory lacks."""

    def kill() -> None:
        for child in psutil.Process().children():
            if child not in spared:
                child.kill()

    return kill


def test_a_process_that_is_killed_ends_the_call_and_not_the_run(
    store: LocalModelStore, request_: TrainingRequest
) -> None:
    request = without_dropout(request_, learning_rate=0.005, checkpoint_every_steps=1)
    provider = PeftProvider(store, Team(environment=os.environ, processes=2))
    job = provider.poll(provider.submit(request), request, Quiet())
    with pytest.raises(ServiceError, match="Process 1 of 0 to 1, which train together, ended by signal 9"):
        provider.poll(job, request, AfterThree(killer(psutil.Process().children())))
    assert list((request.output_dir / CHECKPOINTS).glob("step-*"))
    check_the_same(store, request, trained(store, request))


def test_what_the_first_process_lacks_is_not_laid_upon_those_it_started(
    store: LocalModelStore, request_: TrainingRequest
) -> None:
    """They end with it, and only for that reason."""
    request = without_dropout(request_, checkpoint_every_steps=1)
    provider = PeftProvider(store, Team(environment=os.environ, processes=2))
    job = provider.poll(provider.submit(request), request, Quiet())
    with pytest.raises(Interrupted, match="This machine has no memory left"):
        provider.poll(job, request, AfterThree(lambda: torch.empty(2**50)))


def test_where_the_first_process_fails_the_others_end_soon_with_its_code(
    store: LocalModelStore, request_: TrainingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started by a launcher, which would let them wait: all checkpoints are damaged, which only one knows."""
    request = without_dropout(request_)
    folder = request.output_dir / CHECKPOINTS / "step-00000002"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("{}")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address: tuple[str, int] = listening.getsockname()
    given = {"WORLD_SIZE": "2", "MASTER_ADDR": address[0], "MASTER_PORT": f"{address[1]}"}
    for name, value in {**given, "RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    other = subprocess.Popen(
        [sys.executable, "-m", "clinft", "train", "--started"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **given, "RANK": "1", "LOCAL_RANK": "1"},
    )
    try:
        team = Team(Launched(0, 2, 0, address=address))
        team.join()
        provider = PeftProvider(store, team)
        job = provider.poll(provider.submit(request), request, Quiet())
        with pytest.raises(DigestMismatch, match="Every checkpoint of this run is damaged"):
            provider.poll(job, request, Quiet())
        team.leave()
        said = other.communicate(timeout=30)[1]
    finally:
        other.kill()
    assert other.returncode == DigestMismatch.exit_code, said
    # Whom it waited for, and not a word of an error that is not its own.
    assert len(said.strip().splitlines()) == 1, said


def test_a_message_is_awaited_longer_than_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading a large model takes longer than the ten minutes after which a launch counts as stale."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address: tuple[str, int] = listening.getsockname()
    given = {"WORLD_SIZE": "1", "RANK": "0", "MASTER_ADDR": address[0], "MASTER_PORT": f"{address[1]}"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert meet(Launched(0, 1, 0, address=address)).timeout == PATIENCE > MEETING


@pytest.mark.parametrize(("meeting", "least", "most"), [(60.0, 50.0, 59.5), (5.2, 5.0, 5.0), (1.0, 1.0, 1.0)])
def test_who_waited_for_the_first_process_waits_for_the_others_only_as_long_as_is_left(
    monkeypatch: pytest.MonkeyPatch, meeting: float, least: float, most: float
) -> None:
    waited: list[float] = []

    def rendezvous(place: str, timeout: timedelta) -> None:
        waited.append(timeout.total_seconds())
        raise OSError

    monkeypatch.setattr(spread_team, "MEETING", timedelta(seconds=meeting))
    monkeypatch.setattr(spread_team, "_await_first", lambda *_: time.sleep(0.5))
    monkeypatch.setattr(torch.distributed, "rendezvous", rendezvous)
    with pytest.raises(ServiceError, match="did not meet"):
        meet(Launched(1, 2, 1, address=("127.0.0.1", 9)))
    assert least <= waited[0] <= most


@pytest.mark.parametrize(
    ("launched", "code"), [(Launched(1, 2, 1, store=Path("file")), 0), (Launched(1, 2, 1), 7)]
)
def test_a_process_that_waits_in_vain_is_ended(
    monkeypatch: pytest.MonkeyPatch, launched: Launched, code: int
) -> None:
    """Inside of a library, which notices nothing with each kind of connection."""
    monkeypatch.setattr(spread_follow, "WATCH_SECONDS", 0.01)
    monkeypatch.setattr(spread_follow, "GRACE_SECONDS", 0.01)
    store, ended = HashStore(), Queue[int]()
    with Watch(store, 3, launched, ended.put):
        with pytest.raises(Empty):
            ended.get(timeout=0.1)
        store.set(failure(2), "7")
        with pytest.raises(Empty):
            ended.get(timeout=0.1)
        store.set(failure(3), "7")
        assert ended.get(timeout=10) == code
    # The first one waits for all to have left.
    assert store.add(LEFT, 0) == 1
