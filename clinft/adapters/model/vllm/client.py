"""Requests to a server of vLLM at its socket. What it says is checked, and nothing of it is quoted."""

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from clinft.errors import ClinftError, ServiceError

if TYPE_CHECKING:
    import httpx2

# For one request of a few prompts, waiting behind others included.
ANSWER_SECONDS, CONNECT_SECONDS, READY_SECONDS = 1800.0, 10.0, 5.0


class Said(BaseModel):
    """vLLM tells more than what is read here, and later versions may tell still more."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)


Kind = TypeVar("Kind", bound=Said)


class TokenLogprob(Said):
    logprob: float


class Logprobs(Said):
    """By place; of the chosen token, and of others by name."""

    token_logprobs: tuple[float, ...]
    top_logprobs: tuple[dict[str, float], ...]


class Choice(Said):
    """`prompt_logprobs`: by place and token; None at the first place, which nothing predicts."""

    index: int
    token_ids: tuple[int, ...] | None = None
    logprobs: Logprobs | None = None
    prompt_logprobs: tuple[dict[int, TokenLogprob] | None, ...] | None = None


class Completion(Said):
    choices: tuple[Choice, ...]


class Version(Said):
    version: str


class Model(Said):
    id: str
    max_model_len: int | None = None


class Models(Said):
    data: tuple[Model, ...]


class Client:
    """`path`: of the socket. `down`: the error to tell where the server has ended; None: it runs.

    Threads may ask at once.
    """

    def __init__(self, path: Path, log: Path, down: Callable[[], ClinftError | None]) -> None:
        import httpx2

        self._path, self._log, self._down = path, log, down
        self._http = httpx2.Client(
            transport=httpx2.HTTPTransport(uds=str(path), limits=httpx2.Limits(max_connections=None)),
            # The host's name is for the protocol alone.
            base_url="http://vllm",
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def is_ready(self) -> bool:
        import httpx2

        try:
            # httpx2 leaves open what it could not connect.
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self._path))
            return self._http.get("/health", timeout=READY_SECONDS).status_code == 200
        except OSError:
            return False
        except httpx2.HTTPError:
            return False

    def version(self) -> str:
        return self._read(self._ask("GET", "/version"), Version).version

    def longest(self, name: str) -> int:
        """Tokens of prompt and answer together, as this server reads them."""
        models = self._read(self._ask("GET", "/v1/models"), Models).data
        found = next((model.max_model_len for model in models if model.id == name), None)
        if found is None:
            raise self._strange(f"vLLM does not serve the model {name} that it was started with.")
        return found

    def complete(self, body: Mapping[str, Any]) -> list[Choice]:
        """One choice for each prompt, in their order."""
        found = self._read(self._ask("POST", "/v1/completions", body), Completion).choices
        choices = sorted(found, key=lambda choice: choice.index)
        if [choice.index for choice in choices] != list(range(len(body["prompt"]))):
            raise self._strange("vLLM gave another number of answers than it was asked for.")
        return choices

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> "httpx2.Response":
        import httpx2

        try:
            answer = self._http.request(method, path, json=body)
        except httpx2.ReadTimeout:
            raise ServiceError(
                f"vLLM has not answered for {ANSWER_SECONDS / 60:.0f} minutes.",
                "It hangs, or the card is far too slow for the model.",
                f"Look into its log, {self._log}, and call again; answers so far are kept.",
            ) from None
        except httpx2.HTTPError:
            raise self._down() or self._strange("The connection to vLLM broke.") from None
        if answer.status_code != 200:
            # An engine that is gone takes its server with it a moment later.
            raise self._down() or self._strange(f"vLLM refused a request with status {answer.status_code}.")
        return answer

    def _read(self, answer: "httpx2.Response", kind: type[Kind]) -> Kind:
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError:
            raise self._strange("vLLM answered otherwise than its interface says.") from None

    def _strange(self, what: str) -> ServiceError:
        return ServiceError(
            what,
            "Its engine failed, or it has another interface than 0.33.0, which clinft was written for.",
            f"Look into its log, {self._log}, and call again; answers so far are kept.",
        )
