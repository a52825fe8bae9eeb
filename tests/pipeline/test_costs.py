"""What a project's estimate rests on, and what fails it; the clock and the tokenizer are injected."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft import pipeline
from clinft.artifacts.planning import BaseModelIdentity, CostEstimate
from clinft.cli.opening import open_context
from clinft.cli.show import Screen
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline.context import Context
from clinft.ports.models import Conversation
from tests.fakes.frozen_tables import freeze
from tests.fakes.specs import write_repository

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
FACTS = {"owner": "Privacy Office", "baa_signed": "2026-01-01", "review_by": "2999-01-01"}
SWEDEN = {
    "providers": {"azure_openai": {"eligibility": FACTS}},
    "endpoints": {
        "sweden": {
            "provider": "azure_openai",
            "url": "https://example.openai.azure.com/openai/v1",
            "region": "swedencentral",
            "eligibility": FACTS,
        }
    },
}


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


class At:
    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


class Counts:
    """Ten tokens for each turn; a model that is none of ours is named as a provider would."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def identify(self, ref: str, revision: str | None, hosted: bool = False) -> BaseModelIdentity:
        kind: Any = "fake" if ref == "builtin:fake" else "builtin" if ref.startswith("builtin:") else "hosted"
        return BaseModelIdentity(ref=ref, kind=kind, digest="0" * 64)

    def count_tokens(
        self, identity: BaseModelIdentity, conversations: Sequence[Conversation]
    ) -> list[int] | None:
        return [10 * len(turns) for turns in conversations]


def context(
    root: Path, training: dict[str, Any], policy: dict[str, Any] | None = None, now: datetime = NOW
) -> Context:
    project = write_repository(root, policy=policy)
    spec = yaml.safe_load((project / "project.yaml").read_text())
    spec["training"] = {"hyperparameters": {"n_epochs": 2}, **training}
    (project / "project.yaml").write_text(yaml.safe_dump(spec))
    opened = open_context(project, False, Screen(json=True))
    models: Any = Counts(opened.services.models)
    services = replace(opened.services, clock=At(now), models=models)
    return replace(opened, services=services)


def estimated(opened: Context) -> CostEstimate:
    list(pipeline.run(opened, ("prepare", "estimate")))
    return opened.need("estimate", CostEstimate).payload


OPENAI = {"provider": "openai", "base_model": "gpt-4.1-mini", "method": "supervised"}
AZURE = {"provider": "azure_openai", "base_model": "gpt-4.1-mini", "method": "supervised"}
PEFT = {"provider": "peft", "base_model": "builtin:smollm2-135m"}
KNOWN_PRICES = {"budgets": {"per_run_usd": 50, "per_month_usd": 200, "max_price_age_days": 200}}


def test_all_that_openai_bills_is_counted(tmp_path: Path) -> None:
    opened = context(tmp_path, OPENAI)
    found = estimated(opened)
    records = {split: len(opened.read_split(split)[0]) for split in ("train", "validation", "test")}
    # System prompt, note and answer: 30 tokens a sample; the question alone 20, with three examples 80. The
    # base model is asked both ways, the tuned one as it was trained.
    assert found.training_tokens == 30 * records["train"]
    assert found.validation_tokens == 30 * records["validation"]
    assert found.billed_tokens == 60 * records["train"]
    assert (
        f"{120 * records['test']:,} tokens × 0.80 + {30 * records['test']:,} tokens" in found.parts[2].formula
    )
    assert found.hosting_usd_month == 0
    assert (found.served_until, found.usable_days, found.replacement) == ("2027-01-13", 48, "gpt-6-luna")
    assert found.price_age_days == 3


def test_azures_region_is_that_of_the_policys_endpoint(tmp_path: Path) -> None:
    found = estimated(context(tmp_path, AZURE, {**SWEDEN, **KNOWN_PRICES}))
    assert found.price.usd_per_million_training_tokens == Decimal("6.05")
    assert found.hosting_usd_month == Decimal("1241.00")
    assert found.parts[0].prices[0].region == "swedencentral"
    assert found.price_age_days == 107


def test_a_region_without_a_price_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="not known"):
        estimated(context(tmp_path, {**AZURE, "region": "westeurope"}))


@pytest.mark.parametrize(
    ("provider", "more"), [("mcp", {"server": "trainer"}), ("manual", {})], ids=["mcp", "manual"]
)
def test_what_no_table_can_know_is_refused_and_not_free(tmp_path: Path, provider: str, more: Any) -> None:
    training = {"provider": provider, "base_model": "gpt-4.1", "method": "supervised", **more}
    with pytest.raises(SpecError, match="not known"):
        estimated(context(tmp_path, training))


@pytest.mark.parametrize("days", [3, 2])
def test_a_price_older_than_the_policy_allows_fails_the_estimate(tmp_path: Path, days: int) -> None:
    budgets = {"per_run_usd": 50, "per_month_usd": 200, "max_price_age_days": days}
    opened = context(tmp_path, OPENAI, {"budgets": budgets})
    if days == 3:
        assert estimated(opened).price_age_days == 3
        return
    with pytest.raises(PolicyViolation, match="3 days ago"):
        estimated(opened)


def test_your_own_machine_is_estimated_in_any_year(tmp_path: Path) -> None:
    found = estimated(context(tmp_path, PEFT, now=NOW.replace(year=2042)))
    assert (found.cost_usd, found.total_usd, found.price_age_days) == (0, 0, None)
    assert found.validation_tokens is None
    assert "your own machine" in found.price.source


