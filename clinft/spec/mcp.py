"""MCP servers that train, as the policy names them: where they are, and which of their tools does what."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, JsonValue, StringConstraints, WithJsonSchema, model_validator

from clinft.spec.base import Strict, conflict
from clinft.spec.eligibility import AgreedPrice, Eligibility, ServiceUrl
from clinft.spec.training import Hyperparameters, LoraSpec

Operation = Literal["find", "submit", "poll", "result", "events", "cancel", "dispose"]
# The six of OpenAI, for every provider.
Status = Literal["validating_files", "queued", "running", "succeeded", "failed", "cancelled"]
ToolName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00\r\n]+$")]

# Anything; named here, for a schema of its own for it would say nothing.
Template = Annotated[JsonValue, WithJsonSchema({"description": "A JSON value, with `${...}` in its texts."})]

# Without these nothing can be trained; a `run_id` told back is what keeps two runs apart.
NEEDED: dict[Operation, tuple[str, ...]] = {
    "find": ("id", "run_id", "status"),
    "submit": ("id",),
    "poll": ("status",),
    "result": ("model",),
}
PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
JOB_ID = "job_id"
PATHS = ("training_file", "validation_file")
TEXTS = ("training_text", "validation_text")
OF_EVERY_RUN = frozenset(
    {
        "run_id", "plan_digest", "base_model", "base_model_revision", "method", "region", "suffix", "seed",
        "training_sha256", "validation_sha256",
        *(f"hyperparameters.{name}" for name in Hyperparameters.model_fields),
        *(f"lora.{name}" for name in LoraSpec.model_fields),
    }
)  # fmt: skip


class McpResult(Strict):
    """Where in a tool's answer stands what, each as a JMESPath. What is not told is not known."""

    id: Word | None = Field(default=None, description="The job's id.")
    run_id: Word | None = Field(
        default=None, description="The run that the job carries, as it was handed over."
    )
    status: Word | None = Field(default=None, description="The server's word for the job's state.")
    message: Word | None = Field(default=None, description="What the server says of the job.")
    model: Word | None = Field(default=None, description="The name of the model.")
    steps: Word | None = Field(default=None, description="Optimizer steps.")
    samples: Word | None = Field(default=None, description="Records trained on.")
    answer_tokens: Word | None = Field(default=None, description="Tokens of the answers.")
    trained_tokens: Word | None = Field(default=None, description="Tokens that are billed.")
    trainable_parameters: Word | None = Field(default=None, description="Parameters that were trained.")
    loss: Word | None = Field(
        default=None, description="A list of {step, tokens, training_loss, validation_loss}."
    )
    cost_usd: Word | None = Field(default=None, description="What is charged, in US dollars.")
    events: Word | None = Field(default=None, description="A list of {at, level, kind, message, step}.")
    training_sha256: Word | None = Field(default=None, description="Digest of the training file there.")
    validation_sha256: Word | None = Field(default=None, description="Digest of the validation file there.")
    training_file_id: Word | None = Field(default=None, description="The training file's id there.")
    validation_file_id: Word | None = Field(default=None, description="The validation file's id there.")


class McpOperation(Strict):
    """One call of one tool."""

    tool: ToolName = Field(description="The server's tool.")
    arguments: dict[str, Template] = Field(
        default={}, description="What it is given. `${run_id}` alone keeps its type; in a text it is put in."
    )
    result: McpResult = Field(
        default=McpResult(), description="Our names, each with a JMESPath into what the tool returned."
    )
    source: Literal["structured", "json_text"] = Field(
        default="structured", description="Where the result stands: structured content, or JSON as text."
    )
    items: Word | None = Field(
        default=None,
        description="For find: the JMESPath of a list of jobs; `result` is read in each, ours is taken.",
    )

    @property
    def paths(self) -> dict[str, str]:
        return {name: path for name, path in self.result if path is not None}


class McpOperations(Strict):
    """Which tool does what."""

    find: McpOperation | None = Field(default=None, description="Gives the job of a run; needed.")
    submit: McpOperation | None = Field(default=None, description="Starts a job, once for a run; needed.")
    poll: McpOperation | None = Field(default=None, description="Gives the state of a job; needed.")
    result: McpOperation | None = Field(default=None, description="Gives a finished job's model; needed.")
    events: McpOperation | None = Field(default=None, description="Gives the log of a job.")
    cancel: McpOperation | None = Field(default=None, description="Stops a job.")
    dispose: McpOperation | None = Field(
        default=None, description="Deletes what was uploaded for a job, not its model."
    )


