"""One server of vLLM: started, waited for, and gone at the end in every case."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clinft.adapters.model.vllm import keeper, trouble
from clinft.adapters.model.vllm.client import Client
from clinft.errors import ClinftError, ServiceError
from clinft.ports.progress import Progress

# The keeper ends the server; it alone is waited for so long.
END_SECONDS = keeper.GRACE_SECONDS + 10.0
# Of a socket's path 107 bytes count; TMPDIR may be longer. mkdtemp's folder is open to this user alone.
SOCKETS = "/tmp"  # noqa: S108  # mkdtemp makes the folder in it


@dataclass(frozen=True)
class Patience:
    """Seconds. `ready`: to read weights and build kernels; `told`: between two lines of progress."""

    ready: float = 1800.0
    told: float = 30.0
    look: float = 0.5
    # Between a request that failed and the end of the process that failed it.
    dying: float = 5.0


@contextmanager
def started(
    command: Callable[[Path], list[str]],
    environment: Mapping[str, str],
    log: Path,
    progress: Progress,
    patience: Patience,
) -> Iterator[Client]:
    """`command`: given the socket's path. `log`: an earlier one there is replaced."""
    # The keeper removes it, too: after a kill nobody else is there.
    with tempfile.TemporaryDirectory(
        prefix="clinft-vllm-", dir=SOCKETS, ignore_cleanup_errors=True
    ) as folder:
        socket = Path(folder) / "socket"
        process = _start([folder, *command(socket)], environment, log)

        def down() -> ClinftError | None:
            try:
                return trouble.ended(log, process.wait(patience.dying), "while it answered")
            except subprocess.TimeoutExpired:
                return None

        client = Client(socket, log, down)
        try:
            _wait(process, client, log, progress, patience)
            yield client
        finally:
            client.close()
            _end(process)


def _start(command: list[str], environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        return subprocess.Popen(  # noqa: S603  # the program that the operator of this machine has named
            [sys.executable, "-I", "-S", keeper.__file__, *command],
            env=dict(environment),
            # Closed when this process ends, in whatever way: then the keeper ends the server.
            stdin=subprocess.PIPE,
            stdout=stream,
            stderr=subprocess.STDOUT,
            # Ctrl-C on a terminal is for clinft, which ends it in order.
            start_new_session=True,
        )


def _wait(
    process: "subprocess.Popen[bytes]", client: Client, log: Path, progress: Progress, patience: Patience
) -> None:
    begun = told = time.monotonic()
    while not client.is_ready():
        now = time.monotonic()
        if (code := process.poll()) is not None:
            raise trouble.ended(log, code, "before it was ready")
        if now - begun > patience.ready:
            raise ServiceError(
                f"vLLM was not ready after {patience.ready / 60:.0f} minutes.",
                "The weights are read from a slow disk, or it waits for something.",
                f"Look into its log, {log}, or {trouble.OTHERWISE}.",
            )
        if now - told > patience.told:
            told = now
            progress.note(f"vLLM is still loading, for {now - begun:.0f} seconds; its log is {log}.")
        time.sleep(patience.look)


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
