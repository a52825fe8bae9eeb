"""A proposal in words: what would change and why, what was found, the learning curve, and the cost."""

from collections.abc import Iterable

from clinft.artifacts.proposal import Change, Gain, Proposal
from clinft.stages.report import numbers, words
from clinft.stages.report.markdown import code, document, sanitise
from clinft.stages.report.pull_request.room import Room, money

NOT_A_CAUSE = (
    "A group that stands out is a place to look, not a cause: groups overlap, and all of them were looked at."
)
KINDS = {
    "unreadable": "the answer could not be read",
    "schema": "the answer does not fit the schema",
    "refused": "the model refused",
    "not in the record": "what is said is not in the record",
    "left out": "what the record says is left out",
    "critical left out": "what is critical is left out",
}


def changes(proposal: Proposal, room: Room) -> Iterable[str]:
    if not proposal.changes:
        yield "Nothing. No setting of `project.yaml` reaches what was found."
        return
    yield room.grid(
        ("Setting", "Would say", "Why", "Predicted gain"),
        [
            (f"`{change.setting}`", _written(change, room), room.text(change.reason), gain(change.gain, room))
            for change in proposal.changes
        ],
    )
    yield (
        f"Gains are in {words.metric(proposal.metric)}, on synthetic records. *At most*: no forecast, but "
        "what it would bring if the group were missed no more often than the rest. Nothing else changes: no "
        "threshold, no margin, no critical label and no rule of the audit."
    )
    yield _test(proposal)


def gain(found: Gain, room: Room) -> str:
    if found.interval is None:
        return f"missing: {room.text(found.missing or 'nothing was measured')}"
    said = (
        f"{numbers.difference(found.interval)} (n = {found.interval.n:,}; {room.text(found.interval.method)})"
    )
    return f"at most {said}" if found.ceiling else said


def groups(proposal: Proposal, room: Room) -> Iterable[str]:
    yield (
        f"The tuned model missed {numbers.interval_n(proposal.missed)} of the points: an answer with nothing "
        "right misses 1."
    )
    if not proposal.groups:
        yield "No group of records was large enough to be looked at."
        return
    out = [group for group in proposal.groups if group.stands_out]
    if not out:
        yield "No group of records is missed more often than chance explains."
        return
    yield room.grid(
        ("Known fact", "Value", "n", "Missed", "Missed in the rest", "Difference", "Adjusted p"),
        [
            (
                room.text(group.fact),
                room.text(group.value),
                f"{group.n:,}",
                numbers.interval(group.missed),
                numbers.number(group.rest),
                f"{numbers.difference(group.difference)} ({room.text(group.difference.method)})",
                numbers.p_value(group.p_adjusted).replace("<", "&lt;"),
            )
            for group in out
        ],
        numeric={2},
    )
    yield f"{NOT_A_CAUSE} p after Benjamini and Hochberg, one-sided."


def kinds(proposal: Proposal, room: Room) -> Iterable[str]:
    if proposal.kinds:
        yield "How answers are wrong:"
        yield room.listing(
            [f"{KINDS[one.kind]}: {numbers.interval_n(one.share)} of the {one.of}" for one in proposal.kinds]
        )


def curve(proposal: Proposal, room: Room) -> Iterable[str]:
    found = proposal.curve
    if found.points:
        yield room.grid(
            ("Run", "Training records", f"1 - {words.metric(found.metric)}"),
            [
                (room.text(point.run_id), f"{point.records:,}", numbers.interval_n(point.error))
                for point in found.points
            ],
            numeric={1},
        )
    if found.missing is not None or found.exponent is None:
        yield f"Learning curve: missing: {room.text(found.missing or 'none was fitted')}."
        return
    yield (
        f"Learning curve: error = {found.scale:.3g} × records to the power of -{found.exponent.value:.3f} "
        f"[{found.exponent.low:.3f}, {found.exponent.high:.3f}], over {found.exponent.n} runs "
        f"({room.text(found.exponent.method)})."
    )
    yield from (room.text(note) for note in found.notes)


def cost(proposal: Proposal, room: Room) -> str:
    found = proposal.cost
    if found is None or found.usd is None:
        return "Cost of one run: missing: the run's own estimate is not in its evidence."
    upper = "" if found.usd_upper is None else f", at most {money(found.usd_upper)}"
    minutes = "" if found.minutes is None else f"; about {found.minutes:,.1f} minutes"
    return (
        f"Cost of one run: {money(found.usd)}{upper}{minutes} ({room.text(found.formula)}). The check "
        "cost-estimate computes it anew, and its bound is the one that counts."
    )


def left_alone(proposal: Proposal, room: Room) -> Iterable[str]:
    if proposal.left_alone:
        yield "Found, and not changed:"
        yield room.listing([room.text(one) for one in proposal.left_alone])


def in_the_terminal(proposal: Proposal) -> str:
    """The same as in the pull request, for `clinft propose`."""
    room = Room(200, 4_000, 1, elsewhere="`clinft propose --json`")
    return document(
        (
            f"## Proposal after {code(proposal.run_id)} of {code(proposal.project)}",
            *changes(proposal, room),
            "### What was found",
            *groups(proposal, room),
            *kinds(proposal, room),
            *left_alone(proposal, room),
            "### What more records would bring",
            *curve(proposal, room),
            cost(proposal, room),
        )
    )


def _written(change: Change, room: Room) -> str:
    value = change.value
    if isinstance(value, dict):
        said = ", ".join(f"{name}: {one}" for name, one in value.items())
    elif isinstance(value, list):
        said = "also " + ", ".join(str(one) for one in value)
    else:
        said = f"{value:,}" if isinstance(value, int) else str(value)
    return room.text(sanitise(said))


def _test(proposal: Proposal) -> str:
    if not proposal.changes:
        return ""
    if proposal.test_kept is None:
        return "Whether the test split stays the same was not looked at: it would take too many records."
    if proposal.test_kept:
        return (
            "**The test split stays byte for byte the same**, so the new run is compared on the same records."
        )
    return (
        "**The test split changes with these settings.** Figures of the new run are not comparable with "
        "those of earlier ones; with the deployed model they are only where it answers the new records too."
    )
