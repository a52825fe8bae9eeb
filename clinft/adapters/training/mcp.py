"""Trains through a server of the team's own that speaks the Model Context Protocol.

The policy says where it is and which of its tools does what (clinft/spec/mcp.py); docs/mcp.md explains it.
"""

from collections.abc import Mapping
from typing import Any

from clinft.adapters.training.intent import Intent
from clinft.adapters.training.mcp_client import outcome
from clinft.adapters.training.mcp_client.calls import ask, place_of
from clinft.adapters.training.mcp_client.preflight import lines_of
from clinft.adapters.training.mcp_client.reading import Refused, events_of, name_of, text_of, unreadable
from clinft.adapters.training.mcp_client.session import AnswerLost, Limits, Place
from clinft.adapters.training.mcp_client.states import goes_backwards, status_of
from clinft.adapters.training.tools import Tools
from clinft.adapters.training.waiting import Waiting
from clinft.artifacts.model import TERMINAL, Job, JobEvent, JobStatus, TrainedModel
from clinft.errors import ServiceError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingRequest
from clinft.spec.base import Provider
from clinft.spec.mcp import Operation

# After an answer was lost the server is asked for the job, each time after so many seconds.
LOOKS = (2.0, 5.0, 10.0, 20.0, 30.0)
ASK_THERE = "Ask whoever runs the server; the job is kept, and nothing is submitted again."


