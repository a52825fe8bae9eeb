"""The base of every model, and the small types the spec is made of."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError


class Strict(BaseModel):
    """Frozen, no unknown keys, no type coercion, and no input values in error texts.

    `hide_input_in_errors` alone still leaks through `errors()`; `spec.load` therefore reports
    only places and error types.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )


def conflict(message: str, *at: str | int, next_step: str = "Correct one of them.") -> PydanticCustomError:
    """A rule between several keys is broken; `at` leads from the model to the key to correct."""
    return PydanticCustomError(
        "conflict", "{message}", {"message": message, "at": at, "next_step": next_step}
    )


# Names become paths, branches, check names and labels: nothing a shell, a URL or Markdown reads.
Slug = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", min_length=2, max_length=60)
]
# Module names and YAML values at once, so with underscores.
Provider = Literal["peft", "openai", "azure_openai", "mcp", "manual", "fake", "fake_hosted"]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\r\n]*\S[^\r\n]*$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=8000, pattern=r"\S")]
Label = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", min_length=1, max_length=80)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0, strict=False)]
PositiveFloat = Annotated[float, Field(gt=0.0, strict=False)]
# What a provider names its jobs, files and models: no spaces, nothing a shell, a link or Markdown would read.
PROVIDER_NAME = r"[A-Za-z0-9][A-Za-z0-9._:@/+=-]{0,199}"
# Whole numbers up to here mean the same to whoever reads JSON, and can be sealed (RFC 8785).
MOST = 2**53
Count = Annotated[int, Field(ge=0, lt=MOST)]
Loss = Annotated[float, Field(ge=0, lt=MOST, strict=False, allow_inf_nan=False)]
# Digest of bytes or of canonical JSON: lower-case hex sha256.
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Usd = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=6, strict=False)]
