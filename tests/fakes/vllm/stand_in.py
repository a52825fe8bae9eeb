"""What stands in for vLLM: its interface on a Unix socket, the answers computed by transformers, row by row.

Every request and every response is held against vLLM's own models (protocol.json); `violations` has what
deviates, and each test asserts that it is empty.
"""

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from types import TracebackType
from typing import Any, Self

import jsonschema

PROTOCOL = json.loads((Path(__file__).parent / "protocol.json").read_bytes())
# Of a socket's path, on every system: pytest's folders are longer where TMPDIR is.
LONGEST_PATH = 100


class StandIn:
    """`socket`: in a folder of its own instead, where its path is too long for one; ask `self.socket`.
    `models`: transformers' own, by the name that a request gives. `longest`: prompt and answer together.
    """

    def __init__(self, socket: Path, models: Mapping[str, Any] | None = None, longest: int = 4096) -> None:
        self._own: Path | None = None
        if len(os.fsencode(socket)) > LONGEST_PATH:
            self._own = Path(tempfile.mkdtemp(prefix="clinft-stand-in-", dir="/tmp"))
            socket = self._own / "s"
        self.socket, self.models, self.longest = socket, dict(models or {}), longest
        self.version = PROTOCOL["vllm"]
        self.requests: list[dict[str, Any]] = []
        self.violations: list[str] = []
        # (status, body) in place of an answer.
        self.fails_with: tuple[int, bytes] | None = None
        self.lock = threading.Lock()

    def answer(self, path: str, body: Any) -> tuple[int, Any]:
        if path == "/health":
            return 200, None
        if path == "/version":
            return 200, {"version": self.version}
        if path == "/v1/models":
            models = [{"id": name, "max_model_len": self.longest, "owned_by": "vllm"} for name in self.models]
            return 200, {"object": "list", "data": models}
        if path != "/v1/completions":
            return 404, {"detail": "Not Found"}
        self._check(body, PROTOCOL["request"])
        with self.lock:
            self.requests.append(body)
            try:
                made = self._completion(body)
            except Refusal as refused:
                return 400, {"error": {"message": str(refused), "type": "BadRequestError", "code": 400}}
        self._check(made, PROTOCOL["response"])
        return 200, made

    def _check(self, document: Any, schema: Any) -> None:
        for problem in jsonschema.Draft202012Validator(schema).iter_errors(document):
            self.violations.append(f"{list(problem.absolute_path)}: {problem.message[:200]}")

    def _completion(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if body["model"] not in self.models:
            raise Refusal("The model does not exist.")
        # What pydantic alone does not say: CompletionRequest.check_logprobs, SamplingParams._validate_logprobs.
        asked = body.get("logprob_token_ids")
        if asked and (body.get("logprobs") != len(asked) or len(asked) > 128):
            raise Refusal("logprob_token_ids")
        choices = [
            {"index": place, **self._choice(body, prompt)} for place, prompt in enumerate(body["prompt"])
        ]
        total = sum(map(len, body["prompt"]))
        usage = {"prompt_tokens": total, "total_tokens": total, "completion_tokens": 0}
        return {
            "id": "cmpl-1",
            "object": "text_completion",
            "created": 0,
            "model": body["model"],
            # In the order in which they happen to end.
            "choices": choices[::-1],
            "usage": usage,
        }

    def _choice(self, body: Mapping[str, Any], prompt: list[int]) -> dict[str, Any]:
        import torch

        if len(prompt) + body["max_tokens"] > self.longest:
            raise Refusal("This model's maximum context length is exceeded.")
        model, said, said_logprobs, tops = self.models[body["model"]], [], [], []
        generator = torch.Generator().manual_seed(body["seed"]) if body.get("seed") is not None else None
        with torch.no_grad():
            out = model(torch.tensor([prompt]), use_cache=True)
            read = torch.log_softmax(out.logits[0].float(), dim=-1)
            row = read[-1]
            for more in reversed(range(body["max_tokens"])):
                token = self._next(row, body["temperature"], generator)
                said.append(token)
                said_logprobs.append(float(row[token]))
                wanted = [token, *(body.get("logprob_token_ids") or [])]
                tops.append({f"token_id:{one}": float(row[one]) for one in wanted})
                if token in body["stop_token_ids"] or not more:
                    break
                out = model(torch.tensor([[token]]), past_key_values=out.past_key_values, use_cache=True)
                row = torch.log_softmax(out.logits[0, -1].float(), dim=-1)
        stopped = said[-1] in body["stop_token_ids"]
        choice: dict[str, Any] = {
            "text": "not looked at",
            "finish_reason": "stop" if stopped else "length",
            "stop_reason": said[-1] if stopped else None,
            "token_ids": said if body.get("return_token_ids") else None,
            "logprobs": None,
            "prompt_logprobs": None,
        }
        if body.get("logprobs") is not None:
            names = [f"token_id:{one}" for one in said]
            choice["logprobs"] = {
                "text_offset": [0] * len(said),
                "token_logprobs": said_logprobs,
                "tokens": names,
                "top_logprobs": tops,
            }
        if body.get("prompt_logprobs") is not None:
            choice["prompt_logprobs"] = [None] + [
                {str(one): {"logprob": float(read[at, one]), "rank": 1, "decoded_token": "x"}}
                for at, one in enumerate(prompt[1:])
            ]
        return choice

    @staticmethod
    def _next(row: Any, temperature: float, generator: Any) -> int:
        import torch

        if temperature == 0.0:
            return int(row.argmax())
        return int(torch.multinomial(torch.softmax(row / temperature, dim=-1), 1, generator=generator))

    def __enter__(self) -> Self:
        self._server = _Server(str(self.socket), _Handler)
        self._server.owner = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        if self._own is not None:
            shutil.rmtree(self._own)


class Refusal(Exception):
    pass


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    # A burst of connections: one for each request in flight.
    request_queue_size = 128
    owner: StandIn


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def do_GET(self) -> None:
        self._respond(None)

    def do_POST(self) -> None:
        self._respond(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _respond(self, body: Any) -> None:
        owner: StandIn = self.server.owner  # type: ignore[attr-defined]
        if body is not None and owner.fails_with is not None:
            status, data = owner.fails_with
        else:
            status, answer = owner.answer(self.path, body)
            data = b"" if answer is None else json.dumps(answer, allow_nan=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: Any) -> None:
        pass
