"""Pages as GitHub cuts them: 30 items unless asked otherwise, 100 at most, and links to the other pages."""

from collections.abc import Mapping
from urllib.parse import urlencode

from tests.fakes.github.operations import Reply

# Answers that are an object with one long list in it.
LIST_IN_OBJECT = {
    "actions/list-workflow-runs": "workflow_runs",
    "actions/list-workflow-run-artifacts": "artifacts",
    "actions/list-self-hosted-runners-for-repo": "runners",
    "actions/list-environment-secrets": "secrets",
    "actions/list-environment-variables": "variables",
    "actions/list-repo-secrets": "secrets",
    "actions/list-repo-organization-secrets": "secrets",
    "actions/list-repo-variables": "variables",
    "repos/get-all-environments": "environments",
    "repos/list-deployment-branch-policies": "branch_policies",
    "checks/list-for-ref": "check_runs",
    "repos/get-combined-status-for-ref": "statuses",
    "repos/compare-commits-with-basehead": "commits",
}
# A comparison is cut only when a page is asked for, or at this many commits.
COMPARISON = 250
# Whatever is asked for: docs.github.com, "REST API endpoints for GitHub Actions variables".
MOST_VARIABLES = 30


def one_page(reply: Reply, operation_id: str, url: str, query: Mapping[str, str]) -> Reply:
    key = LIST_IN_OBJECT.get(operation_id)
    items = reply.body[key] if key else reply.body
    if not isinstance(items, list):
        return reply
    asked = "page" in query or "per_page" in query
    default = COMPARISON if key == "commits" and not asked else 30
    most = MOST_VARIABLES if key == "variables" else 100
    size = default if default == COMPARISON else min(int(query.get("per_page", default)), most)
    page, last = int(query.get("page", 1)), max(1, -(-len(items) // size))
    cut = items[size * (page - 1) : size * page]
    links = {"prev": page - 1, "first": 1} if page > 1 else {}
    links |= {"next": page + 1, "last": last} if page < last else {}
    targets = [f'<{url}?{urlencode({**query, "page": n})}>; rel="{name}"' for name, n in links.items()]
    headers = {"Link": ", ".join(targets)} if targets else {}
    return Reply(reply.status, {**reply.body, key: cut} if key else cut, headers)
