"""One run's evidence in, one proposal out: what stands out, how much more would bring, and a few changes."""

from pydantic import JsonValue

from clinft.artifacts.planning import Interval
from clinft.artifacts.proposal import Change, Gain, Proposal
from clinft.errors import SpecError
from clinft.stages.propose.facts import STEADY, ProposeFacts
from clinft.stages.propose.groups import error_groups, missed, units_of
from clinft.stages.propose.kinds import error_kinds
from clinft.stages.propose.levers import levers
from clinft.stages.propose.volume import cost, curve_of, volume

# Settings at most, beside what must move with them: of more changes nobody would know which one helped.
MOST_SLICES = 2
DEPLOYED = "deployed"


def propose(facts: ProposeFacts) -> Proposal:
    """SpecError where the run holds no row of the tuned model."""
    rows, confidence = facts.tuned, facts.spec.evaluation.confidence
    if not rows:
        raise SpecError(
            f"The run {facts.run_id} has no answers of the tuned model.",
            "Its items.jsonl is empty, or holds other systems only.",
            "Evaluate the run again.",
        )
    groups = error_groups(rows, facts.features, facts.spec.evaluation.min_subgroup, confidence)
    curve, found = curve_of(facts)
    grown = volume(facts, curve, found)
    records = next(
        (change.value for change in grown.changes if change.setting == "data.records"),
        sum(facts.records.values()),
    )
    assert isinstance(records, int)
    slices = levers(facts, groups, records, MOST_SLICES)
    changes = _merged((*grown.changes, *slices.changes))
    changes += tuple(_measured_beside(facts, changes))
    return Proposal(
        project=facts.spec.name,
        run_id=facts.run_id,
        metric=facts.evaluation.main_metric,
        n=len(rows),
        missed=_overall(facts, confidence),
        groups=groups,
        kinds=error_kinds(rows, confidence),
        curve=curve,
        changes=changes,
        left_alone=(*grown.left_alone, *slices.left_alone),
        cost=cost(facts.estimate, facts.records["train"], grown.train) if changes else None,
        spec_sha256=facts.spec_sha256,
    )


def _overall(facts: ProposeFacts, confidence: float) -> Interval:
    return missed(units_of(facts.tuned), confidence)


def _merged(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The last word on a setting counts: counts by label follow from more records, then from the groups."""
    last = {change.setting: change for change in changes}
    return tuple(last[setting] for setting in dict.fromkeys(change.setting for change in changes))


def _measured_beside(facts: ProposeFacts, changes: tuple[Change, ...]) -> "list[Change]":
    """Where the test split changes, the deployed model has to answer the new one too."""
    if (
        not changes
        or not facts.baseline
        or DEPLOYED in facts.spec.evaluation.compare
        or _keeps(facts, changes)
    ):
        return []
    compared = facts.spec.evaluation
    # Where the file names no systems, the default ones must be named beside it, or they would be gone.
    named: list[JsonValue] = [] if "compare" in compared.model_fields_set else [*compared.compare]
    return [
        Change(
            setting="evaluation.compare",
            value=[*named, DEPLOYED],
            reason="The test split changes, so the deployed model answers its new records too.",
            gain=Gain(missing="it changes what is measured, not the model"),
        )
    ]


def _keeps(facts: ProposeFacts, changes: tuple[Change, ...]) -> bool:
    settings = {change.setting for change in changes}
    return facts.spec.data.generator == STEADY and settings == {"data.records", "data.splits"}
