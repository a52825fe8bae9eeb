"""`clinft audit PROJECT` with its work shared: by Ray, or by machines that each take a shard."""

from pathlib import Path
from typing import TYPE_CHECKING

from clinft.cli import show
from clinft.errors import SpecError

if TYPE_CHECKING:
    from clinft.cli.auditing import How


def refuse(fix: bool, resume: Path | None) -> None:
    if fix or resume:
        raise SpecError(
            "--fix and --resume are for files, not for a project.",
            "Its records are generated, so what is found is mended in the spec, the prompt or the generator.",
            "Leave the option out; or name files, e.g. those in the project's data/records/.",
        )


def audit(screen: show.Screen, project: Path, how: "How") -> None:
    """The artifact is byte for byte that of one process; a verdict that is not PASS is for the gate."""
    from clinft import pipeline
    from clinft.cli.opening import open_context
    from clinft.pipeline.context import Auditing
    from clinft.stages.audit import shards
    from clinft.stages.audit.batch import Shard
    from clinft.wiring.engines import workers_of

    context = open_context(project, False, screen)
    if how.shard is not None and how.part is not None:
        shards.refuse_place(how.part)
        part = pipeline.audit_shard(context, Shard.parse(how.shard), how.workers)
        shards.write_part(how.part, part)
        screen.say(f"wrote {how.part}")
        return
    parts = shards.load_parts(how.merge)
    context.auditing = Auditing(how.workers, workers_of(how.engine, how.workers), parts)
    for outcome in pipeline.run(context, ("audit",)):
        screen.outcome(outcome)
