"""A process that has everything imported and forks a `clinft` for each line it reads: kills land in the work.

One JSON object a line in, one out. `argv`: of clinft. `after_seconds` or `at_write`: when it is killed, from
its start, or just before it makes, changes, moves or deletes its n-th file below `below`.
"""

import ctypes
import json
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

# What the stages import while they work; a fork starts with it.
HEAVY = (
    "torch",
    "transformers",
    "transformers.models.llama.modeling_llama",
    "peft",
    "safetensors.torch",
    "clinft.adapters.model.causal_lm",
    "clinft.adapters.training.peft",
    "clinft.adapters.training.loop",
    "clinft.adapters.training.lora",
    "clinft.adapters.training.accelerated",
    "clinft.pipeline.before_training",
    "clinft.pipeline.evaluating",
    "clinft.pipeline.reporting",
    "clinft.cli.app",
    "clinft.cli.writing",
)
WRITES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.symlink", "shutil.rmtree")
PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.002


def main() -> None:
    for name in HEAVY:
        import_module(name)
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        print(json.dumps(_serve(json.loads(line), answers)), file=answers, flush=True)


def _serve(order: dict[str, Any], answers: TextIO) -> dict[str, Any]:
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        answers.close()
        _work(order)
    killed, status = False, _wait(child, order.get("after_seconds"))
    if status is None:
        killed = True
        os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"killed": killed or code == -signal.SIGKILL, "code": code, "seconds": time.monotonic() - started}


def _wait(child: int, seconds: float | None) -> int | None:
    """Its status; None if it still works after so long."""
    if seconds is None:
        return os.waitpid(child, 0)[1]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(POLL_SECONDS)
    return None


def _work(order: dict[str, Any]) -> None:
    os.setsid()
    if sys.platform == "linux":
        # A call that nobody waits for any more must not go on.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(order.get("environment", {}))
    os.chdir(order.get("folder", "."))
    if order.get("google") is not None:
        _ask_instead_of_google(order["google"])
    if order.get("at_write") is not None:
        _kill_at_write(order["at_write"], Path(order["below"]))
    sys.argv = ["clinft", *order["argv"]]
    code: Any = 70
    try:
        from clinft.cli import main as clinft

        clinft()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _ask_instead_of_google(base: str) -> None:
    from clinft.adapters.sinks import TABLE
    from clinft.adapters.sinks.google_docs import GoogleDocs
    from clinft.adapters.sinks.google_sheets import GoogleSheets
    from tests.fakes.google.transport import ToLoopback

    TABLE["google_sheets"] = lambda place, tools: GoogleSheets(place, tools, ToLoopback(base))
    TABLE["google_docs"] = lambda place, tools: GoogleDocs(place, tools, ToLoopback(base))


def _kill_at_write(number: int, below: Path) -> None:
    seen = 0

    def count(event: str, values: tuple[Any, ...]) -> None:
        nonlocal seen
        writes = event in WRITES or (event == "open" and values[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if not writes or not isinstance(values[0], str | os.PathLike):
            return
        if Path(values[0]).absolute().is_relative_to(below):
            seen += 1
            if seen == number:
                os.write(2, f"\nkilled before {event} of {values[0]}\n".encode())
                os.killpg(0, signal.SIGKILL)

    sys.addaudithook(count)


if __name__ == "__main__":
    main()
