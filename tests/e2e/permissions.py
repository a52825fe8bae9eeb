"""Which permission each operation costs. act hands out one token for everything, so this compares log and workflow."""

from collections.abc import Iterable
from pathlib import Path

import yaml

from tests.fakes.github.server import Call

Grants = dict[str, str]
RANK = {"none": 0, "read": 1, "write": 2}
# Any of the alternatives suffices. Source: docs.github.com, "Permissions required for GitHub Apps", as of 2026-11-23.
# Comments, labels and the issue half of a pull request are governed by either of two permissions.
READ_ISSUE = ("issues: read", "pull-requests: read")
WRITE_ISSUE = ("issues: write", "pull-requests: write")
METADATA = ()  # every token may
# No `permissions:` block can grant these. A job may ask, and has to live with the refusal.
ADMINISTRATION = ("administration: read",)
ENVIRONMENTS, SECRETS, VARIABLES = ("environments: read",), ("secrets: read",), ("variables: read",)
UNGRANTABLE = (ADMINISTRATION, ENVIRONMENTS, SECRETS, VARIABLES)
REFUSED = 403

NEEDED: dict[str, tuple[str, ...]] = {
    "rate-limit/get": METADATA,
    "users/get-by-username": METADATA,
    "repos/get": METADATA,
    "repos/get-collaborator-permission-level": METADATA,
    "repos/get-branch-rules": METADATA,
    "repos/get-repo-rulesets": METADATA,
    "issues/list-labels-for-repo": READ_ISSUE,
    "issues/get-label": READ_ISSUE,
    "issues/create-label": WRITE_ISSUE,
    "users/get-authenticated": ADMINISTRATION,
    "repos/get-branch-protection": ADMINISTRATION,
    "repos/get-branch": ("contents: read",),
    "repos/list-activities": ("contents: read",),
    "repos/list-commits": ("contents: read",),
    "repos/get-commit": ("contents: read",),
    "repos/compare-commits-with-basehead": ("contents: read",),
    "repos/get-content": ("contents: read",),
    "repos/create-or-update-file-contents": ("contents: write",),
    "repos/create-dispatch-event": ("contents: write",),
    "git/get-commit": ("contents: read",),
    "git/get-ref": ("contents: read",),
    "git/create-ref": ("contents: write",),
    "git/update-ref": ("contents: write",),
    "git/delete-ref": ("contents: write",),
    "graphql/repository": ("contents: read",),  # only refs and files of it are in schema.graphql
    "graphql/createCommitOnBranch": ("contents: write",),
    "git/upload-pack": ("contents: read",),
    "git/receive-pack": ("contents: write",),
    "repos/list-pull-requests-associated-with-commit": ("pull-requests: read",),
    "pulls/get": ("pull-requests: read",),
    "pulls/list": ("pull-requests: read",),
    "pulls/list-commits": ("pull-requests: read",),
    "pulls/list-files": ("pull-requests: read",),
    "pulls/list-reviews": ("pull-requests: read",),
    "pulls/create": ("pull-requests: write",),
    "pulls/update": ("pull-requests: write",),
    "issues/get": READ_ISSUE,
    "issues/list-for-repo": READ_ISSUE,
    "issues/list-comments": READ_ISSUE,
    "issues/get-comment": READ_ISSUE,
    "issues/list-labels-on-issue": READ_ISSUE,
    "issues/create": ("issues: write",),
    "issues/update": WRITE_ISSUE,
    "issues/create-comment": WRITE_ISSUE,
    "issues/update-comment": WRITE_ISSUE,
    "issues/delete-comment": WRITE_ISSUE,
    "issues/add-labels": WRITE_ISSUE,
    "issues/set-labels": WRITE_ISSUE,
    "repos/get-combined-status-for-ref": ("statuses: read",),
    "repos/list-commit-statuses-for-ref": ("statuses: read",),
    "repos/create-commit-status": ("statuses: write",),
    "checks/list-for-ref": ("checks: read",),
    "checks/create": ("checks: write",),
    "checks/update": ("checks: write",),
    "actions/get-reviews-for-run": ("actions: read",),
    "repos/get-environment": ("actions: read",),
    "repos/get-all-environments": ("actions: read",),
    "repos/list-deployment-branch-policies": ("actions: read",),
    "repos/create-or-update-environment": ("administration: write",),
    "repos/create-deployment-branch-policy": ("administration: write",),
    "repos/get-repo-ruleset": METADATA,
    "actions/get-custom-oidc-sub-claim-for-repo": ("actions: read",),
    "actions/get-github-actions-permissions-repository": ADMINISTRATION,
    "actions/get-github-actions-default-workflow-permissions-repository": ADMINISTRATION,
    "actions/list-self-hosted-runners-for-repo": ADMINISTRATION,
    "actions/list-environment-secrets": ENVIRONMENTS,
    "actions/list-environment-variables": ENVIRONMENTS,
    "actions/list-repo-secrets": SECRETS,
    "actions/list-repo-organization-secrets": SECRETS,
    "actions/list-repo-variables": VARIABLES,
    "actions/get-workflow-run": ("actions: read",),
    "actions/list-workflow-runs": ("actions: read",),
    "actions/list-workflow-run-artifacts": ("actions: read",),
    "actions/get-artifact": ("actions: read",),
    "actions/download-artifact": ("actions: read",),
    "actions/cancel-workflow-run": ("actions: write",),
    "actions/create-workflow-dispatch": ("actions: write",),
}


