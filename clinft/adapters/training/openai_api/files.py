"""Files at the service: each is uploaded once, found again by its name, and deleted when the run is over."""

from datetime import datetime, timedelta
from typing import IO, Final, cast

from clinft.adapters.training.intent import looked_for
from clinft.adapters.training.openai_api.answers import RemoteFile, read_as
from clinft.adapters.training.openai_api.dialect import Dialect
from clinft.adapters.training.openai_api.sent import PURPOSES, Purpose, Sent, Stream, prefix_of
from clinft.adapters.training.openai_api.service import UPLOAD_SECONDS, Lost, Service
from clinft.artifacts.model import Upload
from clinft.errors import DigestMismatch, SpecError

FILE_PURPOSE: Final = "fine-tune"
BROKEN = frozenset({"error", "failed", "deleted", "deleting"})
UNDER_WAY = frozenset({"uploaded", "pending", "running", "notrunning"})
PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0)
MOST_SECONDS_OF_CHECKING = 600.0
# A file that ends while its job waits in the queue would fail it.
STILL_NEEDED = timedelta(days=2)


def files_of(service: Service, run_id: str) -> dict[Purpose, list[RemoteFile]]:
    """All files of the run that lie there, newest first."""
    found: dict[Purpose, list[RemoteFile]] = {purpose: [] for purpose in PURPOSES}
    for file in service.all(
        "its list of files", RemoteFile, lambda: service.client.files.list(purpose=FILE_PURPOSE)
    ):
        for purpose in PURPOSES:
            if (file.filename or "").startswith(prefix_of(run_id, purpose)):
                found[purpose].append(file)
    for files in found.values():
        files.sort(key=lambda file: file.created_at or 0, reverse=True)
    return found


def uploaded(service: Service, sent: Sent, run_id: str, dialect: Dialect, now: datetime) -> Upload:
    """The file at the service, ready to be trained on; sent only where it is not there yet."""
    file = _usable(service, sent, run_id, now) or _upload(service, sent, run_id, dialect, now)
    _wait_until_checked(service, file, sent)
    return Upload(file_id=file.id, purpose=sent.purpose, sha256=sent.sha256, size_bytes=sent.size_bytes)


def delete(service: Service, file_id: str) -> None:
    """Gone is fine."""
    service.find("the deletion of a file", lambda: service.client.files.delete(file_id))


def read_file(service: Service, file_id: str) -> RemoteFile | None:
    return service.find("a file", lambda: read_as(RemoteFile, service.client.files.retrieve(file_id)))


def _usable(service: Service, sent: Sent, run_id: str, now: datetime) -> RemoteFile | None:
    ends = (now + STILL_NEEDED).timestamp()
    return next(
        (
            file
            for file in files_of(service, run_id)[sent.purpose]
            if file.filename == sent.name(run_id)
            and file.size_bytes == sent.size_bytes
            and (file.status or "").lower() not in BROKEN
            and (file.expires_at is None or file.expires_at > ends)
        ),
        None,
    )


def _upload(service: Service, sent: Sent, run_id: str, dialect: Dialect, now: datetime) -> RemoteFile:
    what = f"the upload of the {sent.purpose} file"
    with sent.open() as stream:
        try:
            file = service.write(what, lambda: _create(service, sent, run_id, dialect, stream))
        except Lost as lost:
            found = looked_for(lambda: _usable(service, sent, run_id, now), PAUSES_SECONDS, service.sleep)
            if found is None:
                raise lost.error from None
            return found
        if stream.sha256 != sent.sha256:
            delete(service, file.id)
            raise DigestMismatch(
                f"{sent.path.name} changed while it was sent.",
                "Another process wrote to it.",
                "Run `clinft audit` again; what was sent is deleted and no job was created.",
            )
        return file


def _create(service: Service, sent: Sent, run_id: str, dialect: Dialect, stream: Stream) -> RemoteFile:
    import openai

    seconds = dialect.expires_seconds
    return read_as(
        RemoteFile,
        service.client.files.create(
            file=(sent.name(run_id), cast("IO[bytes]", stream), "application/jsonl"),
            purpose=FILE_PURPOSE,
            expires_after=(openai.omit if seconds is None else {"anchor": "created_at", "seconds": seconds}),
            timeout=UPLOAD_SECONDS,
        ),
    )


def _wait_until_checked(service: Service, file: RemoteFile, sent: Sent) -> None:
    """A job is refused before its files are processed. A service that never says so judges that itself."""
    waited, pause, now = 0.0, 1.0, file
    while (now.status or "").lower() in UNDER_WAY and waited < MOST_SECONDS_OF_CHECKING:
        service.sleep(pause)
        waited, pause = waited + pause, min(pause * 1.5, 30.0)
        now = read_file(service, file.id) or now.model_copy(update={"status": "deleted"})
    if (now.status or "").lower() in BROKEN:
        raise SpecError(
            f"{service.host} does not accept the {sent.purpose} file: "
            f"{service.shown(now.status_details or now.status)}",
            "The words above are the service's own.",
            "Correct the data; the next call sends the file again.",
        )
