"""The hosted stand-in: its service outlives the job that submitted, and keeps the model when files go."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clinft.adapters.training.fake import identity
from clinft.adapters.training.fake_hosted import FakeHostedProvider
from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch, ServiceError
from clinft.ports.training import TrainingProvider, TrainingRequest
from tests.adapters.training.contract import CHECKS, finish, write_chat_files
from tests.fakes.specs import project_spec


@pytest.fixture
def request_(tmp_path: Path) -> TrainingRequest:
    train, validation = write_chat_files(tmp_path / "formatted")
    return TrainingRequest(
        run_id="0123456789ab-a1",
        plan_digest="a" * 64,
        base_model=identity(),
        spec=project_spec(training={"provider": "fake_hosted"}).training,
        training_file=train,
        validation_file=validation,
        training_sha256=digest_file(train),
        validation_sha256=digest_file(validation),
        output_dir=tmp_path / "out",
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(
    check: Callable[[TrainingProvider, TrainingRequest], None], request_: TrainingRequest, tmp_path: Path
) -> None:
    check(FakeHostedProvider(tmp_path / "service"), request_)


def test_only_the_files_of_the_job_are_deleted(request_: TrainingRequest, tmp_path: Path) -> None:
    provider = FakeHostedProvider(tmp_path / "service")
    job = finish(provider, provider.submit(request_), request_)
    other = provider.submit(replace(request_, run_id="ffffffffffff-a1"))
    provider.dispose(job, request_)
    left = {
        path.relative_to(tmp_path / "service").as_posix() for path in (tmp_path / "service").rglob("*.jsonl")
    }
    assert left == {f"{other.run_id}/train.jsonl", f"{other.run_id}/validation.jsonl"}
    assert provider.find(request_) == job
    with pytest.raises(ServiceError, match=r"are gone at the provider, and its model was never fetched"):
        provider.result(job, request_)


def test_a_model_of_other_files_is_refused_also_when_they_are_gone(
    request_: TrainingRequest, tmp_path: Path
) -> None:
    provider = FakeHostedProvider(tmp_path / "service")
    job = finish(provider, provider.submit(request_), request_)
    provider.result(job, request_)
    other = replace(request_, training_sha256="0" * 64)
    with pytest.raises(DigestMismatch, match=r"trained on another train\.jsonl"):
        provider.result(job, other)
    provider.dispose(job, request_)
    with pytest.raises(DigestMismatch, match=r"trained on another train\.jsonl"):
        provider.result(job, other)
