"""Which run is in use and which ones were, by the protected branch; and which one a verdict is about."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clinft.artifacts.results import RegressionVerdict
from clinft.errors import ClinftError
from clinft.pipeline.deployment import FILE, deployed_run
from clinft.pipeline.standing import MOST_CHANGES
from clinft.ports.history import History
from clinft.spec.evaluation import RECORDED


def compared_with(verdict: RegressionVerdict) -> str | None:
    """The model in use that the run was compared with; None: none was in use.

    Recorded answers stand for a model from before the first run. The approved baseline takes the place of
    a model in use where there is none.
    """
    role = next((one.role for one in verdict.references if one.run_id == verdict.baseline_run_id), None)
    return None if verdict.baseline_run_id == RECORDED or role == "approved" else verdict.baseline_run_id


def deployments(history: History, tip: str, project: str) -> Iterator[str | None]:
    """What deployment.yaml named at `tip` and before, the newest first; None where there was none.

    A file that names no run is passed over: what was in use before it counts as in use still.
    """
    place, at = f"projects/{project}/{FILE}", tip
    for _ in range(MOST_CHANGES):
        with tempfile.TemporaryDirectory(prefix="clinft-in-use-") as folder:
            history.export(at, place, Path(folder))
            try:
                named = [deployed_run(Path(folder) / "projects" / project)]
            except ClinftError:
                named = []
        yield from named
        commit = history.newest(at, [place])
        parent = None if commit is None else next(iter(history.parents(commit)), None)
        if parent is None:
            return
        at = parent
