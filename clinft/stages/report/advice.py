"""Advice in words: a table of settings, where the spec departs from it, and why each is recommended."""

import re
from collections.abc import Iterable

from clinft.artifacts.advice import Advice, AdviceRow
from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, code, document, escape, table

NONE_DEPARTS = "The spec departs from none of it."
# PROVIDER:TYPE:REGION, to be copied as it stands: escaping could put an invisible character into it.
MACHINE = re.compile(r"[a-z0-9_]+:[A-Za-z0-9._-]+:[a-z0-9-]+")


def advice(payload: Advice) -> str:
    """A whole section, with its heading."""
    return document(("## Recommended settings", *blocks(payload)))


def blocks(payload: Advice) -> Iterable[str]:
    yield _what(payload)
    if payload.rows:
        yield table(("Setting", "Spec", "Recommended", "Departs", "Why"), map(_row, payload.rows))
        yield _departures(payload)
    yield from map(escape, payload.notes)
    if payload.rows:
        yield "Sources:\n\n" + bullets(map(escape, dict.fromkeys(row.source for row in payload.rows)))


def _what(payload: Advice) -> str:
    samples = numbers.count(payload.samples, "training sample")
    counted = [samples]
    if payload.tokens is not None:
        counted.append(f"{payload.tokens:,} tokens")
    if payload.longest_tokens is not None:
        counted.append(f"the longest sample {payload.longest_tokens:,}")
    if payload.parameters is not None:
        counted.append(f"a model of {_size(payload.parameters)} parameters")
    return (
        f"For the provider {code(payload.provider)} and the base model {code(payload.base_model)}, task "
        f"{payload.kind}: {', '.join(counted)}."
    )


def _row(row: AdviceRow) -> tuple[str, str, str, str, str]:
    return (
        code(row.parameter),
        with_machines(row.spec),
        with_machines(row.recommended),
        "**yes**" if row.departs else "no",
        escape(row.reason),
    )


def with_machines(text: str) -> str:
    """Escaped, but for names of machines, which are code."""
    return " ".join(code(word) if MACHINE.fullmatch(word) else escape(word) for word in text.split())


def _departures(payload: Advice) -> str:
    named = [code(row.parameter) for row in payload.departures]
    if not named:
        return NONE_DEPARTS
    return f"The spec departs from it in {numbers.count(len(named), 'place')}: {', '.join(named)}."


def _size(parameters: int) -> str:
    for unit, name in ((10**9, "billion"), (10**6, "million")):
        if parameters >= unit:
            return f"{parameters / unit:.3g} {name}"
    return f"{parameters:,}"
