"""Azure Resource Manager: deployments of models, which cost by the hour as long as they exist."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.openai.calls import Call, Handler, Refused, Reply

if TYPE_CHECKING:
    from tests.fakes.openai.azure import AzureServer

SKUS = ("standard", "globalstandard", "datazonestandard", "developertier")
IDLE_DAYS = 15
DEVELOPER_DAYS = 1
KIND = "Microsoft.CognitiveServices/accounts/deployments"


@dataclass
class Deployment:
    name: str
    body: dict[str, Any]
    created_at: int
    states: list[str]  # the one shown now, and those to come
    created_day: int
    used_day: int

    @property
    def state(self) -> str:
        return self.states[0]

    @property
    def sku(self) -> str:
        return str(self.body["sku"]["name"]).lower()

    @property
    def model(self) -> str:
        return str(self.body["properties"]["model"]["name"])

    def outlived(self, day: int) -> bool:
        if self.sku == "developertier":
            return day - self.created_day >= DEVELOPER_DAYS
        return day - self.used_day >= IDLE_DAYS


def problem(status: int, message: str, code: str | None = None, **more: Any) -> Reply:
    headers = more.get("headers") or {}
    return Reply(status, {"error": {"code": code or "BadRequest", "message": message}}, headers)


def render(server: "AzureServer", found: Deployment) -> dict[str, Any]:
    properties = {**found.body["properties"], "provisioningState": found.state}
    return {
        "id": f"{server.account_path}/deployments/{found.name}",
        "name": found.name,
        "type": KIND,
        "etag": f'"{found.created_at}"',
        "sku": {"capacity": 1, **found.body["sku"]},
        "systemData": {"createdAt": datetime.fromtimestamp(found.created_at, UTC).isoformat()},
        "properties": properties,
    }


def put(call: Call) -> Reply:
    server, name = _server(call), call.path["deployment"]
    sku, model = call.body["sku"], call.body["properties"]["model"]
    if str(sku["name"]).lower() not in SKUS:
        raise Refused(problem(400, f"The sku '{sku['name']}' is not supported.", "InvalidResourceProperties"))
    if model["format"] != "OpenAI" or model["name"] not in server.deployable:
        shown = f"Format:{model['format']},Name:{model['name']},Version:{model['version']}"
        raise Refused(problem(400, f"The model '{shown}' is not supported.", "DeploymentModelNotSupported"))
    status = 200 if name in server.deployments else 201
    day, states = server.day, list(server.provisioning)
    found = Deployment(name, call.body, server.now(), states, day, day)
    server.deployments[name] = found
    return Reply(status, render(server, found))


def get(call: Call) -> Reply:
    server = _server(call)
    found = server.deployments.get(call.path["deployment"])
    if found is None:
        raise Refused(_not_found(f"The resource '{call.path['deployment']}' was not found."))
    if len(found.states) > 1:
        found.states.pop(0)
    return Reply(200, render(server, found))


def list_deployments(call: Call) -> Reply:
    server = _server(call)
    start, names = int(call.query.get("$skiptoken", 0)), sorted(server.deployments)
    end = start + server.deployments_per_page
    shown: dict[str, Any] = {"value": [render(server, server.deployments[one]) for one in names[start:end]]}
    if end < len(names):
        version = call.query["api-version"]
        link = f"{server.base}{server.account_path}/deployments?api-version={version}&$skiptoken={end}"
        shown["nextLink"] = link
    return Reply(200, shown)


def delete(call: Call) -> Reply:
    found = _server(call).deployments.pop(call.path["deployment"], None)
    return Reply(200 if found else 204)


def _server(call: Call) -> "AzureServer":
    server: AzureServer = call.state  # type: ignore[assignment]  # only an AzureServer has these operations
    asked = (call.path["subscription"], call.path["resource_group"], call.path["account"])
    if asked != (server.subscription, server.resource_group, server.account):
        raise Refused(_not_found(f"The account '{asked[2]}' was not found."))
    return server


def _not_found(message: str) -> Reply:
    return problem(404, message, "ResourceNotFound")


OPERATIONS: dict[str, Handler] = {
    "Deployments_CreateOrUpdate": put,
    "Deployments_Get": get,
    "Deployments_List": list_deployments,
    "Deployments_Delete": delete,
}
