"""A small domain pack of version 2 as plain values, and specs that use it or one of clinft's."""

import copy
from typing import Any

import yaml

from clinft.spec.data import DataSpec
from clinft.spec.project import ProjectSpec, TaskSpec
from tests.fakes.specs import SPEC, merged

CODES = ("A02.1", "B01.2", "G00.1", "H66.91", "K35.80", "L03.90", "R55", "T78.2XXA")
SEVERITIES = ("mild", "moderate", "severe")
PACK: dict[str, Any] = {
    "version": 2,
    "name": "small",
    "title": "A small pack",
    "terminology": {
        "name": "ICD-10-CM", "release": "April 2026", "package": "simple-icd-10-cm", "package_version": "1.5.0",
    },
    "sources": [{"title": "A source", "used_for": "everything"}],
    "conditions": [
        {
            "code": code,
            "name": f"illness number {index}",
            "also": [f"IL{index}"],
            "ages": [30, 80],
            "onset": "acute" if index else "chronic",
            "acuity": {"mild": "non-urgent", "moderate": "urgent", "severe": "immediate"},
            "findings": [f"sign {letter}" for letter in "abcdef"],
            "red_flags": ["a grave sign"],
            "denies": ["fever", "cough", "back pain"],
            "labs": {"sodium": {"mild": [130, 134], "moderate": [121, 129], "severe": [110, 119]}},
            "normal_labs": ["potassium"],
            "studies": [{"study": "ECG", "shows": ["sinus rhythm"]}],
            "imaging": {
                "study": "chest X-ray", "technique": "frontal view", "findings": ["one shadow", "two shadows"],
                "normal": ["no effusion", "no fracture"], "impression": "shadows",
            },
            "medications": ["acetaminophen"],
            "care": ["rest", "fluids"],
            "long_term": [] if index else ["metformin"],
            "family": index == 1,
            "mimics": [
                {"code": "K22.4", "name": "esophageal spasm", "against": "a normal sodium"},
                {"code": "O00.90", "name": "ectopic pregnancy", "against": "a negative test"},
            ],
        }
        for index, code in enumerate(CODES)
    ],
}  # fmt: skip


def pack(*path: str | int, value: object = None) -> dict[str, Any]:
    """PACK, with another value at the path."""
    made = copy.deepcopy(PACK)
    if path:
        target: Any = made
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = value
    return made


def text(value: dict[str, Any]) -> bytes:
    """Each value on a line of its own, so that a place in the file tells something."""
    return yaml.safe_dump(value, sort_keys=False, default_flow_style=False).encode()


def data(**changes: object) -> DataSpec:
    return DataSpec.model_validate(
        {"source": "synthetic", "generator": "clinical-notes", "records": 400, "seed": 11, **changes},
        strict=False,
    )


def task(kind: str = "classification", **changes: object) -> TaskSpec:
    given: dict[str, object] = {"kind": kind, "description": "As a nurse would.", **changes}
    if kind == "classification":
        given.setdefault("labels", ("immediate", "emergent", "urgent"))
    if kind == "extraction":
        properties = {
            "age": {"type": ["integer", "null"]},
            "findings": {"type": "array", "items": {"type": "string"}},
        }
        given.setdefault("output_schema", {"type": "object", "properties": properties})
    return TaskSpec.model_validate(given, strict=False)


def clinical_spec(**changes: Any) -> ProjectSpec:
    spec = merged(
        SPEC,
        {
            "clinical_domain": "cardiology",
            "task": {"labels": ["immediate", "emergent", "urgent"]},
            "data": {"generator": "clinical-notes"},
        },
    )
    return ProjectSpec.model_validate(merged(spec, changes), strict=False)
