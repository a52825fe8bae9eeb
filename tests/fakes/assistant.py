"""A hospital's clone as an assistant finds it, and a conversation through the official TypeScript client."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinft.pipeline import tracking
from tests.fakes import specs
from tests.fakes.committed_runs import commit_run
from tests.fakes.github.bare import run_git
from tests.fakes.mcp.servers import HERE, NODE, PACKAGES

REPOSITORY = Path(__file__).parents[2]
RUN, OTHER = "aaaaaaaaaaaa-a1", "bbbbbbbbbbbb-a1"
BRANCH = "my-task"
DOCS = ("audit.md", "evaluate.md", "gate-codes.md")
REPORT = "# Run\n\nAccuracy 0.80 [0.71, 0.87], n = 100.\n"
# Keys that a person has in the shell from which the assistant was started.
KEYS = {
    "CLINFT_KEYS": "api.openai.com sk-canary-1111",
    "CLINFT_SINK_KEYS": "slack.com xoxb-canary-2222",
    "CLINFT_TOKEN": "ghp-canary-3333",
    "OPENAI_API_KEY": "sk-canary-4444",
    "AWS_SECRET_ACCESS_KEY": "canary-5555",
    "TOMORROWS_PASSPORT": "canary-6666",
}
RECORD = "Record text that no tool may show."


def clone(root: Path, branch: str | None = BRANCH, **changes: Any) -> Path:
    """A repository on `branch`, beside main, with the project `demo`, two runs of it, docs and data."""
    root.mkdir(parents=True)
    project = specs.write_repository(root, data={"records": 40}, **changes)
    (root / ".gitignore").write_text("projects/*/data/\nprojects/*/runs/*/data/\n")
    (root / "docs").mkdir()
    for name in DOCS:
        shutil.copyfile(REPOSITORY / "docs" / name, root / "docs" / name)
    for run_id in (RUN, OTHER):
        folder = commit_run(root / "projects", f"demo/{run_id}")
        (folder / "report.md").write_text(REPORT)
    tracking.write(root / "projects")
    run_git(root, "init", "-q", "-b", "main")
    for key, value in {"user.name": "Ada", "user.email": "ada@example.org"}.items():
        run_git(root, "config", key, value)
    run_git(root, "add", ".")
    run_git(root, "commit", "-qm", "first")
    if branch is not None:
        run_git(root, "switch", "-qc", branch)
    for place in (project / "data" / "records", project / "runs" / RUN / "data"):
        place.mkdir(parents=True)
        (place / "train.jsonl").write_text(json.dumps({"text": RECORD}) + "\n")
    return root


def refs(root: Path) -> dict[str, str]:
    lines = run_git(root, "for-each-ref", "--format=%(refname) %(objectname)").decode().split("\n")
    return dict(line.split(" ") for line in lines if line)


def files(root: Path) -> dict[str, bytes]:
    """All but git's own, with what links point to as text."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


@dataclass
class Conversation:
    """`tell` calls a tool; what the SDK itself refuses, e.g. an answer that breaks its schema, is raised."""

    process: "subprocess.Popen[str]"

    def ask(self, method: str, **params: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"method": method, "params": params}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer.get("result")

    def tell(self, tool: str, /, **arguments: Any) -> Any:
        found = self.ask("callTool", name=tool, arguments=arguments)
        assert not found.get("isError"), found["content"][0]["text"]
        return found["structuredContent"]

    def refused(self, tool: str, /, **arguments: Any) -> str:
        found = self.ask("callTool", name=tool, arguments=arguments)
        assert found.get("isError"), found
        return str(found["content"][0]["text"])


@contextmanager
def conversation(
    folder: Path, home: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Conversation]:
    """`folder`: where the server is started, anywhere inside of the clone."""
    home.mkdir(exist_ok=True)
    given = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "CLINFT_AUDIT_CACHE": os.environ["CLINFT_AUDIT_CACHE"],
        **KEYS,
        **(environment or {}),
    }
    command = [str(NODE), str(HERE / "typescript" / "client.ts"), str(PACKAGES), str(folder)]
    process = subprocess.Popen(
        [*command, sys.executable, "-m", "clinft", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "SERVER_ENVIRONMENT": json.dumps(given)},
    )
    try:
        yield Conversation(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
