"""What a hand-made run rests on: spec, data, audit, estimate and gate, as plain values."""

from decimal import Decimal

from clinft.artifacts.data import FieldSummary, PreparedDataset, SplitSummary
from clinft.artifacts.decision import Approval, GateDecision, Reason
from clinft.artifacts.planning import (
    BaseModelIdentity,
    CostEstimate,
    PriceBasis,
    TrainingPlan,
)
from clinft.spec.project import ProjectSpec
from tests.fakes.estimates import with_parts
from tests.fakes.handlings import handling

LABELS = ("circulatory", "digestive", "respiratory")


def digest(character: str) -> str:
    return character * 64


def spec(labels: tuple[str, ...] = LABELS, text: str | None = None) -> ProjectSpec:
    """`text` replaces every sentence that a person writes."""
    return ProjectSpec.model_validate(
        {
            "version": 1,
            "name": "icd10-chapter",
            "summary": text or "ICD-10 chapter of the main diagnosis in a short clinical note",
            "owners": ("@octo-org/clinical-ml",),
            "clinical_domain": "general-medicine",
            "intended_use": text or "Sorts notes by chapter. A professional coder reads every note.",
            "out_of_scope": (text or "Billing without a coder's review",),
            "task": {
                "kind": "classification",
                "description": text or "Answer with the chapter of the main diagnosis.",
                "labels": labels,
            },
            "data": {"source": "synthetic", "records": 300, "seed": 7},
            "training": {
                "provider": "peft",
                "base_model": "builtin:smollm2-135m",
                "lora": {"r": 16, "lora_alpha": 32},
                "hyperparameters": {"n_epochs": 1, "batch_size": 16, "learning_rate": 0.002},
            },
            "budget": {"max_usd": 0, "max_hours": 1},
            "evaluation": {
                "metrics": ("accuracy", "macro_f1", "parse_failure_rate", "perplexity", "critical_recall"),
                "thresholds": (
                    {"metric": "accuracy", "min": 0.6},
                    {"metric": "parse_failure_rate", "max": 0.05},
                ),
            },
            "regression": {"critical_labels": (labels[0],)},
        }
    )


def prepared(labels: tuple[str, ...] = LABELS, text: str | None = None) -> PreparedDataset:
    def split(records: int, scenarios: int, style: str, sha256: str) -> SplitSummary:
        each = records // len(labels)
        return SplitSummary(
            records=records,
            scenarios=scenarios,
            by_label=dict.fromkeys(labels, each),
            by_style={style: records},
            sha256=digest(sha256),
        )

    return PreparedDataset(
        generator="diagnosis-notes",
        generator_version=1,
        seed=7,
        splits={
            "train": split(180, 36, "soap", "1"),
            "validation": split(30, 6, "soap", "2"),
            "dev": split(30, 6, "telegraphic", "3"),
            "test": split(60, 12, "dictated", "4"),
        },
        fields=(
            FieldSummary(
                name="text", type="string", meaning=text or "The note.", example=text or "cough for 3 days"
            ),
            FieldSummary(name="target", type="label", meaning="The chapter.", example=labels[0]),
        ),
        shared_scenarios=0,
        shared_styles=0,
        duplicate_texts=0,
        terminology_release=text or "ICD-10-CM April 2025, from simple-icd-10-cm 2.1.1",
    )


def estimate(text: str | None = None) -> CostEstimate:
    plan = TrainingPlan(
        project="icd10-chapter",
        task={},
        data={},
        recipe={},
        records={"train": digest("1")},
        prompt=digest("6"),
        base_model=base_model(),
        provider="peft",
        region=None,
        runner="local",
        revision=1,
    )
    made = CostEstimate(
        plan=plan,
        plan_digest=plan.digest,
        training_tokens=18_000,
        tokens_basis="tokenizer",
        n_epochs=1,
        billed_tokens=18_000,
        price=PriceBasis(
            source=text or "your own machine, energy not counted",
            as_of="2026-11-24",
            usd_per_million_training_tokens=Decimal(0),
        ),
        cost_usd=Decimal("0.00"),
        cost_usd_upper=Decimal("0.00"),
        minutes=1.2,
        minutes_upper=3.6,
        formula=text or "18,000 tokens × 1 epochs = 18,000 trained tokens; × 0 USD per million = 0.00 USD",
        throughput_basis=text or "measured 2026-11-24 on 2 cores",
        within_budget=True,
    )
    return made if text is None else with_parts(made, text)


def base_model() -> BaseModelIdentity:
    return BaseModelIdentity(ref="builtin:smollm2-135m", kind="builtin", digest=digest("7"))


def decision(text: str | None = None) -> GateDecision:
    return GateDecision(
        allowed=True,
        plan_digest=estimate().plan_digest,
        reasons=(
            Reason(
                code="CLINFT-G020",
                blocks=False,
                message=text or "Approved on this machine, not through a pull request.",
                way_out=text or "Open a pull request for a run that is to be deployed.",
            ),
        ),
        approvals=(
            Approval(role="local", person=text or "sam", plan_digest=estimate().plan_digest, kind="yes_flag"),
            Approval(
                role="privacy",
                person=text or "lee",
                at="2026-11-23T10:00:00+00:00",
                plan_digest=estimate().plan_digest,
                kind="review",
            ),
        ),
        required_roles=("ml", "privacy"),
        mode="local",
        cost_bound_usd=Decimal("0.00"),
        prepare_digest=digest("a"),
        audit_digest=digest("c"),
        estimate_digest=digest("d"),
        policy_sha256=digest("8"),
        handling=handling(spec(), text),
    )


def run_id() -> str:
    return f"{estimate().plan_digest[:12]}-a1"
