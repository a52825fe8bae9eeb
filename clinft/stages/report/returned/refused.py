"""The job summary of train's `decide` job: what becomes of each plan on the protected branch, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from clinft.artifacts.decision import GateDecision, Reason
from clinft.artifacts.run_state import Claim
from clinft.stages.report.markdown import document, numbered, table
from clinft.stages.report.numbers import count
from clinft.stages.report.pull_request.room import Room, money
from clinft.stages.report.returned import names
from clinft.stages.report.returned.fitting import Block, fitted, section
from clinft.stages.report.returned.names import Links

Outcome = Literal["allowed", "refused", "busy", "nothing to do"]
# A step's summary may have 1 MiB, and this is not all that the step writes.
LIMIT_BYTES = 500_000
ORDER: tuple[Outcome, ...] = ("refused", "busy", "allowed", "nothing to do")
COUNTED = {**dict(zip(ORDER, ORDER, strict=True)), "nothing to do": "with nothing to do"}
AGAIN = "run train again (Actions → train → Run workflow)"


@dataclass(frozen=True)
class Decided:
    """One project. `reasons`: where there is no decision, or besides it. `run_id`: the attempt that is taken.

    `holder`: who holds the lock of a project that is busy. `pull_request`: that brought the plan.
    """

    project: str
    outcome: Outcome
    run_id: str | None = None
    decision: GateDecision | None = None
    reasons: tuple[Reason, ...] = ()
    holder: Claim | None = None
    pull_request: int | None = None

    @property
    def every_reason(self) -> tuple[Reason, ...]:
        return (*self.reasons, *(self.decision.reasons if self.decision is not None else ()))

    @property
    def brought_by(self) -> int | None:
        if self.pull_request is not None or self.decision is None:
            return self.pull_request
        return self.decision.source.pull_request


def refusal(decisions: Sequence[Decided], links: Links) -> str:
    """The whole summary, also where nothing was refused."""
    where = "The log of this job has all of it."
    return fitted(
        lambda room: _blocks(decisions, links, room),
        where,
        "the log of this job",
        limit=LIMIT_BYTES,
        size=lambda text: len(text.encode()),
    )


def _blocks(decisions: Sequence[Decided], links: Links, room: Room) -> Iterable[Block]:
    ordered = sorted(decisions, key=lambda each: (ORDER.index(each.outcome), each.project))
    shown = ordered[: room.projects]
    yield Block(document((f"## clinft train: {_counted(decisions)}", *_overview(shown, room))))
    left = len(ordered) - len(shown)
    if left > 0:
        yield Block(f"and {count(left, 'more project')} in {room.elsewhere}\n")
    for each in shown:
        if each.outcome == "refused":
            yield section(f"Refused: {names.project(each.project)}", *_refused(each, room))
        elif each.outcome == "busy":
            yield section(f"Busy: {names.project(each.project)}", _busy(each, links, room))
    for each in shown:
        notes = [reason for reason in each.every_reason if not reason.blocks]
        if notes:
            yield section(
                f"Notes on {names.project(each.project)}",
                "These do not stand in the way.",
                room.listing([_reason(reason, room) for reason in notes]),
                name="notes",
            )


def _counted(decisions: Sequence[Decided]) -> str:
    outcomes = [each.outcome for each in decisions]
    said = [f"{outcomes.count(outcome)} {COUNTED[outcome]}" for outcome in ORDER if outcome in outcomes]
    return ", ".join(said) or "no project to decide about"


def _overview(shown: Sequence[Decided], room: Room) -> Iterable[str]:
    if not shown:
        yield "No project of the protected branch has a plan without a run. Nothing was started."
        return
    yield table(
        ("Project", "Outcome", "Plan", "Run", "May cost at most"),
        [
            (
                names.project(each.project),
                f"**{each.outcome}**" if each.outcome == "refused" else each.outcome,
                "none" if each.decision is None else names.digest(each.decision.plan_digest),
                "none" if each.run_id is None else names.run(each.run_id),
                _bound(each),
            )
            for each in shown
        ],
    )


def _bound(each: Decided) -> str:
    if each.outcome != "allowed":
        return "nothing is started"
    return "unknown" if each.decision is None else money(each.decision.cost_bound_usd)


def _refused(each: Decided, room: Room) -> Iterable[str]:
    blocking = [reason for reason in each.every_reason if reason.blocks]
    refusing = [reason for reason in blocking if not reason.pending]
    waiting = [reason for reason in blocking if reason.pending]
    if not blocking:
        yield f"No reason was recorded. Read the log of this job, correct the cause and {AGAIN}."
        return
    yield "Nothing was started and nothing was spent."
    if refusing:
        yield "What stands against it:"
        yield room.listing([_reason(reason, room) for reason in refusing])
    if waiting:
        yield "Who is still missing:"
        yield room.listing([_reason(reason, room) for reason in waiting])
    yield "To do:"
    yield numbered(_steps(each, refusing, waiting, room))


def _steps(each: Decided, refusing: Sequence[Reason], waiting: Sequence[Reason], room: Room) -> Iterable[str]:
    if refusing:
        yield "Settle what stands against it, as each way out says."
    if waiting:
        roles = dict.fromkeys(f"**{room.text(reason.role)}**" for reason in waiting if reason.role)
        missing = f" in the role {room.inline([*roles])}" if roles else ""
        brought = each.brought_by
        pull = (
            "the merged pull request" if brought is None else f"the merged pull request {names.pull(brought)}"
        )
        yield f"Give the missing approval{missing} on {pull}."
    yield f"Then {AGAIN}. A change of the plan itself needs a pull request instead; its merge runs train."


def _busy(each: Decided, links: Links, room: Room) -> str:
    holder = each.holder
    if holder is None:
        under_way = "Another run of this project is under way."
    else:
        under_way = (
            f"{names.run(holder.run_id)} is under way since {room.text(holder.taken_at)} in "
            f"{links.workflow_run(holder.workflow_run)}; unless renewed, its lock ends at "
            f"{room.text(holder.lease_until)}."
        )
    return f"{under_way} Nothing is lost: reconcile starts this plan when that run is over."


def _reason(reason: Reason, room: Room) -> str:
    return (
        f"**{room.text(reason.code)}**: {room.text(reason.message)} **Way out:** {room.text(reason.way_out)}"
    )
