"""`applied_model_card.xml`: CHAI's Applied Model Card, v0.2, without a signature.

Schema and licence: tables/cards/chai-v0.2.xsd. Its text fields are Markdown, so foreign text is escaped.
"""

import json
from collections.abc import Iterable
from xml.etree import ElementTree

from clinft.artifacts.fact_sheet import FactSheet, Figure
from clinft.stages.report import words
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.cards.facts.measured import main_result, of_system
from clinft.stages.report.cards.said import answer, said, status
from clinft.stages.report.markdown import escape

NAMESPACE = "https://mc.chai.org/v0.2/schema.xsd"
MISSING_DATE = "missing: the run's evidence has no date"
# XML 1.0, section 2.2: no document may hold these, however written.
FORBIDDEN = dict.fromkeys((0xFFFE, 0xFFFF, *range(0xD800, 0xE000)), None)
Rows = Iterable[tuple[str, Figure]]


def render(sheet: FactSheet) -> str:
    card = ElementTree.Element("AppliedModelCard", {"xmlns": NAMESPACE})
    _basics(card, sheet)
    _uses(card, sheet)
    _ingredients(card, sheet)
    metrics = ElementTree.SubElement(card, "KeyMetrics")
    _usefulness(metrics, sheet)
    _fairness(metrics, sheet)
    _safety(metrics, sheet)
    resources = ElementTree.SubElement(card, "Resources")
    for name, statement in (
        ("EvaluationReferences", "outcomes"),
        ("PeerReviewedPublications", "publications"),
        ("ReimbursementStatus", "reimbursement"),
        ("PatientConsentOrDisclosure", "patient-consent"),
    ):
        _text(resources, name, answer(sheet, [statement]))
    _text(card, "Bibliography", "")
    ElementTree.indent(card, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(card, encoding="unicode")}\n'


def _basics(card: ElementTree.Element, sheet: FactSheet) -> None:
    basics = ElementTree.SubElement(card, "BasicInfo")
    _text(basics, "ModelName", escape(sheet.project))
    _text(basics, "ModelDeveloper", answer(sheet, ["developer"]))
    _text(basics, "DeveloperContact", answer(sheet, ["contact"]))
    release = ElementTree.SubElement(card, "ReleaseInfo")
    _text(release, "ReleaseStage", f"Evaluated, not released: verdict {status(sheet.verdict.status)}")
    _text(release, "ReleaseDate", escape(sheet.dates.get("train", "") or MISSING_DATE))
    _text(release, "ReleaseVersion", escape(sheet.run_id))
    _text(release, "GlobalAvailability", answer(sheet, ["availability"]))
    _text(release, "RegulatoryApproval", answer(sheet, ["regulatory"]))
    summary = ElementTree.SubElement(card, "ModelSummary")
    _text(summary, "Summary", answer(sheet, ["summary", "task"]))
    keywords = ElementTree.SubElement(summary, "Keywords")
    for keyword in (sheet.evaluation.kind, sheet.data.clinical_domain, "synthetic data"):
        _text(keywords, "Keyword", escape(keyword))


def _uses(card: ElementTree.Element, sheet: FactSheet) -> None:
    uses = ElementTree.SubElement(card, "UsesAndDirections")
    _text(uses, "IntendedUseAndWorkflow", answer(sheet, ["intended-use"]))
    _text(uses, "PrimaryIntendedUsers", answer(sheet, ["users"]))
    _text(uses, "HowToUse", answer(sheet, ["task", "decision-role"]))
    _text(uses, "TargetedPatientPopulation", answer(sheet, ["population"]))
    _text(uses, "CautionedOutOfScopeSettings", answer(sheet, ["out-of-scope"]))
    warnings = ElementTree.SubElement(card, "Warnings")
    _text(warnings, "KnownRisksAndLimitations", answer(sheet, ["limitations", "weakest-class"]))
    _text(warnings, "KnownBiasesOrEthicalConsiderations", answer(sheet, ["ethics", "fairness-internal"]))
    _text(warnings, "ClinicalRiskLevel", answer(sheet, ["risk-level"]))


