"""GitHub's GraphQL, as far as schema.graphql goes: every document, every variable and every answer by its rules."""

import base64
import binascii
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from tests.fakes.github.bare import GitError, identity
from tests.fakes.github.operations import Reply
from tests.fakes.github.state import State

# Beside /api/v3, not below it; on github.com the path is /graphql.
PATH = "/api/graphql"
IDS = ("graphql/repository", "graphql/createCommitOnBranch")
SCHEMA = Path(__file__).with_name("schema.graphql")
# "Could not resolve file over 10mb.": sveltia/sveltia-cms#692.
MOST_FILE_BYTES = 10 * 1024 * 1024
PROTECTED = {
    # Recorded by others: Thinkmill/keystatic#1598. What a ruleset answers is known by its text only.
    False: ("BRANCH_PROTECTION_RULE_VIOLATION", "Changes must be made through a pull request."),
    True: (
        "UNPROCESSABLE",
        "Repository rule violations found\n\nChanges must be made through a pull request.",
    ),
}


class Answer(NamedTuple):
    """`violations`: what no client of GitHub may send, and what no GitHub answers."""

    reply: Reply
    violations: tuple[str, ...] = ()


class Refusal(Exception):
    """An error as GitHub tells it: HTTP 200, and a type beside the message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@cache
def schema() -> GraphQLSchema:
    built = build_schema(SCHEMA.read_text())
    for name, judge in {"GitObjectID": _object_id, "Base64String": _base64}.items():
        scalar = built.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.coerce_input_value = scalar.coerce_output_value = judge
    return built


def operation_id(body: Any) -> str:
    """`graphql/` and the one field at the root of the document."""
    try:
        (operation,) = parse(body["query"]).definitions
    except (GraphQLError, LookupError, TypeError, ValueError):
        return "graphql/"
    if not isinstance(operation, OperationDefinitionNode):
        return "graphql/"
    roots = [one.name.value for one in operation.selection_set.selections if isinstance(one, FieldNode)]
    return f"graphql/{'+'.join(roots)}"


def answer(state: State, readonly: bool, limited: bool, body: Any) -> Answer:
    if limited:
        # Documented: 200, a message, and x-ratelimit-remaining 0.
        refused = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for installation."}
        return Answer(Reply(200, {"errors": [refused]}))
    if not isinstance(body, dict) or set(body) - {"query", "variables", "operationName"}:
        return Answer(Reply(400, {"message": "Problems parsing JSON"}), ("GraphQL: not a request",))
    try:
        document = parse(body["query"])
    except (GraphQLError, LookupError, TypeError) as error:
        return _undefined([str(error)])
    problems = validate(schema(), document)
    if problems:
        return _undefined([one.message for one in problems])
    roots = {
        "repository": lambda _, **named: _repository(state, **named),
        "createCommitOnBranch": lambda _, **named: _commit_on_branch(state, readonly, named["input"]),
    }
    done = execute_sync(schema(), document, roots, variable_values=body.get("variables"))
    told = [_told(error) for error in done.errors or ()]
    wrong = [f"GraphQL: {one.message}" for one in done.errors or () if not _expected(one)]
    errors = {"errors": told} if told else {}
    return Answer(Reply(200, {"data": done.data, **errors}), tuple(wrong))


def _undefined(messages: list[str]) -> Answer:
    told = [{"message": one, "extensions": {"code": "undefinedField"}} for one in messages]
    return Answer(Reply(200, {"errors": told}), tuple(f"GraphQL: {one}" for one in messages))


def _expected(error: GraphQLError) -> bool:
    return isinstance(error.original_error, Refusal)


def _told(error: GraphQLError) -> dict[str, Any]:
    plain = {"message": error.message, "path": error.path}
    return (
        {"type": error.original_error.kind, **plain} if isinstance(error.original_error, Refusal) else plain
    )


def _object_id(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{40}", value):
        raise GraphQLError("GitObjectID: not 40 hex digits")
    return value


def _base64(value: Any) -> str:
    try:
        base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise GraphQLError("Base64String: not base64") from None
    return str(value)


# What the fields answer with: plain values, and functions where there is an argument.


def _repository(state: State, owner: str, name: str, **_: Any) -> dict[str, Any]:
    if f"{owner}/{name}" != state.full_name:
        raise Refusal("NOT_FOUND", "Could not resolve to a Repository with that name.")
    return {"ref": lambda _, **named: _ref(state, **named)}


def _ref(state: State, qualifiedName: str) -> dict[str, Any] | None:  # noqa: N803  # the schema's name
    sha = state.repo.refs().get(qualifiedName)
    name = qualifiedName.removeprefix("refs/heads/")
    return {"name": name, "target": _commit(state, sha)} if sha else None


def _commit(state: State, sha: str) -> dict[str, Any]:
    @cache
    def entries() -> dict[str, list[str]]:
        lines = state.repo.git("ls-tree", "-r", "-t", "-l", "-z", sha).split("\0")
        return {path: facts.split() for facts, _, path in (line.partition("\t") for line in lines if line)}

    return {"__typename": "Commit", "oid": sha, "file": lambda _, path: _entry(path, entries().get(path))}


def _entry(path: str, facts: list[str] | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    mode, kind, oid, size = facts
    if kind == "blob" and int(size) > MOST_FILE_BYTES:
        raise Refusal("UNPROCESSABLE", "Could not resolve file over 10mb.")
    return {"mode": int(mode, 8), "type": kind, "oid": oid, "path": path}


def _commit_on_branch(state: State, readonly: bool, asked: Mapping[str, Any]) -> dict[str, Any]:
    if readonly:
        raise Refusal("FORBIDDEN", "Resource not accessible by integration")
    wanted, changes = asked["branch"], asked.get("fileChanges") or {}
    branch = str(wanted.get("branchName", "")).removeprefix("refs/heads/")
    tip = state.repo.ref(f"refs/heads/{branch}") if branch else None
    if wanted.get("repositoryNameWithOwner") != state.full_name or tip is None:
        raise Refusal("NOT_FOUND", "Could not resolve to a branch.")
    additions = {one["path"]: base64.b64decode(one["contents"]) for one in changes.get("additions", ())}
    deletions = [one["path"] for one in changes.get("deletions", ())]
    _judge_paths([*(one["path"] for one in changes.get("additions", ())), *deletions])
    if any(state.repo.blob(tip, path) is None for path in deletions):
        raise Refusal(
            "NOT_FOUND", f"A path was requested for deletion which does not exist as of commit oid `{tip}`"
        )
    if branch in state.protections:
        raise Refusal(*PROTECTED[state.protections[branch].ruleset])
    expected = asked["expectedHeadOid"]
    who = {
        **identity(state.token_login),
        **identity("GitHub", "noreply@github.com", role="COMMITTER"),
    }
    message = "\n\n".join(filter(None, (asked["message"]["headline"], asked["message"].get("body"))))
    made = state.repo.commit_files(tip, additions, deletions, message, who)
    try:
        # git compares and swaps by itself.
        state.repo.git("update-ref", f"refs/heads/{branch}", made, expected)
    except GitError:
        # Word for word, both spaces too.
        said = f'Expected branch to point to "{expected}" but it did not.  Pull and try again.'
        raise Refusal("STALE_DATA", said) from None
    state.activity(f"refs/heads/{branch}", tip, made, state.token_login)
    commit = _commit(state, made)
    return {
        "clientMutationId": asked.get("clientMutationId"),
        "commit": commit,
        "ref": {"name": branch, "target": commit},
    }


def _judge_paths(paths: list[str]) -> None:
    if len(set(paths)) != len(paths):
        raise Refusal("UNPROCESSABLE", "A path was given twice.")
    for path in paths:
        if not path or path.startswith("/") or ".." in PurePosixPath(path).parts:
            raise Refusal("UNPROCESSABLE", "A path is not one of a tree.")
        if path.startswith(".github/workflows/"):
            raise Refusal("FORBIDDEN", "refusing to allow an App to create or update workflow files")
