"""No place for what was found: a finding says where and what kind, and nothing of it can hold the text."""

import re
from typing import Any

import pytest

from clinft.artifacts.audit import AuditReport, FileAudit, FileFinding, Finding, Severity

# Whoever adds a field here says why no identifier can get into it: `id` is a digest, `file` and `field` are names
# that the audit has found clean or put a number for, the others come from clinft's own tables.
TEXTS = {"id": str, "file": str, "field": str, "entity_type": str, "recognizer": str}
PLACES = {"start": int, "end": int, "score": float, "severity": Severity}
ALLOWED: dict[type[Any], dict[str, Any]] = {
    Finding: {**TEXTS, **PLACES, "row": int, "safe_harbor": str},
    FileFinding: {**TEXTS, **PLACES, "record": int, "identifier": None},
}
SUSPECT = re.compile(r"text|value|match|snippet|context|excerpt|sample|before|after", re.IGNORECASE)


@pytest.mark.parametrize("model", ALLOWED, ids=lambda model: model.__name__)
def test_a_finding_has_these_fields_and_no_other(model: type[Any]) -> None:
    fields = {name: field.annotation for name, field in model.model_fields.items()}
    assert fields.keys() == ALLOWED[model].keys()
    for name, expected in ALLOWED[model].items():
        assert expected is None or fields[name] == expected, name
    assert model.model_config["extra"] == "forbid"


@pytest.mark.parametrize("model", [AuditReport, FileAudit])
def test_no_field_of_a_report_is_named_after_text(model: type[Any]) -> None:
    def names(of: type[Any]) -> set[str]:
        found = set(of.model_fields)
        for field in of.model_fields.values():
            for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
                if isinstance(part, type) and hasattr(part, "model_fields"):
                    found |= names(part)
        return found

    assert not {name for name in names(model) if SUSPECT.search(name)}
