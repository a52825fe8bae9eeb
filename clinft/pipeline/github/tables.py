"""A pull request and projects/tracking/: no row is written by hand, and none of the base branch goes away."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clinft.artifacts.decision import Reason
from clinft.pipeline.github.checks import Change
from clinft.pipeline.tracking import lost, stale
from clinft.pipeline.tracking.incidents import FOLDER as INCIDENT
from clinft.stages.gate.paths import TRACKING
from clinft.stages.gate.pull_request import lost_reasons, table_reasons

PROJECTS = "projects"


def tables(change: Change) -> Iterator[Reason]:
    """Asked where runs, tables or records of incidents change.

    Rows that may not go away are those that the base branch's own evidence gives: what somebody forged there,
    or an earlier clinft wrote with other columns, may be corrected.
    """
    inside = [path.path.split("/")[1:3] for path in change.changes.paths if path.path.startswith("projects/")]
    changed = any(parts[:1] == [TRACKING] or parts[1:] == ["runs"] for parts in inside)
    if changed:
        yield from table_reasons(stale(change.tree / PROJECTS))
    if changed or any(parts[1:] == [INCIDENT] for parts in inside):
        with tempfile.TemporaryDirectory(prefix="clinft-base-") as place:
            change.history.export(change.changes.base_sha, PROJECTS, Path(place))
            yield from lost_reasons(lost(Path(place) / PROJECTS, change.tree / PROJECTS))
