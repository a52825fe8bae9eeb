"""A run's log as Markdown, for the terminal. Words of a provider are foreign: they are escaped."""

from collections.abc import Iterable, Sequence

from clinft.artifacts.model import JobEvent
from clinft.pipeline.run_logs.form import RunLog, StageLog
from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, code, document, escape, table

MOST_EVENTS = 40


def log_markdown(log: RunLog) -> str:
    return document(
        (
            f"# {escape(log.project)}, run {escape(log.run_id)}: {escape(log.status)}",
            *_wrong(log),
            "## Stages",
            _stages(log.stages),
            *([f"Without a result: {', '.join(log.waiting)}."] if log.waiting else []),
            "## Status",
            _history(log),
            *_job(log),
            *_events(log.events),
            *(["## Evaluated again", bullets(map(escape, log.again))] if log.again else []),
        )
    )


def _wrong(log: RunLog) -> Iterable[str]:
    """What a reader came for, first."""
    found = [f"Damaged, and not read: {escape(name)}; `clinft verify` says more" for name in log.unreadable]
    if log.status == "failed" and log.waiting:
        found.append(f"It failed in {code(log.waiting[0])}, or before its result was written")
    if log.job is not None and log.job.message:
        found.append(f"The job says: {escape(log.job.message)}")
    found += [f"{escape(entry.status)}: {escape(entry.message)}" for entry in log.history if entry.message]
    found += [f"{event.level}: {escape(event.message)}" for event in log.events if event.level != "info"]
    return [bullets(found)] if found else []


def _stages(stages: Sequence[StageLog]) -> str:
    if not stages:
        return "missing: no stage has a result here"
    return table(
        ("Stage", "Made", "Seconds", "Else", "clinft", "Commit"),
        (
            (
                code(stage.stage),
                escape(stage.created_at),
                numbers.measured_value("seconds", stage.measured["seconds"])
                if "seconds" in stage.measured
                else "",
                ", ".join(
                    f"{escape(name.replace('_', ' '))} {numbers.measured_value(name, value)}"
                    for name, value in sorted(stage.measured.items())
                    if name != "seconds" and not name.startswith("sha256 of ")
                ),
                escape(stage.clinft_version),
                "" if stage.git_sha is None else numbers.short(stage.git_sha),
            )
            for stage in stages
        ),
        numeric={2},
    )


def _history(log: RunLog) -> str:
    if not log.history:
        return "missing: none was kept, as on a laptop"
    return table(
        ("", "Status", "When", "Workflow run"),
        (
            (
                str(entry.number),
                escape(entry.status),
                escape(entry.at),
                "" if entry.workflow_run is None else str(entry.workflow_run),
            )
            for entry in log.history
        ),
    )


def _job(log: RunLog) -> Iterable[str]:
    if log.job is None:
        return
    yield "## Job"
    yield f"{escape(log.job.provider)}, {code(log.job.id)}: {escape(log.job.status)}"


def _events(events: Sequence[JobEvent]) -> Iterable[str]:
    if not events:
        return
    left = len(events) - MOST_EVENTS
    yield "## What the provider told"
    if left > 0:
        yield f"The last {MOST_EVENTS}; {left:,} before them are left out here, `--json` has all."
    yield table(
        ("When", "Step", "", "Message"),
        (
            (
                escape(event.at or ""),
                "" if event.step is None else str(event.step),
                event.level if event.level != "info" else event.kind,
                escape(event.message),
            )
            for event in events[-MOST_EVENTS:]
        ),
    )
