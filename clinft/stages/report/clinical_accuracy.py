"""Part of `report.md`: how good the tuned model is for whom, and where it goes wrong."""

from collections.abc import Iterable

from clinft.artifacts.results import SliceResult, SystemResult
from clinft.stages.report import numbers, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import code, escape, table

# The worst ones; all of them lie in evaluate.json.
MOST_SUBGROUPS = 12
MOST_ITEMS = 5


def subgroups(facts: RunFacts) -> Iterable[str]:
    """The weakest first; what is too small to tell is counted, not shown."""
    result = words.primary(facts.evaluation)
    if result is None:
        return
    yield "## By subgroup, tuned model"
    known = [one for one in result.slices if one.interval is not None]
    if not known:
        yield "missing: no subgroup of the test split is large enough, or the records name none"
        return
    known.sort(key=lambda one: (one.metric, *_weakness(one, result), one.slice, one.value))
    shown = [one for metric in dict.fromkeys(one.metric for one in known) for one in _first(known, metric)]
    yield table(
        ("Metric", "Subgroup", "n", "Measured"),
        (
            (
                escape(words.metric(one.metric)),
                f"{escape(one.slice.replace('_', ' '))}: {code(one.value)}",
                f"{one.n:,}",
                numbers.interval(one.interval) if one.interval else "",
            )
            for one in shown
        ),
        numeric={2},
    )
    hidden = len(result.slices) - len(known)
    groups = len({(one.slice, one.value) for one in result.slices})
    how = numbers.methods((words.metric(one.metric), one.interval) for one in known if one.interval)
    yield (
        f"The weakest {MOST_SUBGROUPS} of each metric. Of {groups:,} subgroups {len(known):,} figures could "
        f"be told and {hidden:,} rest on too few items. Exploratory: among many subgroups some look weak by "
        f"chance. Brackets: {how}."
    )


def _first(known: list[SliceResult], metric: str) -> list[SliceResult]:
    return [one for one in known if one.metric == metric][:MOST_SUBGROUPS]


def _weakness(one: SliceResult, result: SystemResult) -> tuple[float, float]:
    assert one.interval is not None, "those without are left out before"
    found = words.find_metric(result, one.metric)
    sign = 1.0 if found is None or found.higher_is_better else -1.0
    return sign * one.interval.value, sign * one.interval.low


def kinds_of_errors(facts: RunFacts) -> Iterable[str]:
    errors = facts.evaluation.errors
    if not errors:
        return
    yield "## Kinds of error, tuned model"
    yield table(
        ("Kind", "Errors", "Share", "On critical cases", "Look at first"),
        (
            (
                escape(words.error(one.category)),
                f"{one.n:,}",
                numbers.interval(one.share),
                f"{one.critical:,}",
                ", ".join(code(item) for item in one.items[:MOST_ITEMS]) or "none",
            )
            for one in errors
        ),
        numeric={1, 3},
    )
    item = next((item for one in errors for item in one.items), None)
    inspect = (
        f" {code(f'clinft inspect {facts.run_folder} {item}')} shows a case on your terminal." if item else ""
    )
    yield (
        "Kinds are given by rules that no clinician has validated. Cases are named, never quoted: critical "
        f"misses and lowest scores first.{inspect}"
    )