def _ingredients(card: ElementTree.Element, sheet: FactSheet) -> None:
    trust = ElementTree.SubElement(card, "TrustIngredients")
    system = ElementTree.SubElement(trust, "AISystemFacts")
    for name, statements in (
        ("OutcomesAndOutputs", ["output-value"]),
        ("ModelType", ["training"]),
        ("FoundationModels", ["foundation-model"]),
        ("InputDataSource", ["demographic-inputs"]),
        ("OutputAndInputDataTypes", ["output-type", "criteria"]),
        ("DevelopmentDataCharacterization", ["training-data", "distribution", "generation"]),
        ("BiasMitigationApproaches", ["bias-mitigation", "fairness-approach"]),
        ("OngoingMaintenance", ["updates", "monitoring"]),
        ("Security", ["privacy", "memorisation", "security"]),
        ("Transparency", ["code", "data-availability"]),
    ):
        _text(system, name, answer(sheet, statements))
    information = ElementTree.SubElement(trust, "TransparencyInformation")
    _text(information, "FundingSource", answer(sheet, ["funding"]))
    _text(information, "ThirdPartyInformation", answer(sheet, ["third-parties"]))
    _text(information, "StakeholdersConsulted", answer(sheet, ["stakeholders"]))


def _usefulness(metrics: ElementTree.Element, sheet: FactSheet) -> None:
    main = main_result(sheet.evaluation)
    rows = () if main is None else of_system(sheet.evaluation, "tuned", main.scoring)
    _metric(
        metrics,
        "UsefulnessUsabilityEfficacy",
        sheet,
        goal="How often the answer is right, beside the base model",
        rows=(
            *((f"tuned model, {row.name}", row.figure) for row in rows),
            *(
                (
                    f"difference to the {words.system(gain.against)}, {words.scoring(gain.scoring)}",
                    gain.figure,
                )
                for gain in sheet.evaluation.gains
            ),
        ),
        interpretation=answer(sheet, ["thresholds", "comparison"]),
    )


def _fairness(metrics: ElementTree.Element, sheet: FactSheet) -> None:
    _metric(
        metrics,
        "FairnessEquity",
        sheet,
        goal="Whether the answer is as good in every subgroup that the records name",
        rows=(
            (f"{row.name}, {(row.slice or '').replace('_', ' ')} {row.value}", row.figure)
            for row in sheet.evaluation.slices
        ),
        interpretation=answer(sheet, ["fairness-approach", "representativeness"]),
    )


def _safety(metrics: ElementTree.Element, sheet: FactSheet) -> None:
    _metric(
        metrics,
        "SafetyReliability",
        sheet,
        goal="Whether critical cases are found, and nothing got worse than in the model in use",
        rows=(
            *((f"safety rule {row.rule.replace('_', ' ')}", row.figure) for row in sheet.verdict.safety),
            *(
                (f"recall of {row.label}, critical", row.figure)
                for row in sheet.evaluation.recalls
                if row.critical
            ),
            *((f"memorised, {name}", figure) for name, figure in sheet.evaluation.memorised.items()),
        ),
        interpretation=answer(sheet, ["safety", "regression"]),
    )


def _metric(
    metrics: ElementTree.Element, name: str, sheet: FactSheet, *, goal: str, rows: Rows, interpretation: str
) -> None:
    metric = ElementTree.SubElement(metrics, name)
    _text(metric, "MetricGoal", goal)
    results = ElementTree.SubElement(metric, "Results")
    # The schema asks for at least one result: what was not measured is one that says so.
    for label, figure in tuple(rows) or (("no result", figures.missing("nothing was measured")),):
        result = ElementTree.SubElement(results, "MetricResult")
        counted = "" if figure.n is None else f", n = {figure.n:,}"
        _text(result, "Label", f"{escape(label)}{counted}")
        _text(result, "ValueJson", json.dumps(_value(figure), ensure_ascii=False))
    _text(metric, "Interpretation", interpretation)
    _text(metric, "TestType", "Retrospective, on held-out synthetic records; no external validation")
    _text(metric, "TestingDataDescription", answer(sheet, ["test-data"]))
    _text(metric, "ValidationProcessAndJustification", said(sheet.statements["protocol"]))


def _value(figure: Figure) -> dict[str, object]:
    """In the kinds that CHAI's own examples have (mc-schema v0.2); `text` for what is missing."""
    found = figure.interval
    if figure.value is None:
        return {"kind": "text", "value": figure.shown}
    if found is None:
        return {"kind": "single", "value": figure.value}
    return {
        "kind": "estimate_ci",
        "estimate": found.value,
        "lower": found.low,
        "upper": found.high,
        "level": found.confidence,
    }


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text.translate(FORBIDDEN)
