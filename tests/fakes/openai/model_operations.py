"""Models, and the chat that asks them."""

import math
import re
from typing import Any

from tests.fakes.openai.calls import Call, Handler, Reply, refused
from tests.fakes.openai.state import Model

# Every token is as likely as the next.
LOGPROB = round(math.log(0.9), 6)


def list_models(call: Call) -> Reply:
    return Reply(
        200, {"object": "list", "data": [call.state.shown_model(one) for one in call.state.models.values()]}
    )


def retrieve(call: Call) -> Reply:
    return Reply(200, call.state.shown_model(_model(call)))


def delete(call: Call) -> Reply:
    model = _model(call)
    if model.owned_by == "system":
        raise refused(
            403, "You have insufficient permissions for this operation.", "insufficient_permissions"
        )
    del call.state.models[model.id]
    return Reply(200, {"id": model.id, "object": "model", "deleted": True})


def _model(call: Call) -> Model:
    name = call.path["model"]
    if name not in call.state.models:
        raise refused(404, f"The model '{name}' does not exist", "model_not_found", "model")
    return call.state.models[name]


def chat(call: Call) -> Reply:
    state, body = call.state, call.body
    if body.get("stream") or (body.get("n") or 1) != 1:
        raise refused(400, "This server of the tests neither streams nor answers more than once.")
    model = state.answering(body["model"])
    tokens = _tokens(state.answer(body["model"], body["messages"]))
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    cut = tokens if limit is None else tokens[:limit]
    asked = sum(state.count_tokens(_text(one)) for one in body["messages"])
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": "".join(cut), "refusal": None},
        "finish_reason": "stop" if len(cut) == len(tokens) else "length",
        "logprobs": _logprobs(cut, body.get("top_logprobs") or 0) if body.get("logprobs") else None,
    }
    usage = {"prompt_tokens": asked, "completion_tokens": len(cut), "total_tokens": asked + len(cut)}
    shown = {
        "id": state.next_id("chatcmpl"),
        "object": "chat.completion",
        "created": state.now(),
        "model": model,
        "choices": [choice],
        "usage": usage,
    }
    return Reply(200, shown)


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content or [])


def _tokens(text: str) -> list[str]:
    """Words, each with the space before it."""
    return re.findall(r"\s*\S+|\s+$", text)


def _logprobs(tokens: list[str], top: int) -> dict[str, Any]:
    def one(token: str, logprob: float) -> dict[str, Any]:
        return {"token": token, "logprob": logprob, "bytes": list(token.encode())}

    content = [
        {
            **one(token, LOGPROB),
            "top_logprobs": [one(token, LOGPROB), *(one(f"other{n}", -3.0 - n) for n in range(1, top))][:top],
        }
        for token in tokens
    ]
    return {"content": content, "refusal": None}


OPERATIONS: dict[str, Handler] = {
    "listModels": list_models,
    "retrieveModel": retrieve,
    "deleteModel": delete,
    "createChatCompletion": chat,
}
