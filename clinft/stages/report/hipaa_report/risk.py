"""The residual risk, computed from what was measured: never more than the evidence carries."""

import math
from collections.abc import Iterable, Sequence

from clinft.artifacts.audit import SEVERITIES, AuditReport, Sensitivity
from clinft.stages.report import audit_words, handling_tables, numbers
from clinft.stages.report.audit_words import CLASSES
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets


def residual(facts: RunFacts) -> Iterable[str]:
    audit = facts.audit
    yield "## Residual risk"
    yield bullets(
        (
            *_missed(audit),
            *_left(facts),
            *_origin(audit),
            f"**Singling out**: {audit_words.uniqueness(audit.authenticity.uniqueness)}.",
            "**Not searched**: anything but the files under Scope, and whatever is named under Limits.",
            *_handling(facts),
        )
    )


def _missed(audit: AuditReport) -> Iterable[str]:
    if not audit.sensitivity:
        yield f"**Missed**: {audit_words.NOT_MEASURED}, so nothing bounds what is left."
        return
    reached = [row for row in audit.sensitivity if row.status == "certified"]
    worst = audit_words.worst(reached)
    if worst is not None:
        letter, bound = worst
        yield (
            f"**Missed, classes that reach the floor ({_letters(reached)})**: of planted identifiers up to "
            f"{missed(bound)}, at 95 % confidence; {CLASSES[letter]} ({letter}) are the worst."
        )
    below = [row for row in audit.sensitivity if row.status == "below_floor"]
    if below:
        yield (
            f"**Missed, classes below the floor**: {_each(below)}. Finding none of them says little: the "
            "audit is INVALID."
        )
    uncertified = [row for row in audit.sensitivity if row.status == "not_certified"]
    if uncertified:
        yield (
            f"**Missed, classes that are not certified**: {_each(uncertified)}. They are found only where "
            "their form or the words around them give them away, so a person must read for them."
        )
    yield (
        "How many identifiers the data hold is not known, so no number of missed ones follows from these "
        "shares."
    )


def missed(bound: float) -> str:
    """The upper bound of the missed share, never rounded down."""
    return f"{math.ceil(round((1 - bound) * 1000, 6)) / 10:.1f} %"


def _each(rows: Sequence[Sensitivity]) -> str:
    return ", ".join(f"{CLASSES[row.identifier]} ({row.identifier}) {_share(row)}" for row in rows)


def _share(row: Sensitivity) -> str:
    bound = audit_words.lowest(row)
    return "not measured" if bound is None else f"up to {missed(bound)}"


def _letters(rows: Sequence[Sensitivity]) -> str:
    return ", ".join(row.identifier for row in rows)


def _left(facts: RunFacts) -> Iterable[str]:
    by_severity = facts.audit.by_severity
    counted = [f"{by_severity[name]:,} {name}" for name in SEVERITIES if by_severity.get(name)]
    waived = len(facts.decision.waived)
    of_these = f"; {waived:,} HIGH waived" if waived else ""
    yield f"**Found and left in the data**: {', '.join(counted) or 'nothing'}{of_these}."


def _origin(audit: AuditReport) -> Iterable[str]:
    found = audit.authenticity
    yield (
        f"**Real records among them**: {audit_words.signs(found)}; made again from the seed: "
        f"{audit_words.REGENERATED[found.provenance.regenerated]}."
    )


def _handling(facts: RunFacts) -> Iterable[str]:
    handling = facts.decision.handling
    if handling is not None:
        rows = [row for row in handling.rows if row.state in handling_tables.OPEN]
        required = sum(row.requirement == "required" for row in rows)
        yield (
            f"**Safeguards**: {numbers.count(len(rows), 'row')} open, {required:,} of them required; "
            f"{len(handling.egress):,} places receive something."
        )
