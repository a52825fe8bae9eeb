"""How far a plan has come, for the headline of its thread."""

from collections.abc import Mapping, Sequence

from clinft.adapters.sinks.slack.blocks import Message, headline
from clinft.adapters.sinks.slack.calls import MILESTONE, Seen
from clinft.adapters.sinks.slack.memory import Known
from clinft.ports.sinks import Milestone, MilestoneKind, Tone

States = Mapping[MilestoneKind, Tone]


def states_of(known: Known, milestone: Milestone, message: Message) -> dict[MilestoneKind, Tone]:
    """With this step; one that was told before may have been followed by another of its kind."""
    this: dict[MilestoneKind, Tone] = {milestone.kind: milestone.tone}
    return {**this, **known.states} if known.digest == message.digest else {**known.states, **this}


def states_told(there: Sequence[Seen]) -> dict[MilestoneKind, Tone]:
    """What stands in the thread: the last message of each kind."""
    return dict(state for one in there if one.event == MILESTONE and (state := one.state()))


def headline_of(milestone: Milestone, states: States) -> Message:
    return headline(milestone.project, milestone.thread, states)
