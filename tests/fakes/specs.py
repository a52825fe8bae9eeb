"""A small valid spec as plain values, and the files of a project around it."""

import copy
from pathlib import Path
from typing import Any

import yaml

from clinft.spec.project import ProjectSpec

LABELS = ("circulatory", "respiratory", "digestive", "mental")
SPEC: dict[str, Any] = {
    "version": 1,
    "name": "demo",
    "summary": "ICD-10 chapter of the main diagnosis",
    "owners": ["@ml-lead"],
    "clinical_domain": "general-medicine",
    "intended_use": "Tests of the pipeline.",
    "out_of_scope": ["Any use with patients."],
    "task": {
        "kind": "classification",
        "description": "Name the chapter of the main diagnosis.",
        "labels": list(LABELS),
    },
    "data": {"source": "synthetic", "records": 240, "seed": 7},
    "training": {
        "provider": "fake",
        "base_model": "builtin:fake",
        "hyperparameters": {"n_epochs": 1, "batch_size": 8, "learning_rate": 0.001},
    },
    "budget": {"max_usd": 10},
}
PROMPT = """# System
Answer with the chapter of the main diagnosis: circulatory, respiratory, digestive or mental.

## Example
### Input
Chest pain with ST elevation; troponin rising.
### Output
circulatory

## Example
### Input
Wheeze and cough, better after a bronchodilator.
### Output
respiratory

## Example
### Input
Burning upper abdominal pain after meals.
### Output
digestive
"""
POLICY: dict[str, Any] = {
    "version": 1,
    "roles": {"ml": {"people": []}, "privacy": {"people": []}},
    "budgets": {"per_run_usd": 50, "per_month_usd": 200},
    "providers": {"fake": {}, "peft": {}},
    "runners": {"local": {"description": "this machine"}},
}


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` laid over `base`, section by section."""
    made = copy.deepcopy(base)
    for key, value in changes.items():
        made[key] = merged(made[key], value) if isinstance(value, dict) and key in made else value
    return made


def project_spec(**changes: Any) -> ProjectSpec:
    return ProjectSpec.model_validate(merged(SPEC, changes), strict=False)


def write_repository(root: Path, policy: dict[str, Any] | None = None, **changes: Any) -> Path:
    """A repository with a policy and the project `demo`; returns the project's folder."""
    project = root / "projects" / "demo"
    (project / "prompt").mkdir(parents=True, exist_ok=True)
    (root / ".github").mkdir(exist_ok=True)
    (root / ".github" / "clinft.yml").write_text(yaml.safe_dump(merged(POLICY, policy or {})))
    (project / "project.yaml").write_text(yaml.safe_dump(merged(SPEC, changes), sort_keys=False))
    (project / "prompt" / "prompt.md").write_text(PROMPT)
    return project
