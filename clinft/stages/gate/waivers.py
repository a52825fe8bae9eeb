"""Which findings of an audit still block, when a person has looked at some of the HIGH ones."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date

from clinft.artifacts.audit import AuditReport, Finding, Verdict
from clinft.spec.policy import PRIVACY, Policy, Waiver


@dataclass(frozen=True)
class Waived:
    """`findings` are the HIGH ones with a waiver of today for this very file."""

    findings: tuple[Finding, ...]
    waivers: tuple[Waiver, ...]  # of these, in the same order
    critical: int  # CRITICAL findings: nothing waives them
    high: int  # HIGH findings without a waiver
    useless: tuple[tuple[str, str], ...]  # finding id and why its waiver does not count
    verdict: Verdict  # the audit's own

    @property
    def blocks(self) -> bool:
        """A FAIL that no waived finding explains blocks too; nothing waives INVALID and DECLINED."""
        if self.verdict == "FAIL":
            return bool(self.critical or self.high > 0 or not self.findings)
        return self.verdict != "PASS"


def judge(
    audit: AuditReport, policy: Policy, project: str, today: date, authors: Set[str] = frozenset()
) -> Waived:
    """`authors`: lower-case logins of those whose plan it is, where they are known."""
    # `findings` is capped: what is not listed has no id, so nobody can have waived it.
    found = {finding.id: finding for finding in audit.findings}
    good: dict[str, tuple[Finding, Waiver]] = {}
    useless = []
    for waiver in policy.waivers:
        finding = found.get(waiver.finding)
        if waiver.project != project or finding is None:
            continue
        why = next(_against(waiver, finding, audit, policy, today, authors), None)
        if why is None:
            good[finding.id] = finding, waiver
        else:
            useless.append((finding.id, why))
    return Waived(
        findings=tuple(finding for finding, _ in good.values()),
        waivers=tuple(waiver for _, waiver in good.values()),
        critical=audit.by_severity.get("CRITICAL", 0),
        high=audit.by_severity.get("HIGH", 0) - len(good),
        verdict=audit.verdict,
        useless=tuple(pair for pair in useless if pair[0] not in good),
    )


def _against(
    waiver: Waiver,
    finding: Finding,
    audit: AuditReport,
    policy: Policy,
    today: date,
    authors: Set[str],
) -> Iterator[str]:
    if finding.severity != "HIGH":
        yield f"{finding.severity} findings cannot be waived"
    if date.fromisoformat(waiver.expires) < today:
        yield f"it expired on {waiver.expires}"
    if date.fromisoformat(waiver.given) > today:
        yield f"it is dated {waiver.given}, which is still to come"
    if waiver.owner.lower() in authors:
        yield "its owner is an author of the plan"
    people = policy.role_of(PRIVACY, waiver.project).people
    if waiver.owner.lower() not in {person.lower() for person in people}:
        yield "its owner does not hold the role privacy"
    if waiver.file_sha256 != audit.files_scanned.get(finding.file):
        yield "the file has changed since it was given"
