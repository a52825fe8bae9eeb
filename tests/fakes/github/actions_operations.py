"""Operations on workflow runs and on what they left."""

from typing import Any

from tests.fakes.github.operations import Call, Handler, Refused, Reply, not_found, pick
from tests.fakes.github.workflow_runs import Artifact, WorkflowRun

STORE = "/artifact-store"


def get_workflow_run(call: Call) -> Reply:
    return Reply(200, _run(call, pick(call.state.workflow_runs, call.path["run_id"])))


def list_workflow_runs(call: Call) -> Reply:
    """Of one workflow, by file name or number; the newest first."""
    wanted = call.path["workflow_id"]
    file = f".github/workflows/{wanted}"
    found = [one for one in call.state.workflow_runs.values() if wanted in (one.file, str(one.workflow_id))]
    if not found and call.state.repo.blob("refs/heads/main", file) is None:
        raise not_found()
    filters = {name: value for name, value in call.query.items() if name not in ("page", "per_page")}
    runs = [one for one in found if all(_fits(one, *asked) for asked in filters.items())]
    listed = [_run(call, one) for one in sorted(runs, key=lambda one: -one.id)]
    return Reply(200, {"total_count": len(listed), "workflow_runs": listed})


def _fits(run: WorkflowRun, name: str, value: str) -> bool:
    """A filter that nobody built is a KeyError here, and so a violation."""
    told = {
        "status": (run.status, run.conclusion),
        "branch": (run.head_branch,),
        "event": (run.event,),
        "head_sha": (run.head_sha,),
    }
    return value in told[name]


def cancel_workflow_run(call: Call) -> Reply:
    run = pick(call.state.workflow_runs, call.path["run_id"])
    if run.status == "completed":
        raise Refused(409, "Cannot cancel a workflow run that is completed.")
    call.state.cancels.append(run.id)
    call.state.end_run(run.id, "cancelled")
    return Reply(202, {})


def list_artifacts(call: Call) -> Reply:
    run = pick(call.state.workflow_runs, call.path["run_id"])
    left = [one for one in call.state.artifacts_of(run.id) if call.query.get("name") in (None, one.name)]
    if call.query.get("direction") == "asc":
        left.reverse()
    return Reply(200, {"total_count": len(left), "artifacts": [_artifact(call, one) for one in left]})


def get_artifact(call: Call) -> Reply:
    return Reply(200, _artifact(call, _named(call)))


def download_artifact(call: Call) -> Reply:
    """The bytes lie in a store of another host, which takes a signed address and no token."""
    found = _named(call)
    if call.path["archive_format"] != "zip":
        raise not_found()
    if found.expired:
        raise Refused(410, "Artifact has expired")
    base = call.render.api.removesuffix("/api/v3")
    place = f"{base}{STORE}/{found.id}?sig={call.state.signature(found.id)}"
    return Reply(302, None, {"Location": place})


def _named(call: Call) -> Artifact:
    found = call.state.artifact(int(call.path["artifact_id"]))
    if found is None:
        raise not_found()
    return found


def _run(call: Call, run: WorkflowRun) -> dict[str, Any]:
    url = f"{call.render.repo}/actions/runs/{run.id}"
    ours = call.render.repository("minimal-repository")
    theirs = ours
    if run.repository is not None:
        owner, _, name = run.repository.partition("/")
        fork = call.render.repository("minimal-repository", owner=owner)
        theirs = {**fork, "name": name, "full_name": run.repository}
    return {
        **call.render.spec.draft("workflow-run"),
        "id": run.id,
        "name": run.file.removesuffix(".yml"),
        "path": run.path,
        "workflow_id": run.workflow_id,
        "run_attempt": run.attempt,
        "event": run.event,
        "head_sha": run.head_sha,
        "head_branch": run.head_branch,
        "head_repository": theirs,
        "repository": ours,
        "status": run.status,
        "conclusion": run.conclusion,
        "pull_requests": [],
        "url": url,
        "html_url": f"{call.render.html}/actions/runs/{run.id}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
    }


def _artifact(call: Call, one: Artifact) -> dict[str, Any]:
    url = f"{call.render.repo}/actions/artifacts/{one.id}"
    return {
        **call.render.spec.draft("artifact"),
        "id": one.id,
        "name": one.name,
        "size_in_bytes": len(one.data),
        "digest": one.digest,
        "expired": one.expired,
        "url": url,
        "archive_download_url": f"{url}/zip",
        "workflow_run": {"id": one.run_id, "head_sha": call.state.workflow_runs[one.run_id].head_sha},
    }


OPERATIONS: dict[str, Handler] = {
    "actions/get-workflow-run": get_workflow_run,
    "actions/list-workflow-runs": list_workflow_runs,
    "actions/cancel-workflow-run": cancel_workflow_run,
    "actions/list-workflow-run-artifacts": list_artifacts,
    "actions/get-artifact": get_artifact,
    "actions/download-artifact": download_artifact,
}
