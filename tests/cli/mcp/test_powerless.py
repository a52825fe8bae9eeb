"""No tool can start, send or pay anything: all of them are called, and what the process did is looked at."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from clinft.pipeline.assistant.table import TOOLS
from tests.fakes.assistant import (
    BRANCH,
    KEYS,
    OTHER,
    RECORD,
    REPOSITORY,
    RUN,
    Conversation,
    clone,
    conversation,
    files,
    refs,
)

READS = {
    "list_projects": {},
    "list_domains": {},
    "describe_spec": {},
    "read_project": {"project": "demo"},
    "validate": {"project": "demo"},
    "plan": {"project": "demo"},
    "estimate": {"project": "demo"},
    "price": {"provider": "openai", "model": "gpt-4.1-mini", "tokens": 1_000_000, "epochs": 3},
    "preview_data": {"project": "demo"},
    "audit": {"project": "demo"},
    "check_gate": {"project": "demo"},
    "explain_refusal": {"code": "G012"},
    "list_runs": {},
    "read_report": {"project": "demo", "run": RUN},
    "read_results": {"project": "demo", "run": RUN},
    "read_tracking": {"table": "runs"},
    "compare_runs": {"runs": [{"project": "demo", "run": RUN}, {"project": "demo", "run": OTHER}]},
    "next_step": {"project": "demo"},
}
DRAFTS: dict[str, dict[str, Any]] = {
    "new_project": {"name": "fresh", "domain": "cardiology"},
    "draft_spec": {"project": "demo", "prompt": "# System\nAnswer with a chapter.\n", "write": False},
    "draft_pull_request": {"project": "fresh", "title": "A fresh project"},
}
# Words of what only people do. A new tool with one of them has to be argued for here.
NEVER = ("approve", "merge", "train", "deploy", "push", "send", "publish", "notify", "pay", "run_", "delete")
# What a process does that this test looks at from outside of clinft, before clinft is imported.
WATCH = """
import json, os, sys
LOG = os.open(os.environ["HOME"] + "/events", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
PLACES = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "subprocess.Popen": 1, "os.system": 0,
          "os.exec": 0, "os.posix_spawn": 0}
def tell(event, told):
    os.write(LOG, (json.dumps([event, told if isinstance(told, list) else str(told)]) + "\\n").encode())
def watch(event, arguments):
    if event in PLACES:
        tell(event, arguments[PLACES[event]])
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        tell("write", arguments[0])
    elif event == "import" and arguments[0] == "mcp.server.lowlevel":
        tell("environment", sorted(os.environ))
