"""Deployments of tuned models through Azure Resource Manager, with the second identity, `azure.deployer`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from clinft.adapters.training.openai_api.entra import Login, scopes_of
from clinft.adapters.training.openai_api.http import plain_client
from clinft.adapters.training.openai_api.words import shown
from clinft.adapters.training.tools import Tools
from clinft.errors import ClinftError, ServiceError, SpecError
from clinft.spec.eligibility import AzureAccount, Endpoint, TrainingType

API_VERSION = "2024-10-21"
SECONDS = 60
TRIES = 4
MOST_PAGES = 100
WAIT_SECONDS = 3600.0
ENDED = frozenset({"succeeded", "failed", "canceled"})
# As the samples of Microsoft write them (2026-02); the resource manager does not mind the case.
SKUS: dict[TrainingType, str] = {
    "standard": "standard",
    "data_zone": "datazonestandard",
    "global": "globalstandard",
    "developer": "developertier",
}


@dataclass(frozen=True)
class Deployment:
    """`state`: the manager's provisioningState."""

    name: str
    model: str
    sku: str
    capacity: int
    state: str
    created_at: str | None


class Deployments:
    """Of one Azure resource. What is deployed costs by the hour, used or not.

    Azure deletes a deployment that is older than 15 days and had no chat or response call for 15 days in a
    row, and a developer deployment after 24 hours in any case; the tuned model stays and can be deployed
    again. Cancelling a training does not end the charge of a deployment. (MicrosoftDocs/azure-ai-docs, 2026.)
    """

    def __init__(self, tools: Tools, endpoint: Endpoint) -> None:
        if endpoint.azure is None:
            raise SpecError(
                "The endpoint names no Azure resource.",
                "Deployments belong to a resource, which `azure` of the endpoint describes.",
                "Have azure set at the endpoint in .github/clinft.yml.",
            )
        account: AzureAccount = endpoint.azure
        self._base = account.management_url.rstrip("/")
        self._login = Login(endpoint, "deployer", scopes_of(endpoint).management, tools)
        self._sleep, self._allowed = tools.sleep, endpoint.training_types
        parts = (account.subscription, account.resource_group, account.account)
        subscription, group, name = (quote(part, safe="") for part in parts)
        self._path = (
            f"{self._base}/subscriptions/{subscription}/resourceGroups/{group}"
            f"/providers/Microsoft.CognitiveServices/accounts/{name}/deployments"
        )

    @property
    def host(self) -> str:
        return urlsplit(self._base).netloc

    def list(self) -> tuple[Deployment, ...]:
        found: list[Deployment] = []
        url: str | None = f"{self._path}?api-version={API_VERSION}"
        for _ in range(MOST_PAGES):
            if url is None:
                break
            body = self._read("the list of deployments", url) or {}
            found.extend(self._deployments(body.get("value")))
            url = self._next(body.get("nextLink"))
        return tuple(found)

    def deploy(
        self, name: str, model: str, training_type: TrainingType = "standard", capacity: int = 1
    ) -> Deployment:
        """Asking again for the same does no harm; another model under the name is refused."""
        if training_type not in self._allowed:
            raise SpecError(
                f"Deployments of type {training_type} are not allowed at this endpoint.",
                "The policy lists what its models may be trained and hosted as.",
                f"Choose one of {', '.join(self._allowed)}.",
            )
        there = self.get(name)
        if there is not None and there.model != model:
            raise SpecError(
                f"The deployment {name} exists and serves another model ({there.model}).",
                "Whoever calls it would get other answers without knowing.",
                "Undeploy it first, or choose another name.",
            )
        if there is not None and there.state.lower() != "failed":
            return there
        body = {
            "sku": {"name": SKUS[training_type], "capacity": capacity},
            "properties": {"model": {"format": "OpenAI", "name": model, "version": "1"}},
        }
        answer = self._ask("PUT", self._url(name), body)
        if answer.status not in (200, 201, 202):
            raise self._refused(f"the deployment {name}", answer)
        return self._deployment(answer.body, name)

    def get(self, name: str) -> Deployment | None:
        body = self._read(f"the deployment {name}", self._url(name))
        return None if body is None else self._deployment(body, name)

    def wait(self, name: str) -> Deployment:
        """Until it answers calls. Raises where it failed, or is not there after an hour."""
        waited, pause = 0.0, 2.0
        while True:
            found = self.get(name)
            state = "gone" if found is None else found.state
            if found is not None and state.lower() == "succeeded":
                return found
            if found is None or state.lower() in ENDED or waited >= WAIT_SECONDS:
                raise ServiceError(
                    f"The deployment {name} is {shown(state, (), 40)} after {waited:.0f} seconds.",
                    "Azure has no capacity for it in the region, or somebody removed it.",
                    "Look at it in the portal; a deployment that is not removed goes on costing by the hour.",
                )
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, 30.0)

    def undeploy(self, name: str) -> None:
        """The charge by the hour ends; the model stays. Gone is fine."""
        answer = self._patient("DELETE", self._url(name))
        if answer.status not in (200, 202, 204, 404):
            raise self._refused(f"the end of the deployment {name}", answer)

    def _url(self, name: str) -> str:
        return f"{self._path}/{quote(name, safe='')}?api-version={API_VERSION}"

    def _next(self, link: object) -> str | None:
        if link is None:
            return None
        if not isinstance(link, str) or not link.startswith(f"{self._base}/"):
            # The token must not follow a link to elsewhere.
            raise self._strange("the list of deployments")
        return link

    def _deployments(self, values: object) -> Iterator[Deployment]:
        if not isinstance(values, list):
            raise self._strange("the list of deployments")
        for value in values:
            yield self._deployment(value, "in the list")

    def _deployment(self, body: object, name: str) -> Deployment:
        try:
            return _parsed(body)
        except (KeyError, TypeError, ValueError):
            raise self._strange(f"the deployment {name}") from None

    def _read(self, what: str, url: str) -> dict[str, Any] | None:
        """None where there is no such thing."""
        answer = self._patient("GET", url)
        if answer.status == 404 and "/deployments/" in url:
            return None
        if answer.status != 200:
            raise self._refused(what, answer)
        if not isinstance(answer.body, dict):
            raise self._strange(what)
        return answer.body

    def _patient(self, method: str, url: str) -> "Answer":
        """For what may be asked twice."""
        for taken in range(TRIES - 1):
            answer = self._ask(method, url)
            if answer.status < 500 and answer.status not in (408, 409, 429):
                return answer
            self._sleep(answer.retry_after if answer.retry_after is not None else 2.0**taken)
        return self._ask(method, url)

    def _ask(self, method: str, url: str, body: dict[str, Any] | None = None) -> "Answer":
        import httpx2

        headers = {"Authorization": f"Bearer {self._login.token()}"}
        try:
            with plain_client(SECONDS, url) as client:
                response = client.request(method, url, json=body, headers=headers)
        except httpx2.HTTPError:
            raise ServiceError(
                f"{self.host} could not be reached for a deployment.",
                "The network, a proxy or Azure is down, or azure.management_url is wrong.",
                "Call again later: what exists by then is found.",
            ) from None
        try:
            content = response.json() if response.content else None
        except ValueError:
            content = None
        return Answer(response.status_code, content, _seconds(response.headers.get("retry-after")))

    def _refused(self, what: str, answer: "Answer") -> ClinftError:
        error = answer.body.get("error") if isinstance(answer.body, dict) else None
        code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, None)
        said = shown(f"{message or 'no message'} ({code or answer.status})", self._login.known())
        if answer.status >= 500 or answer.status in (408, 409, 429) or answer.status < 400:
            return ServiceError(
                f"{self.host} failed at {what}: {said}",
                "Azure is in trouble, or limits this identity.",
                "Call again later: what exists by then is found.",
            )
        return SpecError(
            f"{self.host} refuses {what}: {said}",
            "The identity `azure.deployer` lacks deployments/write (role Foundry Owner), the resource is "
            "another one, or the region lacks the model or the capacity.",
            "Compare azure at the endpoint in .github/clinft.yml with the resource, and its roles.",
        )

    def _strange(self, what: str) -> ServiceError:
        return ServiceError(
            f"{self.host} was asked for {what} and answered with something else.",
            "Another service or a proxy stands there.",
            "Check azure.management_url in .github/clinft.yml.",
        )


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    retry_after: float | None


def _parsed(body: Any) -> Deployment:
    properties, sku = body["properties"], body["sku"]
    created = (body.get("systemData") or {}).get("createdAt")
    return Deployment(
        name=str(body["name"]),
        model=str(properties["model"]["name"]),
        sku=str(sku["name"]),
        capacity=int(sku.get("capacity") or 1),
        state=str(properties.get("provisioningState") or "unknown"),
        created_at=None if created is None else str(created),
    )


def _seconds(text: str | None) -> float | None:
    return min(float(text), 120.0) if text is not None and text.isdigit() else None
