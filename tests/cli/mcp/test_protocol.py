"""The server as the Python SDK sees it, in its newest protocol; and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from clinft.cli.mcp.serving import EXIT_TERMINATED
from tests.fakes.assistant import REPORT, RUN

SECONDS = 60


async def spoken(root: Path) -> dict[str, Any]:
    started = StdioServerParameters(command=sys.executable, args=["-m", "clinft", "mcp"], cwd=root)
    with Path(os.devnull).open("w") as unheard:
        async with Client(stdio_client(started, errlog=unheard)) as client:
            listed = await client.list_resources()
            talk = await client.get_prompt("start_a_project", {"task": "Sort notes."})
            report = await client.read_resource(f"clinft://projects/demo/runs/{RUN}/report.md")
            called = await client.call_tool("explain_refusal", {"code": "G006"})
            waited: list[str] = []

            async def waits(progress: float, total: float | None, message: str | None) -> None:
                waited.append(message or "")

            await client.call_tool("audit", {"project": "demo"}, progress_callback=waits)
            refusals = {}
            for name, attempt in {
                "resource": lambda: client.read_resource("clinft://projects/demo/data/records/train.jsonl"),
                "prompt": lambda: client.get_prompt("approve"),
            }.items():
                with pytest.raises(MCPError) as refused:
                    await attempt()
                refusals[name] = refused.value.error.message
            return {
                "protocol": client.protocol_version,
                "addresses": [str(one.uri) for one in listed.resources],
                "templates": len((await client.list_resource_templates()).resource_templates),
                "prompts": [one.name for one in (await client.list_prompts()).prompts],
                "talk": talk.messages[0].content.text,
                "report": report.contents[0].text,
                "called": called,
                "refusals": refusals,
                "waited": waited,
            }


def test_another_client_and_the_newest_protocol_read_the_same(hospital: Path) -> None:
    found = anyio.run(spoken, hospital)
    assert found["protocol"] == "2026-07-28"
    assert f"clinft://projects/demo/runs/{RUN}/report.md" in found["addresses"]
    assert (found["templates"], found["report"]) == (5, REPORT)
    assert found["prompts"] == ["start_a_project", "read_the_results_with_me"]
    assert "The task, in my words: Sort notes." in found["talk"]
    # For clients that know no structured content: the same as text.
    assert json.loads(found["called"].content[0].text) == found["called"].structured_content
    # An audit may take a minute: a host that asks for it hears that work goes on.
    assert any(line.startswith("audit demo, bytes: ") for line in found["waited"])
    assert found["refusals"]["resource"].startswith("There is no such resource.\nOnly what people review")
    assert "start_a_project" in found["refusals"]["prompt"]


def test_nothing_stays_when_it_is_told_to_end(hospital: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "clinft", "mcp"],
        cwd=hospital,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        hello = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "x", "version": "1"},
            },
        }
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(hello).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "clinft"
        assert list(tmp_path.glob("clinft-mcp-*"))
        process.send_signal(signal.SIGTERM)
        ends = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < ends:
            time.sleep(0.05)
        assert process.returncode == EXIT_TERMINATED
    assert not list(tmp_path.glob("clinft-mcp-*"))
