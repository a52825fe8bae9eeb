"""The cards in other people's forms, each against that form's own schema. Offline."""

import json
import warnings
from collections.abc import Mapping
from importlib import resources
from typing import Any

import pytest
from huggingface_hub.repocard_data import model_index_to_eval_results
from lxml import etree
from yaml import safe_load

from clinft.artifacts.fact_sheet import FACTS
from clinft.stages.report import stage
from tests.stages.report.cards.runs import RUNS, cards

CHAI = "{https://mc.chai.org/v0.2/schema.xsd}"


@pytest.fixture(scope="module", params=RUNS)
def rendered(request: pytest.FixtureRequest) -> Mapping[str, str]:
    return cards(request.param)


@pytest.fixture(scope="module")
def full() -> Mapping[str, str]:
    return cards("full")


@pytest.fixture(scope="module")
def xsd() -> etree.XMLSchema:
    place = resources.files("clinft") / "tables" / "cards" / "chai-v0.2.xsd"
    return etree.XMLSchema(etree.fromstring(place.read_bytes()))


def test_applied_model_card_is_valid_by_the_schema_of_chai(
    rendered: Mapping[str, str], xsd: etree.XMLSchema
) -> None:
    xsd.assertValid(etree.fromstring(rendered["cards/applied_model_card.xml"].encode()))


def test_schema_of_chai_refuses_a_card_without_a_part(full: Mapping[str, str], xsd: etree.XMLSchema) -> None:
    card = etree.fromstring(full["cards/applied_model_card.xml"].encode())
    card.remove(card.find(f"{CHAI}Warnings"))

    assert not xsd.validate(card)


def test_applied_model_card_gives_estimates_with_their_intervals(full: Mapping[str, str]) -> None:
    card = etree.fromstring(full["cards/applied_model_card.xml"].encode())
    results = {
        result.findtext(f"{CHAI}Label"): json.loads(result.findtext(f"{CHAI}ValueJson"))
        for result in card.iter(f"{CHAI}MetricResult")
    }

    assert results["tuned model, accuracy, n = 60"] == {
        "kind": "estimate_ci",
        "estimate": 0.733,
        "lower": 0.61,
        "upper": 0.829,
        "level": 0.95,
    }
    assert results["safety rule sentinels, n = 12"] == {"kind": "single", "value": 1}
    assert results["safety rule hallucination"]["value"] == "missing: the metric is not asked for"


@pytest.mark.parametrize("version", ["V1_6", "V1_7"])
def test_bill_of_materials_is_valid_by_the_schema_of_cyclonedx(
    version: str, rendered: Mapping[str, str]
) -> None:
    text = rendered["cards/ml_bom.cdx.json"]

    assert cyclonedx_error(text if version == "V1_6" else as_version(text, "1.7"), version) is None


def cyclonedx_error(text: str, version: str) -> object:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion[version]).validate_str(text)


def as_version(text: str, version: str) -> str:
    bom = json.loads(text)
    return json.dumps(
        {**bom, "specVersion": version, "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json"}
    )


def test_schema_of_cyclonedx_refuses_what_it_does_not_know(full: Mapping[str, str]) -> None:
    bom = json.loads(full["cards/ml_bom.cdx.json"])
    bom["metadata"]["component"]["modelCard"]["accuracy"] = "0.9"

    assert cyclonedx_error(json.dumps(bom), "V1_6") is not None


def test_bill_of_materials_has_hashes_slices_and_intervals(full: Mapping[str, str]) -> None:
    bom = json.loads(full["cards/ml_bom.cdx.json"])
    metrics = bom["metadata"]["component"]["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    hashes = {one["bom-ref"]: one["hashes"][0]["content"] for one in bom["components"]}

    assert hashes["weights-1"] == "e" * 64
    assert hashes["base-model"] == "7" * 64
    assert hashes["data-train"] == "1" * 64
    assert {
        "type": "accuracy",
        "value": "0.774",
        "slice": "test split, tuned model, free answer, sex female, n = 31",
        "confidenceInterval": {"lowerBound": "0.602", "upperBound": "0.886"},
    } in metrics
    assert bom["dependencies"][0]["dependsOn"] == ["base-model", "data-train", "data-validation", "weights-1"]
    assert bom["metadata"]["timestamp"] == "2026-11-24T10:00:00+00:00"


def test_no_date_is_made_up() -> None:
    rendered = cards("plain")

    assert "timestamp" not in json.loads(rendered["cards/ml_bom.cdx.json"])["metadata"]
    assert "dateCreated" not in json.loads(rendered["cards/croissant.json"])
    assert "<ReleaseDate>missing: " in rendered["cards/applied_model_card.xml"]


def test_croissant_is_valid_and_only_what_nobody_stated_is_absent(rendered: Mapping[str, str]) -> None:
    found = croissant(rendered["cards/croissant.json"])

    assert found.metadata.issues.errors == set()
    assert {issue.split('"')[1] for issue in found.metadata.issues.warnings} == {
        "https://schema.org/datePublished",
        "https://schema.org/license",
    }


def test_croissant_without_a_digest_is_refused(full: Mapping[str, str]) -> None:
    import mlcroissant

    data = json.loads(full["cards/croissant.json"])
    for file in data["distribution"]:
        del file["sha256"]

    with pytest.raises(mlcroissant.ValidationError):
        croissant(json.dumps(data))


def test_croissant_describes_every_split_with_its_digest(full: Mapping[str, str]) -> None:
    found = croissant(full["cards/croissant.json"]).metadata

    assert {file.id: file.sha256 for file in found.distribution} == {
        "train.jsonl": "1" * 64,
        "validation.jsonl": "2" * 64,
        "dev.jsonl": "3" * 64,
        "test.jsonl": "4" * 64,
    }
    assert [field.name for field in found.record_sets[0].fields] == [
        "id",
        "scenario",
        "style",
        "text",
        "target",
    ]
    assert str(found.date_created) == "2026-11-24 09:00:00+00:00"


def croissant(text: str) -> Any:
    with warnings.catch_warnings():
        # Of the libraries that it imports, not of what is validated here.
        warnings.simplefilter("ignore")
        import mlcroissant

        return mlcroissant.Dataset(jsonld=json.loads(text))


def test_front_matter_is_read_by_hugging_face(rendered: Mapping[str, str]) -> None:
    data = safe_load(rendered["MODEL_CARD.md"].split("---\n")[1])
    if not data["model-index"][0]["results"]:
        return
    name, results = model_index_to_eval_results(data["model-index"])

    assert name == data["model-index"][0]["name"]
    assert all(isinstance(result.metric_value, int | float) for result in results)
    assert len(results) >= 7


def test_documents_that_the_spec_leaves_out_are_linked_nowhere() -> None:
    facts = RUNS["plain"]()
    spec = facts.spec.model_copy(update={"documents": ("model_card",)})
    from dataclasses import replace

    rendered = stage.render(replace(facts, spec=spec))

    assert {name for name in rendered if not name.startswith("plots/")} == {
        "report.md",
        FACTS,
        "MODEL_CARD.md",
    }
    assert "DATA_DICTIONARY.md" not in rendered["MODEL_CARD.md"]
    assert "applied_model_card.xml" not in rendered["MODEL_CARD.md"]
