"""What people read after the merge: tracking issue, results, deployment and rollback pull requests, refusals.

Pure: facts in, Markdown out, at most 60,000 characters. A caller with a run's folder fills the facts.

    issue_title, issue_body, step_note     the tracking issue and its comments, one for each `Step`;
                                           `label_of` and `key_of` say what to label it with and its key
    results_title, results_body            from ResultsFacts
    deployment_title, deployment_body      from DeploymentFacts
    rollback_title, rollback_body          from RollbackFacts
    iteration_title, iteration_body        from IterationFacts: another try, by lines of project.yaml
    refusal                                from one Decided for each project: the summary of `decide`
    Links                                  where links lead: the repository's address, its protected branch
"""

from clinft.stages.report.returned.deployment import DeploymentFacts, deployment_body, deployment_title
from clinft.stages.report.returned.issue import issue_body, issue_title
from clinft.stages.report.returned.iteration import IterationFacts, iteration_body, iteration_title
from clinft.stages.report.returned.names import Links
from clinft.stages.report.returned.notes import step_note
from clinft.stages.report.returned.refused import Decided, refusal
from clinft.stages.report.returned.results import ResultsFacts, results_body, results_title
from clinft.stages.report.returned.rollback import RollbackFacts, rollback_body, rollback_title
from clinft.stages.report.returned.steps import (
    Audited,
    Compared,
    DeploymentOpened,
    Evaluated,
    Failed,
    IterationOpened,
    Later,
    Paused,
    Prepared,
    Queued,
    ResultsOpened,
    Resumed,
    RollbackOpened,
    Started,
    Step,
    key_of,
    label_of,
)

__all__ = [
    "Audited",
    "Compared",
    "Decided",
    "DeploymentFacts",
    "DeploymentOpened",
    "Evaluated",
    "Failed",
    "IterationFacts",
    "IterationOpened",
    "Later",
    "Links",
    "Paused",
    "Prepared",
    "Queued",
    "ResultsFacts",
    "ResultsOpened",
    "Resumed",
    "RollbackFacts",
    "RollbackOpened",
    "Started",
    "Step",
    "deployment_body",
    "deployment_title",
    "issue_body",
    "issue_title",
    "iteration_body",
    "iteration_title",
    "key_of",
    "label_of",
    "refusal",
    "results_body",
    "results_title",
    "rollback_body",
    "rollback_title",
    "step_note",
]
