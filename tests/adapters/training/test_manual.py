"""A person trains in a console: clinft waits without spinning, and takes their word as no more than that."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.manual import ManualProvider
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import Job
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import CheckpointWritten, ServiceError, SpecError
from clinft.ports.training import TrainingProvider, TrainingRequest
from clinft.spec.declaration import place
from clinft.stages.train import train
from tests.adapters.training.contract import (
    check_a_cancelled_job_is_terminal,
    check_a_finished_job_gives_a_model_with_digests,
    check_a_job_is_found_by_its_run_id_and_never_submitted_twice,
    check_what_was_said_of_a_job_is_told_again,
    write_chat_files,
)
from tests.fakes.progress import Quiet
from tests.fakes.specs import project_spec

RUN = "0123456789ab-a1"
METRICS = {
    "fine_tuned_model": "ft:gpt-4.1-mini:clinic::abc",
    "steps": 20,
    "trained_tokens": 9000,
    "cost_usd": "12.50",
    "loss": [{"step": 1, "training_loss": 1.5}, {"step": 20, "training_loss": 0.4, "validation_loss": 0.5}],
}


class Noted(Quiet):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def request_(tmp_path: Path) -> TrainingRequest:
    project = tmp_path / "projects" / "demo"
    training, validation = write_chat_files(project / "data" / "formatted")
    return TrainingRequest(
        run_id=RUN,
        plan_digest="a" * 64,
        base_model=BaseModelIdentity(ref="gpt-4.1-mini", kind="hosted", digest="b" * 64),
        spec=project_spec(
            training={"provider": "manual", "base_model": "gpt-4.1-mini", "method": "supervised"}
        ).training,
        training_file=training,
        validation_file=validation,
        training_sha256=digest_file(training),
        validation_sha256=digest_file(validation),
        output_dir=project / "runs" / RUN / "data",
    )


def say(request: TrainingRequest, **values: Any) -> Path:
    """As `clinft import` writes it."""
    path = place(request.training_file.parents[2], request.run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"run_id": request.run_id, **values}))
    return path


def say_all(request: TrainingRequest, **values: Any) -> Path:
    return say(request, job_id="ftjob-1", declared_by="Jane Doe", samples=12, metrics=METRICS, **values)


def elsewhere(request: TrainingRequest, tmp_path: Path) -> TrainingRequest:
    """As reconcile asks: on a machine that never saw the run."""
    return replace(request, output_dir=tmp_path / "other", training_sha256="", validation_sha256="")


@pytest.mark.parametrize(
    "check",
    [check_a_job_is_found_by_its_run_id_and_never_submitted_twice, check_a_cancelled_job_is_terminal],
    ids=lambda check: check.__name__,
)
def test_contract(
    check: Callable[[TrainingProvider, TrainingRequest], None], request_: TrainingRequest
) -> None:
    check(ManualProvider(), request_)


@pytest.mark.parametrize(
    "check",
    [check_a_finished_job_gives_a_model_with_digests, check_what_was_said_of_a_job_is_told_again],
    ids=lambda check: check.__name__,
)
def test_contract_of_a_job_that_was_told(
    check: Callable[[TrainingProvider, TrainingRequest], None], request_: TrainingRequest
) -> None:
    say_all(request_, files_deleted="2026-12-01")
    check(ManualProvider(), request_)


def test_submitting_sends_nothing_and_says_what_to_do(request_: TrainingRequest) -> None:
    job = ManualProvider().submit(request_)
    assert (job.id, job.status) == (f"manual-{RUN}", "queued")
    assert job.message.startswith("Not submitted")
    steps = (request_.output_dir / "STEPS.md").read_text()
    assert request_.training_sha256 in steps
    assert "base model gpt-4.1-mini and the method supervised" in steps
    assert f"clinft import projects/demo --run {RUN} --job ID" in steps
    assert steps.count("\n1. ") == 1


def test_while_nothing_is_told_it_shows_the_steps_and_ends_the_call(request_: TrainingRequest) -> None:
    provider, progress, saved = ManualProvider(), Noted(), list[Job]()
    with pytest.raises(CheckpointWritten, match="waits for `clinft import`") as waits:
        train(request_, provider, progress, saved.append)
    assert waits.value.exit_code == 75
    assert [note.split(" ")[0] for note in progress.notes] == [
        f"{n}." for n in range(1, len(progress.notes) + 1)
    ]
    assert [job.status for job in saved] == ["queued"]
    # The next process finds the same job, and submits none.
    with pytest.raises(CheckpointWritten, match=RUN):
        train(request_, ManualProvider(), Noted(), saved.append)
    assert {job.id for job in saved} == {f"manual-{RUN}"}


def test_a_told_id_is_the_jobs_id_and_still_waits(request_: TrainingRequest) -> None:
    ManualProvider().submit(request_)
    say(request_, job_id="ftjob-1")
    provider = ManualProvider()
    job = provider.find(request_)
    assert job is not None
    assert (job.id, job.status, job.message) == ("ftjob-1", "running", "")
    progress = Noted()
    with pytest.raises(CheckpointWritten, match="the job ftjob-1 is told, its result is not"):
        provider.poll(job, request_, progress)
    assert progress.notes == []  # the steps are done


def test_what_is_declared_is_never_measured(request_: TrainingRequest) -> None:
    provider = ManualProvider()
    job = provider.submit(request_)
    say_all(request_)
    model = train(request_, provider, Quiet(), lambda job: None)
    assert model.declared_by == "Jane Doe"
    assert (model.fine_tuned_model, model.steps, model.samples) == (METRICS["fine_tuned_model"], 20, 12)
    assert [point.validation_loss for point in model.loss] == [None, 0.5]
    assert model.trained_tokens == 9000
    assert provider.measured(job, request_) == {
        "declared_by": "Jane Doe",
        "declared_trained_tokens": 9000,
        "declared_cost_usd": "12.50",
    }


def test_github_asks_once_and_holds_no_machine(request_: TrainingRequest, tmp_path: Path) -> None:
    there = elsewhere(request_, tmp_path)
    job = Job(id=f"manual-{RUN}", provider="manual", run_id=RUN, status="queued")
    progress = Noted()
    assert ManualProvider().poll(job, there, progress) == job
    assert progress.notes == []
    say(request_, job_id="ftjob-1")
    now = ManualProvider().poll(job, there, progress)
    assert (now.id, now.status) == ("ftjob-1", "running")
    say_all(request_)
    assert ManualProvider().poll(job, there, progress).status == "succeeded"
    # A machine that starts from nothing finds what was told, and fetches it.
    saved: list[Job] = []
    model = train(
        replace(request_, output_dir=there.output_dir), ManualProvider(), Quiet(), saved.append, False
    )
    assert [job.status for job in saved] == ["succeeded"]
    assert model.training_file == request_.training_sha256


def test_a_fresh_clone_does_not_spin(request_: TrainingRequest, tmp_path: Path) -> None:
    say(request_, job_id="ftjob-1")
    there = replace(request_, output_dir=tmp_path / "other")
    with pytest.raises(CheckpointWritten, match="its result is not"):
        train(there, ManualProvider(), Quiet(), lambda job: None)


def test_a_job_that_was_given_up_stays_so(request_: TrainingRequest) -> None:
    provider = ManualProvider()
    given_up = provider.cancel(provider.submit(request_), request_)
    assert "Nothing was stopped at the provider" in given_up.message
    say_all(request_)
    found = provider.find(request_)
    assert found is not None
    assert found.status == "cancelled"


def test_a_job_that_succeeded_is_not_cancelled(request_: TrainingRequest) -> None:
    provider = ManualProvider()
    job = provider.submit(request_)
    say_all(request_)
    assert provider.cancel(job, request_).status == "succeeded"


def test_files_count_as_deleted_only_when_a_person_says_so(request_: TrainingRequest) -> None:
    provider = ManualProvider()
    job = provider.submit(request_)
    for tell in (lambda: None, lambda: say_all(request_)):
        tell()
        with pytest.raises(ServiceError, match=f"--run {RUN} --files-deleted"):
            provider.dispose(job, request_)
    say(request_, files_deleted="2026-12-01")
    provider.dispose(job, request_)
    # That alone makes no job.
    assert ManualProvider().find(replace(request_, output_dir=request_.output_dir / "none")) is None


def test_a_result_that_nobody_told(request_: TrainingRequest) -> None:
    provider = ManualProvider()
    job = provider.submit(request_)
    for tell in (lambda: None, lambda: say(request_, job_id="ftjob-1")):
        tell()
        with pytest.raises(SpecError, match="Nobody has declared"):
            provider.result(job, request_)
        assert provider.measured(job, request_) == {}


def test_a_damaged_declaration_is_named_with_its_line(request_: TrainingRequest) -> None:
    path = say_all(request_)
    path.write_text(path.read_text().replace('"steps"', '\n"stepz"'))
    with pytest.raises(SpecError) as refused:
        ManualProvider().find(request_)
    assert any((found.line, found.column) == (2, 1) for found in refused.value.problems)
    assert str(path) in str(refused.value.problems[0])


def test_events_are_none_for_the_provider_told_a_person(request_: TrainingRequest) -> None:
    provider = ManualProvider()
    assert provider.events(provider.submit(request_), request_) == ()
    assert provider.preflight(request_) == ()


@pytest.mark.parametrize(
    ("metrics", "where"),
    [
        ({"steps": 2**53}, "metrics.steps"),
        ({"trained_tokens": 2**53}, "metrics.trained_tokens"),
        ({"loss": [{"step": 1, "training_loss": 1e300}]}, "metrics.loss.training_loss"),
        ({"loss": [{"step": 2**53, "training_loss": 0.5}]}, "metrics.loss.step"),
    ],
)
def test_a_number_that_cannot_be_is_refused_where_it_stands(
    request_: TrainingRequest, metrics: dict[str, Any], where: str
) -> None:
    say(request_, declared_by="Jane Doe", samples=12, metrics={**METRICS, **metrics})
    with pytest.raises(SpecError) as refused:
        ManualProvider().find(request_)
    (problem,) = refused.value.problems
    assert where in problem.message


def test_what_nobody_counted_is_not_0(request_: TrainingRequest) -> None:
    loss = [{"step": 1, "training_loss": 0.5}]
    say(request_, job_id="ftjob-1", declared_by="Jane Doe", samples=12, metrics={**METRICS, "loss": loss})
    provider = ManualProvider()
    job = provider.find(request_)
    assert job is not None
    told = provider.result(job, request_)
    assert told.answer_tokens is None
    assert [(point.step, point.tokens, point.validation_loss) for point in told.loss] == [(1, None, None)]


def test_a_negative_cost_is_not_taken(request_: TrainingRequest) -> None:
    say(request_, declared_by="Jane Doe", samples=12, metrics={**METRICS, "cost_usd": "-1"})
    with pytest.raises(SpecError) as refused:
        ManualProvider().find(request_)
    assert [problem.message for problem in refused.value.problems] == [
        "`metrics.cost_usd` must be at least 0."
    ]
