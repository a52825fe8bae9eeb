"""An Azure OpenAI for tests: OpenAI's API in Azure's dialect, Entra ID and Azure Resource Manager, all on one port."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.fakes.openai import arm_operations, dialect
from tests.fakes.openai.arm_operations import Deployment
from tests.fakes.openai.calls import Handler, Refused, Reply, Request, problem, refused
from tests.fakes.openai.entra import DATA_PLANE, MANAGEMENT, Entra
from tests.fakes.openai.server import OPERATIONS, OpenAIServer, Surface
from tests.fakes.openai.spec import Spec
from tests.fakes.openai.state import DONE, START, Job, Model

KEY = "0123456789abcdef0123456789abcdef"
TENANT = "11111111-1111-4111-8111-111111111111"
SUBSCRIPTION = "22222222-2222-4222-8222-222222222222"
TRAINER = "33333333-3333-4333-8333-333333333333"
DEPLOYER = "44444444-4444-4444-8444-444444444444"
RESOURCE_GROUP, ACCOUNT = "rg-clinft", "aoai-clinft"

READS = ("list", "retrieve", "download")
INFERENCE = ("createChatCompletion",)


@cache
def management_spec() -> Spec:
    return Spec(json.loads(Path(__file__).with_name("azure.json").read_text()))


class AzureServer(OpenAIServer):
    """`roles` of a client id: train (files, jobs), infer (chat), deploy (deployments); any of them may read."""

    prefix = "/openai/v1"
    organization = None
    bom_allowed = True

    def __init__(self, key: str = KEY) -> None:
        self.tenant, self.subscription = TENANT, SUBSCRIPTION
        self.resource_group, self.account = RESOURCE_GROUP, ACCOUNT
        roles = {TRAINER: frozenset({"train", "infer"}), DEPLOYER: frozenset({"deploy"})}
        self.entra = Entra(TENANT, roles)
        self.deployments: dict[str, Deployment] = {}
        self.deployments_per_page = 100
        # What a new deployment shows: the first in the answer to PUT, then one more at each GET.
        self.provisioning = ["Creating", "Succeeded"]
        self.training_types = set(dialect.TRAINING_TYPES)
        super().__init__(key)

    def _surfaces(self) -> Sequence[Surface]:
        spec, tokens = management_spec(), {"Token_Get": self.entra.get_token}
        everybody: dict[str, Handler] = {**tokens}
        return (
            Surface(self.prefix, dialect.azure_spec(), OPERATIONS, self._authorise),
            Surface("", spec, arm_operations.OPERATIONS, self._authorise_management, arm_operations.problem),
            Surface("", spec, everybody, lambda request, operation_id: None, _token_problem),
        )

    @property
    def account_path(self) -> str:
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/Microsoft.CognitiveServices/accounts/{self.account}"

    @property
    def day(self) -> int:
        return self._days

    @property
    def deployable(self) -> set[str]:
        """Models, and checkpoints by their id."""
        checkpoints = {one["id"] for job in self.jobs.values() for one in job.checkpoints if job.done}
        return set(self.models) | checkpoints

    def days_pass(self, days: int) -> None:
        """Fifteen days without a chat, and a deployment is gone; its model stays."""
        super().days_pass(days)
        self.deployments = {
            name: one for name, one in self.deployments.items() if not one.outlived(self._days)
        }

    def model_name(self, job: Job) -> str:
        suffix = job.body.get("suffix")
        return f"{job.body['model']}.ft-{job.number:032x}" + (f"-{suffix}" if suffix else "")

    def judge_training_type(self, body: dict[str, Any]) -> None:
        given = str(body.get(dialect.TRAINING_TYPE, "")).lower()
        if not given:
            raise refused(400, dialect.NO_TRAINING_TYPE, "invalidPayload")
        if given not in self.training_types:
            raise refused(400, f"The training type '{given}' is not supported.", "invalidPayload")

    def shown(self, job: Job, plain: dict[str, Any]) -> dict[str, Any]:
        status = dialect.STATUS_WORDS.get(job.status, job.status)
        result_files = plain["result_files"] if job.status in DONE else None
        return {**plain, "status": status, "result_files": result_files}

    def shown_model(self, model: Model) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": model.id,
            "object": "model",
            "status": "succeeded",
            "created_at": START,
            "lifecycle_status": "generally-available",
            "capabilities": {"fine_tune": bool(model.methods), "inference": True, "chat_completion": True},
        }
        if model.shutdown_date:
            ends = int(datetime.fromisoformat(f"{model.shutdown_date}T00:00:00+00:00").timestamp())
            shown["deprecation"] = {"fine_tune": ends, "inference": ends}
        return shown

    def shown_file(self, plain: dict[str, Any]) -> dict[str, Any]:
        return {**plain, "status": dialect.FILE_WORDS.get(plain["status"], plain["status"])}

    def answering(self, model: str) -> str:
        found = self.deployments.get(model)
        if found is None or found.state != "Succeeded":
            message = (
                "The API deployment for this resource does not exist. If you created the deployment within "
                "the last 5 minutes, please wait a moment and try again."
            )
            raise refused(404, message, "DeploymentNotFound")
        found.used_day = self._days
        return found.model

    def _authorise(self, request: Request, operation_id: str) -> None:
        authorization = request.headers.get("authorization", "")
        if request.headers.get("api-key") == self.key or authorization == f"Bearer {self.key}":
            return
        token = self.entra.use(request, DATA_PLANE, self.now())
        if token is None:
            message = (
                "Unauthorized. Access token is missing, invalid, audience is incorrect "
                "(https://cognitiveservices.azure.com), or have expired."
            )
            raise Refused(Reply(401, {"error": {"code": "401", "message": message}}))
        needed = "infer" if operation_id in INFERENCE else "train"
        if not operation_id.startswith(READS) and needed not in self.entra.clients[token.client_id]:
            message = f"The principal lacks the required data action to perform {operation_id}."
            raise Refused(problem(401, message, "PermissionDenied"))

    def _authorise_management(self, request: Request, operation_id: str) -> None:
        token = self.entra.use(request, MANAGEMENT, self.now())
        if token is None:
            message = "The access token is missing, invalid, of another audience, or has expired."
            raise Refused(arm_operations.problem(401, message, "InvalidAuthenticationToken"))
        if "deploy" not in self.entra.clients[token.client_id]:
            message = f"The client '{token.client_id}' does not have authorization to perform {operation_id}."
            raise Refused(arm_operations.problem(403, message, "AuthorizationFailed"))


def _token_problem(status: int, message: str, code: str | None = None, **more: Any) -> Reply:
    body = {"error": code or "invalid_request", "error_description": message}
    return Reply(status, body, more.get("headers") or {})
