"""The rows of the Security Rule, each with the best evidence there is for it."""

from collections.abc import Iterator
from datetime import date, timedelta

from clinft.artifacts.handling import SafeguardRow
from clinft.spec.policy import Policy
from clinft.spec.safeguards import Declared, DoctorRecord, Row, table

DOCTOR_COUNTS = timedelta(days=90)
NOT_DECLARED = "nothing is declared in safeguards.facts of the policy"


def source() -> str:
    return f"{table().source}, as of {table().as_of}"


def rows(policy: Policy, today: date) -> Iterator[SafeguardRow]:
    for row in table().rows:
        declared = policy.safeguards.facts.get(row.name)
        yield _row(row, declared, policy.safeguards.doctor, today)


def _row(row: Row, declared: Declared | None, doctor: DoctorRecord | None, today: date) -> SafeguardRow:
    """What was seen comes before what is said, and a failing before both."""
    made = SafeguardRow(
        name=row.name,
        citation=row.citation,
        title=row.title,
        requirement=row.requirement,
        state="needs_evidence",
        statement=NOT_DECLARED,
    )
    if row.doctor and doctor is not None:
        seen = _seen(row, doctor, today)
        if seen is not None:
            return made.model_copy(update=seen)
    if declared is not None:
        return made.model_copy(update=_said(declared))
    if row.clinft is not None:
        return made.model_copy(update={"state": "verified", "statement": row.clinft, "by": "clinft's design"})
    return made


def _seen(row: Row, doctor: DoctorRecord, today: date) -> dict[str, str] | None:
    """None: the doctor's look says nothing about this row any more, or not about all of it."""
    age = today - date.fromisoformat(doctor.date)
    wrong = [area for area in row.doctor if area in doctor.wrong]
    if wrong:
        return {
            "state": "not_met",
            "statement": f"the doctor found something wrong under {', '.join(wrong)}",
            "by": "clinft doctor",
            "date": doctor.date,
        }
    if timedelta(0) <= age <= DOCTOR_COUNTS and set(row.doctor) <= set(doctor.ok):
        return {
            "state": "verified",
            "statement": f"the doctor found nothing wrong under {', '.join(row.doctor)}",
            "by": "clinft doctor",
            "date": doctor.date,
        }
    return None


def _said(declared: Declared) -> dict[str, str]:
    state = "declared" if declared.state == "met" else declared.state
    return {"state": state, "statement": declared.statement, "by": declared.owner, "date": declared.date}