class McpServer(Strict):
    """A Model Context Protocol server that trains. Its secret is bound to this host, or this process."""

    url: ServiceUrl | None = Field(
        default=None, description="Its address, for streamable HTTP; no command then."
    )
    command: tuple[Word, ...] = Field(
        default=(), max_length=50, description="The process to start, for stdio; no url then."
    )
    secret: VariableName | None = Field(
        default=None,
        description="For stdio: the variable in which the process expects its secret; it gets no other.",
    )
    operations: McpOperations = Field(
        default=McpOperations(),
        description="Which tool does what; find, submit, poll and result are needed to train.",
    )
    states: dict[Word, Status] = Field(
        default={}, max_length=100, description="The server's words for a job's state, and ours."
    )
    price: AgreedPrice | None = Field(default=None, description="What a job there costs you.")
    eligibility: Eligibility = Field(description="Why it may be used.")

    @property
    def mapped(self) -> dict[Operation, McpOperation]:
        every = get_args(Operation)
        return {name: one for name in every if (one := getattr(self.operations, name)) is not None}

    @model_validator(mode="after")
    def is_reached_one_way(self) -> Self:
        if (self.url is None) == (not self.command):
            raise conflict(
                "an MCP server has either a url or a command",
                "url" if self.url is not None else "command",
                next_step="Write one of them.",
            )
        if self.secret is not None and not self.command:
            raise conflict(
                "secret names a variable of the process that command starts; over HTTP there is none",
                "secret",
                next_step="Remove it; CLINFT_KEYS holds the key of the url's host.",
            )
        return self

    @model_validator(mode="after")
    def can_train(self) -> Self:
        """A server without any operation may be listed before it is mapped; training there is refused."""
        for operation, names in NEEDED.items() if self.mapped else ():
            if operation not in self.mapped:
                raise conflict(
                    f"{operation} is not mapped, and find, submit, poll and result are needed to train",
                    "operations",
                    next_step=f"Name the tool of {operation}.",
                )
            for name in names:
                if name not in self.mapped[operation].paths:
                    raise conflict(
                        f"the result of {operation} does not say where the server tells {name}",
                        *("operations", operation, "result"),
                        next_step=f"Add {name} with its JMESPath.",
                    )
        return self

    @model_validator(mode="after")
    def arguments_are_known(self) -> Self:
        for operation, one in self.mapped.items():
            at = ("operations", operation, "arguments")
            used = set(placeholders(one.arguments))
            unknown = used - self._known_to(operation)
            if unknown:
                # The name itself is not shown: whatever stands there may have been pasted by mistake.
                raise conflict(
                    f"${{...}} in the arguments of {operation} names something it is not given",
                    *at,
                    next_step="docs/mcp.md lists what each operation is given.",
                )
            if operation == "submit" and "run_id" not in used:
                raise conflict(
                    "submit does not hand over ${run_id}, by which a job is found again and never paid twice",
                    *at,
                    next_step="Give it as the server's idempotency key, or as a tag that find reads.",
                )
            if one.items is not None and operation != "find":
                raise conflict("items is for find alone", *at[:2], "items", next_step="Remove it.")
        return self

    def _known_to(self, operation: Operation) -> frozenset[str]:
        known = OF_EVERY_RUN
        if operation not in ("find", "submit"):
            known |= {JOB_ID}
        if operation == "submit":
            # A path means something to a process on this machine alone.
            known |= {*TEXTS, *(PATHS if self.command else ())}
        return known


def placeholders(template: JsonValue) -> Iterator[str]:
    """The names in `${...}`, at any depth; what is not closed is given as it is, so that nobody knows it."""
    if isinstance(template, str):
        yield from PLACEHOLDER.findall(template)
        if "${" in PLACEHOLDER.sub("", template):
            yield "${"
    elif isinstance(template, list):
        for one in template:
            yield from placeholders(one)
    elif isinstance(template, dict):
        for one in template.values():
            yield from placeholders(one)
