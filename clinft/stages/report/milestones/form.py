"""What all messages have in common: whose they are, their thread, and how a threshold is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clinft.ports.sinks import Link, Milestone, MilestoneKind, Threshold, Tone

PLAN_PREFIX = 12


@dataclass(frozen=True)
class About:
    """`plan_digest`: of the plan that all messages of a thread are about. `run_id`: of one attempt at it."""

    project: str
    plan_digest: str
    run_id: str = ""
    links: tuple[Link, ...] = ()

    @property
    def thread(self) -> str:
        return f"{self.project}/{self.plan_digest[:PLAN_PREFIX]}"

    def says(
        self,
        kind: MilestoneKind,
        step: str,
        tone: Tone,
        title: str,
        lines: Iterable[str],
        thresholds: Sequence[Threshold] = (),
    ) -> Milestone:
        """`step`: what the message is about within the thread; said again it is an update."""
        return Milestone(
            project=self.project,
            thread=self.thread,
            kind=kind,
            key=f"{self.thread}/{step}",
            tone=tone,
            title=title,
            lines=tuple(line for line in lines if line),
            thresholds=tuple(thresholds),
            links=self.links,
        )


def must(text: str, holds: bool) -> Threshold:
    return Threshold(text, "met" if holds else "not met")


def worst(thresholds: Sequence[Threshold]) -> Tone:
    """Good only where every threshold is met."""
    states = {threshold.state for threshold in thresholds}
    if "not met" in states:
        return "bad"
    return "warning" if states - {"met"} else "good"


def standing(thresholds: Sequence[Threshold]) -> str:
    """How many of them are met, in half a sentence."""
    if not thresholds:
        return "no threshold is asked for"
    counted = [
        (sum(one.state == state for one in thresholds), state)
        for state in ("met", "not met", "not certifiable", "missing")
    ]
    return ", ".join(f"{number} {state}" for number, state in counted if number)
