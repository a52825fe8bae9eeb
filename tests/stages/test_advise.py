"""Advice: which row of the table counts, at which bound a spec departs, and that no row is without a source."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from clinft.artifacts.advice import Advice, AdviceRow
from clinft.stages.advise import Card, DataFacts, ModelFacts, Request, advise
from clinft.stages.advise.hosted import epochs_within, usual_batch, usual_epochs
from clinft.stages.advise.table import recipes
from tests.fakes.specs import project_spec

B = 10**9
MACHINES = (
    Card("aws:g6.xlarge:us-east-1", "L4", 1, 24, Decimal("0.80")),
    Card("aws:g5.xlarge:us-east-1", "A10G", 1, 24, Decimal("1.01")),
    Card("aws:g6e.xlarge:us-east-1", "L40S", 1, 48, Decimal("1.86")),
    Card("azure:NC24:eastus", "A100-80", 1, 80, Decimal("3.67")),
    Card("aws:p4d:us-east-1", "A100-40", 8, 40, Decimal("0.01")),
)


def request(
    provider: str = "peft",
    samples: int = 500,
    kind: str = "classification",
    longest: int | None = 300,
    parameters: int | None = 8 * B,
    hyper: dict[str, Any] | None = None,
    **training: Any,
) -> Request:
    model = "gpt-4.1-mini" if provider in ("openai", "azure_openai") else "models/ours"
    method = {} if provider not in ("openai", "azure_openai") else {"method": "supervised"}
    spec = project_spec(
        training={
            "provider": provider,
            "base_model": model,
            **method,
            **training,
            "hyperparameters": {"learning_rate": None, **(hyper or {})},
        }
    )
    return Request(
        training=spec.training,
        data=DataFacts(kind, samples, None if longest is None else 10_000, longest),  # type: ignore[arg-type]  # of the parameters below
        model=ModelFacts(parameters),
        machines=MACHINES,
    )


def row(asked: Request, parameter: str) -> AdviceRow:
    return next(row for row in advise(asked).rows if row.parameter == parameter)


def departs(asked: Request, parameter: str) -> bool:
    return row(asked, parameter).departs


@pytest.mark.parametrize(
    ("samples", "epochs"),
    # OpenAI's cookbook: three passes, more where that is under 100 examples, fewer where it is over 25,000.
    [
        (0, 25),
        (3, 25),
        (4, 25),
        (5, 20),
        (33, 3),
        (34, 3),
        (8333, 3),
        (8334, 2),
        (12500, 2),
        (12501, 1),
        (90000, 1),
    ],
)
def test_usual_epochs(samples: int, epochs: int) -> None:
    assert usual_epochs(samples) == epochs


def test_one_right_answer_bears_more_epochs_and_free_text_fewer() -> None:
    assert epochs_within(DataFacts("classification", 500)) == (3, 5)
    assert epochs_within(DataFacts("extraction", 500)) == (3, 5)
    assert epochs_within(DataFacts("generation", 500)) == (1, 3)
    assert epochs_within(DataFacts("generation", 90_000)) == (1, 1)


@pytest.mark.parametrize(
    ("samples", "batch"), [(0, 1), (10, 1), (700, 1), (800, 2), (5000, 10), (128_000, 256), (10**6, 256)]
)
def test_usual_batch(samples: int, batch: int) -> None:
    assert usual_batch(samples) == batch


# provider, what the spec says, the setting, whether it departs
HOSTED = [
    ("openai", {"hyper": {"n_epochs": 3}}, "hyperparameters.n_epochs", False),
    ("openai", {"hyper": {"n_epochs": 5}}, "hyperparameters.n_epochs", False),
    ("openai", {"hyper": {"n_epochs": 2}}, "hyperparameters.n_epochs", True),
    ("openai", {"hyper": {"n_epochs": 6}}, "hyperparameters.n_epochs", True),
    ("openai", {"hyper": {"n_epochs": 2}, "kind": "generation"}, "hyperparameters.n_epochs", False),
    ("openai", {"hyper": {"n_epochs": 4}, "kind": "generation"}, "hyperparameters.n_epochs", True),
    ("openai", {}, "hyperparameters.learning_rate_multiplier", False),
    (
        "openai",
        {"hyper": {"learning_rate_multiplier": 0.1}},
        "hyperparameters.learning_rate_multiplier",
        True,
    ),
    ("azure_openai", {}, "hyperparameters.learning_rate_multiplier", False),
    (
        "azure_openai",
        {"hyper": {"learning_rate_multiplier": 0.02}},
        "hyperparameters.learning_rate_multiplier",
        False,
    ),
    (
        "azure_openai",
        {"hyper": {"learning_rate_multiplier": 0.2}},
        "hyperparameters.learning_rate_multiplier",
        False,
    ),
    (
        "azure_openai",
        {"hyper": {"learning_rate_multiplier": 0.019}},
        "hyperparameters.learning_rate_multiplier",
        True,
    ),
    (
        "azure_openai",
        {"hyper": {"learning_rate_multiplier": 0.21}},
        "hyperparameters.learning_rate_multiplier",
        True,
    ),
    ("openai", {"hyper": {"batch_size": 8}, "samples": 2000}, "hyperparameters.batch_size", False),
    ("openai", {"hyper": {"batch_size": 9}, "samples": 2000}, "hyperparameters.batch_size", True),
    ("openai", {"hyper": {"batch_size": 2}, "samples": 2000}, "hyperparameters.batch_size", False),
    ("openai", {"hyper": {"batch_size": 1}, "samples": 2000}, "hyperparameters.batch_size", True),
    ("openai", {"samples": 50}, "data.records", False),
    ("openai", {"samples": 49}, "data.records", True),
    ("openai", {"longest": 65_536}, "hyperparameters.max_tokens", False),
    ("openai", {"longest": 65_537}, "hyperparameters.max_tokens", True),
    ("openai", {"method": "dpo"}, "method", True),
    ("openai", {}, "method", False),
    ("manual", {"hyper": {"n_epochs": 2}}, "hyperparameters.n_epochs", True),
    ("mcp", {"hyper": {"learning_rate_multiplier": 0.1}}, "hyperparameters.learning_rate_multiplier", True),
]


@pytest.mark.parametrize(("provider", "changes", "parameter", "expected"), HOSTED)
def test_where_a_hosted_spec_departs(
    provider: str, changes: dict[str, Any], parameter: str, expected: bool
) -> None:
    assert departs(request(provider, **changes), parameter) is expected


LORA = {"r": 16, "lora_alpha": 32}
# What the spec says, the setting, what is recommended for it, whether it departs
OWN: list[tuple[dict[str, Any], str, str, bool]] = [
    ({}, "lora.r", "16", False),
    ({"lora": {**LORA, "r": 8}}, "lora.r", "16", False),
    ({"lora": {**LORA, "r": 7}}, "lora.r", "16", True),
    ({"lora": {**LORA, "r": 64}}, "lora.r", "16", False),
    ({"lora": {**LORA, "r": 65}}, "lora.r", "16", True),
    ({"samples": 9_999}, "lora.r", "16", False),
    ({"samples": 10_000}, "lora.r", "64", True),
    ({"samples": 100_000, "lora": {**LORA, "r": 128}}, "lora.r", "256", False),
    ({"lora": {"r": 64, "lora_alpha": 32}}, "lora.lora_alpha", "32; or 64 to 128", False),
    ({"lora": {"r": 64, "lora_alpha": 128}}, "lora.lora_alpha", "32; or 64 to 128", False),
    ({"lora": {"r": 64, "lora_alpha": 129}}, "lora.lora_alpha", "32; or 64 to 128", True),
    ({"lora": {"r": 64, "lora_alpha": 33}}, "lora.lora_alpha", "32; or 64 to 128", True),
    ({"lora": {**LORA, "lora_dropout": 0.1}}, "lora.lora_dropout", "0 to 0.1", False),
    ({"lora": {**LORA, "lora_dropout": 0.11}}, "lora.lora_dropout", "0 to 0.1", True),
    ({"samples": 10_000, "lora": {**LORA, "lora_dropout": 0.1}}, "lora.lora_dropout", "0 to 0.05", True),
    ({"lora": {**LORA, "target_modules": ["q_proj", "v_proj"]}}, "lora.target_modules", "all linear", True),
    ({"lora": {**LORA, "target_modules": ["mlp.up_proj"]}}, "lora.target_modules", "all linear", False),
    ({"lora": {**LORA, "target_modules": ["up_projection"]}}, "lora.target_modules", "all linear", True),
    ({"lora": {**LORA, "top_layers": 4}}, "lora.top_layers", "absent", True),
    ({}, "lora.top_layers", "absent", False),
    ({}, "hyperparameters.learning_rate", "0.0002", False),
    ({"hyper": {"learning_rate": 5e-4}}, "hyperparameters.learning_rate", "0.0002", False),
    ({"hyper": {"learning_rate": 6e-4}}, "hyperparameters.learning_rate", "0.0002", True),
    ({"hyper": {"learning_rate": 4e-5}}, "hyperparameters.learning_rate", "0.0002", True),
    ({"parameters": 3 * B - 1, "hyper": {"learning_rate": 2e-3}}, "hyperparameters.learning_rate", "0.0005", False),
    ({"parameters": 3 * B, "hyper": {"learning_rate": 2e-3}}, "hyperparameters.learning_rate", "0.0002", True),
    ({"parameters": 20 * B, "hyper": {"learning_rate": 5e-4}}, "hyperparameters.learning_rate", "0.0001", True),
    ({"parameters": None, "hyper": {"learning_rate": 1e-3}}, "hyperparameters.learning_rate", "0.0002", False),
    ({"hyper": {"batch_size": 16}}, "hyperparameters.batch_size", "8", False),
    ({"hyper": {"batch_size": 17}}, "hyperparameters.batch_size", "8", True),
    ({"samples": 1000, "hyper": {"batch_size": 31}}, "hyperparameters.batch_size", "16", False),
    ({"samples": 1000, "hyper": {"batch_size": 32}}, "hyperparameters.batch_size", "16", True),
    ({"hyper": {"max_tokens": 300}}, "hyperparameters.max_tokens", "320", False),
    ({"hyper": {"max_tokens": 299}}, "hyperparameters.max_tokens", "320", True),
    ({"hyper": {"max_tokens": 2048}, "longest": 320}, "hyperparameters.max_tokens", "320", False),
    ({"hyper": {"n_epochs": 5}}, "hyperparameters.n_epochs", "3", False),
    ({"hyper": {"n_epochs": 6}}, "hyperparameters.n_epochs", "3", True),
    ({"hyper": {"n_epochs": 1}}, "hyperparameters.n_epochs", "3", True),
    ({"samples": 1000, "hyper": {"n_epochs": 1}}, "hyperparameters.n_epochs", "3", False),
    ({"samples": 20_000, "hyper": {"n_epochs": 3}}, "hyperparameters.n_epochs", "1", True),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "parameter", "recommended", "expected"), OWN)
def test_where_a_spec_of_ones_own_machine_departs(
    changes: dict[str, Any], parameter: str, recommended: str, expected: bool
) -> None:
    found = row(request(**changes), parameter)
    assert found.recommended.startswith(recommended)
    assert found.departs is expected


@pytest.mark.parametrize(
    ("parameters", "method", "machine"),
    # The research note's own list: 3B on 24 GB, 8B on 48, 70B in four bits on 80.
    [
        (3 * B, "lora", "a card of 24 GB: aws:g6.xlarge:us-east-1 (L4, 24 GB, 0.80 USD an hour); aws:g5"),
        (8 * B, "lora", "a card of 48 GB: aws:g6e.xlarge:us-east-1"),
        (32 * B, "qlora", "a card of 80 GB: azure:NC24:eastus"),
        (70 * B, "qlora", "a card of 80 GB: azure:NC24:eastus"),
        (400 * B, "lora", "missing: how many parameters"),
        (None, "lora", "missing: how many parameters"),
    ],
)
def test_method_and_machine_by_size(parameters: int | None, method: str, machine: str) -> None:
    asked = request(parameters=parameters)
    assert row(asked, "method").recommended == method
    assert row(asked, "runner").recommended.startswith(machine)


def test_the_formula_is_asked_before_the_rule_of_thumb() -> None:
    asked = replace(
        request(), model=ModelFacts(8 * B, lambda method, r: {"lora": 80.1, "qlora": 23.2}[method] + r - 16)
    )
    found = row(asked, "method")
    assert found.recommended == "qlora"
    assert "LoRA needs 81 GB on one card, which no machine here has; QLoRA 24 GB" in found.reason
    assert row(asked, "runner").recommended.startswith("a card of 24 GB: aws:g6.xlarge")
    fits = replace(asked, model=ModelFacts(8 * B, lambda method, r: 80.0))
    assert row(fits, "method").recommended == "lora"


def test_several_cards_are_not_one() -> None:
    """Eight small cards for a cent do not hold what one has to hold."""
    asked = replace(request(parameters=32 * B), machines=(MACHINES[4],))
    assert row(asked, "method").recommended == "lora"
    assert row(asked, "runner").recommended.endswith("none of the machines that clinft knows")


def test_full_fine_tuning_departs_and_gets_a_card_that_holds_all_of_it() -> None:
    asked = request(method="full", parameters=B)
    assert row(asked, "method").departs
    assert row(asked, "runner").recommended.startswith("a card of 18 GB: ")
    measured = replace(asked, model=ModelFacts(B, lambda method, r: {"full": 30.0}.get(method, 4.0)))
    assert row(measured, "runner").recommended.startswith("a card of 30 GB: ")


def test_full_fine_tuning_gets_no_advice_on_an_adapter() -> None:
    named = {row.parameter for row in advise(request(method="full")).rows}
    assert named.isdisjoint({"lora.r", "lora.lora_alpha", "hyperparameters.batch_size"})


@pytest.mark.parametrize(("gb", "expected"), [(47.9, True), (48.0, False)])
def test_the_specs_own_runner_is_measured_by_its_card(gb: float, expected: bool) -> None:
    asked = replace(request(), runner=Card("gpu-box", "L40S", 1, gb))
    assert departs(asked, "runner") is expected
    assert not departs(request(), "runner")  # unknown is not too small


def test_without_a_tokenizer_length_is_left_out_and_said() -> None:
    for provider in ("peft", "openai"):
        found = advise(request(provider, longest=None))
        assert all(row.parameter != "hyperparameters.max_tokens" for row in found.rows)
        assert any("longest sample was not looked at" in note for note in found.notes)


@pytest.mark.parametrize("provider", ["fake", "fake_hosted"])
def test_test_providers_get_none(provider: str) -> None:
    found = advise(request(provider))
    assert (found.rows, len(found.notes)) == ((), 1)


@pytest.mark.parametrize("provider", ["peft", "openai", "azure_openai", "mcp", "manual"])
@pytest.mark.parametrize("kind", ["classification", "extraction", "generation"])
@pytest.mark.parametrize("samples", [1, 999, 50_000, 10**7])
def test_every_row_has_a_reason_and_a_dated_source(provider: str, kind: str, samples: int) -> None:
    found = advise(request(provider, samples=samples, kind=kind))
    assert len(found.rows) >= 5
    for one in found.rows:
        assert one.reason
        assert "{" not in one.reason
        assert one.source in recipes().sources.values()
    assert len({one.parameter for one in found.rows}) == len(found.rows)
    assert Advice.model_validate_json(found.model_dump_json()) == found


FULL: dict[str, Any] = {"method": "full"}


def test_no_row_of_the_table_is_dead() -> None:
    """A row that stands behind one without bounds would never count; every source is used."""
    assert {rule.source for rule in recipes().rules} | {"thumb"} == set(recipes().sources)
    used = set()
    for provider in ("peft", "openai", "azure_openai", "mcp", "manual"):
        for kind in ("classification", "generation"):
            for samples in (500, 5_000, 50_000, 500_000):
                full = [(B, FULL)] if provider == "peft" else []
                for parameters, method in [(None, {}), (B, {}), (8 * B, {}), (70 * B, {}), *full]:
                    asked = request(provider, samples, kind, parameters=parameters, **method)
                    for parameter in {rule.parameter for rule in recipes().rules}:
                        first = next(
                            (
                                rule
                                for rule in recipes().rules
                                if rule.parameter == parameter and rule.fits(asked)
                            ),
                            None,
                        )
                        used.add(id(first))
    assert [rule.parameter for rule in recipes().rules if id(rule) not in used] == []
