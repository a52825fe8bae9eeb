"""What the provider knows: files, jobs, models; a counter stands for the time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.openai.calls import Request, refused
from tests.fakes.openai.outcomes import JobError, Outcome, Status

START = 1796083200  # 2026-12-01T00:00:00Z
DAY_SECONDS = 86_400
BOTH = ("supervised", "dpo")
DONE: tuple[Status, ...] = ("succeeded", "failed", "cancelled")

# (model, messages) → the assistant's answer.
Answer = Callable[[str, list[dict[str, Any]]], str]


@dataclass
class File:
    id: str
    data: bytes  # as received
    filename: str
    purpose: str
    created_at: int
    expires_at: int | None = None
    unready_looks: int = 0
    refusal: str | None = None  # why it is not taken, once it has been looked at


@dataclass(frozen=True)
class Model:
    """`methods`: what it can be trained with; `shutdown_date`: YYYY-MM-DD."""

    id: str
    methods: tuple[str, ...] = ()
    shutdown_date: str | None = "2027-01-14"
    owned_by: str = "system"


# The models that could be trained on 2026-11-23, and one that never could.
MODELS = (
    Model("gpt-4.1-2025-04-14", BOTH),
    Model("gpt-4.1-mini-2025-04-14", BOTH),
    Model("gpt-4o-2024-08-06", BOTH),
    Model("gpt-4o-mini-2024-07-18", ("supervised",)),
    Model("gpt-6-luna", shutdown_date=None),
)


@dataclass
class Job:
    id: str
    number: int
    body: dict[str, Any]  # as it was asked for
    method: str
    created_at: int
    outcome: Outcome
    hidden_looks: int
    seed: int
    status: Status = "validating_files"
    paused: bool = False
    cancel_came_late: bool = False
    running_steps_done: int = 0
    steps: int = 0
    steps_done: int = 0
    n_epochs: int = 0
    # What "auto" came to, once the file is validated.
    resolved: dict[str, Any] = field(default_factory=dict)
    error: JobError | None = None
    finished_at: int | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    result_files: list[str] = field(default_factory=list)
    # Both the oldest first.
    events: list[dict[str, Any]] = field(default_factory=list)
    checkpoints: list[dict[str, Any]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.status in DONE

    @property
    def asked(self) -> dict[str, Any]:
        """The hyperparameters of the request, wherever it put them."""
        method = (self.body.get("method") or {}).get(self.method) or {}
        found: dict[str, Any] = method.get("hyperparameters") or self.body.get("hyperparameters") or {}
        return found


class State:
    """Tests read and set all of this freely."""

    organization: str | None = "org-clinft"
    bom_allowed = False

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.uploads: list[File] = []  # all that ever came, deleted ones too
        self.jobs: dict[str, Job] = {}
        self.submissions = 0  # jobs ever created
        self.models = {one.id: one for one in MODELS}
        self.locked_models: set[str] = set()
        self.locked_out = False
        self.next_jobs: list[Outcome] = []
        self.listed_after = 0
        self.unready_looks = 0
        self.next_refusals: list[str] = []
        self.metadata_filter = "works"  # or "ignored", "refused"
        self.keeps_metadata = True
        self.poll_advances = True
        self.results_in_base64 = False
        self.answer: Answer = lambda model, messages: str(messages[-1]["content"])
        self.count_tokens: Callable[[str], int] = lambda text: len(text.split())
        self.requests: list[Request] = []
        self._ticks, self._days, self._made = 0, 0, 0

    def now(self) -> int:
        return START + self._ticks + self._days * DAY_SECONDS

    def tick(self) -> None:
        self._ticks += 1

    def days_pass(self, days: int) -> None:
        self._days += days

    def next_id(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-clinft{self._made:08d}"

    def store(self, data: bytes, filename: str, purpose: str, expires_at: int | None = None) -> File:
        file = File(self.next_id("file"), data, filename, purpose, self.now(), expires_at)
        self.files[file.id] = file
        return file

    def expire_file(self, file_id: str) -> None:
        del self.files[file_id]

    def file(self, file_id: str) -> File:
        found = self.files.get(file_id)
        if found is None or (found.expires_at is not None and found.expires_at <= self.now()):
            raise refused(404, f"No such File object: {file_id}", None, "id")
        return found

    def has_file(self, file_id: str) -> bool:
        found = self.files.get(file_id)
        return found is not None and (found.expires_at is None or found.expires_at > self.now())

    def job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise refused(404, f"Could not find fine tune: {job_id}", "fine_tune_not_found", "fine_tune_id")
        return self.jobs[job_id]

    def model_name(self, job: Job) -> str:
        suffix = job.body.get("suffix") or ""
        return f"ft:{job.body['model']}:clinft:{suffix}:C{job.number:07d}"

    def judge_training_type(self, body: dict[str, Any]) -> None:
        """Azure's dialect alone has one."""

    def shown(self, job: Job, plain: dict[str, Any]) -> dict[str, Any]:
        """A job's object in this provider's dialect."""
        return plain

    def shown_file(self, plain: dict[str, Any]) -> dict[str, Any]:
        return plain

    def shown_model(self, model: Model) -> dict[str, Any]:
        return {
            "id": model.id,
            "object": "model",
            "created": START,
            "owned_by": model.owned_by,
            "shutdown_date": model.shutdown_date,
        }

    def answering(self, model: str) -> str:
        """The model behind the name in a chat completion."""
        if model not in self.models:
            raise refused(
                404, f"The model `{model}` does not exist or you do not have access to it.", "model_not_found"
            )
        return model
