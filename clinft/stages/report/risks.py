"""Part of `report.md`: what could harm when this model is used, with the figures that say so."""

from collections.abc import Iterable

from clinft.artifacts.results import Memorised
from clinft.stages.report import numbers, regression, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, escape, table

HARMS = ("critical_recall", "hallucination_rate", "critical_omission_rate", "over_triage_rate")


def sections(facts: RunFacts) -> Iterable[str]:
    yield "## Risk assessment"
    yield from _harms(facts)
    yield from _safety(facts)
    yield bullets(_lines(facts))


def unbounded(facts: RunFacts) -> list[str]:
    """Measured harms on which the spec sets no bound: a verdict says nothing of them."""
    result = words.primary(facts.evaluation)
    bounded = {threshold.metric for threshold in facts.spec.evaluation.thresholds}
    if facts.spec.regression.critical_recall_min is not None:
        bounded.add("critical_recall")
    return [
        f"{words.metric(name)} {numbers.interval_n(found.interval)}"
        for name in HARMS
        if name not in bounded
        and result is not None
        and (found := words.find_metric(result, name)) is not None
        and found.interval is not None
    ]


def _harms(facts: RunFacts) -> Iterable[str]:
    """What a clinician asks first, whatever the spec bounds."""
    result = words.primary(facts.evaluation)
    if result is None:
        return
    judged = {threshold.metric: threshold for threshold in facts.evaluation.thresholds}
    rows = []
    for name in HARMS:
        found = words.find_metric(result, name)
        if found is None or (found.interval is None and name not in judged):
            continue
        bound = judged.get(name)
        rows.append(
            (
                words.metric(name),
                numbers.missing(found.missing or "not measured")
                if found.interval is None
                else numbers.interval_n(found.interval),
                "**no bound is set**" if bound is None else escape(bound.bound),
                "" if bound is None else words.met(bound),
            )
        )
    if rows:
        yield table(("What may harm, tuned model", "Measured", "Bound of the spec", "Met"), rows)
    else:
        yield (
            "missing: neither critical recall nor hallucinations and omissions were measured; name "
            "them in `evaluation.metrics`, and the critical labels in `regression.critical_labels`."
        )


def _safety(facts: RunFacts) -> Iterable[str]:
    checks = facts.regression.safety
    if not checks:
        yield (
            "missing: no rule of safety was applied: nothing is deployed to compare with, and the spec sets "
            "neither `regression.critical_recall_min` nor sentinels."
        )
        return
    yield from regression.safety(checks)


def _lines(facts: RunFacts) -> Iterable[str]:
    evaluation = facts.evaluation
    for result in evaluation.thresholds:
        if not result.certifiable:
            needed = "" if result.items_needed is None else f" About {result.items_needed:,} items would do."
            yield (
                f"The threshold on {escape(words.metric(result.metric))} ({escape(result.bound)}) is not "
                f"certifiable at this n: even a perfect result would not reach it.{needed}"
            )
    yield _memorised(evaluation.memorised)
    outputs = evaluation.outputs
    if outputs is None:
        yield "Audit of the answers: missing: not done in this run."
    else:
        found = ", ".join(f"{escape(name)} {count:,}" for name, count in sorted(outputs.by_severity.items()))
        yield (
            f"Audit of the answers: {outputs.outputs:,} were searched for identifiers before any was kept; "
            f"{outputs.withheld:,} withheld. Findings: {found or 'none'}."
        )
    for system, why in sorted(evaluation.absent.items()):
        yield f"{escape(words.system(system)).capitalize()}: missing: {escape(why)}"
    yield from (escape(caveat) for caveat in evaluation.caveats)
    yield "The model was measured on synthetic records alone; notes of real patients were never read."


def _memorised(found: Memorised | None) -> str:
    if found is None:
        return "Memorised training text: missing: not probed in this run."
    if found.continued is None:
        return f"Memorised training text: missing: {escape(found.detail or 'nothing was probed')}"
    held_out = "" if found.held_out is None else f", of held-out ones {numbers.interval_n(found.held_out)}"
    planted = (
        f" Planted strings given back: {found.planted_back:,} of {found.planted:,}." if found.planted else ""
    )
    return (
        "Memorised training text: of the beginnings of training records "
        f"{numbers.interval_n(found.continued)} were continued word for word{held_out}.{planted} "
        f"{escape(found.detail)}"
    ).rstrip()
