"""The vendor's own MCP server, a reader that is not the client we write with, finds what was sent.

It is no dependency: where CLINFT_LANGSMITH_MCP names its executable (langsmith-mcp-server 0.1.1, in an environment of
its own) this runs, elsewhere it says that it did not.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.sinks.langsmith.conftest import DIGEST, Desk, dataset
from tests.fakes.langsmith.server import LangSmithServer

READER = os.environ.get("CLINFT_LANGSMITH_MCP", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not READER, reason="CLINFT_LANGSMITH_MCP names no langsmith-mcp-server: not read back by it"
    ),
]


async def ask(server: LangSmithServer, calls: list[tuple[str, dict[str, Any]]]) -> list[str]:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    given = {"LANGSMITH_API_KEY": server.key, "LANGSMITH_ENDPOINT": server.url, "PATH": os.environ["PATH"]}
    async with (
        stdio_client(StdioServerParameters(command=READER, args=[], env=given)) as (read, write),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        answers = [await session.call_tool(name, arguments) for name, arguments in calls]
    return ["".join(getattr(part, "text", "") for part in one.content) for one in answers]


def test_dataset_and_examples_are_read_back(server: LangSmithServer, desk: Desk, tmp_path: Path) -> None:
    desk.send(dataset(tmp_path))
    name = f"icd10-chapter {DIGEST[:12]}"
    (known,) = server.datasets
    listed, examples, made = asyncio.run(
        ask(
            server,
            [
                ("list_datasets", {"dataset_name": name}),
                ("list_examples", {"dataset_id": known, "limit": 100}),
                ("create_dataset", {}),
            ],
        )
    )

    assert name in listed
    assert len(json.loads(examples)["examples"]) == 8
    # What the documents and the doctor say of it: it answers with documentation.
    assert len(server.datasets) == 1
    assert "create_dataset" in made
