"""The entry that docs/mcp.md shows is the one the tests drive."""

import json
from pathlib import Path

import yaml

from clinft.spec.mcp import McpServer
from tests.fakes.mcp.servers import V2


def test_the_example_is_whole_and_works(repository: Path) -> None:
    text = (repository / "docs" / "mcp.md").read_text()
    shown = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])
    server = shown["mcp_servers"]["trainer"]
    assert {"operations": server["operations"], "states": server["states"]} == V2
    assert McpServer.model_validate_json(json.dumps(server)).url == "https://trainer.example.org/mcp"
