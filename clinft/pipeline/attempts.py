"""Attempts: which run belongs to a plan, and taking the next one, under the project's lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.fact_sheet import FACTS
from clinft.artifacts.results import RunRecord, StageRecord
from clinft.errors import DigestMismatch, ServiceError
from clinft.pipeline import status_files
from clinft.pipeline.context import BEFORE_TRAINING, Context
from clinft.run_folder import ProjectPaths

PLAN_PREFIX = 12
# JSON beside the stages' results that is none of them.
NO_STAGE = ("record.json", "job.json", "approvals.json", FACTS)
# Never leaves the machine, or comes after the record is sealed.
APART = ("data", status_files.FOLDER, status_files.AGAIN)
# Copies of what people wrote, so that the run can be checked when the spec has moved on.
WRITTEN = {"project.yaml": "project.yaml", "prompt.md": "prompt/prompt.md"}


@contextmanager
def project_lock(paths: ProjectPaths) -> Iterator[None]:
    """The kernel drops it with the process, so a killed run never leaves a stale lock."""
    paths.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ServiceError(
            f"Another clinft is at work on {paths.root.name}.",
            "Two runs of one project would write the same files.",
            "Wait until it ends, or stop it; its work is kept.",
        ) from None
    try:
        yield
    finally:
        lock.release()


def find(paths: ProjectPaths, plan_digest: str) -> Path | None:
    """The latest attempt at this plan that is open or succeeded; failed ones are left behind."""
    for folder in reversed(_attempts(paths, plan_digest)):
        record = run_folder.load_record(folder)
        if record is not None and record.plan_digest == plan_digest:
            return folder if record.status in ("running", "succeeded") else None
    return None


def open_attempt(context: Context, plan_digest: str) -> str | None:
    """The attempt that would be gone on with; None where a new one would be taken."""
    if context.attempt:
        return context.attempt
    folder = find(context.paths, plan_digest)
    return None if folder is None else folder.name


def take_or_resume(context: Context, plan_digest: str) -> Path:
    """The open attempt at this plan with today's permission beside it, else a new attempt.

    The record is written last, so that a kill leaves no half attempt.
    """
    run = _given(context, plan_digest) if context.attempt else find(context.paths, plan_digest)
    if run is None:
        return _take(context, plan_digest)
    _copy_permission(context, run)
    update(run)
    return run


def _given(context: Context, plan_digest: str) -> Path | None:
    """The folder of the attempt that the project's lock names; None where this machine sees it first."""
    attempt = context.attempt or ""
    if not attempt.startswith(f"{plan_digest[:PLAN_PREFIX]}-a"):
        raise DigestMismatch(
            f"The attempt {attempt} was taken for another plan.",
            "The spec, the prompt or the data changed since the lock was taken.",
            "Start train again from the present branch.",
        )
    run = context.paths.run(attempt)
    record = run_folder.load_record(run)
    if record is None:
        return None
    if record.status != "running" or record.plan_digest != plan_digest:
        raise DigestMismatch(
            f"{attempt} is over: its record lies in the repository.",
            "Its results were merged while this job waited.",
            "Nothing needs to be done; a further attempt has a further number.",
        )
    return run


def copy_written(context: Context, run: Path) -> None:
    """What people wrote, as it is now: a change outside the plan re-reports the same run."""
    for name, source in WRITTEN.items():
        run_folder.write_atomically(run / name, (context.paths.root / source).read_bytes())


def _copy_permission(context: Context, run: Path) -> None:
    copy_written(context, run)
    for name in (*BEFORE_TRAINING, "approvals"):
        source = context.paths.work / f"{name}.json"
        if source.exists():
            run_folder.write_atomically(run / source.name, source.read_bytes())


def _take(context: Context, plan_digest: str) -> Path:
    number = 1
    for folder in _attempts(context.paths, plan_digest):
        if run_folder.load_record(folder) is not None:
            number = _number(folder) + 1
    run = context.paths.run(context.attempt or f"{plan_digest[:PLAN_PREFIX]}-a{number}")
    number = _number(run)
    _link_store(context, run)
    _copy_permission(context, run)
    record = RunRecord.model_construct(
        run_id=run.name,
        project=context.name,
        plan_digest=plan_digest,
        attempt=number,
        status="running",
        stages=(),
        files={},
        digest="",
    )
    run_folder.save_record(run, with_evidence(record, run))
    return run


def _link_store(context: Context, run: Path) -> None:
    """The checkout is made anew for each job; what takes hours to make again must not lie in it."""
    if context.store is None:
        return
    context.store.mkdir(parents=True, exist_ok=True)
    run.mkdir(parents=True, exist_ok=True)
    link = run / "data"
    if not link.is_symlink():
        link.symlink_to(context.store, target_is_directory=True)


def update(run: Path, status: str | None = None) -> None:
    record = run_folder.load_record(run)
    if record is None:
        raise ServiceError(
            f"{run.name} has no record.json.", "It was deleted while the run was open.", "Run again."
        )
    changed = record.model_copy(update={"status": status or record.status})
    run_folder.save_record(run, with_evidence(changed, run))


def with_evidence(record: RunRecord, run: Path) -> RunRecord:
    """The record with the digests of everything committed beside it."""
    stages: list[StageRecord] = []
    files: dict[str, str] = {}
    for path in sorted(run.rglob("*")):
        relative = path.relative_to(run)
        if not path.is_file() or relative.parts[0] in APART or path.name.startswith("."):
            continue
        if relative.parent == Path() and path.suffix == ".json" and path.name not in NO_STAGE:
            digest = run_folder.read_digest(path)
            stages.append(StageRecord(stage=path.stem, digest=digest, file_sha256=digest_file(path)))
        elif path.name != run_folder.RECORD:
            files[relative.as_posix()] = digest_file(path)
    return record.model_copy(update={"stages": tuple(stages), "files": files}).sealed()


def _attempts(paths: ProjectPaths, plan_digest: str) -> list[Path]:
    return sorted(paths.runs.glob(f"{plan_digest[:PLAN_PREFIX]}-a*"), key=_number)


def _number(folder: Path) -> int:
    tail = folder.name.rpartition("-a")[2]
    return int(tail) if tail.isdecimal() else 0
