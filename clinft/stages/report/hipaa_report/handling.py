"""How data are handled around this plan: safeguards of the Security Rule, and the ledger of what leaves."""

from collections.abc import Iterable

from clinft.artifacts.handling import Handling
from clinft.stages.report import handling_tables
from clinft.stages.report.hipaa_report.scope import WHOLE
from clinft.stages.report.markdown import bullets, escape

ABSENT = "missing: the gate of this run recorded no assessment; it was made by an earlier version of clinft"


def safeguards(handling: Handling | None) -> Iterable[str]:
    yield "## Safeguards"
    if handling is None:
        yield ABSENT
        return
    yield (
        f"{handling_tables.counts(handling)}. Rows: {escape(handling.source)}. None of them decides "
        "anything here."
    )
    yield handling_tables.safeguards(handling.rows, WHOLE)
    yield bullets(
        (
            "**Verified**: clinft saw it, on that day or by how it works. **Declared**: a person says so "
            "in the policy; nobody checked. **N/A**: a person says that it does not apply, with why.",
            "**Not met** and **Needs human evidence** are open. A required safeguard must be met; an "
            "addressable one may be met in another way, or not, where the reasons are documented.",
        )
    )


def egress(handling: Handling | None) -> Iterable[str]:
    yield "## What leaves, and to whom"
    if handling is None:
        yield ABSENT
        return
    yield (
        "Everything that leaves the organisation's machines for this plan, by clinft. What people copy by "
        "other ways is not known here."
    )
    yield handling_tables.egress(handling, WHOLE)
