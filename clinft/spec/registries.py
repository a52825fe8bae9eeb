"""Private places that tuned models may be pushed to. The policy names them; a spec never does."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from clinft.spec.base import Line, Strict
from clinft.spec.eligibility import Eligibility, ServiceUrl

# As huggingface_hub checks it, without `--` and `..`.
Namespace = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$", min_length=2, max_length=40)
]


class Registry(Strict):
    """A Hugging Face hub, the public one or your own, and the organisation there."""

    kind: Literal["huggingface"] = Field(description="What it is.")
    description: Line = Field(description="Whose it is, and who may read there.")
    url: ServiceUrl = Field(default="https://huggingface.co", description="Address of the hub.")
    namespace: Namespace = Field(
        description="The organisation or user; each project has a repository there for each form of weights."
    )
    eligibility: Eligibility = Field(description="Why weights may lie there.")
