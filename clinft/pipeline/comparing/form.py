"""What a comparison of runs says, as `clinft compare --json` prints it. No text of records or answers."""

from pydantic import Field

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import MetricResult
from clinft.spec.base import Sha256, Strict


class Side(Strict):
    """One run. `digests`: of what it was made from, by name; a name that is absent was not recorded."""

    run_id: str
    project: str
    status: str
    verdict: str | None
    evaluated_at: str | None = Field(description="ISO time, UTC; None: it was not evaluated.")
    clinft_version: str | None
    provider: str | None
    base_model: str | None
    digests: dict[str, Sha256]
    scoring: str | None = Field(description="How the answers were read that the metrics below are of.")
    metrics: tuple[MetricResult, ...]


class SpecChange(Strict):
    """One field of project.yaml; None: it is not there."""

    field: str
    before: str | None
    after: str | None


class Difference(Strict):
    """One metric on the same items: second run minus first. `missing` says why there is none."""

    metric: str
    higher_is_better: bool
    first: float | None = None
    second: float | None = None
    difference: Interval | None = None
    p_value: float | None = Field(default=None, description="Two-sided, against 'no difference'.")
    test: str | None = None
    lost: int | None = Field(default=None, description="Items that got worse; None: not yes or no.")
    won: int | None = None
    unit: str = ""
    missing: str | None = None


class Flip(Strict):
    """An item that one run has right and the other wrong. Labels or codes; None: the answer is a text."""

    item: str
    critical: bool
    target: str | None
    first: str | None
    second: str | None


class Versus(Strict):
    """A run against the first one that was named."""

    run_id: str
    spec: tuple[SpecChange, ...] | None = Field(description="None: one of the specs cannot be read.")
    same: dict[str, bool] = Field(description="By the name of a digest that both runs have.")
    incomparable: str | None = None
    scoring: str | None = None
    items: int = 0
    differences: tuple[Difference, ...] = ()
    lost: tuple[Flip, ...] = Field(default=(), description="Right in the first, wrong here; critical first.")
    won: tuple[Flip, ...] = ()


class Comparison(Strict):
    """`sides`: the runs in the order in which they were named."""

    sides: tuple[Side, ...]
    versus: tuple[Versus, ...]
