"""What `clinft train` does, by hand: numbered steps with the exact calls, per provider. No key in them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

from clinft.artifacts.console_steps import ConsoleFacts, console_steps
from clinft.spec.base import Provider
from clinft.spec.eligibility import Endpoint, TrainingType
from clinft.spec.mcp import McpServer, Operation
from clinft.spec.training import TrainingSpec
from clinft.stages.report.markdown import code, code_block, document, escape, numbered
from clinft.stages.report.peft_script import peft_script

Step = tuple[str, str]  # what it does; the call, as a finished block, or nothing

OPENAI_URL = "https://api.openai.com/v1"
# OpenAI keeps a file until it is deleted, where nothing is said; 30 days are the most it takes.
EXPIRES_SECONDS = 2_592_000
API_VERSION = "2024-10-21"  # of Azure's resource manager
# As Microsoft shows them with a preview version of the API; what v1 takes was not tried (2026-11).
TRAINING_TYPES: Mapping[TrainingType, str] = {
    "standard": "Standard",
    "data_zone": "DataZoneStandard",
    "global": "GlobalStandard",
    "developer": "DeveloperTier",
}
MCP_ORDER: tuple[Operation, ...] = ("find", "submit", "poll", "events", "result", "dispose")
UNKNOWN_TO_CLINFT = (
    "What is done this way clinft does not know of: it carries no run id, no gate has decided on it, and "
    "`clinft train` would train once more, and pay once more. To bring in what a person trained, write "
    "`provider: manual`."
)
BEARER = 'printf "Authorization: Bearer %s" "$OPENAI_API_KEY"'
AZURE_KEY = 'printf "api-key: %s" "$AZURE_OPENAI_API_KEY"'
ENTRA = (
    'printf "Authorization: Bearer %s" '
    '"$(az account get-access-token --resource {audience} --query accessToken --output tsv)"'
)
COGNITIVE, MANAGEMENT = "https://cognitiveservices.azure.com", "https://management.azure.com"
HEADER = "Its header is read from a pipe, so that the key stands in no list of processes."
JSON_BODY = "-H 'Content-Type: application/json' --data"


@dataclass(frozen=True)
class ByHand:
    """`endpoint` and `server`: as the policy has them. Digests are empty where nothing is audited yet."""

    project: str
    training: TrainingSpec
    endpoint: Endpoint | None = None
    server: McpServer | None = None
    training_sha256: str = ""
    validation_sha256: str = ""

    @property
    def training_file(self) -> str:
        return f"projects/{self.project}/data/formatted/train.jsonl"

    @property
    def validation_file(self) -> str:
        return f"projects/{self.project}/data/formatted/validation.jsonl"


def by_hand(facts: ByHand) -> str:
    """A whole section, with its heading."""
    steps = [
        text if not call else f"{text}\n\n{_indented(call)}"
        for text, call in (*_prepared(facts), *STEPS[facts.training.provider](facts))
    ]
    warning = "" if facts.training.provider in ("manual", "fake", "fake_hosted") else UNKNOWN_TO_CLINFT
    return document(("## The same by hand", warning, numbered(steps)))


def _prepared(facts: ByHand) -> Iterator[Step]:
    if facts.training.provider == "manual":
        return  # its own steps begin with it
    folder = f"projects/{facts.project}"
    yield (
        "Make the files and audit them. Send nothing whose digest the audit does not name.",
        _sh(
            f"clinft prepare {quote(folder)} && clinft audit {quote(folder)}",
            f"sha256sum {quote(facts.training_file)} {quote(facts.validation_file)}",
        ),
    )


def _openai(facts: ByHand) -> Iterator[Step]:
    url = OPENAI_URL if facts.endpoint is None else facts.endpoint.url.rstrip("/")
    yield f"Define the call. {HEADER}", _sh(f"URL={url}", _call("call", BEARER))
    expires = f'-F "expires_after[anchor]=created_at" -F "expires_after[seconds]={EXPIRES_SECONDS}"'
    yield from _api(facts, (facts.training_file, facts.validation_file), f" {expires}", {})
    yield (
        "Look when the model ends: it answers no longer than its base model does.",
        _sh('call "$URL/models/$MODEL"'),
    )


def _azure(facts: ByHand) -> Iterator[Step]:
    endpoint = facts.endpoint
    url = "$AZURE_OPENAI_ENDPOINT/openai/v1" if endpoint is None else endpoint.url.rstrip("/")
    entra = endpoint is not None and endpoint.login == "entra"
    login = ENTRA.format(audience=COGNITIVE) if entra else AZURE_KEY
    wanted = facts.training.training_type or "standard"
    marked = ("marked-train.jsonl", "marked-validation.jsonl")
    yield (
        "Azure wants a byte-order mark before the first line; the files get it, and other digests with it.",
        _sh(
            rf"(printf '\357\273\277'; cat {quote(facts.training_file)}) > {marked[0]}",
            rf"(printf '\357\273\277'; cat {quote(facts.validation_file)}) > {marked[1]}",
        ),
    )
    yield f"Define the call. {HEADER}", _sh(f'URL="{url}"', _call("call", login))
    yield from _api(facts, marked, "", {"trainingType": TRAINING_TYPES[wanted]})
    yield from _deployment(endpoint)


def _deployment(endpoint: Endpoint | None) -> Iterator[Step]:
    azure = None if endpoint is None else endpoint.azure
    names = ("$SUBSCRIPTION", "$RESOURCE_GROUP", "$ACCOUNT")
    manager = MANAGEMENT
    if azure is not None:
        names = (azure.subscription, azure.resource_group, azure.account)
        manager = azure.management_url.rstrip("/")
    place = (
        f"{manager}/subscriptions/{names[0]}/resourceGroups/{names[1]}/providers/Microsoft.CognitiveServices"
        f"/accounts/{names[2]}/deployments/$DEPLOYMENT?api-version={API_VERSION}"
    )
    body = {
        "sku": {"name": "standard", "capacity": 1},
        "properties": {"model": {"format": "OpenAI", "name": "MODEL", "version": "1"}},
    }
    yield (
        "Deploy it, as the identity that may deploy. **From here on it costs by the hour**, used or not.",
        _sh(
            f'PLACE="{place}"',
            _call("manage", ENTRA.format(audience=manager)),
            f'manage -X PUT "$PLACE" {JSON_BODY} {_json(body)}',
        ),
    )
    yield (
        "Take the deployment away when it is not asked any more; the model stays.",
        _sh('manage -X DELETE "$PLACE"'),
    )


def _api(facts: ByHand, files: Iterable[str], kept: str, extra: Mapping[str, str]) -> Iterator[Step]:
    yield (
        "Upload both files, and note the id of each.",
        _sh(*(f'call "$URL/files" -F purpose=fine-tune{kept} -F file=@{quote(name)}' for name in files)),
    )
    yield (
        "Start the job, once: sent again after an error it may be a second job, which is paid as well. List "
        "the jobs first, whenever the answer was lost.",
        _sh(
            f'call "$URL/fine_tuning/jobs" {JSON_BODY} {_json(creation(facts, extra))}',
            'call "$URL/fine_tuning/jobs?limit=20"',
        ),
    )
    yield (
        "Ask until its status is succeeded, failed or cancelled; its events say why.",
        _sh(
            'call "$URL/fine_tuning/jobs/$JOB"',
            'call "$URL/fine_tuning/jobs/$JOB/events?limit=100"',
            'call "$URL/fine_tuning/jobs/$JOB/checkpoints"',
        ),
    )
    yield (
        "Note `fine_tuned_model` and `trained_tokens`, which is what is billed, and fetch the loss curve, a "
        "table that may come in base64.",
        _sh('call "$URL/files/$RESULT_FILE/content"'),
    )
    yield (
        "Delete what was uploaded, by the date of the policy's `retention.provider_files_days`.",
        _sh(
            'call -X DELETE "$URL/files/$TRAINING_FILE"',
            'call -X DELETE "$URL/files/$VALIDATION_FILE"',
        ),
    )


def creation(facts: ByHand, extra: Mapping[str, str]) -> dict[str, Any]:
    """The body that starts a job, with the spec's values."""
    training, hyper = facts.training, facts.training.hyperparameters
    recipe: dict[str, Any] = {"n_epochs": hyper.n_epochs}
    if hyper.asked_batch_size is not None:
        recipe["batch_size"] = hyper.asked_batch_size
    if hyper.learning_rate_multiplier is not None:
        recipe["learning_rate_multiplier"] = hyper.learning_rate_multiplier
    if hyper.beta is not None:
        recipe["beta"] = hyper.beta
    suffix = {} if training.suffix is None else {"suffix": training.suffix}
    return {
        "model": training.base_model,
        "training_file": "TRAINING_FILE",
        "validation_file": "VALIDATION_FILE",
        "method": {"type": training.method, training.method: {"hyperparameters": recipe}},
        "seed": hyper.seed,
        **suffix,
        **extra,
    }


