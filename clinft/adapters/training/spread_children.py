"""The other processes of a training on one machine, which the first one starts and ends."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from clinft.errors import EXIT_SERVICE, ClinftError, ServiceError
from clinft.ports.progress import Progress

# A process that is lost shows itself in an error of the next message, but not with each kind of connection.
SILENT_SECONDS, GRACE_SECONDS, END_SECONDS = 60.0, 5.0, 30.0


class Children:
    """Numbers 1 to `world` - 1, waiting for orders at the store `file`; they end when this process does."""

    def __init__(self, environment: Mapping[str, str], file: Path, world: int, progress: Progress) -> None:
        self._environment, self._file, self._world, self._progress = environment, file, world, progress
        self._over = threading.Event()

    def __enter__(self) -> None:
        self._started = [self._start(rank) for rank in range(1, self._world)]
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        # An error of the messages between processes is mostly another one's end.
        lost = None
        if isinstance(error, RuntimeError) and not isinstance(error, ClinftError):
            lost = self._lost(GRACE_SECONDS)
        self._end(patiently=kind is None)
        if lost is not None:
            raise lost from None

    def _start(self, rank: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  # this program again
            # -P, as for this process: the folder that it works in is no place to import from.
            [sys.executable, *(["-P"] if sys.flags.safe_path else []), "-m", "clinft", "train", "--started"],
            env={
                **self._environment,
                "RANK": str(rank),
                "LOCAL_RANK": str(rank),
                "WORLD_SIZE": str(self._world),
                "CLINFT_RANKS": str(self._file),
            },
            # Closed when this process ends, in whatever way: then they end too.
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            # Ctrl-C on a terminal is for the first process.
            start_new_session=True,
        )

    def _lost(self, seconds: float) -> ServiceError | None:
        """The first that ended with an error."""
        share = seconds / len(self._started)
        for rank, process in enumerate(self._started, start=1):
            try:
                code = process.wait(share)
            except subprocess.TimeoutExpired:
                continue
            if code:
                how = (
                    f"by signal {-code}" if code < 0 else f"with exit code {code}; its own words stand above"
                )
                return ServiceError(
                    f"Process {rank} of 0 to {self._world - 1}, which train together, ended {how}.",
                    "It ran out of memory, its card failed, or somebody ended it.",
                    "Correct that and call again: training goes on from its last checkpoint.",
                )
        return None

    def _watch(self) -> None:
        """Where the others' silence is not noticed, nothing would ever end."""
        while not self._over.wait(1.0):
            if any(process.poll() for process in self._started):
                if self._over.wait(SILENT_SECONDS):
                    return
                lost = self._lost(GRACE_SECONDS)
                self._progress.note(str(lost))
                for process in self._started:
                    process.kill()
                # The main thread waits inside of a library, for a message that will not come.
                os._exit(EXIT_SERVICE)

    def _end(self, patiently: bool) -> None:
        for process in self._started:
            try:
                process.wait(END_SECONDS if patiently else 0.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stdin is not None
            process.stdin.close()
