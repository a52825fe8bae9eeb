"""The doctor: what GitHub enforces here, what clinft does, what nobody does. Pure; facts in, findings out."""

from collections.abc import Iterator, Sequence
from datetime import date

from clinft.artifacts.doctor import DoctorReport, Finding, Fix
from clinft.ports.settings import Settings
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.stages.doctor.always import standing_findings
from clinft.stages.doctor.assistants import langsmith_findings, names_langsmith
from clinft.stages.doctor.branch import branch_findings
from clinft.stages.doctor.looked import look
from clinft.stages.doctor.machines import actions_findings, runner_findings
from clinft.stages.doctor.people import named_people, people_findings
from clinft.stages.doctor.places import (
    environment_findings,
    label_findings,
    secret_findings,
    variable_findings,
)
from clinft.stages.doctor.policy import policy_findings, project_findings
from clinft.stages.doctor.repairs import Repair, repairs
from clinft.stages.doctor.sinks import SinkFacts, sink_findings
from clinft.stages.doctor.trust import subject_findings, trust

__all__ = ["Repair", "SinkFacts", "examine", "named_people", "names_langsmith", "repairs"]


def examine(
    settings: Settings,
    policy: Policy,
    specs: Sequence[ProjectSpec],
    broken: Sequence[str],
    today: date,
    fixes: Sequence[Fix] = (),
    sinks: Sequence[SinkFacts] = (),
    assistants: Sequence[str] = (),
) -> DoctorReport:
    """`broken`: folders of projects that do not validate. `fixes`: what was tried before this look.

    `assistants`: files of assistants' settings that name a LangSmith MCP server.
    """
    findings = (
        *_findings(settings, policy, specs, broken, today),
        *sink_findings(sinks),
        *langsmith_findings(policy, assistants),
    )
    return DoctorReport(
        repository=settings.repository.full_name,
        default_branch=settings.repository.default_branch,
        findings=findings,
        trust=trust(settings, policy),
        fixes=tuple(fixes),
        record=look(findings, today),
    )


def _findings(
    settings: Settings,
    policy: Policy,
    specs: Sequence[ProjectSpec],
    broken: Sequence[str],
    today: date,
) -> Iterator[Finding]:
    yield from branch_findings(settings, policy)
    yield from standing_findings()
    yield from people_findings(settings, policy)
    yield from environment_findings(settings)
    yield from secret_findings(settings, policy)
    yield from variable_findings(settings)
    yield from actions_findings(settings, policy)
    yield from runner_findings(settings, policy, specs)
    yield from subject_findings(settings)
    yield from label_findings(settings)
    yield from policy_findings(policy, specs, today)
    yield from project_findings(policy, specs, broken)
