"""What holds whatever GitHub's settings are, and what nobody can hold."""

from collections.abc import Iterator

from clinft.artifacts.doctor import Finding
from clinft.stages.doctor.findings import note, ok

HELD = (
    (
        "roles approve every plan before it is trained",
        "Each review is read again before training, by plan and role.",
    ),
    ("what was approved is what is trained", "The plan is made again from the approved head and from main."),
    (
        "the audit passed on the very bytes",
        "It runs again on the machine that trains; its digests are compared.",
    ),
    ("a run stays within the price that was shown", "The estimate is made again; budgets are those of main."),
    ("results come from our own runs on main", "A bundle counts by workflow, event, commit and digest."),
)


def standing_findings() -> Iterator[Finding]:
    for rule, what in HELD:
        yield ok("gate", what, rule, "clinft")
    yield note(
        "gate",
        "Administrators can change every setting, member and rule that is listed here.",
        "Have somebody read the audit log of the organization.",
        "administrators keep to the rules",
    )
