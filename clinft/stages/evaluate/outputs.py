"""What the audit said of the answers, counted over all systems; the answers themselves are not read here."""

from collections import Counter
from collections.abc import Iterable

from clinft.artifacts.results import OutputsAudit, SystemResult
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.scoring import GENERATED


def audited(kept: Kept, systems: Iterable[SystemResult]) -> OutputsAudit:
    """Stored answers of an earlier evaluation were audited then."""
    outputs = withheld = 0
    by_severity: Counter[str] = Counter()
    for result in systems:
        if result.scoring != GENERATED or result.stored is not None:
            continue
        for one in kept.answers(result.system, result.scoring):
            outputs += 1
            withheld += one.output is None
            if one.severity is not None:
                by_severity[one.severity] += 1
    return OutputsAudit(outputs=outputs, by_severity=dict(sorted(by_severity.items())), withheld=withheld)
