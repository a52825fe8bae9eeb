"""Part of `report.md`: what each system takes: seconds, tokens and money, as measured in this run."""

from collections.abc import Iterable, Mapping

from clinft.stages.report import numbers, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import escape, table

# Keys of `measured` after the system's name (pipeline/spent.py), and how they are told.
COLUMNS = (
    ("seconds per answer", "Seconds per answer"),
    ("request p50 seconds", "Median request, s"),
    ("request p95 seconds", "95th percentile, s"),
    ("prompt_tokens", "Prompt tokens"),
    ("completion_tokens", "Answer tokens"),
    ("usd per 1,000 answers", "USD per 1,000 answers"),
)


def blocks(facts: RunFacts) -> Iterable[str]:
    measured = facts.measured.get("evaluate", {})
    systems = list(dict.fromkeys(result.system for result in facts.evaluation.systems))
    told = [
        (key, heading) for key, heading in COLUMNS if any(f"{system} {key}" in measured for system in systems)
    ]
    if not told:
        return
    yield "What the systems took; a value that is absent was not measured, or has no price:"
    yield table(
        ("System", *(heading for _, heading in told)),
        (
            (escape(words.system(system)), *(_value(measured, f"{system} {key}") for key, _ in told))
            for system in systems
        ),
        numeric=set(range(1, len(told) + 1)),
    )


def _value(measured: Mapping[str, float | int | str], key: str) -> str:
    found = measured.get(key)
    if found is None:
        return "not measured"
    return numbers.measured_value(key, found)
