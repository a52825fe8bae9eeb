"""tables/recipes.yaml: recommendations with their bounds, reasons and sources."""

from functools import cache
from importlib import resources
from typing import Self

from pydantic import Field, model_validator

from clinft.artifacts.advice import AdviceRow
from clinft.artifacts.canonical import digest_bytes
from clinft.spec import yaml
from clinft.spec.base import Provider, Strict, conflict
from clinft.stages.advise.facts import Kind, Request

TABLE = "recipes.yaml"


class Rule(Strict):
    parameter: str
    providers: tuple[Provider, ...] = Field(min_length=1)
    methods: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    samples_below: int | None = None
    parameters_from: int | None = None
    parameters_below: int | None = None
    recommended: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    absent: bool = False
    reason: str = Field(min_length=1)
    source: str

    def fits(self, request: Request) -> bool:
        """A row that asks for the number of parameters does not fit a model of unknown size."""
        data, parameters = request.data, request.model.parameters
        if self.methods and request.training.method not in self.methods:
            return False
        if request.training.provider not in self.providers or (self.kinds and data.kind not in self.kinds):
            return False
        if self.samples_below is not None and data.samples >= self.samples_below:
            return False
        if self.parameters_from is not None and (parameters is None or parameters < self.parameters_from):
            return False
        return self.parameters_below is None or (
            parameters is not None and parameters < self.parameters_below
        )


class MemoryRow(Strict):
    parameters_below: int
    lora_gb: float
    qlora_gb: float


class Recipes(Strict):
    sources: dict[str, str]
    rules: tuple[Rule, ...]
    memory: tuple[MemoryRow, ...]

    @model_validator(mode="after")
    def sources_exist(self) -> Self:
        for index, rule in enumerate(self.rules):
            if rule.source not in self.sources:
                raise conflict("no such source", "rules", index, "source")
        return self


def _bytes() -> bytes:
    return (resources.files("clinft") / "tables" / TABLE).read_bytes()


def table_digest() -> str:
    return digest_bytes(_bytes())


@cache
def recipes() -> Recipes:
    return Recipes.model_validate(yaml.parse(_bytes(), TABLE).value, strict=False)


def rule_of(parameter: str, request: Request) -> Rule | None:
    """The first that fits."""
    return next(
        (rule for rule in recipes().rules if rule.parameter == parameter and rule.fits(request)), None
    )


def row(
    rule: Rule,
    request: Request,
    spec: str,
    departs: bool,
    recommended: str | None = None,
    reason: str | None = None,
    source: str | None = None,
) -> AdviceRow:
    """`recommended`, `reason` and `source` instead of the rule's own, where they were computed."""
    words = recommended if recommended is not None else rule.recommended
    assert words is not None, "a rule without a recommendation is computed"
    said = (reason or rule.reason).replace("{samples}", f"{request.data.samples:,}")
    return AdviceRow(
        parameter=rule.parameter,
        spec=spec,
        recommended=words,
        departs=departs,
        reason=said,
        source=recipes().sources[source or rule.source],
    )


def number_row(
    rule: Rule, request: Request, value: float | None, unit: str = "", otherwise: float | None = None
) -> AdviceRow:
    """A number of the spec against the rule's bounds. What the spec leaves out departs from nothing, unless
    clinft takes `otherwise` then.
    """
    counts = otherwise if value is None else value
    departs = counts is not None and (rule.absent or not within(counts, rule.at_least, rule.at_most))
    spec = "absent" if value is None else f"{shown(value)}{unit}"
    if value is None and otherwise is not None:
        spec += f", so {shown(otherwise)}"
    return row(rule, request, spec, departs, _with_bounds(rule))


def _with_bounds(rule: Rule) -> str | None:
    """One number is recommended, and others depart from nothing: which ones is said beside it."""
    if rule.recommended is None or rule.at_least is None or rule.at_most is None:
        return rule.recommended
    if not rule.recommended.replace(".", "", 1).isdecimal():
        return rule.recommended
    return f"{rule.recommended}; {shown(rule.at_least)} to {shown(rule.at_most)} will do"


def within(value: float, at_least: float | None, at_most: float | None) -> bool:
    return (at_least is None or value >= at_least) and (at_most is None or value <= at_most)


def shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.10f}".rstrip("0").rstrip(".")
