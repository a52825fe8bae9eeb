"""What a test decides about a job before it is created."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["validating_files", "queued", "running", "succeeded", "failed", "cancelled"]


@dataclass(frozen=True)
class JobError:
    code: str
    message: str
    param: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "param": self.param}


@dataclass(frozen=True)
class Outcome:
    """`fails_in`: the status in which the job ends with `error`, `stuck_in`: the one it never leaves.

    `words`: what is shown instead of a status, e.g. {"running": "preempted"}: words that no description knows.
    `on_cancel`: "cancels"; "succeeds", told of the cancel too late: the answer still says running, and the
    next look succeeded; "refused", as it finished in between: 400, and the job has succeeded.
    `listed_after`: calls of the list in which the job does not show yet; None: as the server says.
    `trained_tokens`: what is billed; None: tokens of the training file times epochs.
    """

    fails_in: Status | None = None
    error: JobError | None = None
    stuck_in: Status | None = None
    running_steps: int = 1
    words: Mapping[str, str] = field(default_factory=dict)
    on_cancel: Literal["cancels", "succeeds", "refused"] = "cancels"
    listed_after: int | None = None
    trained_tokens: int | None = None


def invalid_file(message: str, code: str = "invalid_training_file", param: str = "training_file") -> Outcome:
    return Outcome(fails_in="validating_files", error=JobError(code, message, param))


def moderation_refusal(code: str = "unsafe_training_file") -> Outcome:
    """Too much of the file was found unsafe. The code is not verified."""
    message = (
        "The job failed due to an unsafe training file. This training file was blocked because too many "
        "examples were moderated for violating OpenAI's usage policies, or because it would create an unsafe "
        "model."
    )
    return Outcome(fails_in="validating_files", error=JobError(code, message, "training_file"))


def unsafe_model(code: str = "model_safety_evaluation_failed") -> Outcome:
    """The tuned model was evaluated and is not handed out; training itself is done. The code is not verified."""
    message = (
        "The job failed due to an unsafe model. The fine-tuned model did not pass the safety evaluations "
        "(refusals_v3)."
    )
    return Outcome(fails_in="running", error=JobError(code, message))


def stuck(status: Status = "queued") -> Outcome:
    return Outcome(stuck_in=status)
