"""Runs a program, and ends it with all that it started once nobody holds this process's standard input.

However clinft ends, by SIGKILL too, its end of that pipe closes. Without imports of clinft: it is run by
its path, and has to be there at once.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress

GRACE_SECONDS = 20.0
NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PARENT_DEATH = 1  # PR_SET_PDEATHSIG


def main() -> int:
    """The program's exit code; above 128, the signal that ended it. Its socket's folder goes with it."""
    folder, *command = sys.argv[1:]
    # Held back until there is something to end.
    signal.pthread_sigmask(signal.SIG_BLOCK, NUMBERS)
    program = subprocess.Popen(  # noqa: S603  # our caller's
        command,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_in_the_program,  # noqa: PLW1509  # there is one thread yet
    )
    for number in NUMBERS:
        signal.signal(number, lambda *_: _signal(program.pid, signal.SIGTERM))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, NUMBERS)
    threading.Thread(target=_end_with_caller, args=(program,), daemon=True).start()
    code = program.wait()
    # Its own children, where it was killed before it could end them.
    _signal(program.pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    return code if code >= 0 else 128 - code


def _in_the_program() -> None:
    """Before it begins: signals reach it again, and on Linux it ends with this process, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, NUMBERS)


def _end_with_caller(program: "subprocess.Popen[bytes]") -> None:
    # Not through sys.stdin, whose lock this thread would hold when the other one ends the process.
    while os.read(0, 1024):
        pass
    _signal(program.pid, signal.SIGTERM)
    try:
        program.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _signal(program.pid, signal.SIGKILL)


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main())
