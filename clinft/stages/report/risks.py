"""Part of `report.md`: what could harm when this model is used, with the figures that say so."""

from collections.abc import Iterable

from clinft.artifacts.results import Memorised
from clinft.stages.report import numbers, regression, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, escape


def sections(facts: RunFacts) -> Iterable[str]:
    yield "## Risk assessment"
    yield from _safety(facts)
    yield bullets(_lines(facts))


def _safety(facts: RunFacts) -> Iterable[str]:
    checks = facts.regression.safety
    if not checks:
        yield "missing: no rule of safety was applied; name critical labels in `regression.critical_labels`"
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
