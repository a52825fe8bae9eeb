"""Messages about steps, from the artifacts of a run: plain texts, and which thresholds are met.

No text of a record, no id of one, and no sentence that a person wrote is in any of them.
"""

from clinft.stages.report.milestones.concern import (
    critical_findings,
    critical_verdict,
    expired,
    quarantined,
)
from clinft.stages.report.milestones.data import audit, data_plan
from clinft.stages.report.milestones.form import About
from clinft.stages.report.milestones.job import cost, job, permitted
from clinft.stages.report.milestones.places import Places
from clinft.stages.report.milestones.results import evaluation, regression

__all__ = [
    "About",
    "Places",
    "audit",
    "cost",
    "critical_findings",
    "critical_verdict",
    "data_plan",
    "evaluation",
    "expired",
    "job",
    "permitted",
    "quarantined",
    "regression",
]
