"""What every training provider must do; each provider's test module runs it with its own request."""

from pathlib import Path

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import TERMINAL, Job
from clinft.ports.training import TrainingProvider, TrainingRequest
from tests.fakes.progress import Quiet


def finish(provider: TrainingProvider, job: Job, request: TrainingRequest) -> Job:
    """Poll to the end, as the train stage does."""
    for _ in range(100):
        if job.status in TERMINAL:
            return job
        job = provider.poll(job, request, Quiet())
    raise AssertionError("never reached a terminal status")


def check_a_job_is_found_by_its_run_id_and_never_submitted_twice(
    provider: TrainingProvider, request: TrainingRequest
) -> None:
    assert provider.find(request) is None
    job = provider.submit(request)
    assert job.status not in TERMINAL
    assert (job.provider, job.run_id) == (provider.name, request.run_id)
    found = provider.find(request)
    assert found is not None
    assert found.id == job.id


def check_a_finished_job_gives_a_model_with_digests(
    provider: TrainingProvider, request: TrainingRequest
) -> None:
    job = finish(provider, provider.submit(request), request)
    assert job.status == "succeeded"
    model = provider.result(job, request)
    assert model.plan_digest == request.plan_digest
    assert (model.training_file, model.validation_file) == (
        request.training_sha256,
        request.validation_sha256,
    )
    assert model.steps is not None
    assert model.steps > 0
    assert model.loss
    assert bool(model.weights) is not provider.hosted
    folder = request.output_dir / model.fine_tuned_model
    assert all(digest_file(folder / name) == sha for name, sha in model.weights.items())
    # Asking again, also in a new process, gives the same answer without new work.
    again = provider.find(request)
    assert again is not None
    assert again.status == "succeeded"
    assert provider.result(again, request) == model
    # The files that were sent for it may go, also twice: the model stays.
    provider.dispose(job, request)
    provider.dispose(job, request)
    assert provider.result(again, request) == model
    assert all(isinstance(value, float | int | str) for value in provider.measured(job, request).values())


def check_a_cancelled_job_is_terminal(provider: TrainingProvider, request: TrainingRequest) -> None:
    job = provider.cancel(provider.submit(request), request)
    assert job.status == "cancelled"
    found = provider.find(request)
    assert found is not None
    assert found.status == "cancelled"


def check_what_was_said_of_a_job_is_told_again(provider: TrainingProvider, request: TrainingRequest) -> None:
    """Oldest first, so that whoever reads it later finds what he knew before, and more."""
    assert all(line and line.isprintable() for line in provider.preflight(request))
    job = provider.submit(request)
    before = tuple(provider.events(job, request))
    job = finish(provider, job, request)
    after = tuple(provider.events(job, request))
    assert after[: len(before)] == before
    times = [event.at for event in after if event.at is not None]
    assert times == sorted(times)
    assert all(event.message.isprintable() for event in after)
    # What is over stays over, however often it is asked for.
    assert provider.poll(job, request, Quiet()) == job


CHECKS = (
    check_a_job_is_found_by_its_run_id_and_never_submitted_twice,
    check_a_finished_job_gives_a_model_with_digests,
    check_a_cancelled_job_is_terminal,
    check_what_was_said_of_a_job_is_told_again,
)


def write_chat_files(folder: Path) -> tuple[Path, Path]:
    """Twelve training and four validation lines in the chat format."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    pairs = [("chest pain and troponin", "circulatory"), ("wheeze and cough", "respiratory")]
    paths = []
    for name, repeats in (("train", 6), ("validation", 2)):
        lines = []
        for index in range(repeats):
            for text, answer in pairs:
                messages = [
                    {"role": "system", "content": "Name the chapter."},
                    {"role": "user", "content": f"{text} {index}"},
                    {"role": "assistant", "content": answer},
                ]
                lines.append(json.dumps({"messages": messages}))
        path = folder / f"{name}.jsonl"
        path.write_text("\n".join(lines) + "\n")
        paths.append(path)
    return paths[0], paths[1]