def _peft(facts: ByHand) -> Iterator[Step]:
    yield (
        "Install what clinft trains with, on the machine with the card.",
        _sh("pip install -c constraints/constraints.txt -e '.[train]'"),
    )
    if facts.training.base_model.startswith("builtin:"):
        yield (
            "Put the folder of the embedded model in the place of `base`: below `~/.cache/clinft/models`, or "
            "`$CLINFT_CACHE/clinft/models` where that is set.",
            "",
        )
    yield (
        "Train. This outline has the recipe's values; clinft besides orders and seeds the samples, writes "
        "checkpoints, and gives the same bytes when it is cut off.",
        code_block(peft_script(facts.training, facts.training_file), "python"),
    )
    yield "Compare base and tuned model on the test split, which must not be the file above.", ""


def _mcp(facts: ByHand) -> Iterator[Step]:
    server, name = facts.server, facts.training.server or ""
    if server is None:
        yield "Have the server named in `mcp_servers` of the policy: without it there is nothing to call.", ""
        return
    place = server.url if server.url is not None else " ".join(server.command)
    how = "over streamable HTTP, with its secret as the bearer token" if server.url else "on stdio"
    yield f"Connect to the server {code(name)} {how}: {code(place)}.", ""
    filled = f" What stands in `${{...}}` clinft fills in, with {_meant(facts.training)}."
    for operation in MCP_ORDER:
        if (mapped := server.mapped.get(operation)) is not None:
            yield (
                f"{operation}: call the tool {code(mapped.tool)}.{filled}",
                code_block(json.dumps(mapped.arguments, indent=1, ensure_ascii=False), "json"),
            )
            filled = ""


