"""What can go wrong, and the exit code each error carries.

ClinftError                 70 a bug in clinft, when nothing more precise fits
├── SpecError                2 the spec, the prompt, the policy or the call is wrong
├── PolicyViolation          1 a check said no
├── DigestMismatch           1 bytes are not the ones that were audited, approved or recorded
├── ServiceError             3 something outside the repository failed
│   └── Interrupted          3 what was done is kept; once the cause is gone, call again
├── MissingExtra             2 an optional dependency set is not installed
└── CheckpointWritten       75 work was cut off in order; call again

Every message has three sentences: what failed and where, the usual cause, the next step.
"""

from dataclasses import dataclass

EXIT_OK, EXIT_NO, EXIT_SPEC, EXIT_SERVICE, EXIT_BUG, EXIT_AGAIN = 0, 1, 2, 3, 70, 75


class ClinftError(Exception):
    """`what` failed (with path or field), its usual `cause`, the `next_step`. Never carries data."""

    exit_code = EXIT_BUG

    def __init__(self, what: str, cause: str = "", next_step: str = "") -> None:
        super().__init__(what, cause, next_step)
        self.what, self.cause, self.next_step = what, cause, next_step

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.cause, self.next_step) if part)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one file. `line` and `column` count from 1; 0 means the whole file."""

    path: str
    line: int
    column: int
    message: str
    cause: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        text = " ".join(part for part in (self.message, self.cause, self.next_step) if part)
        return f"{self.path}:{self.line}:{self.column}: {text}"


class SpecError(ClinftError):
    """All problems found in what people wrote, at once."""

    exit_code = EXIT_SPEC

    def __init__(
        self,
        what: str,
        cause: str = "",
        next_step: str = "",
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(what, cause, next_step)
        self.problems = problems


class PolicyViolation(ClinftError):
    exit_code = EXIT_NO


class DigestMismatch(ClinftError):
    exit_code = EXIT_NO


class ServiceError(ClinftError):
    exit_code = EXIT_SERVICE


class Interrupted(ServiceError):
    """The machine lacks something just now. The attempt stays open: the next call goes on with it."""


class MissingExtra(ClinftError):
    exit_code = EXIT_SPEC

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs packages that are not installed here.",
            f"They belong to the extra '{extra}', which the light installation leaves out.",
            f"Run: pip install -c constraints/constraints.txt -e '.[{extra}]'",
        )


class CheckpointWritten(ClinftError):
    exit_code = EXIT_AGAIN
