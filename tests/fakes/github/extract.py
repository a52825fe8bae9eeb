"""Cut GitHub's OpenAPI description down to OPERATIONS and all they refer to; README.md says how to call it."""

import json
import sys
from pathlib import Path
from typing import Any

from tests.fakes.openapi_cut import cut_file

# Not needed to validate a message; without them the file is a tenth of the size.
ANNOTATIONS = ("examples", "example", "x-octokit", "x-github", "externalDocs")
# Some properties have these names too: then the value is a schema.
PROSE = ("description", "summary", "title", "tags")

OPERATIONS = """
GET    /rate_limit
GET    /user
GET    /users/{username}
GET    /repos/{owner}/{repo}
GET    /repos/{owner}/{repo}/actions/artifacts/{artifact_id}
GET    /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}
GET    /repos/{owner}/{repo}/actions/oidc/customization/sub
GET    /repos/{owner}/{repo}/actions/organization-secrets
GET    /repos/{owner}/{repo}/actions/permissions
GET    /repos/{owner}/{repo}/actions/permissions/workflow
GET    /repos/{owner}/{repo}/actions/runners
GET    /repos/{owner}/{repo}/actions/runs/{run_id}
GET    /repos/{owner}/{repo}/actions/runs/{run_id}/approvals
GET    /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts
POST   /repos/{owner}/{repo}/actions/runs/{run_id}/cancel
GET    /repos/{owner}/{repo}/actions/secrets
GET    /repos/{owner}/{repo}/actions/variables
POST   /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches
GET    /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs
GET    /repos/{owner}/{repo}/activity
GET    /repos/{owner}/{repo}/branches/{branch}
GET    /repos/{owner}/{repo}/branches/{branch}/protection
POST   /repos/{owner}/{repo}/check-runs
PATCH  /repos/{owner}/{repo}/check-runs/{check_run_id}
GET    /repos/{owner}/{repo}/collaborators/{username}/permission
GET    /repos/{owner}/{repo}/commits
GET    /repos/{owner}/{repo}/commits/{commit_sha}/pulls
GET    /repos/{owner}/{repo}/commits/{ref}
GET    /repos/{owner}/{repo}/commits/{ref}/check-runs
GET    /repos/{owner}/{repo}/commits/{ref}/status
GET    /repos/{owner}/{repo}/commits/{ref}/statuses
GET    /repos/{owner}/{repo}/compare/{basehead}
GET    /repos/{owner}/{repo}/contents/{path}
PUT    /repos/{owner}/{repo}/contents/{path}
POST   /repos/{owner}/{repo}/dispatches
GET    /repos/{owner}/{repo}/environments
GET    /repos/{owner}/{repo}/environments/{environment_name}
PUT    /repos/{owner}/{repo}/environments/{environment_name}
GET    /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies
POST   /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies
GET    /repos/{owner}/{repo}/environments/{environment_name}/secrets
GET    /repos/{owner}/{repo}/environments/{environment_name}/variables
GET    /repos/{owner}/{repo}/git/commits/{commit_sha}
GET    /repos/{owner}/{repo}/git/ref/{ref}
POST   /repos/{owner}/{repo}/git/refs
PATCH  /repos/{owner}/{repo}/git/refs/{ref}
DELETE /repos/{owner}/{repo}/git/refs/{ref}
GET    /repos/{owner}/{repo}/issues
POST   /repos/{owner}/{repo}/issues
GET    /repos/{owner}/{repo}/issues/comments/{comment_id}
PATCH  /repos/{owner}/{repo}/issues/comments/{comment_id}
DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}
GET    /repos/{owner}/{repo}/issues/{issue_number}
PATCH  /repos/{owner}/{repo}/issues/{issue_number}
GET    /repos/{owner}/{repo}/issues/{issue_number}/comments
POST   /repos/{owner}/{repo}/issues/{issue_number}/comments
GET    /repos/{owner}/{repo}/issues/{issue_number}/labels
POST   /repos/{owner}/{repo}/issues/{issue_number}/labels
PUT    /repos/{owner}/{repo}/issues/{issue_number}/labels
GET    /repos/{owner}/{repo}/labels
POST   /repos/{owner}/{repo}/labels
GET    /repos/{owner}/{repo}/labels/{name}
GET    /repos/{owner}/{repo}/pulls
POST   /repos/{owner}/{repo}/pulls
GET    /repos/{owner}/{repo}/pulls/{pull_number}
PATCH  /repos/{owner}/{repo}/pulls/{pull_number}
GET    /repos/{owner}/{repo}/pulls/{pull_number}/commits
GET    /repos/{owner}/{repo}/pulls/{pull_number}/files
GET    /repos/{owner}/{repo}/pulls/{pull_number}/reviews
GET    /repos/{owner}/{repo}/rules/branches/{branch}
GET    /repos/{owner}/{repo}/rulesets
GET    /repos/{owner}/{repo}/rulesets/{ruleset_id}
POST   /repos/{owner}/{repo}/statuses/{sha}
"""


def stripped(node: Any) -> Any:
    """The node without prose and examples, and with null listed in the enum of what may be null (OAS 3.0.3)."""
    if isinstance(node, list):
        return [stripped(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: stripped(value)
        for key, value in node.items()
        if key not in ANNOTATIONS and (key not in PROSE or isinstance(value, dict))
    }
    if kept.get("nullable") and "enum" in kept and None not in kept["enum"]:
        kept["enum"] = [*kept["enum"], None]
    if kept.get("nullable") and "oneOf" in kept:
        # The validator applies `nullable` to `type` only; GitHub does answer null, e.g. for an unknown author.
        kept["oneOf"] = [*kept["oneOf"], {"enum": [None], "nullable": True}]
    return kept


if __name__ == "__main__":
    cut_file(Path(sys.argv[1]), Path(sys.argv[2]), json.loads, OPERATIONS, stripped)
