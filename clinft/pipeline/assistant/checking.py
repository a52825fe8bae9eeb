"""Tools that compute what a pull request's checks would say of a project, on a copy of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from clinft.artifacts.audit import AuditReport, Finding
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.planning import CostEstimate
from clinft.pipeline.assistant.desk import Desk
from clinft.pipeline.assistant.form import OfProject, Place, clause, places
from clinft.pipeline.assistant.scratch import copied, prepared
from clinft.pipeline.before_training import audit_stage, estimate_stage
from clinft.pipeline.context import Context
from clinft.pipeline.driver import run_stage
from clinft.pipeline.gate_inputs import gather
from clinft.pipeline.problems import problems_of
from clinft.pipeline.quote import Asked, Quote, quote
from clinft.pipeline.unpermitted import awaited, unpermitted
from clinft.spec.base import Line, Provider, Sha256, Slug, Strict
from clinft.stages import gate
from clinft.stages.gate.waivers import judge

SHOWN_FINDINGS = 50


class Validated(Strict):
    valid: bool
    problems: tuple[Place, ...]
    awaited: tuple[Place, ...] = Field(description="What the owners of .github/clinft.yml have yet to give.")


def validate(desk: Desk, asked: OfProject) -> Validated:
    """As the verb: under the policy of this checkout."""
    desk.project(asked.project)
    copy = copied(desk, asked.project, policy=True)
    # Named from the project, the policy above it has its whole path, which `places` shortens.
    found = sorted({*problems_of(copy), *unpermitted([copy], copy, desk.today())})
    waits = [] if found else list(awaited([copy], copy, desk.today()))
    return Validated(valid=not found, problems=places(desk, found), awaited=places(desk, waits))


class Split(Strict):
    records: int
    scenarios: int
    by_label: dict[str, int]
    by_style: dict[str, int]
    sha256: Sha256


class Prepared(Strict):
    """Counts alone: no record is shown here, and none leaves the copy it was made in."""

    project: Slug
    of: str
    splits: dict[str, Split]
    shared_scenarios: int = Field(description="In training and test both; 0 or the gate refuses.")
    shared_styles: int
    duplicate_texts: int


def preview_data(desk: Desk, asked: OfProject) -> Prepared:
    context = prepared(desk, asked.project)
    made = context.need("prepare", PreparedDataset).payload
    splits = {
        name: Split(
            records=split.records,
            scenarios=split.scenarios,
            by_label=dict(split.by_label),
            by_style=dict(split.by_style),
            sha256=split.sha256,
        )
        for name, split in made.splits.items()
    }
    return Prepared(
        project=asked.project,
        of=clause(context),
        splits=splits,
        shared_scenarios=made.shared_scenarios,
        shared_styles=made.shared_styles,
        duplicate_texts=made.duplicate_texts,
    )


class Audited(Strict):
    """What this method found. It never says that a project complies with HIPAA."""

    project: Slug
    of: str
    verdict: str
    blocks: bool = Field(description="After the waivers of the policy.")
    because: tuple[str, ...]
    records_scanned: int
    by_severity: dict[str, int]
    findings: tuple[Finding, ...] = Field(description="The first 50: places and types, never a text.")
    remedies: dict[str, str]
    measured: dict[str, str] = Field(description="By identifier: how many planted ones this very run found.")
    limits: tuple[str, ...]


def audit(desk: Desk, asked: OfProject) -> Audited:
    context = prepared(desk, asked.project)
    run_stage(audit_stage(), context)
    found = context.need("audit", AuditReport).payload
    measured = {
        one.identifier: f"{one.canaries.found} of {one.canaries.n} planted, {one.status}"
        for one in found.sensitivity
        if one.canaries is not None
    }
    return Audited(
        project=asked.project,
        of=clause(context),
        verdict=found.verdict,
        blocks=judge(found, context.policy, context.name, desk.today()).blocks,
        because=found.because,
        records_scanned=found.records_scanned,
        by_severity=found.by_severity,
        findings=found.findings[:SHOWN_FINDINGS],
        remedies=found.remedies,
        measured=measured,
        limits=found.limits,
    )


class Estimated(Strict):
    """An estimate before anything is spent, from dated prices; nobody was asked."""

    project: Slug
    of: str
    plan_digest: Sha256
    provider: str
    base_model: str
    training_tokens: int
    tokens_basis: str
    n_epochs: int
    cost_usd: Decimal
    cost_usd_upper: Decimal
    minutes: float | None
    minutes_upper: float | None
    hosting_usd_month: Decimal | None = Field(description="None: unknown, which is not free.")
    evaluation_usd: Decimal | None
    total_usd: Decimal | None
    within_budget: bool
    formula: str
    price_source: str
    price_as_of: str
    throughput_basis: str
    served_until: str | None
    unknown: tuple[str, ...]
    notes: tuple[str, ...]


def estimate(desk: Desk, asked: OfProject) -> Estimated:
    context = prepared(desk, asked.project)
    made = _estimate(context)
    return Estimated(
        project=asked.project,
        of=clause(context),
        plan_digest=made.plan_digest,
        provider=made.plan.provider,
        base_model=made.plan.base_model.ref,
        training_tokens=made.training_tokens,
        tokens_basis=made.tokens_basis,
        n_epochs=made.n_epochs,
        cost_usd=made.cost_usd,
        cost_usd_upper=made.cost_usd_upper,
        minutes=made.minutes,
        minutes_upper=made.minutes_upper,
        hosting_usd_month=made.hosting_usd_month,
        evaluation_usd=made.evaluation_usd,
        total_usd=made.total_usd,
        within_budget=made.within_budget,
        formula=made.formula,
        price_source=made.price.source,
        price_as_of=made.price.as_of,
        throughput_basis=made.throughput_basis,
        served_until=made.served_until,
        unknown=made.unknown,
        notes=made.notes,
    )


def _estimate(context: Context) -> CostEstimate:
    run_stage(estimate_stage(), context)
    return context.need("estimate", CostEstimate).payload


class OfTokens(Strict):
    provider: Provider
    model: Line = Field(description="The base model, as the provider calls it, e.g. gpt-4.1-mini.")
    tokens: Annotated[int, Field(ge=1, le=10**12)] = Field(description="Of one pass over the training file.")
    epochs: Annotated[int, Field(ge=1, le=50)]
    months: Annotated[int, Field(ge=0, le=120)] = Field(default=1, description="How long it is hosted.")
    region: Line | None = None


def price(desk: Desk, asked: OfTokens) -> Quote:
    return quote(
        Asked(
            provider=asked.provider,
            model=asked.model,
            tokens=asked.tokens,
            tokens_basis="given",
            epochs=asked.epochs,
            months=asked.months,
            region=asked.region,
        ),
        desk.today(),
    )


class Objection(Strict):
    code: str
    weighs: Literal["refuses", "waits", "note"]
    message: str
    way_out: str
    role: str | None = Field(description="Who can settle it, where a role can.")


class Judged(Strict):
    """What the gate would say, seen from here. The gate on GitHub decides, and asks who approved."""

    project: Slug
    of: str
    policy: str = Field(description="Whose .github/clinft.yml this rests on.")
    opens_once_approved: bool
    objections: tuple[Objection, ...]
    required_roles: tuple[str, ...] = Field(description="Each by one person, neither author nor bot.")


def check_gate(desk: Desk, asked: OfProject) -> Judged:
    context = prepared(desk, asked.project)
    _estimate(context)
    run_stage(audit_stage(), context)
    # As on a pull request that nobody has reviewed yet: a word given here would be nobody's.
    inputs = replace(gather(context), mode="pull_request")
    decision = gate.decide(inputs)
    return Judged(
        project=asked.project,
        of=clause(context),
        policy=desk.policy()[1],
        opens_once_approved=not gate.refused_for_other_reasons(inputs),
        objections=tuple(
            Objection(
                code=one.code,
                weighs="waits" if one.pending else "refuses" if one.blocks else "note",
                message=desk.words(one.message),
                way_out=desk.words(one.way_out),
                role=one.role,
            )
            for one in decision.reasons
        ),
        required_roles=context.policy.required_for(asked.project),
    )