def permissions_check(log: Iterable[Call], workflow_file: Path) -> None:
    """Every call came from a job whose `permissions:` allow it. Add `server.git_log` to check fetches and pushes."""
    grants = granted(workflow_file)
    refused = {problem for call in log if (problem := _problem(call, grants))}
    assert not refused, f"{workflow_file.name}: " + "; ".join(sorted(refused))


def granted(workflow_file: Path) -> dict[str, Grants]:
    """By job, what its token may. A job of a called workflow may what the caller and its own workflow both grant."""
    workflow = yaml.safe_load(workflow_file.read_text())
    found: dict[str, Grants] = {}
    for name, job in workflow["jobs"].items():
        own = _block(job.get("permissions", workflow.get("permissions")))
        if "uses" not in job:
            found[name] = own
            continue
        # A local one is the file beside this; `./.github/workflows/x.yml` is seen from the repository's root.
        assert job["uses"].startswith("./.github/workflows/"), f"{job['uses']} cannot be followed"
        for inner, theirs in granted(workflow_file.parent / Path(job["uses"]).name).items():
            assert inner == name or inner not in {*found, *workflow["jobs"]}, f"two jobs are called {inner}"
            found[inner] = {
                scope: min(own.get(scope, "none"), level, key=_rank) for scope, level in theirs.items()
            }
    return found


def _block(permissions: object) -> Grants:
    """Without any block the token has the repository's default, which we do not rely on."""
    return permissions if isinstance(permissions, dict) else {}


def _rank(level: str) -> int:
    return RANK[level]


def _problem(call: Call, grants: dict[str, Grants]) -> str | None:
    if call.operation_id not in NEEDED:
        return f"permissions.py has no row for {call.operation_id or call.path}"
    if call.job not in grants:
        return f"{call.operation_id} was called by {call.job or 'an unnamed client'}, which is no job"
    needed = NEEDED[call.operation_id]
    if needed in UNGRANTABLE and call.status == REFUSED:
        return None
    if not needed or any(_allows(grants[call.job], one) for one in needed):
        return None
    return f"job {call.job} calls {call.operation_id} without {' or '.join(needed)}"


def _allows(grants: Grants, needed: str) -> bool:
    scope, level = needed.split(": ")
    return RANK[grants.get(scope, "none")] >= RANK[level]
