"""The pause between two questions about a job: none before the first, longer while nothing changes."""

from collections.abc import Callable

from clinft.artifacts.model import Job
from clinft.ports.progress import Progress

FIRST_SECONDS, LONGEST_SECONDS, GROWTH = 5.0, 60.0, 1.5
SECONDS_BETWEEN_LINES = 5.0


class Waiting:
    """Of one process; a process that asks once never waits."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._pauses: dict[str, float] = {}
        self._states: dict[str, str] = {}

    def before_asking(self, job: Job, where: str, progress: Progress) -> None:
        pause = self._pauses.get(job.id)
        if pause is None:
            return
        # A bar of seconds: nobody knows how far the training is.
        label = f"{job.id} is {job.status} at {where}; seconds to the next look"
        with progress.task(label, round(pause)) as task:
            left = pause
            while left > 0:
                slice_ = min(left, SECONDS_BETWEEN_LINES)
                self._sleep(slice_)
                left -= slice_
                task.advance(round(slice_))

    def answered(self, job_id: str, state: str) -> None:
        """`state`: what the service called it; any change makes the next pause short again."""
        before = self._pauses.get(job_id)
        unchanged = self._states.get(job_id) == state and before is not None
        self._pauses[job_id] = min((before or 0.0) * GROWTH, LONGEST_SECONDS) if unchanged else FIRST_SECONDS
        self._states[job_id] = state
