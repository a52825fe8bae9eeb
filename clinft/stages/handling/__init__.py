"""Handling assessment: safeguards with their evidence, and the ledger of what leaves. Never a verdict."""

from datetime import date

from clinft.artifacts.handling import Handling
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.stages.handling.egress import ledger
from clinft.stages.handling.rows import rows, source


def assess(spec: ProjectSpec, policy: Policy, today: date) -> Handling:
    """`today` ages the doctor's look: after 90 days it verifies nothing any more."""
    return Handling(rows=tuple(rows(policy, today)), egress=tuple(ledger(spec, policy)), source=source())
