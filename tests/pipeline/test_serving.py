"""Models that are hosted by the hour, on a real resource manager: deployed by consent, told of, taken down."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.model.stores import ModelStores
from clinft.adapters.training.openai_api.arm import Deployments
from clinft.artifacts.data import Message
from clinft.cli.opening import open_context
from clinft.cli.show import Screen
from clinft.errors import PolicyViolation, ServiceError, SpecError
from clinft.pipeline import serving
from clinft.pipeline.context import Context
from clinft.pipeline.hosted_model import hosted_models
from clinft.run_folder import write_atomically
from clinft.spec.eligibility import Eligibility, ProviderPolicy
from tests.adapters.training.openai_api.hosted import World, azure_account, github_token
from tests.fakes.committed_runs import commit_run
from tests.fakes.frozen_tables import freeze, without_ends
from tests.fakes.openai import azure
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.state import Model
from tests.fakes.progress import Quiet, QuietTask
from tests.fakes.run_results import model
from tests.fakes.specs import write_repository
from tests.pipeline.test_costs import NOW, At

BASE, TUNED, OTHER = (
    "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-mini-2025-04-14.ft-1-demo",
    "gpt-4.1-mini-2025-04-14.ft-2-x",
)
RUN = "aaaaaaaaaaaa-a1"
FEE = "1241.00"


@dataclass
class Hospital:
    server: AzureServer
    root: Path
    said: list[str]

    def context(self, most: str = "1300", **endpoint: Any) -> Context:
        facts = {"owner": "Privacy Office", "review_by": "2099-01-01"}
        account = azure_account(self.server).model_dump(mode="json")
        place = {
            "provider": "azure_openai",
            "url": self.server.url,
            "region": "swedencentral",
            "login": "entra",
            "azure": account,
            "eligibility": facts,
            **endpoint,
        }
        policy = {
            "providers": {"azure_openai": {"eligibility": facts}},
            "endpoints": {"sweden": place},
            "budgets": {"hosting_per_month_usd": float(most)},
        }
        training = {"provider": "azure_openai", "base_model": BASE, "method": "supervised"}
        project = write_repository(self.root, policy, training=training)
        text = (project / "project.yaml").read_text().replace("    learning_rate: 0.001\n", "")
        (project / "project.yaml").write_text(text)
        opened = open_context(project, False, Screen(json=True))
        tools = World(self.server, token=github_token).tools(self.root)
        stores = ModelStores(LocalModelStore(self.root, self.root / "cache", Quiet()), tools)
        services = replace(
            opened.services,
            models=stores,
            hosting=lambda endpoint: Deployments(tools, endpoint),
            clock=At(NOW),
        )
        return replace(
            opened, services=services, say=self.said.append, run=self.root / f"projects/demo/runs/{RUN}"
        )

    def trained(self, name: str = TUNED, run_id: str = RUN, deployed: bool = True) -> None:
        payload = model().model_copy(
            update={"fine_tuned_model": name, "weights": {}, "provider": "azure_openai"}
        )
        commit_run(self.root / "projects", f"demo/{run_id}", train=payload)
        if deployed:
            write_atomically(self.root / "projects/demo/deployment.yaml", f"run_id: {run_id}\n".encode())


@pytest.fixture(autouse=True)
def the_price_of_then(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    without_ends(monkeypatch)


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    with AzureServer() as server:
        for name in (BASE, TUNED, OTHER):
            server.models[name] = Model(name, ("supervised",))
        server.entra.clients[azure.DEPLOYER] = frozenset({"deploy"})
        yield Hospital(server, tmp_path, [])
        assert server.violations == []


def test_the_run_that_people_agreed_to_is_hosted_under_the_projects_name(hospital: Hospital) -> None:
    hospital.trained()
    found = serving.deploy(hospital.context())
    assert (found.name, found.model, found.state) == ("clinft-demo", TUNED, "Succeeded")
    # Again: nothing more is deployed.
    serving.deploy(hospital.context())
    assert [*hospital.server.deployments] == ["clinft-demo"]
    assert [*serving.idle(hospital.context(), {})] == []


def test_a_newer_deployed_run_takes_the_place(hospital: Hospital) -> None:
    hospital.trained()
    serving.deploy(hospital.context())
    hospital.trained(OTHER, "bbbbbbbbbbbb-a1")
    assert serving.deploy(hospital.context()).model == OTHER
    assert [*hospital.server.deployments] == ["clinft-demo"]


@pytest.mark.parametrize(("most", "allowed"), [("1240.99", False), (FEE, True), ("0", False)])
def test_hosting_above_the_policys_fee_is_refused_before_it_costs(
    hospital: Hospital, most: str, allowed: bool
) -> None:
    hospital.trained()
    if allowed:
        serving.deploy(hospital.context(most))
        return
    with pytest.raises(PolicyViolation, match=FEE):
        serving.deploy(hospital.context(most))
    assert hospital.server.asked("Deployments_CreateOrUpdate") == []


@pytest.mark.parametrize(
    ("hourly", "fee"), [(0.5, "365.00"), (0, "0.00"), (None, FEE)], ids=["agreed", "free", "not said"]
)
def test_the_fee_is_the_one_that_the_estimate_takes(
    hospital: Hospital, hourly: float | None, fee: str
) -> None:
    """Whoever agreed on a price of training alone has not made hosting free."""
    agreed = {"usd_per_million_training_tokens": 1, "as_of": "2026-11-01", "source": "contract 17"}
    price = agreed if hourly is None else {**agreed, "hosting_usd_per_hour": hourly}
    assert serving.monthly_fee(hospital.context(price=price)) == Decimal(fee)
    hospital.trained()
    if hourly is None:
        with pytest.raises(PolicyViolation, match=FEE):
            serving.deploy(hospital.context("365", price=price))
    else:
        serving.deploy(hospital.context("365", price=price))


def test_without_a_deployed_run_nothing_is_hosted(hospital: Hospital) -> None:
    hospital.trained(deployed=False)
    with pytest.raises(SpecError, match="no deployed run"):
        serving.deploy(hospital.context())


def test_whoever_has_no_deployer_deploys_nothing(hospital: Hospital) -> None:
    hospital.trained()
    account = azure_account(hospital.server, deployer=None).model_dump(mode="json")
    with pytest.raises(SpecError, match=r"azure\.deployer"):
        serving.deploy(hospital.context(azure=account))
    assert [*serving.idle(hospital.context(azure=account), {})] == []


def test_what_costs_and_is_not_agreed_to_is_told_with_its_price(hospital: Hospital) -> None:
    hospital.trained(deployed=False)
    hosting, _ = serving.need_host(hospital.context())
    hosting.deploy("left-behind", TUNED)
    hosting.deploy("not-ours", OTHER)  # of nobody's run here: whose it is, is not ours to say
    (told,) = serving.idle(hospital.context(), {})
    assert "left-behind" in told
    assert f"{FEE} USD a month" in told
    assert "clinft undeploy projects/demo --name left-behind" in told
    assert "15 days" in told
    hospital.server.days_pass(16)
    assert [*serving.idle(hospital.context(), {})] == []


def test_a_model_is_hosted_for_its_evaluation_and_no_longer(hospital: Hospital) -> None:
    hospital.trained()
    context = hospital.context(deployments={BASE: "base"})
    serving.need_host(context)[0].deploy("base", BASE)
    with hosted_models(context, RUN) as opened:
        opened(BASE)
        assert [*hospital.server.deployments] == ["base"]
        opened(TUNED)
        assert [*hospital.server.deployments] == ["base", f"clinft-eval-{RUN}-1"]
    assert [*hospital.server.deployments] == ["base"]
    assert any("costs by the hour" in line for line in hospital.said)


def test_it_is_taken_down_where_the_evaluation_fails_too(hospital: Hospital) -> None:
    hospital.trained()

    def breaks() -> None:
        with hosted_models(hospital.context(), RUN) as opened:
            opened(TUNED)
            raise ServiceError("It broke.")

    with pytest.raises(ServiceError, match="broke"):
        breaks()
    assert hospital.server.deployments == {}


def test_a_deployment_that_cannot_be_taken_down_loses_no_result_and_is_told(hospital: Hospital) -> None:
    hospital.trained()
    with hosted_models(hospital.context(), RUN) as opened:
        opened(TUNED)
        hospital.server.fail_next("Deployments_Delete", 500, times=9)
    assert any("may still cost by the hour" in line for line in hospital.said)
    hospital.server.recover()
    (told,) = serving.idle(hospital.context(), {})
    assert f"clinft-eval-{RUN}-1" in told


def test_what_serves_an_evaluation_is_left_alone_as_long_as_its_run_lives(hospital: Hospital) -> None:
    """Whoever takes down what the report is about to show as left over breaks an evaluation under way."""
    hospital.trained(deployed=False)
    hosting, _ = serving.need_host(hospital.context())
    later = "bbbbbbbbbbbb-a1"  # not on the branch yet
    for served, run, number in ((TUNED, RUN, 1), (BASE, later, 1), (BASE, "cccccccccccc-a1", 1)):
        hosting.deploy(serving.evaluation_name(run, number), served)
    assert [*serving.idle(hospital.context(), {RUN: True, later: True})] == []
    ended = [*serving.idle(hospital.context(), {RUN: False, later: False})]
    # The base model too, which is nobody's run; and what serves no run of this project is not its to tell.
    assert [line.split(" hosts ")[0] for line in ended] == [f"clinft-eval-{RUN}-1", f"clinft-eval-{later}-1"]


def test_a_model_that_answers_nowhere_is_said_before_it_is_asked(hospital: Hospital) -> None:
    account = azure_account(hospital.server, deployer=None).model_dump(mode="json")
    with (
        pytest.raises(SpecError, match="nobody may deploy it"),
        hosted_models(hospital.context(azure=account), RUN) as opened,
    ):
        opened(TUNED)


ASKED = [[Message(role="user", content=f"Note {number}.")] for number in range(6)]


def test_after_a_failure_only_what_is_missing_is_asked(hospital: Hospital) -> None:
    """Under another deployment's name too: answers are the model's."""
    hospital.trained()
    context = hospital.context(deployments={BASE: "base"})
    serving.need_host(context)[0].deploy("base", BASE)
    journal = context.run_dir / "data/hosted-answers.jsonl"

    def breaks() -> None:
        with hosted_models(context, RUN) as opened:
            opened(TUNED).generate(ASKED[:4], 9, QuietTask())
            raise ServiceError("It broke.")

    with pytest.raises(ServiceError, match="broke"):
        breaks()
    assert journal.exists()
    before = len(hospital.server.asked("createChatCompletion"))
    with hosted_models(context, RUN) as opened:
        opened(OTHER)
        tuned = opened(TUNED)
        assert tuned.used > (0, 0)
        assert len(tuned.generate(ASKED, 9, QuietTask())) == len(ASKED)
    assert before == 4
    assert len(hospital.server.asked("createChatCompletion")) == len(ASKED)
    # All is measured: a later evaluation of the model asks anew.
    assert not journal.exists()


@pytest.mark.parametrize(
    ("what", "code"),
    [("facts", "G021"), ("unlisted", "G009"), ("endpoint", "G021"), ("region", "G021"), ("ended", "G022")],
)
def test_nothing_is_asked_where_the_gate_would_say_no(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, what: str, code: str
) -> None:
    old = {"owner": "Privacy Office", "review_by": "2020-01-01"}
    elsewhere = {"owner": "Privacy Office", "review_by": "2099-01-01", "regions": ["northcentralus"]}
    context = hospital.context(
        **{"endpoint": {"eligibility": old}, "region": {"eligibility": elsewhere}}.get(what, {})
    )
    if what in ("facts", "unlisted"):
        facts = ProviderPolicy(eligibility=Eligibility(**old))
        listed = {"azure_openai": facts} if what == "facts" else {}
        context = replace(context, policy=context.policy.model_copy(update={"providers": listed}))
    if what == "ended":
        freeze(monkeypatch)
        context = replace(
            context, services=replace(context.services, clock=At(datetime(2098, 1, 1, tzinfo=UTC)))
        )
    with (
        hosted_models(context, RUN) as opened,
        pytest.raises(PolicyViolation, match="may not be asked") as said,
    ):
        opened(TUNED)
    assert f"CLINFT-{code}" in str(said.value)
    assert hospital.server.asked("Deployments_CreateOrUpdate") == []
    assert hospital.server.asked("createChatCompletion") == []
