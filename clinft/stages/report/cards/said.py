"""Statements and yes-or-no answers as Markdown."""

from collections.abc import Iterable

from clinft.artifacts.fact_sheet import FactSheet, Statement
from clinft.stages.report.markdown import escape

ENDS = (".", "!", "?")
LOUD = frozenset({"FAIL", "CRITICAL", "NOT_CERTIFIABLE", "INCOMPARABLE"})


def said(statement: Statement) -> str:
    return escape(statement.said)


def answer(sheet: FactSheet, names: Iterable[str]) -> str:
    """All statements that answer one question; what is measured or declared before what is missing."""
    found = sorted((sheet.statements[name] for name in names), key=lambda one: one.basis == "missing")
    if len(found) == 1:
        return said(found[0])
    return " ".join(said(one) if one.text.endswith(ENDS) else f"{said(one)}." for one in found)


def status(name: str) -> str:
    shown = escape(name.replace("_", " "))
    return f"**{shown}**" if name in LOUD else shown
