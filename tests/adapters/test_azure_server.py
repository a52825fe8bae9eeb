"""The Azure OpenAI of the tests: OpenAI's SDK in Azure's dialect, Entra ID, deployments through Resource Manager."""

from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI

from tests.adapters.openai_sdk import BASE, client
from tests.fakes.openai import dialect
from tests.fakes.openai.azure import DEPLOYER, TENANT, TRAINER, AzureServer
from tests.fakes.openai.entra import assertion
from tests.fakes.openai.outcomes import Outcome
from tests.fakes.openai.training_rows import jsonl, rows

__all__ = ["client"]  # a fixture

STANDARD = {"trainingType": "Standard"}
VERSION = "?api-version=2024-10-21"
SUBJECT = "repo:hosp/clinft:environment:train"


@pytest.fixture
def server() -> Iterator[AzureServer]:
    with AzureServer() as running:
        yield running
        assert not running.violations
        assert not running.faults_to_come


@pytest.fixture
def http(server: AzureServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.base) as connected:
        yield connected


def start(client: OpenAI, training_type: dict[str, Any] = STANDARD, **more: Any) -> str:
    file = client.files.create(file=("train.jsonl", jsonl(rows())), purpose="fine-tune").id
    return client.fine_tuning.jobs.create(model=BASE, training_file=file, extra_body=training_type, **more).id


def look(client: OpenAI, job: str) -> dict[str, Any]:
    """As it came: the SDK's types know OpenAI's words only."""
    return client.fine_tuning.jobs.retrieve(job).to_dict()


def tuned(server: AzureServer, client: OpenAI, **more: Any) -> str:
    job = start(client, **more)
    server.advance(job, steps=3)
    return server.jobs[job].fine_tuned_model or ""


def ask_token(
    http: httpx2.Client, client_id: str, scope: str, more: dict[str, str] | None = None
) -> httpx2.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "scope": f"{scope}/.default",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(SUBJECT),
    }
    return http.post(f"/{TENANT}/oauth2/v2.0/token", data={**form, **(more or {})})


def token(http: httpx2.Client, client_id: str, scope: str = "https://cognitiveservices.azure.com") -> str:
    answer = ask_token(http, client_id, scope).raise_for_status().json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3599)
    return str(answer["access_token"])


def bearer(http: httpx2.Client, client_id: str = DEPLOYER) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(http, client_id, 'https://management.azure.com')}"}


def deployment(server: AzureServer, name: str = "notes") -> str:
    return f"{server.account_path}/deployments/{name}{VERSION}"


def wanted(model: str, sku: str = "standard") -> dict[str, Any]:
    return {
        "sku": {"name": sku, "capacity": 1},
        "properties": {"model": {"format": "OpenAI", "name": model, "version": "1"}},
    }


def test_a_job_speaks_azures_dialect(server: AzureServer, client: OpenAI) -> None:
    job = start(client, suffix="notes", metadata={"clinft_run": "x"})
    server.poll_advances = False
    shown = look(client, job)
    assert (shown["status"], shown["organization_id"], shown["result_files"]) == ("pending", None, None)
    server.advance(job, steps=2)
    shown = look(client, job)
    assert (shown["status"], shown["result_files"]) == ("running", None)
    server.advance(job)
    shown = look(client, job)
    assert (shown["status"], len(shown["result_files"])) == ("succeeded", 1)
    assert shown["fine_tuned_model"] == f"{BASE}.ft-{1:032x}-notes"
    cancelled = start(client)
    client.fine_tuning.jobs.cancel(cancelled)
    assert look(client, cancelled)["status"] == "canceled"


def test_a_file_may_begin_with_a_byte_order_mark(server: AzureServer, client: OpenAI) -> None:
    data = b"\xef\xbb\xbf" + jsonl(rows())
    file = client.files.create(file=("train.jsonl", data), purpose="fine-tune").id
    job = client.fine_tuning.jobs.create(model=BASE, training_file=file, extra_body=STANDARD).id
    server.advance(job, steps=3)
    assert (server.jobs[job].status, server.files[file].data) == ("succeeded", data)


def test_a_file_and_a_model_are_described_in_azures_words(server: AzureServer, client: OpenAI) -> None:
    server.unready_looks = 1
    file = client.files.create(file=("train.jsonl", jsonl(rows())), purpose="fine-tune")
    assert (file.status, client.files.retrieve(file.id).status) == ("pending", "processed")
    model = client.models.retrieve(BASE).model_dump()
    assert (model["capabilities"]["fine_tune"], model["shutdown_date"]) == (True, None)
    assert model["deprecation"] == {"fine_tune": 1799884800, "inference": 1799884800}
    assert "deprecation" not in client.models.retrieve("gpt-6-luna").model_dump()


