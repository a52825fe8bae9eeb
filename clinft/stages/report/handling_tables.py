"""The handling assessment as tables: safeguards with their evidence, and everything that leaves."""

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from clinft.artifacts.handling import Handling, SafeguardRow, SafeguardState
from clinft.stages.report import numbers
from clinft.stages.report.pull_request.room import Room

STATES: dict[SafeguardState, str] = {
    "verified": "Verified",
    "declared": "Declared",
    "not_met": "**Not met**",
    "not_applicable": "N/A",
    "needs_evidence": "Needs human evidence",
}
COUNTED: dict[SafeguardState, str] = {
    "verified": "verified",
    "declared": "declared",
    "not_met": "not met",
    "not_applicable": "not applicable",
    "needs_evidence": "without evidence",
}
OPEN: tuple[SafeguardState, ...] = ("not_met", "needs_evidence")
NO_BAA = "none known"


def counts(handling: Handling) -> str:
    """`35 safeguards: 3 verified, 1 not met, …; 2 places receive something`."""
    found = Counter(row.state for row in handling.rows)
    said = [f"{found[state]:,} {COUNTED[state]}" for state in get_args(SafeguardState) if found[state]]
    receive = len(handling.egress)
    places = f"{numbers.count(receive, 'place')} {'receives' if receive == 1 else 'receive'} something"
    listed = ", ".join(f"**{text}**" if text.endswith("not met") else text for text in said)
    return f"{numbers.count(len(handling.rows), 'safeguard')}: {listed or 'none listed'}; {places}"


def safeguards(rows: Sequence[SafeguardRow], room: Room) -> str:
    return room.grid(
        ("Citation", "Safeguard", "Rule", "State", "Evidence"),
        [
            (
                room.text(row.citation),
                room.text(row.title),
                row.requirement,
                STATES[row.state] + _who(row, room),
                room.text(row.statement),
            )
            for row in rows
        ],
    )


def _who(row: SafeguardRow, room: Room) -> str:
    said = [room.text(text) for text in (row.by, row.date) if text.strip()]
    return f" (by {', '.join(said)})" if row.by.strip() else "".join(f" ({text})" for text in said)


def egress(handling: Handling, room: Room) -> str:
    return room.grid(
        ("To", "What", "When", "Region", "BAA signed", "Allowed by"),
        [
            (
                room.text(row.to),
                room.text(row.what),
                room.text(row.when),
                room.text(row.region) if row.region.strip() else "not stated",
                room.text(row.baa_signed) if row.baa_signed.strip() else NO_BAA,
                room.text(row.allowed_by) if row.allowed_by.strip() else "not stated",
            )
            for row in handling.egress
        ],
    )
