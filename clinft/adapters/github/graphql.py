"""GitHub's GraphQL: one request, never sent twice by itself, and what its refusals mean."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from clinft.adapters.github.client import failed
from clinft.adapters.github.tries import Again
from clinft.errors import ClinftError, ServiceError

if TYPE_CHECKING:
    from github.Repository import Repository

# GitHub answers 200 and names the type of an error; its message may quote what others wrote.
REFUSED = {
    "BRANCH_PROTECTION_RULE_VIOLATION": "a rule protects the branch",
    "FORBIDDEN": "this token may not",
    "NOT_FOUND": "it knows no such repository, or hides it from this token",
    "RATE_LIMIT": "its rate limit is used up",
    "RATE_LIMITED": "its rate limit is used up",
}


def asked(
    repository: "Repository",
    what: str,
    document: str,
    variables: Mapping[str, object],
    moved: Collection[str] = (),
) -> Any:
    """The answer's `data`. `moved`: types of error that say the world is not as it was looked at."""
    import github

    try:
        # PyGithub derives the address: /api/graphql beside /api/v3, /graphql on github.com.
        _, answer = repository.requester.graphql_query(document, dict(variables))
    except github.GithubException as error:
        errors = error.data.get("errors") if isinstance(error.data, dict) else None
        if errors:
            raise _meaning(what, errors[0], moved) from None
        if error.status == 404:
            raise _not_there(what) from None
        raise
    return answer["data"]


def _meaning(what: str, error: Mapping[str, Any], moved: Collection[str]) -> ClinftError | Again:
    kind = error.get("type")
    if kind in moved:
        return Again("what it was to change moved meanwhile")
    if kind is None and "code" in (error.get("extensions") or {}):
        return _not_there(what)
    if kind is None:
        # "Something went wrong while executing your query": nobody knows whether it did it.
        return Again("it answered with an error of its own")
    return failed(what, REFUSED.get(kind, "it refused"))


def _not_there(what: str) -> ServiceError:
    return ServiceError(
        f"GitHub could not be asked for {what}: its GraphQL interface does not know the request.",
        "This GitHub Enterprise Server is too old for createCommitOnBranch, or a proxy hides the interface.",
        "Update the server, or let /api/graphql through; then run the job again.",
    )
