"""A training server on the first generation of the Python SDK: JSON as text, numbers as ids, other words.

`python v1_server.py FOLDER [http]`, with mcp 1.30 of requirements-v1.txt.
"""

import json
import sys
from pathlib import Path

from jobs import Jobs
from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from serving import knows_the_secret, over_http

FOLDER = Path(sys.argv[1])
JOBS = Jobs(FOLDER)
WORDS = {"queued": "PENDING", "running": "ACTIVE", "succeeded": "COMPLETE", "cancelled": "STOPPED"}
server = FastMCP("finetune", log_level="CRITICAL")


@server.tool()
def finetune_start(
    client_token: str,
    base: str,
    passes: int,
    dataset: str | None = None,
    held_out: str | None = None,
    dataset_path: str | None = None,
    held_out_path: str | None = None,
    learning_rate: float | None = None,
) -> str:
    """The records themselves, or where they lie on this machine."""
    training = dataset if dataset is not None else Path(str(dataset_path)).read_text()
    validation = held_out if held_out is not None else Path(str(held_out_path)).read_text()
    return told(JOBS.start(client_token, base, passes, training, validation))


@server.tool()
def finetune_lookup(client_token: str) -> str:
    jobs = JOBS.of_key(client_token)
    return told(jobs[0]) if jobs else "null"


@server.tool()
def finetune_status(number: int) -> str:
    return told(JOBS.look(number))


@server.tool()
def finetune_stop(number: int) -> str:
    return told(JOBS.stop(number))


@server.tool()
def finetune_outcome(number: int) -> str:
    job = JOBS.get(number) or {}
    losses = [{"iteration": step, "loss": loss, "tokens": step} for step, loss in JOBS.losses(job)]
    numbers = {"iterations": float(job["steps"]), "rows": job["samples"], "label_tokens": 24}
    return json.dumps({"name": f"models/{job['base']}-ft-{number}", "loss": losses, **numbers})


def told(job: dict[str, object] | None) -> str:
    if not knows_the_secret(FOLDER):
        raise ToolError("the token is missing or wrong")
    if job is None:
        raise ToolError("no such number")
    return json.dumps({"number": job["number"], "token": job["key"], "phase": WORDS[str(job["state"])]})


if __name__ == "__main__":
    if "http" in sys.argv:
        over_http(server.streamable_http_app(), FOLDER)
    else:
        server.run("stdio")
