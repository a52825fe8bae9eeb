"""Killed at every request, before and after the service did its part: one job, and each file sent once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai import OpenAIProvider
from clinft.artifacts.model import Job, TrainedModel
from clinft.errors import ServiceError
from clinft.ports.training import TrainingRequest
from clinft.stages.train import train
from tests.adapters.training.openai_api.hosted import World, request_to
from tests.adapters.training.openai_api.killed import Killing, KillingAzure, Moment, killed_at
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.progress import Quiet

MOST_STEPS = 40


@dataclass
class Run:
    """As the train stage goes on: with a new process each time, from nothing but the run's folder."""

    provider: Callable[[], OpenAIProvider]
    request: TrainingRequest

    def __call__(self) -> None:
        self.complete()

    def complete_after(self, server: OpenAIServer) -> tuple[Job, TrainedModel]:
        """Where it died when a job was just asked for, and none is listed, it says when to call again."""
        try:
            return self.complete()
        except ServiceError as doubt:
            if "only then is a job asked for again" not in doubt.next_step:
                raise
        server.days_pass(1)
        return self.complete()

    def complete(self) -> tuple[Job, TrainedModel]:
        jobs: list[Job] = []
        provider = self.provider()
        model = train(self.request, provider, Quiet(), jobs.append)
        provider.events(jobs[-1], self.request)
        provider.measured(jobs[-1], self.request)
        provider.dispose(jobs[-1], self.request)
        return jobs[-1], model


def run_at(server: OpenAIServer, folder: Path) -> Run:
    kind = AzureOpenAIProvider if isinstance(server, KillingAzure) else OpenAIProvider
    return Run(lambda: kind(World(server).tools(folder)), request_to(server, folder))


KINDS: dict[str, Callable[[], Killing]] = {"openai": Killing, "azure": KillingAzure}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Callable[[], Killing]:
    return KINDS[request.param]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_every_request(kind: Callable[[], Killing], moment: Moment, tmp_path: Path) -> None:
    hit: list[str] = []
    for when in range(MOST_STEPS):
        with kind() as server:
            run = run_at(server, tmp_path / str(when))
            if not killed_at(server, when, moment, run):
                break
            done = [one.operation_id for one in server.requests]
            hit.append(f"{when}: {done[-1] if done else 'nothing'}")
            job, model = run.complete_after(server)
            assert [*server.jobs] == [job.id], hit
            assert len(server.asked("createFineTuningJob")) == 1, hit
            assert len(server.uploads) == 2, hit
            assert len({one.filename for one in server.uploads}) == 2, hit
            assert model.fine_tuned_model == server.jobs[job.id].fine_tuned_model
            assert not {one.id for one in server.uploads} & set(server.files), hit
            assert server.violations == []
    else:
        raise AssertionError("the run never ended")
    # Every kind of request was among them, so that none was passed over.
    with kind() as server:
        run_at(server, tmp_path / "whole").complete()
    assert len(hit) == len(server.requests)
    assert {one.operation_id for one in server.requests} == {
        "listPaginatedFineTuningJobs",
        "listFiles",
        "createFile",
        "createFineTuningJob",
        "retrieveFineTuningJob",
        "downloadFile",
        "listFineTuningEvents",
        "listFineTuningJobCheckpoints",
        "deleteFile",
    }


def test_killed_twice_in_a_row_at_the_costly_requests(tmp_path: Path) -> None:
    with Killing() as server:
        run_at(server, tmp_path / "whole").complete()
    costly = [
        index
        for index, one in enumerate(server.requests)
        if one.operation_id in ("createFile", "createFineTuningJob")
    ]
    assert len(costly) == 3
    for first in costly:
        for second in (0, 2, 4):
            with Killing() as server:
                run = run_at(server, tmp_path / f"{first}-{second}")
                assert killed_at(server, first, "after", run)
                assert killed_at(server, second, "after", run)
                run.complete_after(server)
                assert (server.submissions, len(server.uploads)) == (1, 2)
                assert server.violations == []
