"""The program `vllm` of the tests: takes what vLLM takes on its command line, and passes on to a stand-in.

Standard library alone, so that it is there at once. It starts a child, as vLLM does for its engine.
"""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

HERE = Path(__file__)
PIECE = 1 << 16


def install(folder: Path, **config: Any) -> Path:
    """What CLINFT_VLLM names. `backend`: socket of a stand-in. `says`: what it prints before it ends with
    `code`. `waits`: it is never ready. `dies_at`: the request at which it is killed. `version`: of itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({key: str(value) for key, value in config.items()}))
    program = folder / "vllm"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{HERE}" "{folder}" "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def calls(program: Path) -> list[dict[str, Any]]:
    """Of `serve`: `argv`, `environment`, its `pid` and its child's."""
    path = program.with_name("calls.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def main(folder: Path, argv: list[str]) -> int:
    config = json.loads((folder / "config.json").read_text())
    if argv == ["--version"]:
        sys.stdout.write(config.get("version", "0.33.0") + "\n")
        return 0
    options = json.loads((HERE.parent / "protocol.json").read_text())["options"]
    unknown = [one for one in argv if re.fullmatch("--[a-z-]+", one) and one not in options]
    if argv[:1] != ["serve"] or unknown:
        sys.stderr.write(f"vllm: error: unrecognized arguments: {' '.join(unknown)}\n")
        return 2
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"])
    with (folder / "calls.jsonl").open("a") as stream:
        told = {"argv": argv, "environment": dict(os.environ), "pid": os.getpid(), "child": child.pid}
        stream.write(json.dumps(told) + "\n")
    if "says" in config:
        sys.stderr.write(config["says"] + "\n")
        os._exit(int(config.get("code", 1)))
    if "waits" in config:
        child.wait()
    _relay(Path(argv[argv.index("--uds") + 1]), Path(config["backend"]), int(config.get("dies_at", 0)))
    return 0


def _relay(own: Path, backend: Path, dies_at: int) -> None:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(own))
    listening.listen(128)
    seen = threading.Semaphore(max(0, dies_at - 1))
    while True:
        near, _ = listening.accept()
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(backend))
        threading.Thread(target=_pump, args=(near, far, seen if dies_at else None), daemon=True).start()
        threading.Thread(target=_pump, args=(far, near, None), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, left: threading.Semaphore | None) -> None:
    try:
        while data := source.recv(PIECE):
            if left is not None and data.startswith(b"POST ") and not left.acquire(blocking=False):
                sys.stderr.write("torch.OutOfMemoryError: CUDA out of memory.\n")
                sys.stderr.flush()
                os.kill(os.getpid(), signal.SIGKILL)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
