"""`ml_bom.cdx.json`: the model, what it is made of and what was measured, as CycloneDX 1.6.

Schema: cyclonedx.org/docs/1.6/json, `component.modelCard`. Values are strings there.
"""

import json
from collections.abc import Iterable, Mapping

from clinft.artifacts.fact_sheet import FactSheet, Figure, Result
from clinft.stages.report import words
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.markdown import sanitise

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
VERSION = "1.6"
Object = dict[str, object]
INPUTS = ({"format": "text"},)


def render(sheet: FactSheet) -> str:
    return json.dumps(_bom(sheet), indent=1, ensure_ascii=False) + "\n"


def _bom(sheet: FactSheet) -> Object:
    timestamp = sheet.dates.get("train", "")
    return {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": VERSION,
        "serialNumber": f"urn:uuid:{sheet.serial_number}",
        "version": 1,
        "metadata": {
            **({"timestamp": timestamp} if timestamp else {}),
            "tools": {
                "components": [
                    _named({"type": "application", "name": "clinft", "version": sheet.clinft_version})
                ]
            },
            "component": _model(sheet),
        },
        "components": [_base(sheet), *_weights(sheet), *_data(sheet)],
        "dependencies": [
            {
                "ref": "model",
                "dependsOn": sorted(
                    ["base-model", "data-train", "data-validation", *_weight_refs(sheet).values()]
                ),
            }
        ],
    }


def _named(component: Mapping[str, object]) -> Object:
    """Without what is not known."""
    return {key: value for key, value in component.items() if value not in ("", [], None)}


def _model(sheet: FactSheet) -> Object:
    return _named(
        {
            "type": "machine-learning-model",
            "bom-ref": "model",
            "name": sheet.project,
            "version": sheet.run_id,
            "description": sanitise(sheet.statements["summary"].text),
            "authors": [{"name": sanitise(owner)} for owner in sheet.owners],
            "modelCard": {
                "modelParameters": {
                    "approach": {"type": "supervised"},
                    "task": sheet.evaluation.kind,
                    "datasets": [{"ref": f"data-{name}"} for name in sheet.data.splits],
                    "inputs": list(INPUTS),
                    "outputs": [{"format": sanitise(sheet.statements["output-value"].text)}],
                },
                "quantitativeAnalysis": {"performanceMetrics": list(_metrics(sheet))},
                "considerations": _considerations(sheet),
                "properties": list(_properties(sheet)),
            },
        }
    )


def _metrics(sheet: FactSheet) -> Iterable[Object]:
    """All systems on all items, then classes and subgroups of the tuned model, then the safety tier."""
    evaluation = sheet.evaluation
    for row in evaluation.results:
        yield _metric(row.name, row.figure, f"test split, {words.system(row.system)}, {_read(row)}")
    for recall in evaluation.recalls:
        yield _metric("recall", recall.figure, f"test split, tuned model, class {recall.label}")
    for row in evaluation.slices:
        group = f"{(row.slice or '').replace('_', ' ')} {row.value}"
        yield _metric(row.name, row.figure, f"test split, tuned model, {_read(row)}, {group}")
    for gain in evaluation.gains:
        yield _metric(
            f"difference in {words.metric(gain.metric)}",
            gain.figure,
            f"test split, tuned against {words.system(gain.against)}, {words.scoring(gain.scoring)}",
        )
    for change in sheet.verdict.changes:
        yield _metric(
            f"difference in {words.metric(change.metric)}",
            change.difference,
            f"test split, against {change.reference}: {change.status}",
        )
    for check in sheet.verdict.safety:
        yield _metric(f"safety rule {check.rule.replace('_', ' ')}", check.figure, f"verdict {check.status}")
    for name, figure in evaluation.memorised.items():
        yield _metric(f"memorised, {name}", figure, "training and held-out records")


def _read(row: Result) -> str:
    return words.scoring(row.scoring)