def _meant(training: TrainingSpec) -> str:
    hyper = training.hyperparameters
    return escape(f"base_model {training.base_model}, n_epochs {hyper.n_epochs}, seed {hyper.seed} and so on")


def _manual(facts: ByHand) -> Iterator[Step]:
    steps = console_steps(
        ConsoleFacts(
            project=facts.project,
            training=facts.training,
            training_file=facts.training_file,
            validation_file=facts.validation_file,
            training_sha256=facts.training_sha256,
            validation_sha256=facts.validation_sha256,
        )
    )
    yield from ((escape(step), "") for step in steps)


def _nothing(facts: ByHand) -> Iterator[Step]:
    yield "There is no more to it: this provider is for tests and has no service.", ""


STEPS: Mapping[Provider, Callable[[ByHand], Iterable[Step]]] = {
    "openai": _openai,
    "azure_openai": _azure,
    "peft": _peft,
    "mcp": _mcp,
    "manual": _manual,
    "fake": _nothing,
    "fake_hosted": _nothing,
}


def _call(name: str, header: str) -> str:
    return f'{name}() {{ curl --fail-with-body -H @<({header}) "$@"; }}'


def _sh(*lines: str) -> str:
    return code_block("\n".join(lines), "bash")


def _json(body: Mapping[str, Any]) -> str:
    return quote(json.dumps(body, ensure_ascii=False))


def _indented(block: str) -> str:
    """Below its number in a list."""
    return "\n".join(f"   {line}" if line else line for line in block.splitlines())
