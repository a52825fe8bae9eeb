"""The second half of `report.md`: data, audit, cost, approvals and the chain of digests."""

from collections.abc import Iterable

from clinft.artifacts.audit import SEVERITIES
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.planning import CostEstimate
from clinft.stages.report import audit_words, costs, numbers, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, code_block, details, escape, table

STAGE_ORDER = ("prepare", "assess", "audit", "estimate", "gate", "train", "evaluate", "regress")
STYLES_NOT_KNOWN = "not known: of some records nobody said how they are written"


def sections(facts: RunFacts) -> Iterable[str]:
    yield from _data(facts)
    yield from _audit(facts)
    yield from _cost(facts)
    yield from _measured(facts)
    yield from _approvals(facts)
    yield from _digests(facts)


def splits_table(prepared: PreparedDataset) -> str:
    return table(
        ("Split", "Records", "Scenarios", "Note styles", "sha256"),
        (
            (
                escape(name),
                f"{split.records:,}",
                f"{split.scenarios:,}",
                ", ".join(code(style) for style in sorted(split.by_style)),
                numbers.short(split.sha256),
            )
            for name, split in prepared.splits.items()
        ),
        numeric={1, 2},
    )


def disjointness(prepared: PreparedDataset) -> str:
    return bullets(
        (
            f"Scenarios in more than one split: {_must_be_zero(prepared.shared_scenarios)}",
            f"{prepared.wording.capitalize()}s both in train and in test: "
            + (_must_be_zero(prepared.shared_styles) if prepared.styles_known else STYLES_NOT_KNOWN),
            f"Records whose text occurs more than once: {prepared.duplicate_texts:,}",
        )
    )


def severity_counts(by_severity: dict[str, int]) -> str:
    return table(SEVERITIES, [[f"{by_severity.get(severity, 0):,}" for severity in SEVERITIES]])


def _must_be_zero(count: int) -> str:
    return "0" if count == 0 else f"**{count:,}, must be 0: numbers on the test split are too good**"


def _data(facts: RunFacts) -> Iterable[str]:
    prepared = facts.prepared
    yield "## Data"
    yield (
        f"Synthetic, from generator {code(prepared.generator)} version {prepared.generator_version}, "
        f"seed {prepared.seed}. Terminology: {escape(prepared.terminology_release)}."
    )
    yield splits_table(prepared)
    yield disjointness(prepared)
    if "data_dictionary" in facts.spec.documents:
        yield "Fields and label counts: [DATA_DICTIONARY.md](DATA_DICTIONARY.md)."


def _audit(facts: RunFacts) -> Iterable[str]:
    audit = facts.audit
    yield "## Audit"
    yield (
        f"**{audit.verdict}**. {audit.records_scanned:,} rows and {audit.characters_scanned:,} characters "
        f"in {numbers.count(len(audit.files_scanned), 'file')} were searched for the 18 identifiers of "
        "45 CFR 164.514(b)(2)(i). Findings by severity:"
    )
    yield severity_counts(audit.by_severity)
    yield bullets(
        (
            *map(escape, audit.because),
            audit_words.sentence(audit_words.sensitivity_of(audit)).removesuffix("."),
            f"Origin: {audit_words.ORIGINS[audit.authenticity.provenance.origin]}; "
            f"made again and compared: {audit_words.REGENERATED[audit.authenticity.provenance.regenerated]}; "
            f"{audit_words.signs(audit.authenticity)}",
            f"Singling out: {audit_words.uniqueness(audit.authenticity.uniqueness)}",
        )
    )
    if audit.limits:
        yield "Limits of the method:"
        yield bullets(escape(limit) for limit in audit.limits)
    if "hipaa_report" in facts.spec.documents:
        yield "Per identifier, with files and digests: [HIPAA_REPORT.md](HIPAA_REPORT.md)."