def test_without_a_training_type_the_model_is_blamed(server: AzureServer, client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="does not support fine-tuning"):
        start(client, {})
    server.training_types = {"globalstandard"}
    with pytest.raises(openai.BadRequestError, match="training type 'standard'"):
        start(client)
    start(client, {"trainingType": "globalStandard"})
    assert server.submissions == 1


def test_a_key_opens_in_either_header(server: AzureServer, client: OpenAI, http: httpx2.Client) -> None:
    listing = "/openai/v1/models?api-version=preview"
    assert len(list(client.models.list())) == len(server.models)
    assert http.get(listing, headers={"api-key": server.key}).status_code == 200
    assert http.get(listing, headers={"api-key": "other"}).status_code == 401


def test_the_description_is_relaxed_in_the_dialect_alone() -> None:
    plain, azure = dialect.openai_document(), dialect.relaxed(dialect.openai_document())
    assert plain["paths"].keys() == azure["paths"].keys()
    schemas = plain["components"]["schemas"]
    changed = {name for name, one in azure["components"]["schemas"].items() if one != schemas[name]}
    assert changed == {"FineTuningJob", "CreateFineTuningJobRequest", "OpenAIFile", "Model", "Error"}


def test_an_sdk_that_refreshes_its_token_outlives_it(server: AzureServer, http: httpx2.Client) -> None:
    server.entra.token_uses = 2
    with OpenAI(base_url=server.url, api_key=lambda: token(http, TRAINER), max_retries=0) as client:
        job = start(client)
        assert [client.fine_tuning.jobs.retrieve(job).status for _ in range(3)][-1] == "succeeded"
    assert len(server.entra.issued) == 5


def test_a_token_ends_by_use_or_by_time(server: AzureServer, http: httpx2.Client) -> None:
    server.entra.token_uses = 1
    with OpenAI(base_url=server.url, api_key=token(http, TRAINER), max_retries=0) as client:
        client.models.list()
        with pytest.raises(openai.AuthenticationError, match="have expired"):
            start(client)
    server.entra.token_uses = 10
    with OpenAI(base_url=server.url, api_key=token(http, TRAINER), max_retries=0) as client:
        client.models.list()
        server.days_pass(1)
        with pytest.raises(openai.AuthenticationError):
            client.models.list()
    assert not server.uploads


def test_who_trains_cannot_deploy_and_who_deploys_cannot_train(
    server: AzureServer, client: OpenAI, http: httpx2.Client
) -> None:
    model = tuned(server, client)
    answer = http.put(deployment(server), json=wanted(model), headers=bearer(http, TRAINER))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AuthorizationFailed")
    with (
        OpenAI(base_url=server.url, api_key=token(http, DEPLOYER), max_retries=0) as deployer,
        pytest.raises(openai.AuthenticationError, match="lacks the required data action"),
    ):
        start(deployer)
    assert (server.submissions, server.deployments) == (1, {})


def test_a_token_opens_only_what_it_was_asked_for(server: AzureServer, http: httpx2.Client) -> None:
    headers = {"Authorization": f"Bearer {token(http, DEPLOYER)}"}
    assert http.get(deployment(server), headers=headers).status_code == 401
    assert http.get("/openai/v1/models", headers=bearer(http)).status_code == 401


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ({"client_id": TENANT}, 700016),
        ({"scope": "https://graph.microsoft.com/.default"}, 70011),
        ({"scope": "https://management.azure.com"}, 70011),
        ({"client_assertion": assertion(SUBJECT, audience="sts.amazonaws.com")}, 700212),
        ({"client_assertion": assertion("repo:hosp/other:environment:train")}, 700213),
        ({"client_assertion": "no token"}, 700212),
    ],
)
def test_entra_refuses_what_does_not_fit(
    server: AzureServer, http: httpx2.Client, form: dict[str, str], number: int
) -> None:
    server.entra.subjects = {TRAINER: SUBJECT}
    token(http, TRAINER)
    answer = ask_token(http, TRAINER, "https://management.azure.com", form)
    assert (answer.status_code >= 400, answer.json()["error_codes"]) == (True, [number])
    assert len(server.entra.issued) == 1


