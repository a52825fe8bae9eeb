"""What was sent to sinks and what was not, as one table for the step summary. All texts are escaped here."""

from collections.abc import Sequence

from clinft.stages.report.markdown import document, escape, table

NOTHING = "Nothing was due: every sink has what it should have."
STATES = {"failed": "**warning: not sent**", "left": "left to a person", "sent": "sent"}
AGAIN = "Nothing in the repository depends on it, and it is tried again with each reconcile."


def deliveries(rows: Sequence[tuple[str, str, str]]) -> str:
    """`rows`: sink, what, and one of STATES. Failures first."""
    if not rows:
        return document((NOTHING,))
    failed = sum(state == "failed" for _, _, state in rows)
    warning = f"> [!WARNING]\n> Not sent: {failed}. {AGAIN}" if failed else ""
    ordered = sorted(rows, key=lambda row: list(STATES).index(row[2]))
    shown = [(escape(sink), escape(what), STATES[state]) for sink, what, state in ordered]
    return document(("### Sinks", warning, table(("Sink", "What", "State"), shown)))
