"""The questions of standards, from tables/cards: each names the statements that answer it."""

from importlib import resources
from typing import Any

import yaml

from clinft.artifacts.fact_sheet import Asked, Standard

FOLDER = "cards"
ASKING = ("hti-1", "tripod-llm", "datasheet")
# Forms without questions of their own; versions are those that the documents are written in.
FORMS = {
    "applied-model-card": Standard(
        name="CHAI Applied Model Card", citation="https://mc.chai.org/v0.2/schema.xsd", version="v0.2"
    ),
    "ml-bom": Standard(
        name="CycloneDX ML-BOM", citation="http://cyclonedx.org/schema/bom-1.6.schema.json", version="1.6"
    ),
    "croissant": Standard(name="Croissant", citation="http://mlcommons.org/croissant/1.0", version="1.0"),
    "model-card": Standard(
        name="Hugging Face model card", citation="https://huggingface.co/docs/hub/model-cards"
    ),
    "safe-harbor": Standard(
        name="Safe Harbor", citation="45 CFR 164.514(b)(2)(i)", status="18 identifiers, A to R"
    ),
}


def standards() -> dict[str, Standard]:
    return {**FORMS, **{name: _load(name) for name in ASKING}}


def _load(name: str) -> Standard:
    place = resources.files("clinft") / "tables" / FOLDER / f"{name}.yaml"
    read: dict[str, Any] = yaml.safe_load(place.read_bytes())
    return Standard(
        name=read["name"],
        citation=read["citation"],
        version=str(read.get("version", "")),
        status=read.get("status", ""),
        questions=tuple(
            Asked(
                section=section["section"],
                number=str(row["number"]),
                asks=row["asks"],
                answers=tuple(row["answers"]),
                where=row.get("where", ""),
            )
            for section in read["sections"]
            for row in section["questions"]
        ),
    )
