"""The model of a succeeded job, once it is proved that it was trained on the audited bytes."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from clinft.adapters.training.ids import MODEL
from clinft.adapters.training.numbers import whole
from clinft.adapters.training.openai_api import curve
from clinft.adapters.training.openai_api.answers import RemoteJob
from clinft.adapters.training.openai_api.creation import (
    PLAN,
    RUN,
    SAMPLES,
    audited_tag,
    bytes_tag,
    sha_tag,
)
from clinft.adapters.training.openai_api.dialect import Dialect
from clinft.adapters.training.openai_api.events import read_events
from clinft.adapters.training.openai_api.files import read_file
from clinft.adapters.training.openai_api.sent import PURPOSES, Purpose, place_of, prefix_of, sent_digest
from clinft.adapters.training.openai_api.service import Service
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import LossPoint, TrainedModel, Upload
from clinft.errors import DigestMismatch, ServiceError
from clinft.ports.training import TrainingRequest
from clinft.run_folder import to_bytes, write_atomically
from clinft.spec.base import Strict

LossSource = Literal["result file", "events", "none"]
MOST_BYTES = 50_000_000
# What a snapshot's name has and its alias has not: gpt-4.1-mini, gpt-4.1-mini-2025-04-14.
DATE = re.compile(r"-\d{4}-\d{2}-\d{2}")


class Told(Strict):
    """What the provider said once, kept beside the run: its files do not live as long as its model."""

    run_id: str
    job_id: str
    model: TrainedModel
    loss_source: LossSource


@dataclass(frozen=True)
class Asked:
    """One question about one job."""

    service: Service
    request: TrainingRequest
    dialect: Dialect
    job: RemoteJob


def told_before(request: TrainingRequest, job_id: str, dialect: Dialect) -> Told | None:
    """Raises DigestMismatch where it was told of other files than the request's."""
    told = _kept(request, dialect)
    if told is None or told.job_id != job_id:
        return None
    held: dict[Purpose, str] = {
        "training": told.model.training_file,
        "validation": told.model.validation_file,
    }
    for purpose in PURPOSES:
        if held[purpose] != place_of(request, purpose)[1]:
            raise _of_others(job_id, place_of(request, purpose)[0].name)
    return told


def job_told(request: TrainingRequest, dialect: Dialect) -> str | None:
    """The job of the run, as far as its outcome was ever fetched here."""
    told = _kept(request, dialect)
    return None if told is None else told.job_id


def files_told(request: TrainingRequest, job_id: str, dialect: Dialect) -> tuple[str, ...]:
    """Ids of what was sent for the job, as far as its outcome was ever fetched here."""
    told = _kept(request, dialect)
    return () if told is None or told.job_id != job_id else tuple(one.file_id for one in told.model.uploads)


def loss_source(request: TrainingRequest, job_id: str, dialect: Dialect) -> LossSource | None:
    told = _kept(request, dialect)
    return told.loss_source if told is not None and told.job_id == job_id else None


def _kept(request: TrainingRequest, dialect: Dialect) -> Told | None:
    path = _path(request, dialect)
    try:
        told = Told.model_validate_json(path.read_bytes()) if path.exists() else None
    except ValidationError:
        return None
    return told if told is not None and told.run_id == request.run_id else None


def outcome_of(asked: Asked) -> TrainedModel:
    """Kept in the run's folder, so that asking again gives the same."""
    job, request = asked.job, asked.request
    if not job.fine_tuned_model:
        raise ServiceError(
            f"{asked.service.host} calls the job {job.id} {asked.service.shown(job.status, 40)}, "
            "and names no model.",
            "The service is not in step with itself, or the model was withheld.",
            "Call again later; ask the provider's support where it stays so.",
        )
    name = asked.service.place.plain("a model", job.fine_tuned_model, MODEL)
    _check_base(job, name, request.base_model.ref)
    uploads = _proved(asked)
    points, source = _curve(asked)
    samples = _samples(asked)
    model = TrainedModel(
        provider=asked.dialect.provider,
        base_model=request.base_model,
        fine_tuned_model=name,
        steps=max((point.step for point in points), default=None),
        samples=samples,
        answer_tokens=None,
        trainable_parameters=None,
        loss=points or (LossPoint(step=0, tokens=None),),
        plan_digest=request.plan_digest,
        training_file=request.training_sha256,
        validation_file=request.validation_sha256,
        weights={},
        uploads=uploads,
        trained_tokens=job.tokens,
    )
    told = Told(run_id=request.run_id, job_id=job.id, model=model, loss_source=source)
    write_atomically(_path(request, asked.dialect), to_bytes(told))
    return model


