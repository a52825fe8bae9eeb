"""The screening of a bundle never refuses what clinft itself writes into audit.json and gate.json."""

from collections.abc import Iterator
from typing import Any

import pytest

from clinft.artifacts.envelope import Artifact
from clinft.pipeline import STAGES
from clinft.pipeline.foreign_text import looks_foreign
from clinft.pipeline.github import acceptance
from clinft.spec.safeguards import table
from clinft.stages.audit import tables
from clinft.stages.audit.engine import default
from clinft.stages.audit.limits import LIMITS
from clinft.stages.audit.safe_harbor import CATEGORIES
from clinft.stages.audit.sensitivity import Counts, sensitivities
from clinft.stages.audit.verdict import decide
from tests.fakes import audit_reports, handlings, run_inputs

LETTERS = {category.letter: 500 for category in CATEGORIES}


def refused(value: object) -> list[str]:
    """As `_check_texts` walks a result: keys and texts."""
    return sorted({text for text in acceptance._texts(value) if looks_foreign(text)})


def because() -> Iterator[str]:
    """Every sentence that a verdict may give as its reason."""
    floor = 0.95
    few = sensitivities(Counts(planted=LETTERS, found={}), Counts(planted=LETTERS, found={}), floor)
    real = audit_reports.declined_audit().authenticity
    different = real.provenance.model_copy(update={"regenerated": "different", "statements": ()})
    files = {"synthetic/notes.jsonl": "1" * 64}
    counts = {"CRITICAL": 12_345, "HIGH": 1_234_567}
    for provenance in (real.provenance, different):
        found = real.model_copy(update={"provenance": provenance})
        _, said = decide(counts, few, floor, found, files)
        yield from said


def property_names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for below in schema.values():
            yield from property_names(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from property_names(below)


@pytest.mark.parametrize("stage", [row.name for row in STAGES])
def test_names_of_fields_are_no_identifiers(stage: str) -> None:
    payload = next(row for row in STAGES if row.name == stage).build().payload
    schemas = (payload.model_json_schema(), Artifact.model_json_schema())

    assert refused({name: "" for schema in schemas for name in property_names(schema)}) == []


SENTENCES: dict[str, Any] = {
    "safeguards": lambda: table().model_dump(mode="json"),
    "handling": lambda: handlings.handling(run_inputs.spec()).model_dump(mode="json"),
    "signs": lambda: [kind["meaning"] for kind in tables.table("authenticity")["kinds"].values()],
    "names of signs": lambda: list(tables.table("authenticity")["kinds"]),
    "remedies": lambda: [row["remedy"] for row in tables.table("severities")["entities"].values()],
    "entity types": lambda: list(tables.table("severities")["entities"]),
    "recognizers": lambda: [
        f"{family}/{rule.name}" for family, rules in default().families.items() for rule in rules
    ],
    "limits": lambda: list(LIMITS),
    "titles and notes": lambda: [text for row in CATEGORIES for text in (row.title, row.note)],
    "sensitivity": lambda: [
        row.model_dump(mode="json")
        for counts in (None, Counts(planted=LETTERS, found=LETTERS))
        for row in sensitivities(counts, counts, 0.95)
    ],
    "because": lambda: list(because()),
    "a sound audit": lambda: audit_reports.audit().model_dump(mode="json"),
    "a declined audit": lambda: audit_reports.declined_audit().model_dump(mode="json"),
    "a decision": lambda: run_inputs.decision().model_dump(mode="json", exclude={"policy_sha256"}),
}


@pytest.mark.parametrize("what", SENTENCES)
def test_own_sentences_are_no_identifiers(what: str) -> None:
    value = SENTENCES[what]()

    assert list(acceptance._texts(value)) != []
    assert refused(value) == []


def test_screening_sees_a_name_and_a_number_there() -> None:
    value = handlings.handling(run_inputs.spec()).model_dump(mode="json")
    value["rows"][0]["statement"] = "Mrs Adele Zimmermann, MRN: 48213377"

    assert refused(value) == ["Mrs Adele Zimmermann, MRN: 48213377"]