def test_a_deployment_is_created_and_answers(
    server: AzureServer, client: OpenAI, http: httpx2.Client
) -> None:
    model, headers = tuned(server, client), bearer(http)
    ask: dict[str, Any] = {"model": "notes", "messages": [{"role": "user", "content": "hello"}]}
    answer = http.put(deployment(server), json=wanted(model), headers=headers)
    assert (answer.status_code, answer.json()["properties"]["provisioningState"]) == (201, "Creating")
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.chat.completions.create(**ask)
    shown = http.get(deployment(server), headers=headers).json()
    assert shown["properties"]["provisioningState"] == "Succeeded"
    assert shown["id"] == f"{server.account_path}/deployments/notes"
    assert client.chat.completions.create(**ask).model == model
    # The model's own name is no deployment.
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(**{**ask, "model": model})
    assert http.put(deployment(server), json=wanted(model), headers=headers).status_code == 200
    assert http.delete(deployment(server), headers=headers).status_code == 200
    assert http.delete(deployment(server), headers=headers).status_code == 204
    assert http.get(deployment(server), headers=headers).status_code == 404
    assert model in server.models


def test_a_deployment_may_fail_and_needs_a_known_model_and_sku(
    server: AzureServer, client: OpenAI, http: httpx2.Client
) -> None:
    model, headers = tuned(server, client), bearer(http)
    for body in (wanted("gone"), wanted(model, sku="provisioned")):
        assert http.put(deployment(server), json=body, headers=headers).status_code == 400
    server.provisioning = ["Creating", "Creating", "Failed"]
    http.put(deployment(server), json=wanted(model), headers=headers)
    states = [http.get(deployment(server), headers=headers).json()["properties"] for _ in range(3)]
    assert [one["provisioningState"] for one in states] == ["Creating", "Failed", "Failed"]


def test_a_checkpoint_is_deployed_by_its_id(server: AzureServer, client: OpenAI, http: httpx2.Client) -> None:
    tuned(server, client)
    (job,) = server.jobs
    checkpoint = client.fine_tuning.jobs.checkpoints.list(job).data[-1].id
    assert http.put(deployment(server), json=wanted(checkpoint), headers=bearer(http)).status_code == 201


def test_idle_deployments_go_and_models_stay(
    server: AzureServer, client: OpenAI, http: httpx2.Client
) -> None:
    model, headers = tuned(server, client), bearer(http)
    server.provisioning = ["Succeeded"]
    for name, sku in (("idle", "standard"), ("used", "GlobalStandard"), ("cheap", "DeveloperTier")):
        http.put(deployment(server, name), json=wanted(model, sku), headers=headers).raise_for_status()
    server.days_pass(1)
    assert set(server.deployments) == {"idle", "used"}
    server.days_pass(13)
    client.chat.completions.create(model="used", messages=[{"role": "user", "content": "hello"}])
    server.days_pass(1)
    assert set(server.deployments) == {"used"}
    server.days_pass(14)
    assert not server.deployments
    assert model in server.models


def test_deployments_are_listed_in_pages(server: AzureServer, client: OpenAI, http: httpx2.Client) -> None:
    model, headers = tuned(server, client), bearer(http)
    server.deployments_per_page = 2
    for name in ("aa", "bb", "cc"):
        http.put(deployment(server, name), json=wanted(model), headers=headers).raise_for_status()
    seen, link = [], f"{server.account_path}/deployments{VERSION}"
    while link:
        page = http.get(link, headers=headers).raise_for_status().json()
        seen.append([one["name"] for one in page["value"]])
        link = page.get("nextLink", "")
    assert seen == [["aa", "bb"], ["cc"]]


def test_another_account_is_not_found(server: AzureServer, http: httpx2.Client) -> None:
    other = deployment(server).replace(server.account, "another")
    assert http.get(other, headers=bearer(http)).status_code == 404


def test_faults_hit_the_login_and_the_deployments_too(
    server: AzureServer, client: OpenAI, http: httpx2.Client
) -> None:
    model = tuned(server, client)
    server.fail_next("Token_Get", 503)
    assert ask_token(http, DEPLOYER, "https://management.azure.com").status_code == 503
    headers = bearer(http)
    server.fail_next("Deployments_CreateOrUpdate", 500, after_accepting=True)
    assert http.put(deployment(server), json=wanted(model), headers=headers).status_code == 500
    assert set(server.deployments) == {"notes"}
    server.next_jobs.append(Outcome(words={"validating_files": "notRunning"}))
    server.poll_advances = False
    assert look(client, start(client))["status"] == "notRunning"


def test_management_must_be_asked_as_described() -> None:
    with AzureServer() as server, httpx2.Client(base_url=server.base) as http:
        headers = bearer(http)
        assert (
            http.get(deployment(server).replace("2024-10-21", "1999-01-01"), headers=headers).status_code
            == 400
        )
        assert http.put(deployment(server), json={"sku": {}}, headers=headers).status_code == 400
        assert http.post(f"/{TENANT}/oauth2/v2.0/token", data={"grant_type": "password"}).status_code == 400
        assert http.post(deployment(server), json=wanted(BASE), headers=headers).status_code == 404
        assert len(server.violations) == 4
