"""`SOURCE_ATTRIBUTES.md`: what HTI-1 and TRIPOD-LLM ask, each answered or missing."""

from collections.abc import Iterable

from clinft.artifacts.fact_sheet import Asked, FactSheet
from clinft.stages.report.cards.said import answer
from clinft.stages.report.markdown import code, document, escape, table


def render(sheet: FactSheet) -> str:
    return document(
        (
            f"# Source attributes: {escape(sheet.project)}",
            f"Of run {code(sheet.run_id)}. A number carries its n and interval here or in `facts.json`; what "
            "nobody stated and nothing measured says missing, with the reason.",
            *_standard(sheet, "hti-1"),
            *_standard(sheet, "tripod-llm"),
        )
    )


def _standard(sheet: FactSheet, name: str) -> Iterable[str]:
    standard = sheet.standards[name]
    yield f"## {escape(standard.name)}"
    yield f"{escape(standard.citation)}, in short words. {escape(standard.status)}"
    answered = sum(_answered(sheet, one) for one in standard.questions)
    yield table(
        ("Section", "Item", "What is asked", "Answer", "Where"),
        (
            (
                escape(one.section),
                escape(one.number),
                escape(one.asks),
                answer(sheet, one.answers),
                escape(one.where) or "here",
            )
            for one in standard.questions
        ),
    )
    if answered < len(standard.questions):
        yield "Rows whose answer begins with *missing* are open: only people can close them."


def _answered(sheet: FactSheet, one: Asked) -> bool:
    return any(sheet.statements[name].basis != "missing" for name in one.answers)
