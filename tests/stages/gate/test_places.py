"""Where it is trained, what hosting costs there and how long the model lives: each refusal alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from clinft.spec.base import Provider
from clinft.spec.eligibility import AzureAccount, Eligibility, Endpoint, ProviderPolicy
from clinft.spec.mcp import McpOperation, McpServer
from clinft.spec.policy import LifecyclePolicy
from clinft.stages.gate import GateInputs, decide
from clinft.stages.gate.inputs import Lifecycle
from clinft.stages.gate.places import may_be_asked
from tests.fakes.gate_inputs import INPUTS, codes, with_policy, with_spec
from tests.stages.gate.test_decide import HOSTED, facts, lives

MONTH = LifecyclePolicy(min_served_days=30)
OPENAI = Endpoint(provider="openai", url="https://api.openai.com/v1", eligibility=facts("2027-01-01"))
AZURE = with_spec(
    INPUTS,
    training={
        "provider": "azure_openai",
        "base_model": "gpt-4.1-mini-2025-04-14",
        "method": "supervised",
        "endpoint": "azure-se",
    },
)
TENANT, DEPLOYER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
TRAINER = with_spec(INPUTS, training={"provider": "mcp", "base_model": "gpt-4.1-mini", "server": "trainer"})
MANUAL = with_spec(INPUTS, training={"provider": "manual", "base_model": "gpt-4.1-mini"})


def hosted(
    eligibility: Eligibility | None,
    inputs: GateInputs = HOSTED,
    endpoints: Mapping[str, Endpoint] = MappingProxyType({"openai": OPENAI}),
) -> GateInputs:
    providers = {"openai": ProviderPolicy(eligibility=eligibility)}
    return with_policy(inputs, providers=providers, endpoints=dict(endpoints))


def azure(
    training_type: str | None = None,
    region: str | None = None,
    there: str | None = "swedencentral",
    **endpoint: Any,
) -> GateInputs:
    """Free to host and with somebody who deploys, so that nothing else speaks against it."""
    changes = {"training_type": training_type, "region": region}
    training = {**AZURE.spec.training.model_dump(exclude_unset=True), **changes}
    place = {
        "provider": "azure_openai",
        "url": "https://h.openai.azure.com/openai/v1",
        "region": there,
    }
    place = {**place, "azure": account(DEPLOYER), "eligibility": facts("2027-01-01"), **endpoint}
    inputs = with_spec(AZURE, training=training)
    free = inputs.estimate.model_copy(update={"hosting_usd_month": Decimal(0)})
    return with_policy(
        replace(inputs, estimate=free),
        providers={"azure_openai": ProviderPolicy(eligibility=facts("2027-01-01"))},
        endpoints={"azure-se": Endpoint(**place)},
    )


def account(deployer: str | None) -> AzureAccount:
    return AzureAccount(
        tenant=TENANT, subscription=TENANT, resource_group="rg", account="hospital", deployer=deployer
    )


def mcp_server(eligibility: Eligibility) -> McpServer:
    operations: dict[Any, McpOperation] = {
        name: McpOperation(
            tool=name,
            arguments={"run": "${run_id}", "job": "${job_id}"}
            if name in ("poll", "result")
            else {"run": "${run_id}"},
            result={"id": "id", "status": "status", "run_id": "run", "model": "model"},
        )
        for name in ("find", "submit", "poll", "result")
    }
    states: dict[str, Any] = {"done": "succeeded", "failed": "failed"}
    return McpServer(
        url="https://mcp.example.org", operations=operations, states=states, eligibility=eligibility
    )


def answering(provider: Provider) -> dict[str, Endpoint]:
    """Where a model that `provider` trained is asked."""
    place = Endpoint(provider=provider, url="https://llm.example.org/v1", eligibility=facts("2027-01-01"))
    return {"answers": place}


def trainer(eligibility: Eligibility | None, answers: bool = True) -> GateInputs:
    servers = {} if eligibility is None else {"trainer": mcp_server(eligibility)}
    providers = {"mcp": ProviderPolicy(eligibility=facts("2027-01-01"))}
    endpoints = answering("mcp") if answers else {}
    return with_policy(TRAINER, providers=providers, mcp_servers=servers, endpoints=endpoints)


def by_hand(answers: bool) -> GateInputs:
    providers = {"manual": ProviderPolicy(eligibility=facts("2027-01-01"))}
    return with_policy(MANUAL, providers=providers, endpoints=answering("manual") if answers else {})


def hosting(fee: str | None, most: str = "0") -> GateInputs:
    inputs = azure()
    inputs = replace(
        inputs,
        estimate=inputs.estimate.model_copy(
            update={"hosting_usd_month": None if fee is None else Decimal(fee)}
        ),
    )
    budgets = inputs.policy.budgets.model_copy(update={"hosting_per_month_usd": Decimal(most)})
    return with_policy(inputs, budgets=budgets)


NOWHERE: dict[str, Any] = {"there": None, "eligibility": facts("2027-01-01", "swedencentral")}
REFUSED = [
    ("a provider at no endpoint", 67, hosted(facts(), endpoints={})),
    ("two endpoints and none named", 67, hosted(facts(), endpoints={"one": OPENAI, "two": OPENAI})),
    ("another region than the endpoint's", 67, azure(region="northcentralus")),
    ("an MCP server that nobody listed", 67, trainer(None)),
    ("an MCP server whose model answers nowhere", 67, trainer(facts(), answers=False)),
    ("a console whose model answers nowhere", 67, by_hand(answers=False)),
    ("an MCP server whose facts are old", 21, trainer(facts("2026-11-23"))),
    ("an endpoint whose facts are old", 21, azure(eligibility=facts("2026-11-23"))),
    ("an endpoint outside of the facts' regions", 21, azure(eligibility=facts("2027-01-01", "northcentralus"))),
    ("an endpoint whose region nobody wrote", 21, azure(region="swedencentral", **NOWHERE)),
    ("an endpoint whose region nobody wrote, and a silent spec", 21, azure(**NOWHERE)),
    ("an account without a deployer", 72, azure(azure=account(None))),
    ("no Azure account", 72, azure(azure=None)),
    ("a training type that leaves the region", 68, azure("global")),
    ("served for too short", 69, with_policy(lives(serving=date(2026, 12, 23)), lifecycle=MONTH)),
    ("hosting that the policy does not allow", 70, hosting("0.01")),
    ("hosting above the policy's bound", 70, hosting("1241.00", "1240.99")),
    ("hosting at a price that nobody knows", 71, hosting(None, "5000")),
]  # fmt: skip
OPEN = {
    "azure in its region": azure(),
    "an endpoint in a region of its facts": azure(eligibility=facts("2027-01-01", "swedencentral")),
    "hosting within the bound": hosting("1241.00", "1241"),
    "hosting that is free": hosting("0"),
    "a training type that the policy lists": azure("developer", training_types=("standard", "developer")),
    "an MCP server with facts": trainer(facts()),
    "a console whose model answers somewhere": by_hand(answers=True),
}


@pytest.mark.parametrize(("number", "inputs"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_each_refusal_stands_alone_with_its_code_and_a_way_out(number: int, inputs: GateInputs) -> None:
    decision = decide(inputs)
    assert [reason.code for reason in decision.reasons] == [f"CLINFT-G{number:03d}"]
    assert all(reason.blocks and reason.message and reason.way_out for reason in decision.reasons)


@pytest.mark.parametrize("what", OPEN)
def test_the_gate_is_open_where(what: str) -> None:
    assert decide(OPEN[what]).reasons == ()


def test_the_endpoint_says_where_the_data_is_processed() -> None:
    nowhere = with_spec(
        INPUTS,
        training={"provider": "openai", "base_model": "gpt-4.1-mini-2025-04-14", "method": "supervised"},
    )
    there = OPENAI.model_copy(update={"region": "us"})
    assert codes(hosted(facts("2026-11-24", "us"), nowhere, {"openai": there})) == []


def test_a_base_model_that_ends_soon_is_told_as_soon_as_the_policy_says() -> None:
    ends = lives(serving=date(2026, 12, 24))
    assert codes(with_policy(ends, lifecycle=LifecyclePolicy(warn_days=29))) == []
    assert codes(with_policy(ends, lifecycle=LifecyclePolicy(warn_days=30))) == ["CLINFT-G023"]
    assert codes(with_policy(ends, lifecycle=MONTH)) == ["CLINFT-G023"]


def test_the_specs_author_does_not_vouch_for_where_an_endpoint_is() -> None:
    """Neither to the provider's facts nor to the endpoint's; the way out is the policy's owners'."""
    (reason,) = decide(hosted(facts("2026-11-24", "us"))).reasons
    assert reason.code == "CLINFT-G021"
    assert "region the policy does not say" in reason.message
    assert "region written" in reason.way_out


def asked(inputs: GateInputs, lifecycle: Lifecycle | None = None) -> list[str]:
    found = may_be_asked(inputs.policy, inputs.spec.training, inputs.today, lifecycle)
    assert all(reason.blocks for reason in found)
    return [reason.code for reason in found]


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        (azure(), []),
        (with_policy(azure(), providers={}), ["CLINFT-G009"]),
        (with_policy(azure(), endpoints={}), ["CLINFT-G067"]),
        (azure(eligibility=facts("2026-11-23")), ["CLINFT-G021"]),
        (azure(**NOWHERE), ["CLINFT-G021"]),
        (hosted(facts("2026-11-23")), ["CLINFT-G021"]),
        # Nothing of training: its type, its runner, who deploys.
        (with_policy(azure("global", azure=None), runners={}), []),
        (INPUTS, []),
    ],
)
def test_a_provider_may_be_asked_where_data_may_go_to_it(inputs: GateInputs, code: list[str]) -> None:
    assert asked(inputs) == code


def test_a_model_may_be_asked_as_long_as_it_is_served() -> None:
    yesterday, today = date(2026, 11, 23), date(2026, 11, 24)
    assert asked(azure(), Lifecycle(yesterday, today, "a page", "2026-11-01")) == []
    assert asked(azure(), Lifecycle(None, yesterday, "a page", "2026-11-01")) == ["CLINFT-G022"]
