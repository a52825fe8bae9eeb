"""What the policy says of the dashboard's pages."""

from pydantic import Field

from clinft.spec.base import Strict
from clinft.spec.eligibility import ServiceUrl


class Pages(Strict):
    """Off unless it is asked for: the pages of a private repository are public on most plans of GitHub."""

    publish: bool = Field(
        default=False, description="Whether pages.yml may publish the dashboard on GitHub Pages."
    )
    url: ServiceUrl | None = Field(
        default=None, description="Where people read it, for links in messages; absent: no such links."
    )
