"""JSON Schemas of what people write, generated from the models; editors and other tools read them."""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec

Models = Mapping[str, tuple[type[BaseModel], str]]
MODELS: Models = {
    "project.schema.json": (ProjectSpec, "clinft project"),
    "policy.schema.json": (Policy, "clinft policy"),
}


def schemas(models: Models = MODELS) -> dict[str, dict[str, object]]:
    """File name → JSON Schema 2020-12. Rules between several keys only `clinft validate` knows."""
    return {
        name: {
            "$schema": GenerateJsonSchema.schema_dialect,
            "$id": name,
            **model.model_json_schema(mode="validation"),
            "title": title,
        }
        for name, (model, title) in models.items()
    }


def render(schema: dict[str, object]) -> str:
    """The bytes that are committed: two spaces, a newline at the end."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path, models: Models = MODELS) -> list[Path]:
    """Write every schema that differs; returns the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas(models).items():
        path, text = folder / name, render(schema)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def stale_schemas(folder: Path, models: Models = MODELS) -> list[str]:
    """Names of the committed schemas that differ from the models, or are missing."""
    return [
        name
        for name, schema in schemas(models).items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != render(schema)
    ]