def _cost(facts: RunFacts) -> Iterable[str]:
    estimate = facts.estimate
    measured = facts.measured.get("train", {})
    unknown = "missing: nothing measured for this recipe yet"
    seconds = measured.get("seconds")
    yield "## Cost"
    yield table(
        ("What", "Estimate", "Upper bound", "Measured"),
        (
            (
                "Training cost",
                numbers.usd(estimate.cost_usd),
                _upper(estimate, "training"),
                _paid(facts, "train"),
            ),
            (
                "Evaluation cost",
                costs.known(estimate.evaluation_usd),
                _upper(estimate, "evaluation"),
                _paid(facts, "evaluate"),
            ),
            ("Both", "", numbers.usd(estimate.cost_usd_upper), ""),
            (
                "Training time",
                unknown if estimate.minutes is None else f"{estimate.minutes:,.1f} min",
                unknown if estimate.minutes_upper is None else f"{estimate.minutes_upper:,.1f} min",
                f"{seconds / 60:,.1f} min"
                if isinstance(seconds, int | float)
                else "missing: train recorded no time",
            ),
            (
                "Budget",
                "",
                f"{numbers.usd(facts.spec.budget.max_usd)}, {facts.spec.budget.max_hours:g} h",
                "cost bound lies within it" if estimate.within_budget else "**cost bound lies above it**",
            ),
        ),
    )
    yield bullets(
        (
            f"Formula: {escape(estimate.formula)}",
            f"Price: {costs.training_price(estimate)}, "
            f"{escape(estimate.price.source)}, as of {escape(estimate.price.as_of)}",
            f"Tokens counted by: {estimate.tokens_basis}",
            f"Speed: {escape(estimate.throughput_basis)}",
            *costs.after_training(estimate),
            *map(escape, estimate.notes),
        )
    )


def _upper(estimate: CostEstimate, what: str) -> str:
    """Of this part alone; an earlier clinft bounded both together and nothing else."""
    part = next((one for one in estimate.parts if one.what == what), None)
    return "missing: bounded together only" if part is None else costs.known(part.usd_upper)


def _paid(facts: RunFacts, stage: str) -> str:
    cost = facts.measured.get(stage, {}).get("cost_usd")
    return "missing: none was reported" if cost is None else f"{escape(str(cost))} USD"


def _measured(facts: RunFacts) -> Iterable[str]:
    yield "## Measured on this machine"
    rows = [
        (stage, escape(name.removesuffix("_bytes").replace("_", " ")), numbers.measured_value(name, value))
        for stage in STAGE_ORDER
        for name, value in sorted(facts.measured.get(stage, {}).items())
    ]
    if not rows:
        yield "missing: no stage recorded times"
        return
    yield table(("Stage", "What", "Value"), rows, numeric={2})
    programs = ", ".join(f"{escape(name)} {escape(facts.versions[name])}" for name in sorted(facts.versions))
    yield f"These values differ from run to run and are part of no digest. Versions: {programs}."


def _approvals(facts: RunFacts) -> Iterable[str]:
    decision = facts.decision
    yield "## Approvals"
    roles = ", ".join(code(role) for role in decision.required_roles) or "none"
    yield (
        f"The gate {'allowed' if decision.allowed else 'did **not** allow'} training "
        f"({decision.mode} mode, policy {numbers.short(decision.policy_sha256)}). "
        f"Roles that had to answer: {roles}."
        + (" On GitHub the roles of the policy answer instead." if decision.mode == "local" else "")
    )
    if decision.approvals:
        yield table(
            ("Who", "Role", "How", "When", "Plan"),
            (
                (
                    escape(approval.person),
                    code(approval.role),
                    words.APPROVALS[approval.kind],
                    "missing: a local answer carries no time of its own"
                    if approval.at is None
                    else escape(approval.at),
                    numbers.short(approval.plan_digest),
                )
                for approval in decision.approvals
            ),
        )
    else:
        yield "missing: nobody's approval was recorded"
    if decision.reasons:
        yield table(
            ("Code", "Blocks", "Reason", "Way out"),
            (
                (
                    code(reason.code),
                    "**yes**" if reason.blocks else "no",
                    escape(reason.message),
                    escape(reason.way_out),
                )
                for reason in decision.reasons
            ),
        )


def _digests(facts: RunFacts) -> Iterable[str]:
    rows = [(stage, facts.digests[stage]) for stage in STAGE_ORDER if stage in facts.digests]
    rows += [
        ("plan", facts.decision.plan_digest),
        ("base model", facts.model.base_model.digest),
        ("training file", facts.model.training_file),
        ("validation file", facts.model.validation_file),
        ("test split", facts.evaluation.test_sha256),
        *sorted(facts.model.weights.items()),
    ]
    yield "## Chain of digests"
    yield table(("What", "sha256"), ((code(name), numbers.short(digest)) for name, digest in rows))
    width = max(len(name) for name, _ in rows)
    yield details("In full", code_block("\n".join(f"{name:<{width}}  {digest}" for name, digest in rows)))
    yield f"Check all of it, offline: {code(f'clinft verify {facts.run_folder}')}"