def _path(request: TrainingRequest, dialect: Dialect) -> Path:
    return request.output_dir / f"{dialect.provider}-told.json"


def _check_base(job: RemoteJob, tuned: str, ref: str) -> None:
    """Of a service that tells none nothing is known."""
    known = ref if job.model is None else job.model
    if not _same_base(known, ref):
        raise DigestMismatch(
            f"The job {job.id} was trained from another base model than {ref}.",
            "The provider names the other one in the job itself.",
            "Cancel the run and start a new attempt.",
        )
    if tuned.lower() in (known.lower(), ref.lower()):
        raise DigestMismatch(
            f"The job {job.id} gives the base model {ref} itself as its result.",
            "Nothing was trained, or the service tells of another job.",
            "Ask the provider's support; a new attempt is a new job.",
        )


def _same_base(told: str, ref: str) -> bool:
    """One of them may be the alias of the other, which is a snapshot."""
    short, long = sorted((told.lower(), ref.lower()), key=len)
    return short == long or (long.startswith(short) and DATE.fullmatch(long[len(short) :]) is not None)


def _proved(asked: Asked) -> tuple[Upload, ...]:
    """What was sent, after every digest that can be compared was."""
    tags, request, job = asked.job.tags, asked.request, asked.job
    if tags.get(RUN, request.run_id) != request.run_id or tags.get(PLAN, request.plan_digest) != (
        request.plan_digest
    ):
        raise DigestMismatch(
            f"The job {job.id} belongs to another run or plan.",
            "Its tags at the provider are not this run's.",
            "Cancel the run and start a new attempt.",
        )
    ids: dict[Purpose, str | None] = {"training": job.training_file, "validation": job.validation_file}
    for purpose, file_id in ids.items():
        if file_id is not None:
            asked.service.place.plain(f"a {purpose} file", file_id)
    return tuple(_upload(asked, purpose, ids[purpose]) for purpose in PURPOSES)


def _upload(asked: Asked, purpose: Purpose, file_id: str | None) -> Upload:
    tags, (path, audited) = asked.job.tags, place_of(asked.request, purpose)
    sent = _sent_digest(path, audited, asked.dialect)
    tag = tags.get(sha_tag(purpose))
    there = None if file_id is None or bytes_tag(purpose) in tags else read_file(asked.service, file_id)
    # A service that keeps no tags still keeps the name that the file was given.
    name = "" if there is None else there.filename or ""
    matches = (
        tag == sent
        if tag is not None and sent is not None
        else tags.get(audited_tag(purpose), tag) == audited
        if tag is not None
        else sent is not None and name == f"{prefix_of(asked.request.run_id, purpose)}{sent[:12]}.jsonl"
    )
    digest = tag or sent
    if not matches or file_id is None or digest is None:
        raise _of_others(asked.job.id, path.name)
    size = whole(tags.get(bytes_tag(purpose)))
    if size is None:
        size = there.size_bytes if there is not None and there.size_bytes is not None else 0
    return Upload(file_id=file_id, purpose=purpose, sha256=digest, size_bytes=size)


def _sent_digest(path: Path, audited: str, dialect: Dialect) -> str | None:
    """Of the bytes sent; None where a mark goes before them and the audited file does not lie here."""
    if not dialect.lead:
        return audited
    return sent_digest(path, dialect) if path.exists() and digest_file(path) == audited else None


def _of_others(job_id: str, name: str) -> DigestMismatch:
    return DigestMismatch(
        f"The job {job_id} was trained on another {name}, or nothing there proves on which.",
        "The file at the provider is not known to be the audited one.",
        "Cancel the run and start a new attempt.",
    )


def _curve(asked: Asked) -> tuple[tuple[LossPoint, ...], LossSource]:
    for file_id in asked.job.result_files or ():
        data = _content(asked.service, asked.service.place.plain("a result file", file_id))
        points = curve.from_file(data) if data is not None and len(data) <= MOST_BYTES else ()
        if points:
            return points, "result file"
    points = curve.from_events(read_events(asked.service, asked.job.id))
    return points, "events" if points else "none"


def _content(service: Service, file_id: str) -> bytes | None:
    return service.find("the result file", lambda: service.client.files.content(file_id).content)


def _samples(asked: Asked) -> int:
    """Lines of the training file."""
    tagged = whole(asked.job.tags.get(SAMPLES))
    path = asked.request.training_file
    if tagged is not None or not path.exists():
        return tagged or 0
    return lines_of(path)


def lines_of(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(1 for line in stream if line.strip())
