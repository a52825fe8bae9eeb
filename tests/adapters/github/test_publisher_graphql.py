"""What GitHub's GraphQL may answer, where it is, and that the server of these tests is as strict as GitHub."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from clinft.adapters.github import GitHubPublisher
from clinft.adapters.github.client import Address, connect
from clinft.errors import ServiceError
from tests.fakes.github.extract_graphql import KEPT
from tests.fakes.github.graphql_operations import SCHEMA, schema
from tests.fakes.github.server import TOKEN, GitHubServer
from tests.fakes.meanwhile import refused
from tests.fakes.second_page import Raw

INPUT = {
    "branch": {"repositoryNameWithOwner": "hosp/clinft", "branchName": "main"},
    "expectedHeadOid": "1" * 40,
    "message": {"headline": "m"},
    "fileChanges": {"additions": [{"path": "a", "contents": "YQ=="}]},
}
MUTATION = (
    "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }"
)


@pytest.mark.parametrize(
    ("api", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.octo.ghe.com", "https://api.octo.ghe.com/graphql"),
        ("https://github.hospital.example/api/v3", "https://github.hospital.example/api/graphql"),
        ("https://github.hospital.example:8443/api/v3/", "https://github.hospital.example:8443/api/graphql"),
    ],
)
def test_where_graphql_is(api: str, graphql: str) -> None:
    assert connect(Address(api, "hosp/clinft", "t")).requester.graphql_url == graphql


TIP: dict[str, Any] = {"data": {"repository": {"ref": {"target": {"oid": "a" * 40, "f0": None}}}}}
ODD = {
    "no json": b"injected <html>",
    "empty": b"",
    "a list": b"[]",
    "a string": b'"injected"',
    "no data": b"{}",
    "null": b'{"data": null}',
    "no repository": b'{"data": {"repository": null}}',
    "no commit": json.dumps(TIP).replace("a" * 40, "injected").encode(),
    "no file asked for": json.dumps(TIP).replace("f0", "f1").encode(),
    "file of another shape": json.dumps(TIP).replace("null", '"injected"').encode(),
    "errors of another shape": b'{"errors": "injected"}',
    "errors are numbers": b'{"errors": [1]}',
    "type of another shape": b'{"errors": [{"type": ["injected"], "message": "injected"}]}',
    "unknown type": b'{"errors": [{"type": "INJECTED", "message": "injected"}]}',
    "no such repository": b'{"errors": [{"type": "NOT_FOUND", "message": "injected"}]}',
    "a server error in between": b'{"errors": [{"message": "injected"}]}',
    "answers to another question": json.dumps(TIP).encode(),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
def test_what_makes_no_sense_is_refused(body: bytes) -> None:
    with Raw(body) as raw:
        one = GitHubPublisher(Address(raw.api, "hosp/clinft", TOKEN), "us", pause_seconds=0)
        refused(lambda: one.commit("clinft/x", "1" * 40, {"a": b"1"}, (), "message"), TOKEN)
        assert set(raw.calls) == {"POST /api/graphql"}
        assert len(raw.calls) < 10


@pytest.mark.parametrize(
    "error",
    [
        {"message": "Field 'createCommitOnBranch' doesn't exist", "extensions": {"code": "undefinedField"}},
        {"message": "isn't a defined input type", "extensions": {"code": "variableRequiresValidType"}},
    ],
)
def test_an_old_enterprise_server_is_named(error: dict[str, object]) -> None:
    with Raw(json.dumps({"errors": [error]}).encode()) as raw:
        one = GitHubPublisher(Address(raw.api, "hosp/clinft", TOKEN), "us", pause_seconds=0)
        with pytest.raises(ServiceError, match="does not know the request"):
            one.commit("clinft/x", "1" * 40, {"a": b"1"}, (), "message")
        assert len(raw.calls) == 1


def test_no_redirect_takes_the_token_elsewhere() -> None:
    with Raw(b"{}") as other, Raw(b"", 307, {"Location": f"{other.api}/graphql"}) as raw:
        one = GitHubPublisher(Address(raw.api, "hosp/clinft", TOKEN), "us", pause_seconds=0)
        refused(lambda: one.commit("clinft/x", "1" * 40, {"a": b"1"}, (), "message"), TOKEN)
        assert raw.calls
        assert other.calls == []


def test_the_cut_schema_holds_what_is_listed() -> None:
    built = schema()
    for name, fields in KEPT.items():
        assert sorted(built.type_map[name].fields) == sorted(fields)  # type: ignore[attr-defined]
    assert "createCommitOnBranch" in SCHEMA.read_text()


STRICT: dict[str, tuple[str, dict[str, Any]]] = {
    "no such field": ('query { repository(owner: "hosp", name: "clinft") { nothing } }', {}),
    "no such mutation": ("mutation { mergeEverything }", {}),
    "no document": ("{", {}),
    "argument missing": ('query { repository(name: "clinft") { ref(qualifiedName: "x") { name } } }', {}),
    "variable missing": (MUTATION, {}),
    "no expected head": (MUTATION, {"input": {k: v for k, v in INPUT.items() if k != "expectedHeadOid"}}),
    "head is null": (MUTATION, {"input": {**INPUT, "expectedHeadOid": None}}),
    "head is no id": (MUTATION, {"input": {**INPUT, "expectedHeadOid": "main"}}),
    "no base64": (
        MUTATION,
        {"input": {**INPUT, "fileChanges": {"additions": [{"path": "a", "contents": "ä"}]}}},
    ),
    "unknown input": (MUTATION, {"input": {**INPUT, "force": True}}),
}


def test_the_server_notes_what_github_would_not_take(tmp_path: Path) -> None:
    with GitHubServer(tmp_path / "git") as server:
        for name, (document, variables) in STRICT.items():
            noted = len(server.violations)
            answer = ask(server, document, variables)
            assert (answer.status_code, bool(answer.json()["errors"])) == (200, True), name
            assert len(server.violations) > noted, name
        stranger = requests.post(f"{server.base}/api/graphql", json={"query": "{ a }"}, timeout=10)
        assert stranger.status_code == 401


def ask(server: GitHubServer, document: str, variables: dict[str, Any]) -> requests.Response:
    return requests.post(
        f"{server.base}/api/graphql",
        json={"query": document, "variables": variables},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=10,
    )


def test_the_server_answers_a_stale_head_word_for_word(tmp_path: Path) -> None:
    """As github.com did: modernisation-platform#11985, planetscale/ghcommit#153."""
    with GitHubServer(tmp_path / "git") as server:
        tree = server.repo.git("mktree", stdin=b"")
        who = {f"GIT_{role}_{field}": "m" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
        server.repo.git(
            "update-ref", "refs/heads/main", server.repo.git("commit-tree", tree, "-m", "m", env=who)
        )
        answer = ask(server, MUTATION, {"input": INPUT}).json()
    (error,) = answer["errors"]
    assert answer["data"] == {"createCommitOnBranch": None}
    assert (error["type"], error["path"]) == ("STALE_DATA", ["createCommitOnBranch"])
    assert (
        error["message"] == f'Expected branch to point to "{"1" * 40}" but it did not.  Pull and try again.'
    )
    assert server.violations == []