sys.addaudithook(watch)
"""


def test_the_tools_are_these_and_say_of_themselves_what_they_do(assistant: Conversation) -> None:
    listed = {one["name"]: one for one in assistant.ask("listTools")["tools"]}
    assert set(listed) == set(READS) | set(DRAFTS) == set(TOOLS)
    assert not any(word in name for name in listed for word in NEVER)
    for name, tool in listed.items():
        hints = tool["annotations"]
        assert hints["readOnlyHint"] is (name in READS)
        assert (hints["destructiveHint"], hints["openWorldHint"]) == (False, False)
        assert tool["inputSchema"]["additionalProperties"] is False
        assert tool["outputSchema"]["type"] == "object"
        assert tool["description"]


def test_every_tool_answers_without_key_connection_or_program_and_drafts_alone_are_left(
    tmp_path: Path,
) -> None:
    root, home = clone(tmp_path / "hospital"), tmp_path / "home"
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    before, branches, beside = files(root), refs(root), set(tmp_path.iterdir()) | {home}
    where = {"PYTHONPATH": os.pathsep.join((str(tmp_path / "watch"), str(REPOSITORY)))}
    with conversation(root, home, where) as talk:
        told = [talk.tell(name, **arguments) for name, arguments in READS.items()]
        assert (files(root), refs(root)) == (before, branches)
        told += [talk.tell(name, **arguments) for name, arguments in DRAFTS.items()]
        heard = talk.ask("heard")

    events = [json.loads(line) for line in (home / "events").read_text().splitlines()]
    assert not [told for event, told in events if event.startswith(("socket.getaddrinfo", "os."))]
    # A connection to a file is one to a worker of Python's own.
    assert not [told for event, told in events if event.startswith("socket") and told.startswith("(")]
    started = [told for event, told in events if event == "subprocess.Popen"]
    assert started
    assert all(command[0] == "git" for command in started)
    assert not [command for command in started if {"push", "fetch", "pull", "clone"} & set(command)]
    names = next(told for event, told in events if event == "environment")
    assert not set(names) & set(KEYS)
    assert not set(tmp_path.iterdir()) - beside

    spec, prompt = (f"projects/fresh/{name}" for name in ("project.yaml", "prompt/prompt.md"))
    assert {place for place, data in files(root).items() if before.get(place) != data} == {spec, prompt}
    draft = "refs/heads/clinft-draft/fresh"
    assert refs(root) == branches | {draft: refs(root)[draft]}
    written = {Path(told) for event, told in events if event == "write" and told}
    outside = [path for path in written if not path.is_relative_to(root) and path.is_relative_to(tmp_path)]
    assert {path.relative_to(home).parts[0] for path in outside if path.is_relative_to(home)} <= {
        "events",
        ".cache",
    }
    everything = json.dumps(told) + heard["log"]
    assert RECORD not in everything
    assert not any(secret.rpartition(" ")[2] in everything for secret in KEYS.values())
    assert heard["strange"] == []


def python(code: str, *, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(REPOSITORY), **KEYS},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_no_tool_does_is_not_even_possible() -> None:
    done = python("""
        import os, socket, subprocess
        from clinft.wiring import keyless
        keyless.forget_keys()
        keyless.bar()
        tries = {
            "connect": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
            "resolve": lambda: socket.getaddrinfo("example.org", 443),
            "push": lambda: subprocess.run(["git", "-C", "/", "push"]),
            "alias": lambda: subprocess.run(["git", "-c", "alias.x=!true", "x"]),
            "shell": lambda: subprocess.run("true", shell=True),
            "program": lambda: subprocess.run(["gh", "pr", "create"]),
            "system": lambda: os.system("true"),
            "exec": lambda: os.execv("/bin/true", ["true"]),
        }
        for name, attempt in tries.items():
            try:
                attempt()
            except keyless.Barred as barred:
                print(name, barred.refusal.exit_code)
        print(subprocess.run(["git", "-C", "/", "rev-parse", "--git-dir"], capture_output=True).returncode)
        print(sorted(os.environ))
    """)
    *barred, git, environment = done.stdout.splitlines()
    names = ("connect", "resolve", "push", "alias", "shell", "program", "system", "exec")
    assert barred == [f"{name} 1" for name in names], done.stderr
    assert git == "128"
    assert not any(name in environment for name in KEYS)


def test_without_the_extra_it_says_what_to_install(hospital: Path) -> None:
    done = python(
        """
        import sys
        sys.modules["mcp"] = None
        sys.argv = ["clinft", "mcp"]
        from clinft.cli import main
        main()
        """,
        folder=hospital,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Run: pip install -c constraints/constraints.txt -e '.[mcp]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_of_a_repository_nothing_is_said_on_standard_output(tmp_path: Path) -> None:
    done = python(
        "import sys; sys.argv = ['clinft', 'mcp']; from clinft.cli import main; main()", folder=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "No .github/clinft.yml lies above" in done.stderr


@pytest.mark.parametrize("name", [*READS, *DRAFTS])
def test_every_tool_refuses_an_argument_that_it_does_not_have(name: str, assistant: Conversation) -> None:
    said = assistant.refused(name, **(READS | DRAFTS)[name], canary_key="canary-value")
    assert said.startswith(f"{name} was called with other arguments than it takes: # (extra_forbidden).")
    assert "canary" not in said


def test_a_tool_that_would_do_more_does_not_exist(assistant: Conversation) -> None:
    for name in ("train", "approve", "publish", "deploy"):
        assert "approving, merging, training and sending are done by people" in assistant.refused(name)
    assert assistant.tell("next_step", project="demo")["branch"] == BRANCH
