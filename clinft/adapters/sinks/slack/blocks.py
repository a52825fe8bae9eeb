"""What people read in Slack: one message for each milestone, one headline for each thread. Pure.

States are words, never colour or emoji alone. `text` says all that the blocks say: screen readers read it
instead of them. Source of the limits: docs.slack.dev, Block Kit reference.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clinft.adapters.sinks.slack.text import fitting, plain, spoken
from clinft.artifacts.canonical import canonical_json
from clinft.ports.sinks import Link, Milestone, MilestoneKind, Threshold, Tone

HEADER, SECTION, BUTTON, ADDRESS, BUTTONS, TEXT = 150, 3_000, 75, 3_000, 25, 4_000
LINE = 500
# For the line that says how much was left out.
ROOM_FOR_MORE = 60
DIGEST = 16
PLAN = re.compile(r"/([0-9a-f]{12})$")

Block = Mapping[str, Any]
LABELS: dict[MilestoneKind, str] = {
    "data_plan": "Data plan",
    "audit": "Audit",
    "cost": "Cost estimate",
    "job": "Training job",
    "evaluation": "Evaluation",
    "regression": "Regression test",
    "concern": "Compliance concern",
}
WORDS: dict[Tone, str] = {
    "good": "in order",
    "neutral": "reported",
    "warning": "needs attention",
    "bad": "problem",
}
# A verdict is a verdict: what passed with warnings has passed.
AUDITED: dict[Tone, str] = {
    "good": "passed",
    "neutral": "reported",
    "warning": "passed, with warnings",
    "bad": "not passed, needs attention",
}
# In the order in which people should see them.
STATES = ("not met", "not certifiable", "missing", "met")


@dataclass(frozen=True)
class Message:
    text: str
    blocks: Sequence[Block]

    @property
    def digest(self) -> str:
        content = canonical_json({"text": self.text, "blocks": list(self.blocks)})
        return hashlib.sha256(content).hexdigest()[:DIGEST]


def milestone_message(milestone: Milestone, updated: bool = False) -> Message:
    """`updated`: says so, where the earlier message cannot be changed."""
    title = f"{milestone.project}: {'updated: ' if updated else ''}{milestone.title}"
    state = _state(milestone.kind, milestone.tone)
    foot = " · ".join(part for part in (state, _about(milestone.thread)) if part)
    links = [one for one in milestone.links if _usable(one)][:BUTTONS]
    blocks = [
        _header(title),
        *_section([f"• {shown}" for line in milestone.lines if (shown := plain(line, LINE))]),
        *_section(list(_by_state(milestone.thresholds))),
        *_buttons(links),
        {"type": "context", "elements": [_plain(plain(foot, LINE))]},
    ]
    lines = [
        spoken(title, LINE),
        spoken(state, LINE),
        *(f"• {said}" for line in milestone.lines if (said := spoken(line, LINE))),
        *(
            f"• {one.state}: {spoken(one.text, LINE)}"
            for state in STATES
            for one in milestone.thresholds
            if one.state == state
        ),
    ]
    return Message(_joined(lines, TEXT), blocks)


def headline(project: str, thread: str, states: Mapping[MilestoneKind, Tone]) -> Message:
    """The first message of a thread: how far the plan has come. It holds no text that others wrote."""
    title = f"{project}: {_about(thread) or 'what concerns all of it'}"
    lines = list(_checklist(states, awaited=bool(_about(thread))))
    return Message(_joined([spoken(title, LINE), *lines], TEXT), [_header(title), *_section(lines)])


def _about(thread: str) -> str:
    """Of one plan, or of the project as a whole."""
    found = PLAN.search(thread)
    return f"fine-tuning, plan {found[1]}" if found else ""


def _checklist(states: Mapping[MilestoneKind, Tone], awaited: bool) -> Iterator[str]:
    """`awaited`: what is still to come is named, but for a concern."""
    for kind, label in LABELS.items():
        if kind in states:
            yield f"• {_state(kind, states[kind])}"
        elif awaited and kind != "concern":
            yield f"• {label}: not yet"


def _state(kind: MilestoneKind, tone: Tone) -> str:
    words = AUDITED if kind == "audit" else WORDS
    return f"{LABELS[kind]}: {words[tone]}"


def _by_state(thresholds: Sequence[Threshold]) -> Iterator[str]:
    for state in STATES:
        found = [one for one in thresholds if one.state == state]
        if found:
            yield f"{'Threshold' if len(found) == 1 else 'Thresholds'} {state} ({len(found)}):"
            yield from (f"• {plain(one.text, LINE)}" for one in found)


def _usable(link: Link) -> bool:
    """Slack opens nothing but addresses of its own making and https."""
    return link.url.startswith("https://") and len(link.url) <= ADDRESS and bool(plain(link.text, BUTTON))


def _buttons(links: Sequence[Link]) -> list[Block]:
    """Links alone: nothing is sent back to anybody when one is pressed."""
    elements = [
        {
            "type": "button",
            "action_id": f"open_{number}",
            "text": _plain(plain(link.text, BUTTON)),
            "url": link.url,
        }
        for number, link in enumerate(links, start=1)
    ]
    return [{"type": "actions", "elements": elements}] if elements else []


def _header(title: str) -> Block:
    return {"type": "header", "text": _plain(plain(title, HEADER))}


def _section(lines: Sequence[str]) -> list[Block]:
    return [{"type": "section", "text": _plain(_joined(lines, SECTION))}] if lines else []


def _joined(lines: Sequence[str], limit: int) -> str:
    kept, left = fitting(lines, limit - ROOM_FOR_MORE)
    return "\n".join([*kept, *([f"… and {left:,} more lines; the report has them."] if left else [])])


def _plain(text: str) -> Mapping[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
