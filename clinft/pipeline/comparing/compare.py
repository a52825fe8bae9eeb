"""Runs against the first that was named. Paired differences where both answered the same items."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from clinft.artifacts.results import ItemResult
from clinft.errors import SpecError
from clinft.metrics import TABLE
from clinft.metrics.comparing import Pair, compared
from clinft.metrics.metric import Question
from clinft.pipeline.comparing.form import Comparison, Difference, Flip, SpecChange, Versus
from clinft.pipeline.comparing.runs import Compared, read_compared
from clinft.pipeline.comparing.spec_changes import spec_changes
from clinft.spec.evaluation import LOWER_IS_BETTER
from clinft.stages.regress.pairing import CLOSED, Incomparable, Pairing, pair

CONFIDENCE = 0.95


def compare(runs: Sequence[Path]) -> Comparison:
    """SpecError for fewer than two runs or the same run twice."""
    if len(runs) < 2 or len({run.resolve() for run in runs}) < len(runs):
        raise SpecError(
            "Name two runs or more, each once.",
            "A comparison is of one run with others; the first is what the others are held against.",
            "E.g. clinft compare 0123456789ab-a1 ba9876543210-a1",
        )
    first, *others = [read_compared(run) for run in runs]
    return Comparison(
        sides=(first.side, *(other.side for other in others)),
        versus=tuple(_versus(first, other) for other in others),
    )


def _versus(first: Compared, other: Compared) -> Versus:
    shared = [name for name in first.side.digests if name in other.side.digests]
    same = {name: first.side.digests[name] == other.side.digests[name] for name in shared}
    known = Versus(run_id=other.side.run_id, spec=_spec(first, other), same=same)
    pairing = _pairing(first, other)
    if isinstance(pairing, str):
        return known.model_copy(update={"incomparable": pairing})
    question = _question(first, other, pairing.scoring)
    lost, won = _flips(pairing.answered, question)
    return known.model_copy(
        update={
            "scoring": pairing.scoring,
            "items": len(pairing.answered),
            "differences": tuple(_difference(name, pairing, question) for name in _asked(first, other)),
            "lost": lost,
            "won": won,
        }
    )


def _spec(first: Compared, other: Compared) -> tuple[SpecChange, ...] | None:
    """With the defaults, where this engine reads both; else as they were written."""
    if first.spec is not None and other.spec is not None:
        return spec_changes(first.spec.model_dump(mode="json"), other.spec.model_dump(mode="json"))
    if first.written is None or other.written is None:
        return None
    return spec_changes(first.written, other.written)


def _pairing(first: Compared, other: Compared) -> Pairing | str:
    for one in (first, other):
        if one.report is None or not one.rows:
            return f"{one.side.run_id} has no answers: it was not evaluated."
    if first.report is not None and other.report is not None:
        if first.report.kind != other.report.kind:
            return f"They do different tasks: {first.report.kind} and {other.report.kind}."
        if first.report.test_sha256 != other.report.test_sha256:
            return "The two runs were measured on different test splits."
    found = pair(other.rows, first.rows)
    return found.reason if isinstance(found, Incomparable) else found


def _question(first: Compared, other: Compared, scoring: str) -> Question:
    """Of the later spec: what is critical today counts."""
    spec = other.spec or first.spec
    rows = (*first.rows, *other.rows)
    seen = sorted({row.target for row in rows if row.target is not None})
    assert other.report is not None, "there is a pairing, so both were evaluated"
    return Question(
        labels=spec.task.labels if spec is not None and spec.task.labels else tuple(seen),
        critical_labels=() if spec is None else spec.regression.critical_labels,
        scoring=scoring,
        confidence=CONFIDENCE if spec is None else spec.evaluation.confidence,
        kind=other.report.kind,
    )


def _asked(first: Compared, other: Compared) -> list[str]:
    """Metrics of either report, in their order; without those of a name that this engine does not know."""
    names = dict.fromkeys(one.metric for side in (first.side, other.side) for one in side.metrics)
    return [name for name in names if name in TABLE]


def _difference(name: str, pairing: Pairing, question: Question) -> Difference:
    pairs, higher = pairing.answered, name not in LOWER_IS_BETTER
    found = compared(name, pairs, question)
    if isinstance(found, str) and pairing.scoring != CLOSED and pairing.scored:
        # What rests on likelihoods is known of label scores alone.
        pairs, question = pairing.scored, replace(question, scoring=CLOSED)
        of_scores = compared(name, pairs, question)
        found = found if isinstance(of_scores, str) else of_scores
    back = found if isinstance(found, str) else compared(name, [(two, one) for one, two in pairs], question)
    if isinstance(found, str) or isinstance(back, str):
        return Difference(metric=name, higher_is_better=higher, missing=str(back))
    return Difference(
        metric=name,
        higher_is_better=higher,
        first=found.baseline,
        second=found.candidate,
        difference=found.difference,
        # Each of the two is one-sided; the smaller tail doubled is the usual two-sided value.
        p_value=min(1.0, 2.0 * min(found.p_worse, back.p_worse)),
        test=found.test,
        lost=found.worse,
        won=found.better,
        unit=found.unit,
    )


def _flips(pairs: Sequence[Pair], question: Question) -> tuple[tuple[Flip, ...], tuple[Flip, ...]]:
    """Critical ones first, then by item."""
    lost = [_flip(one, two, question) for one, two in pairs if one.correct and not two.correct]
    won = [_flip(one, two, question) for one, two in pairs if two.correct and not one.correct]
    return tuple(sorted(lost, key=_order)), tuple(sorted(won, key=_order))


def _flip(one: ItemResult, two: ItemResult, question: Question) -> Flip:
    return Flip(
        item=two.item,
        critical=question.is_critical(two),
        target=two.target,
        first=one.prediction,
        second=two.prediction,
    )


def _order(flip: Flip) -> tuple[bool, str]:
    return not flip.critical, flip.item
