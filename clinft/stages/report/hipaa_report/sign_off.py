"""Who agreed to this plan, as recorded; the lines that only a person may fill in; what none of it says."""

from collections.abc import Iterable

from clinft.artifacts.decision import Approval
from clinft.spec.policy import PRIVACY
from clinft.stages.report import numbers, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, escape, table

ACTUAL_KNOWLEDGE = (
    "I have no actual knowledge that the information could be used, alone or together with other "
    "information, to identify a person who is its subject (45 CFR 164.514(b)(2)(ii))"
)
REVIEWED = (
    "I read this report: sensitivity and limits, findings, open safeguards, what leaves, residual risk. "
    "Decision (accepted, accepted with conditions, declined) and conditions"
)


def sign_off(facts: RunFacts) -> Iterable[str]:
    decision = facts.decision
    given = [one for one in decision.approvals if one.plan_digest == decision.plan_digest]
    wanted = dict.fromkeys((*decision.required_roles, PRIVACY))
    answered = {one.role for one in given}
    yield "## Sign-off"
    yield (
        f"Approvals of plan {numbers.short(decision.plan_digest)}, as `approvals.json` has them. A line is "
        "empty where nobody of that role approved; clinft never fills one in."
    )
    yield table(
        ("Role", "Person", "How", "Date", "Commit reviewed", "Plan"),
        (
            *(_approval(one) for one in given),
            *((f"**{escape(role)}**", "", "", "", "", "") for role in wanted if role not in answered),
        ),
    )
    void = len(decision.approvals) - len(given)
    if void:
        yield f"{numbers.count(void, 'approval')} of another plan left out: of this one they say nothing."
    yield "For the privacy officer, on paper or in a signed copy:"
    yield table(
        ("Statement", "Name and office", "Date", "Signature"),
        ((REVIEWED, "", "", ""), (ACTUAL_KNOWLEDGE, "", "", "")),
    )


def _approval(one: Approval) -> tuple[str, ...]:
    reason = ", with a reason" if one.has_reason else ""
    return (
        f"**{escape(one.role)}**",
        escape(one.person),
        f"{words.APPROVALS[one.kind]}{reason}",
        "missing: a local answer carries no time of its own" if one.at is None else escape(one.at),
        "none" if one.commit is None else numbers.short(one.commit),
        numbers.short(one.plan_digest),
    )


def limits(facts: RunFacts) -> Iterable[str]:
    yield "## Limits, and what a signature here attests"
    yield bullets(
        (
            *(escape(limit) for limit in facts.audit.limits),
            "An approval says that somebody of this role agreed to this plan, at that time and with what was "
            "known then. It is no expert determination under 45 CFR 164.514(b)(1).",
            "This report was rendered by a program from the run's files. It says what was done and "
            "measured, and makes no statement about the organisation, its law or its contracts.",
            "Check that files, evidence and this run belong together, offline: "
            f"{code(f'clinft verify {facts.run_folder}')}.",
        )
    )
