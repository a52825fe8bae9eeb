"""What was sent to sinks and what was not, or would be: for a terminal, and as Markdown for the step summary.

All texts are made harmless here, for the one and for the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clinft.stages.report.markdown import code_block, document, escape, sanitise, table, visible

NOTHING = "Nothing was due: every sink has what it should have."
STATES = {"failed": "not sent", "left": "left to a person", "unknown": "sent, or not", "sent": "sent"}
AGAIN = "Nothing in the repository depends on it, and it is tried again with each reconcile."
NOT_SENT = "Nothing is sent."
# Of one cause so many are named, and the others counted.
MOST_NAMED = 3

Row = tuple[str, str, str]


@dataclass(frozen=True)
class _Cause:
    """What has one outcome at one sink."""

    sink: str
    state: str
    outcome: str
    what: tuple[str, ...]

    def named(self) -> str:
        if len(self.what) == 1:
            return self.what[0]
        named, more = self.what[:MOST_NAMED], len(self.what) - MOST_NAMED
        tail = f" and {more} more" if more > 0 else ""
        return f"{len(self.what)}: {', '.join(named)}{tail}"


def deliveries(rows: Sequence[Row]) -> str:
    """`rows`: sink, `what: outcome`, and one of STATES. Failures first, those of one cause together."""
    if not rows:
        return document((NOTHING,))
    failed = _failed(rows)
    warning = f"> [!WARNING]\n> {failed}" if failed else ""
    shown = [
        (escape(one.sink), escape(one.named()), escape(one.outcome), _bold(one.state))
        for one in _causes(rows)
    ]
    return document(("### Sinks", warning, table(("Sink", "What", "Outcome", "State"), shown)))


def deliveries_plain(rows: Sequence[Row]) -> str:
    if not rows:
        return NOTHING
    failed, causes = _failed(rows), list(_causes(rows))
    widths = [max(len(STATES[one.state]) for one in causes), max(len(one.sink) for one in causes)]
    lines = [
        f"{STATES[one.state]:{widths[0]}}  {sanitise(one.sink):{widths[1]}}  "
        f"{sanitise(': '.join(filter(None, (one.named(), one.outcome))))}"
        for one in causes
    ]
    return "\n".join([*lines, *([failed] if failed else [])])


def previews(shown: Iterable[Row]) -> str:
    """`shown`: sink, what, and what people would see there."""
    blocks = [f"### {escape(f'{sink}: {what}')}\n\n{code_block(text)}" for sink, what, text in shown]
    return document((f"**{NOT_SENT}** This is what would be:", *blocks))


def previews_plain(shown: Iterable[Row]) -> str:
    parts = [
        "\n".join([sanitise(f"{sink}: {what}"), *(f"  {line}".rstrip() for line in visible(text))])
        for sink, what, text in shown
    ]
    return "\n\n".join([f"{NOT_SENT} This is what would be:", *parts])


def _failed(rows: Sequence[Row]) -> str:
    """Empty where nothing failed."""
    failed = sum(state == "failed" for _, _, state in rows)
    return f"Not sent: {failed} of {len(rows)}, as listed with the cause. {AGAIN}" if failed else ""


def _bold(state: str) -> str:
    return f"**warning: {STATES[state]}**" if state == "failed" else STATES[state]


def _causes(rows: Sequence[Row]) -> Iterator[_Cause]:
    """What was sent stands by itself: people look for it."""
    found: dict[tuple[object, ...], list[str]] = {}
    for number, (sink, text, state) in enumerate(rows):
        what, _, outcome = text.partition(": ")
        alone = (number,) if state == "sent" else ()
        found.setdefault((sink, state, outcome, *alone), []).append(what)
    for key in sorted(found, key=lambda key: list(STATES).index(str(key[1]))):
        yield _Cause(str(key[0]), str(key[1]), str(key[2]), tuple(found[key]))
