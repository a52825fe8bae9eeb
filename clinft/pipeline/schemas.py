"""All JSON Schemas of what people write: the spec's, and the domain pack's, which stages know."""

from pydantic import BaseModel

from clinft.spec.schema import MODELS
from clinft.stages.prepare.clinical.pack import ClinicalPack

ALL: dict[str, tuple[type[BaseModel], str]] = {
    **MODELS,
    "domain-pack.schema.json": (ClinicalPack, "clinft domain pack"),
}