class McpProvider:
    name: Provider = "mcp"
    hosted = True

    def __init__(self, tools: Tools, limits: Limits | None = None) -> None:
        self._tools, self._limits = tools, limits or Limits()
        self._waiting = Waiting(tools.sleep)
        # Of this process: how each job was last seen.
        self._seen: dict[str, JobStatus] = {}

    def preflight(self, request: TrainingRequest) -> list[str]:
        return lines_of(self._place(request), request)

    def find(self, request: TrainingRequest) -> Job | None:
        """Of the jobs that carry this run_id the one that is alive: a failed one beside it is left aside."""
        place = self._place(request)
        tool = place.server.mapped["find"].tool
        told = [one for one in ask(place, "find", request) if one["id"] is not None]
        # Compared here as well, for a server that ignores its filter would hand over a stranger's job.
        mine = [self._job(place, tool, one, request) for one in told if one["run_id"] == request.run_id]
        alive = [job for job in mine if job.may_have_model] or mine[-1:]
        if len(alive) > 1:
            raise ServiceError(
                f"{len(alive)} jobs of {place} carry the run {request.run_id}: "
                f"{', '.join(job.id for job in alive)[:300]}.",
                "Its idempotency key does not keep a second one from being started.",
                "Cancel all but one of them at the server.",
            )
        return alive[0] if alive else None

    def submit(self, request: TrainingRequest) -> Job:
        place = self._place(request)
        outcome.check_files(request)
        intent = Intent(request, self.name)
        earlier = intent.look(lambda: self.find(request), LOOKS, self._tools.sleep, self._tools.now)
        if earlier is not None:
            return earlier
        try:
            told = ask(place, "submit", request, before=lambda: intent.write(self._tools.now()))[0]
            return self._job(place, place.server.mapped["submit"].tool, told, request)
        except Refused as refused:
            # A tool can fail after it has started the job, so that a refusal is looked into once.
            job = self._looked_for(request, (0.0,))
            if job is None:
                intent.remove()
                raise refused from None
            return job
        except AnswerLost as lost:
            job = self._looked_for(request, LOOKS)
            if job is None:
                raise ServiceError(
                    f"Whether {place} has started a job for {request.run_id} is not known. {lost.what}",
                    f"It was asked {len(LOOKS)} times afterwards and names no job of this run.",
                    "Call again later: the job is looked for first, and submitted only where there is none.",
                ) from None
            return job

    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        """The first one asks at once; each further one waits, longer while nothing moves."""
        place = self._place(request)
        self._waiting.before_asking(job, str(place), progress)
        now = self._followed(place, "poll", job, request)
        self._waiting.answered(job.id, now.status)
        if now.message and now.message != job.message:
            progress.note(f"{place}: {now.message}")
        return now

    def events(self, job: Job, request: TrainingRequest) -> list[JobEvent]:
        place = self._place(request)
        if "events" not in place.server.mapped:
            return []
        told = ask(place, "events", request, job.id)[0]
        known = outcome.kept(job, request)
        warnings = () if known is None else known.warnings
        return [
            *events_of(place, place.server.mapped["events"].tool, told),
            *(JobEvent(at=None, level="warn", kind="message", message=one) for one in warnings),
        ]

    def cancel(self, job: Job, request: TrainingRequest) -> Job:
        place = self._place(request)
        if "cancel" not in place.server.mapped:
            raise ServiceError(
                f"The job {job.id} cannot be cancelled from here.",
                f"The policy maps no tool of {place} that does it.",
                "Stop the job at the server.",
            )
        if "status" in place.server.mapped["cancel"].paths:
            return self._followed(place, "cancel", job, request)
        ask(place, "cancel", request, job.id)
        return self._followed(place, "poll", job, request)

    def result(self, job: Job, request: TrainingRequest) -> TrainedModel:
        return self._outcome(job, request).model

    def measured(self, job: Job, request: TrainingRequest) -> dict[str, float | int | str]:
        """Told by the server, each of them."""
        known = self._outcome(job, request)
        tokens = known.model.trained_tokens
        measured: dict[str, float | int | str] = {} if tokens is None else {"trained_tokens": tokens}
        return measured if known.cost_usd is None else {**measured, "cost_usd": known.cost_usd}

    def dispose(self, job: Job, request: TrainingRequest) -> None:
        place = self._place(request)
        if "dispose" in place.server.mapped:
            ask(place, "dispose", request, job.id)

    def _place(self, request: TrainingRequest) -> Place:
        return place_of(request, self._tools, self._limits)

    def _outcome(self, job: Job, request: TrainingRequest) -> outcome.Outcome:
        known = outcome.kept(job, request)
        if known is not None:
            return known
        place = self._place(request)
        tool = place.server.mapped["result"].tool
        told = ask(place, "result", request, job.id)[0]
        self._job(place, tool, {"status": job.status, **told}, request, job)
        known = outcome.outcome_of(place, tool, told, job, request)
        outcome.keep(known, job, request)
        return known

    def _followed(self, place: Place, operation: Operation, job: Job, request: TrainingRequest) -> Job:
        tool = place.server.mapped[operation].tool
        return self._job(place, tool, ask(place, operation, request, job.id)[0], request, job)

    def _looked_for(self, request: TrainingRequest, waits: tuple[float, ...]) -> Job | None:
        for seconds in waits:
            if seconds:
                self._tools.sleep(seconds)
            try:
                job = self.find(request)
            except AnswerLost:
                continue
            except ServiceError:
                # Not reached this time either; what matters is the call whose answer was lost.
                continue
            if job is not None:
                return job
        return None

    def _job(
        self,
        place: Place,
        tool: str,
        told: Mapping[str, Any],
        request: TrainingRequest,
        known: Job | None = None,
    ) -> Job:
        """The job as it was told, after the checks that keep a lying server from confusing two runs."""
        told_id = name_of(place, tool, told, "id")
        job_id = told_id or (known.id if known else None)
        if job_id is None:
            raise unreadable(place, tool, "it names no job")
        if known is not None and job_id != known.id:
            raise _lie(place, f"was asked about the job {known.id} and answers about {job_id}")
        if told.get("run_id") is not None and told["run_id"] != request.run_id:
            raise _lie(place, f"gives the job {job_id} to the run {request.run_id}, and it is another run's")
        outcome.check_echo(place, told, request, job_id)
        word = told.get("status")
        if word is None and known is not None:
            raise unreadable(place, tool, f"it tells no state of the job {job_id}")
        status: JobStatus = "queued"
        warning = ""
        if word is not None:
            status, warning = status_of(str(word), place.server.states)
        before = self._seen.get(job_id, known.status if known else status)
        if goes_backwards(before, status):
            raise _lie(place, f"said that the job {job_id} is {before}, and now says {status}")
        if status in TERMINAL:
            self._seen[job_id] = status
        message = " ".join(part for part in (text_of(place, told, "message"), warning) if part)
        return Job(id=job_id, provider=self.name, run_id=request.run_id, status=status, message=message)


def _lie(place: Place, what: str) -> ServiceError:
    return ServiceError(
        f"The answers of {place} contradict each other: it {what}.",
        "The server has a bug, or its state was reset.",
        ASK_THERE,
    )
