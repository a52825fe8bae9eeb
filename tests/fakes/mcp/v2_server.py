"""A training server on the second generation of the Python SDK: structured content, nested arguments.

`python v2_server.py FOLDER [http]`. It is also the one that can be told to misbehave.
"""

import os
import sys
from pathlib import Path
from typing import Any, Literal

import anyio
from jobs import Jobs
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel
from serving import knows_the_secret, over_http

FOLDER = Path(sys.argv[1])
JOBS = Jobs(FOLDER)
WORDS = {"queued": "waiting", "running": "training", "succeeded": "done", "cancelled": "stopped"}
server = MCPServer("trainer", log_level="CRITICAL")


class Files(BaseModel):
    training: str
    validation: str


@server.tool()
async def create_job(
    key: str, model: str, files: Files, epochs: int, method: Literal["sft", "lora"] = "sft", seed: int = 0
) -> dict[str, Any]:
    """Start a job; the same key gives the same job."""
    admit()
    if JOBS.behaves("refuse"):
        raise ToolError(
            "\x1b[31mthe training file breaks our rules\x1b[0m\nfor the token " + "tok-" + "canary-1234"
        )
    started = JOBS.start(key, model, epochs, files.training, files.validation)
    if JOBS.behaves("drop-after-create"):
        os._exit(1)
    if JOBS.behaves("fail-after-create"):
        raise RuntimeError("no detail reaches the client")
    if JOBS.behaves("hang-after-create"):
        await anyio.sleep_forever()
    return {"created": shown(started)}


@server.tool()
def list_jobs(limit: int = 100) -> dict[str, Any]:
    admit()
    if JOBS.behaves("hides-jobs"):
        return {"jobs": []}
    return {"jobs": [shown(job) for job in JOBS.all()[:limit]]}


@server.tool()
def get_job(job: str) -> dict[str, Any]:
    admit()
    looked = shown(known(JOBS.look(number(job)), job))
    if JOBS.behaves("other-job"):
        looked["job"] = "tj-999"
    if JOBS.behaves("other-run"):
        looked["key"] = "ffffffffffff-a1"
    if JOBS.behaves("strange-state"):
        looked["state"] = "defragmenting\x07"
    if JOBS.behaves("back-to-waiting"):
        looked["state"] = "waiting"
    return looked


@server.tool()
def job_log(job: str) -> dict[str, Any]:
    admit()
    entry = known(JOBS.get(number(job)), job)
    lines = [
        {"at": 1790000060, "severity": "warning", "text": "loss\x1b[1m is high", "step": 1},
        {"at": 1790000000, "severity": "info", "text": f"started on {entry['base']}", "step": None},
        {
            "at": 1790000120,
            "severity": "info",
            "text": "weights written",
            "step": entry["steps"],
            "kind": "checkpoint",
        },
    ]
    return {"lines": lines}


@server.tool()
def stop_job(job: str) -> dict[str, Any]:
    admit()
    return shown(known(JOBS.stop(number(job)), job))


@server.tool()
def get_model(job: str) -> dict[str, Any]:
    admit()
    done = known(JOBS.get(number(job)), job)
    answer: dict[str, Any] = shown(done) | {
        "model": None if JOBS.behaves("no-model") else f"tuned:{done['base']}:{done['number']}",
        "optimizer_steps": "many" if JOBS.behaves("no-number") else done["steps"],
        "records": done["samples"],
        "answer_tokens": 24,
        "billed_tokens": 1234,
        "charged": {"usd": "0.42"},
        "curve": [{"step": step, "seen": step * 4, "loss": loss} for step, loss in JOBS.losses(done)],
        "digests": dict(zip(("training", "validation"), done["digests"], strict=True)),
        "files": {"training": f"file-{done['number']}t", "validation": f"file-{done['number']}v"},
    }
    if JOBS.behaves("other-bytes"):
        answer["digests"]["training"] = "0" * 64
    if JOBS.behaves("unstructured"):
        raise ToolError("")
    return answer


@server.tool()
def delete_files(job: str) -> dict[str, Any]:
    admit()
    return {"deleted": not known(JOBS.forget_files(number(job)), job)["files"]}


def admit() -> None:
    if not knows_the_secret(FOLDER):
        raise ToolError("the token is missing or wrong")


def shown(job: dict[str, Any]) -> dict[str, Any]:
    return {"job": f"tj-{job['number']}", "key": job["key"], "state": WORDS[job["state"]], "note": ""}


def number(job: str) -> int:
    return int(job.removeprefix("tj-"))


def known(job: dict[str, Any] | None, name: str) -> dict[str, Any]:
    if job is None:
        raise ToolError(f"there is no job {name}")
    return job


if __name__ == "__main__":
    if "broken" in sys.argv:
        sys.stderr.write("Traceback: no GPU in this machine, tok-canary-1234\n")
        raise SystemExit(1)
    if "http" in sys.argv:
        over_http(server.streamable_http_app(), FOLDER)
    else:
        server.run("stdio")
