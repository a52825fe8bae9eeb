"""A LangSmith MCP server is found where assistants and the policy name it, and its limits are said."""

import json
from pathlib import Path
from typing import Any

import pytest

from clinft.cli.doctor import _assistants
from clinft.spec.policy import Policy
from clinft.stages.doctor.assistants import langsmith_findings
from tests.fakes.settings import policy

ELIGIBLE = {"owner": "Privacy office", "review_by": "2099-01-01"}


def with_parts(**parts: Any) -> Policy:
    whole = {**policy().model_dump(mode="json", exclude_unset=True), **parts}
    return Policy.model_validate_json(json.dumps(whole))


def test_none_is_no_finding() -> None:
    assert list(langsmith_findings(policy(), ())) == []


def test_settings_of_an_assistant_are_named_with_what_it_cannot_do() -> None:
    (found,) = langsmith_findings(policy(), (".mcp.json",))
    assert found.state == "note"
    assert ".mcp.json" in found.what
    assert "uploads nothing" in found.what
    assert "list a sink of the kind langsmith" in found.next_step


def test_with_a_sink_it_reads_what_the_sink_sends() -> None:
    sink = {"kind": "langsmith", "description": "x", "eligibility": ELIGIBLE}
    (found,) = langsmith_findings(with_parts(sinks={"ls": sink}), (".mcp.json",))
    assert "through the sink" in found.next_step


def test_in_the_policy_it_does_not_belong() -> None:
    server = {"command": ["uvx", "langsmith-mcp-server"], "eligibility": ELIGIBLE}
    found = list(langsmith_findings(with_parts(mcp_servers={"ls": server}), ()))
    assert [one.state for one in found] == ["note", "note"]
    assert "mcp_servers.ls of the policy" in found[1].what


@pytest.mark.parametrize("name", [".mcp.json", ".vscode/mcp.json", ".cursor/mcp.json"])
def test_files_are_looked_at_as_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        '// comments are allowed there\n{"servers": {"ls": {"command": "uvx", "args": ["LangSmith-MCP-Server"]}}}'
    )
    assert _assistants(tmp_path) == [name]


def test_other_servers_links_and_large_files_are_none(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("langsmith-mcp-server")
    (tmp_path / ".mcp.json").symlink_to(tmp_path / "elsewhere")
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode" / "mcp.json").write_text('{"servers": {"langsmith": {"command": "other"}}}')
    (tmp_path / ".cursor").mkdir()
    (tmp_path / ".cursor" / "mcp.json").write_text("langsmith-mcp-server" + " " * 1_000_000)
    assert _assistants(tmp_path) == []
