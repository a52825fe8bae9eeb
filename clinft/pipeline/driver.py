"""How every stage is run: same inputs → skip; else execute, wrap, write last."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import clinft
from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.envelope import Artifact, digest_content
from clinft.errors import DigestMismatch
from clinft.pipeline.context import BEFORE_TRAINING, Context
from clinft.spec.base import Strict


@dataclass(frozen=True)
class Produced:
    """What a stage made. `files` are names as in Artifact.files; their bytes are already on disk."""

    payload: Strict
    files: tuple[str, ...] = ()
    measured: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class NotRun:
    """The stage does not apply here; the reason is shown, nothing is written."""

    reason: str


@dataclass(frozen=True)
class Stage:
    name: str
    version: int
    payload: type[Strict]
    inputs: Callable[[Context], dict[str, str]]
    execute: Callable[[Context], Produced | NotRun]
    summary: Callable[[Any], str]
    always: bool = False  # never skipped
    # Where something other than equal inputs says that the work is done.
    finished: Callable[[Context], Artifact[Any] | None] | None = None
    # Raises where an earlier result may not be kept, though its inputs are equal.
    before_keeping: Callable[[Context], None] | None = None
    # On record among the inputs of what is made, by their names; what is there is kept whatever they are now.
    recorded: Mapping[str, Callable[[Context], str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    stage: str
    how: Literal["done", "skipped", "not_run"]
    artifact: Artifact[Any] | None
    text: str


def run_stage(stage: Stage, context: Context) -> Outcome:
    inputs = stage.inputs(context)
    if not stage.always and stage.name not in context.again:
        existing = _finished(stage, context, inputs)
        if existing is not None:
            return Outcome(stage.name, "skipped", existing, stage.summary(existing.payload))
    inputs |= recorded(stage.recorded, context)
    started = time.monotonic()
    produced = stage.execute(context)
    if isinstance(produced, NotRun):
        return Outcome(stage.name, "not_run", None, produced.reason)
    artifact = wrap(stage, context, inputs, produced, time.monotonic() - started)
    run_folder.save(context.folder_of(stage.name), artifact)
    return Outcome(stage.name, "done", artifact, stage.summary(artifact.payload))


def recorded(names: Mapping[str, Callable[[Context], str | None]], context: Context) -> dict[str, str]:
    """Nothing of those that do not apply here."""
    found = {name: of(context) for name, of in names.items()}
    return {name: value for name, value in found.items() if value is not None}


def wrap(
    stage: Stage, context: Context, inputs: dict[str, str], produced: Produced, seconds: float
) -> Artifact[Any]:
    run = context.run
    files = {name: digest_file(context.paths.resolve(name, run)) for name in produced.files}
    content: dict[str, Any] = {
        "stage": stage.name,
        "stage_version": stage.version,
        "project": context.name,
        "run_id": run.name if run else None,
        "inputs": inputs,
        "files": files,
        "payload": produced.payload,
        "measured": {"seconds": round(seconds, 3), **produced.measured},
        "created_at": timestamp(context.services.clock.now()),
        "git_sha": context.services.git_sha,
        "clinft_version": clinft.__version__,
    }
    unsealed = Artifact[stage.payload].model_construct(**content)  # type: ignore[name-defined]  # chosen at run time
    dumped = {"schema_version": unsealed.schema_version, **unsealed.model_dump(mode="json", warnings=False)}
    return Artifact[stage.payload](**content, digest=digest_content(dumped))  # type: ignore[name-defined]  # chosen at run time


def timestamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _finished(stage: Stage, context: Context, inputs: dict[str, str]) -> Artifact[Any] | None:
    """The earlier result, if it came from the same inputs and its files are still there, unchanged."""
    if stage.finished is not None:
        return stage.finished(context)
    if context.mode != "local" and stage.name in BEFORE_TRAINING:
        # On GitHub a result that lies here could have been committed: it is made again.
        return None
    try:
        existing = run_folder.load(context.folder_of(stage.name), stage.name, stage.payload)
    except DigestMismatch as damage:
        context.say(f"{stage.name}: the earlier result is damaged and is made again. {damage.what}")
        return None
    if existing is None or not _of_the_same(stage, existing, inputs):
        return None
    for name, expected in existing.files.items():
        path = context.paths.resolve(name, context.run)
        if not path.exists() or digest_file(path) != expected:
            context.say(f"{stage.name}: {name} is missing or changed, so the stage runs again.")
            return None
    if stage.before_keeping is not None:
        stage.before_keeping(context)
    return existing


def _of_the_same(stage: Stage, existing: Artifact[Any], inputs: dict[str, str]) -> bool:
    counted = {name: value for name, value in existing.inputs.items() if name not in stage.recorded}
    return existing.stage_version == stage.version and counted == inputs