def test_a_runner_with_an_instance_costs_by_the_hour_and_shows_the_law(tmp_path: Path) -> None:
    policy = {"runners": {"local": {"instance": "aws:g6.xlarge:us-east-1"}}}
    found = estimated(context(tmp_path, PEFT, policy))
    assert found.cost_usd > 0
    assert "134,515,008 parameters" in found.throughput_basis
    assert "aws:g6.xlarge:us-east-1" in found.formula
    assert found.price.as_of == "2026-08-17"
    assert found.total_usd is None
    assert found.unknown


def test_a_price_of_the_policy_is_never_old_and_beats_the_table(tmp_path: Path) -> None:
    box = {"usd_per_hour": 1.5, "gpu": "L40S", "instance": "aws:g6.xlarge:us-east-1"}
    found = estimated(context(tmp_path, PEFT, {"runners": {"local": box}}, now=NOW.replace(year=2042)))
    assert found.parts[0].prices[0].value == Decimal("1.5")
    assert "L40S" in found.throughput_basis
    assert found.price_age_days == 0


def test_a_measured_speed_counts_on_a_machine_without_a_card(tmp_path: Path) -> None:
    training = {**PEFT, "lora": {"top_layers": 10}}
    assert "measured 2026-11-24" in estimated(context(tmp_path, training)).throughput_basis
    on_a_card = estimated(context(tmp_path / "2", training, {"runners": {"local": {"gpu": "L4"}}}))
    assert "computed, not measured" in on_a_card.throughput_basis
    assert on_a_card.cost_usd == 0


def test_another_day_policy_or_runner_makes_the_estimate_anew(tmp_path: Path) -> None:
    stage = next(row for row in pipeline.STAGES if row.name == "estimate").build()
    opened = context(tmp_path, PEFT)
    estimated(opened)
    before = stage.inputs(opened)
    tomorrow = replace(opened, services=replace(opened.services, clock=At(NOW.replace(day=27))))
    budgets = opened.policy.budgets.model_copy(update={"max_price_age_days": 7})
    stricter = replace(opened, policy=opened.policy.model_copy(update={"budgets": budgets}))
    assert stage.inputs(opened) == before
    assert stage.inputs(tomorrow)["day"] != before["day"]
    assert stage.inputs(stricter)["budget"] != before["budget"]


OF_A_SERVER = {"provider": "mcp", "base_model": "gpt-4.1", "method": "supervised", "server": "trainer"}
AGREED: dict[str, Any] = {
    "usd_per_million_training_tokens": 2.5,
    "as_of": "2026-11-01",
    "source": "contract 17",
}


@pytest.mark.parametrize("where", ["endpoints", "providers"])
def test_what_the_policy_says_is_paid_counts_before_the_table(tmp_path: Path, where: str) -> None:
    name = {"endpoints": "sweden", "providers": "azure_openai"}[where]
    known: Any = SWEDEN
    agreed = {
        **AGREED,
        "hosting_usd_per_hour": 0.5,
        "usd_per_million_input_tokens": 1,
        "usd_per_million_output_tokens": 2,
    }
    policy = {**SWEDEN, where: {name: {**known[where][name], "price": agreed}}}
    found = estimated(context(tmp_path, AZURE, {**policy, **KNOWN_PRICES}))
    assert found.price.usd_per_million_training_tokens == Decimal("2.5")
    assert (found.price.as_of, found.price.source) == ("2026-11-01", "policy: contract 17")
    assert found.hosting_usd_month == Decimal("365.00")
    assert found.evaluation_usd is not None


def test_a_server_of_your_own_has_the_price_that_the_policy_says(tmp_path: Path) -> None:
    found = estimated(
        context(tmp_path, OF_A_SERVER, {"providers": {"mcp": {"eligibility": FACTS, "price": AGREED}}})
    )
    assert found.price.usd_per_million_training_tokens == Decimal("2.5")
    assert found.hosting_usd_month is None  # unknown is not free
    assert found.evaluation_usd is None  # nobody said what asking it costs
    assert found.total_usd is None


def test_a_price_of_training_alone_says_nothing_of_hosting(tmp_path: Path) -> None:
    """The table still knows it; where hosting is free by agreement, somebody has written that."""
    known: Any = SWEDEN

    def hosting(folder: str, price: dict[str, Any]) -> CostEstimate:
        policy = {**SWEDEN, "endpoints": {"sweden": {**known["endpoints"]["sweden"], "price": price}}}
        return estimated(context(tmp_path / folder, AZURE, {**policy, **KNOWN_PRICES}))

    silent = hosting("silent", AGREED)
    assert silent.price.usd_per_million_training_tokens == Decimal("2.5")
    assert silent.hosting_usd_month == Decimal("1241.00")
    assert hosting("free", {**AGREED, "hosting_usd_per_hour": 0}).hosting_usd_month == 0


def test_an_agreed_price_ages_like_any_other(tmp_path: Path) -> None:
    old = {"providers": {"mcp": {"eligibility": FACTS, "price": {**AGREED, "as_of": "2026-01-01"}}}}
    with pytest.raises(PolicyViolation, match="was read on 2026-01-01"):
        estimated(context(tmp_path, OF_A_SERVER, old))
