"""What was decided on this evidence: the gate's decision with its reasons, and waivers that were used."""

from collections.abc import Iterable

from clinft.artifacts.audit import Finding
from clinft.spec.policy import Waiver
from clinft.stages.report import numbers
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.hipaa_report.findings import mask
from clinft.stages.report.markdown import code, escape, table


def decisions(facts: RunFacts) -> Iterable[str]:
    decision = facts.decision
    roles = ", ".join(map(code, decision.required_roles)) or "none"
    yield "## Decisions"
    yield (
        f"The gate {'allowed' if decision.allowed else 'did **not** allow'} training of this plan "
        f"({decision.mode} mode, policy {numbers.short(decision.policy_sha256)}, decision in `gate.json`). "
        f"Roles that had to answer: {roles}."
    )
    if decision.reasons:
        yield table(
            ("Code", "Blocks", "Reason", "Way out"),
            (
                (
                    code(reason.code),
                    "**yes**" if reason.blocks else "no",
                    escape(reason.message),
                    escape(reason.way_out),
                )
                for reason in decision.reasons
            ),
        )
    yield from _waivers(facts)


def _waivers(facts: RunFacts) -> Iterable[str]:
    used = facts.decision.waived
    if not used:
        yield "No finding was waived."
        return
    found = {finding.id: finding for finding in facts.audit.findings}
    given = [(name, [one for one in facts.waivers if one.finding == name]) for name in used]
    yield f"Waivers that counted, {numbers.count(len(used), 'HIGH finding')} that a person looked at:"
    yield table(
        ("Finding", "Evidence", "Where", "Owner", "Given", "Last day", "Reason"),
        (_waiver(name, found.get(name), one) for name, waivers in given for one in waivers or (None,)),
    )
    if any(not waivers for _, waivers in given):
        yield (
            "Where the owner is missing, `.github/clinft.yml` has changed since: its version with the sha256 "
            "above, in git's history, has owner, days and reason."
        )


def _waiver(name: str, found: Finding | None, given: Waiver | None) -> tuple[str, ...]:
    place = ("missing", "missing")
    if found is not None:
        place = (code(mask(found)), f"{code(found.file)} row {found.row:,}, {code(found.field)}")
    said = ("missing",) * 4
    if given is not None:
        said = (escape(given.owner), escape(given.given), escape(given.expires), escape(given.reason))
    return (code(name), *place, *said)