def _metric(name: str, figure: Figure, place: str) -> Object:
    counted = "" if figure.n is None else f", n = {figure.n:,}"
    made: Object = {
        "type": sanitise(name),
        "value": sanitise(figure.shown) if figure.value is None else f"{figure.value}",
        "slice": sanitise(f"{place}{counted}"),
    }
    if figure.interval is not None:
        made["confidenceInterval"] = {
            "lowerBound": f"{figure.interval.low}",
            "upperBound": f"{figure.interval.high}",
        }
    return made


def _considerations(sheet: FactSheet) -> Object:
    def told(*names: str) -> list[str]:
        return [sanitise(sheet.statements[name].said) for name in names]

    return {
        "users": told("users"),
        "useCases": told("intended-use"),
        "technicalLimitations": [
            *told("limitations", "weakest-class", "calibration", "external-process", "validity-local"),
            *(sanitise(f"out of scope: {line}") for line in sheet.out_of_scope),
            *map(sanitise, (*sheet.evaluation.caveats, *sheet.verdict.caveats)),
        ],
        "performanceTradeoffs": told("thresholds", "safety", "regression"),
        "ethicalConsiderations": [
            {"name": told("ethics")[0], "mitigationStrategy": told("decision-role")[0]},
            {"name": "training text given back", "mitigationStrategy": told("memorisation")[0]},
            {"name": "identifiers in the data", "mitigationStrategy": told("privacy")[0]},
        ],
        "fairnessAssessments": [
            {
                "groupAtRisk": "patients of every subgroup that the records name",
                "benefits": told("intended-use")[0],
                "harms": told("fairness-internal")[0],
                "mitigationStrategy": " ".join(told("bias-mitigation", "fairness-approach")),
            }
        ],
    }


def _properties(sheet: FactSheet) -> Iterable[Object]:
    verdict = sheet.verdict
    for name, value in (
        ("verdict", verdict.status),
        ("recommendation", verdict.recommendation),
        ("keep", verdict.keep),
        ("protocol sha256", verdict.protocol_sha256),
        ("items sha256", sheet.evaluation.test_sha256),
        ("plan sha256", sheet.model.plan_sha256),
        ("intervals", sheet.evaluation.brackets),
        ("facts", "facts.json" if "facts.json" in sheet.documents else None),
        *((f"digest of {stage}", digest) for stage, digest in sheet.digests.items()),
    ):
        if value:
            yield {"name": f"clinft:{name.replace(' ', '-')}", "value": sanitise(value)}


def _base(sheet: FactSheet) -> Object:
    model = sheet.model
    return _named(
        {
            "type": "machine-learning-model",
            "bom-ref": "base-model",
            "name": sanitise(model.base_model),
            "version": model.base_revision or "",
            "hashes": [_sha256(model.base_sha256)],
        }
    )


def _weight_refs(sheet: FactSheet) -> dict[str, str]:
    return {name: f"weights-{number}" for number, name in enumerate(sheet.model.weights, start=1)}


def _weights(sheet: FactSheet) -> Iterable[Object]:
    for name, reference in _weight_refs(sheet).items():
        yield {
            "type": "file",
            "bom-ref": reference,
            "name": sanitise(name),
            "hashes": [_sha256(sheet.model.weights[name])],
        }


def _data(sheet: FactSheet) -> Iterable[Object]:
    for name, split in sheet.data.splits.items():
        yield {
            "type": "data",
            "bom-ref": f"data-{name}",
            "name": sanitise(f"{sheet.project}, {name} split"),
            "hashes": [_sha256(split.sha256)],
            "data": [
                {
                    "type": "dataset",
                    "name": name,
                    "classification": "synthetic",
                    "contents": {
                        "properties": [
                            {"name": "clinft:records", "value": figures.plain(split.records)},
                            {"name": "clinft:scenarios", "value": figures.plain(split.scenarios)},
                            {"name": "clinft:generator", "value": sheet.data.generator},
                        ]
                    },
                    "sensitiveData": [sanitise(sheet.statements["sensitive"].said)],
                    "governance": {"owners": [{"contact": {"name": sanitise(one)}} for one in sheet.owners]},
                }
            ],
        }


def _sha256(digest: str) -> Object:
    return {"alg": "SHA-256", "content": digest}
