"""Was it a workflow of ours on the protected branch that left something? GitHub's own word, nobody else's.

Whoever may push a branch may run a changed train.yml there and leave an artifact of any name. So neither the
path nor the name of the branch says anything: the commit must have been the protected branch's own.
"""

import re

from clinft.ports.history import History
from clinft.ports.runs import WorkflowRun, WorkflowRuns

# GitHub adds @ and a ref at times. A file may be called train.yml@x.yml, which is none of ours.
WORKFLOW = re.compile(r"\.github/workflows/([a-z-]+\.yml)(?:@(?!.*\.ya?ml\Z).+)?")
# Which workflow leaves what. Any job of a workflow run may leave an artifact of any name, the one on the
# machine that trains too: so what is sealed counts from report.yml alone, which never runs there.
TRAIN, REPORT = "train.yml", "report.yml"
# They run what lies on the branch itself; pull_request and its kin run what somebody proposes.
EVENTS = frozenset({"push", "workflow_dispatch", "schedule", "workflow_run"})


def vouched(
    runs: WorkflowRuns,
    history: History,
    repository: str,
    tip: str,
    workflow_run: int,
    name: str,
    workflow: str,
) -> str | None:
    """What speaks against it that `workflow_run` left the artifact `name`; None: nothing.

    `workflow`: TRAIN or REPORT. `tip`: of the protected branch. An artifact that is not kept any more
    counts: its name is the proof.
    ServiceError where GitHub or the history does not answer.
    """
    run = runs.run(workflow_run)
    if run is None:
        return f"GitHub knows no workflow run {workflow_run} of this repository."
    against = origin(run, repository, workflow)
    if against is not None:
        return against
    if not history.on_line(tip, run.head_sha):
        return f"Workflow run {workflow_run} ran on a commit that the protected branch itself never was at."
    if all(left.name != name for left in runs.artifacts(workflow_run)):
        return f"Workflow run {workflow_run} left no artifact of this name."
    return None


def origin(run: WorkflowRun, repository: str, workflow: str) -> str | None:
    """What speaks against the run, as far as GitHub's account of it alone tells."""
    if run.repository.lower() != repository.lower():
        return f"Workflow run {run.id} ran the code of another repository."
    path = WORKFLOW.fullmatch(run.path)
    if path is None or path[1] != workflow:
        return f"Workflow run {run.id} is of another workflow than {workflow}."
    if run.event not in EVENTS:
        return f"Workflow run {run.id} was started by an event that does not run the protected branch."
    return None
