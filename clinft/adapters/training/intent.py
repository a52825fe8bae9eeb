"""That a job was about to be asked for: written before, so that a process that dies then leaves a trace.

A provider may list a new job late. Whoever finds the trace and no job looks longer, and waits, before another
job is asked for.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import AwareDatetime, ValidationError

from clinft.errors import ServiceError
from clinft.ports.training import TrainingRequest
from clinft.run_folder import to_bytes, write_atomically
from clinft.spec.base import Provider, Strict

# No provider is known to list a new job later than this.
DOUBT = timedelta(minutes=10)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
Found = TypeVar("Found")


class Written(Strict):
    run_id: str
    at: AwareDatetime


class Intent:
    """Of one run at one provider; a file of the run's folder."""

    def __init__(self, request: TrainingRequest, provider: Provider) -> None:
        self._run_id = request.run_id
        self.path: Path = request.output_dir / f"{provider}-intent.json"

    def write(self, now: datetime) -> None:
        write_atomically(self.path, to_bytes(Written(run_id=self._run_id, at=now)))

    def remove(self) -> None:
        """After a clear refusal: no job can have come of it."""
        self.path.unlink(missing_ok=True)

    def at(self) -> datetime | None:
        """None where no job was asked for from here."""
        try:
            written = Written.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            return LONG_AGO
        return written.at if written.run_id == self._run_id else None

    def look(
        self,
        find: Callable[[], Found | None],
        pauses: Sequence[float],
        sleep: Callable[[float], None],
        now: Callable[[], datetime],
    ) -> Found | None:
        """The job that was asked for. Without one it raises ServiceError until the time of doubt is over."""
        at = self.at()
        found = None if at is None else looked_for(find, pauses, sleep)
        # A clock that was set back must not end the doubt, nor make it last.
        if at is not None and found is None and abs(now() - at) < DOUBT:
            raise ServiceError(
                f"A job for {self._run_id} was asked for at {at:%H:%M:%S} (UTC), and none is listed yet.",
                "The process died, or the answer was lost; a provider may list a new job late.",
                f"Call again {DOUBT.seconds // 60} minutes after that: only then is a job asked for again.",
            )
        return found


def looked_for(
    find: Callable[[], Found | None], pauses: Sequence[float], sleep: Callable[[float], None]
) -> Found | None:
    for pause in pauses:
        sleep(pause)
        found = find()
        if found is not None:
            return found
    return None
