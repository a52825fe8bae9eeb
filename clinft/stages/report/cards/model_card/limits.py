"""What the model cannot do, what to think of before using it, what follows from the verdict."""

from collections.abc import Iterable, Mapping

from clinft.artifacts.fact_sheet import FactSheet
from clinft.stages.report import words
from clinft.stages.report.cards.said import said
from clinft.stages.report.markdown import bullets, code, escape

RECOMMENDED: Mapping[str, str] = {
    "deploy": "It may be deployed after the approvals that the policy asks for; the verdict is advice, and "
    "nothing is deployed by itself.",
    "iterate": "**Do not deploy it.** Change data, prompt or training in a pull request and compare again.",
    "rollback": "**Do not use it.** Go back to, or stay with, the version to keep that is named above.",
}
# Files of a run that say more, and what of.
MORE: Mapping[str, str] = {
    "report.md": "the run from data to verdict, with the most frequent errors",
    "DATA_DICTIONARY.md": "the data: fields, codes, how they were made",
    "HIPAA_REPORT.md": "the search for identifiers, with its sensitivity",
    "SOURCE_ATTRIBUTES.md": "the questions of HTI-1 and TRIPOD-LLM, each answered or missing",
    "facts.json": "every number of this card with n, interval and the digest of its data",
    "cards/applied_model_card.xml": "CHAI Applied Model Card",
    "cards/ml_bom.cdx.json": "CycloneDX bill of materials",
    "cards/croissant.json": "Croissant description of the data",
}


def limitations(sheet: FactSheet) -> Iterable[str]:
    statements = sheet.statements
    yield "## Limitations and risks"
    yield bullets(
        (
            f"Weakest class: {said(statements['weakest-class'])}",
            "All data is synthetic: the accuracy on notes of real patients is missing: never measured.",
            f"External validation at another site: {said(statements['external-process'])}",
            f"Calibration of the model's confidence: {said(statements['calibration'])}",
            f"How like the notes of a place of use: {said(statements['relevance'])}",
            f"Ratings by people: {said(statements['human-evaluation'])}",
            "The model always answers, also where no answer fits; a person must read the text and decide.",
            "It is no medical device and no authority has reviewed it.",
        )
    )


def ethics(sheet: FactSheet) -> Iterable[str]:
    statements = sheet.statements
    yield "## Ethical considerations"
    yield bullets(
        (
            said(statements["ethics"]),
            f"Fairness: {said(statements['fairness-approach'])}",
            f"Against bias: {said(statements['bias-mitigation'])}",
            f"Persons in the data: {said(statements['participants'])}",
            f"Clinical risk of its use: {said(statements['risk-level'])}",
        )
    )


def recommendations(sheet: FactSheet) -> Iterable[str]:
    verdict, evaluation = sheet.verdict, sheet.evaluation
    lines = [RECOMMENDED.get(verdict.recommendation, escape(verdict.recommendation))]
    lines += [
        f"Threshold not met: {escape(words.metric(row.metric))} {escape(row.bound)} ({escape(row.detail)})."
        for row in evaluation.thresholds
        if row.met is False
    ]
    lines += [
        f"Safety rule {escape(row.rule.replace('_', ' '))}: {escape(row.detail)}"
        for row in verdict.safety
        if row.status in ("FAIL", "CRITICAL", "NOT_CERTIFIABLE")
    ]
    lines += [
        "Test it on notes of the place of use, with people who know them, before anybody relies on it.",
        "A qualified person reads every answer beside the text it was given for.",
        "Watch it in use: how often it is corrected, by subgroup too; compare every new version with it.",
    ]
    yield "## Recommendations"
    yield bullets(lines)


def more(sheet: FactSheet) -> Iterable[str]:
    yield "## More about this run"
    yield bullets(f"[{name}]({name}): {what}" for name, what in MORE.items() if name in sheet.documents)
    yield f"Check all of it, offline: {code(f'clinft verify {sheet.run_folder}')}"
