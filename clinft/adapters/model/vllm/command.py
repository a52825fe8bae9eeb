"""How `vllm serve` of vLLM 0.33.0 is called: what it serves, where it listens, what it must not do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# It calls the weights it serves by this name, adapters by theirs.
BASE = "base"
# config/lora.py: other ranks are refused as a bound; an adapter may have any rank up to it.
RANK_BOUNDS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
# Whatever the environment says: nothing leaves the machine, no question and no answer gets into the log.
FIXED = {
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "NO_COLOR": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_DEBUG_LOG_API_SERVER_RESPONSE": "0",
    "VLLM_DO_NOT_TRACK": "1",
    # Its processes speak to each other over this address.
    "VLLM_HOST_IP": "127.0.0.1",
    "VLLM_LOGGING_LEVEL": "INFO",
    "VLLM_NO_USAGE_STATS": "1",
    # A damaged model is told, in place of an answer made of token 0.
    "VLLM_RAISE_ON_LOGIT_NANS": "1",
}


@dataclass(frozen=True)
class Served:
    """`adapters`: LoRA folders on `weights`, by the name under which each is asked."""

    weights: Path
    tokenizer: Path
    dtype: str
    adapters: Mapping[str, Path] = field(default_factory=dict)
    rank: int = 1


def command(program: Path, served: Served, socket: Path) -> list[str]:
    """At a Unix socket, not a port: vLLM asks for a key below /v1 alone; a file says who may open it."""
    made = [str(program), "serve", str(served.weights)]
    made += ["--tokenizer", str(served.tokenizer), "--served-model-name", BASE, "--uds", str(socket)]
    # Never pickles; the precision that transformers would use; what fits of the model's own length.
    made += ["--load-format", "safetensors", "--dtype", served.dtype, "--max-model-len", "auto"]
    # Else temperature and penalties of the model's generation_config.json would change the answers.
    made += ["--generation-config", "vllm"]
    made += ["--no-enable-log-requests", "--disable-uvicorn-access-log", "--disable-fastapi-docs"]
    if served.adapters:
        bound = next(bound for bound in RANK_BOUNDS if bound >= served.rank)
        made += ["--enable-lora", "--max-loras", str(len(served.adapters)), "--max-lora-rank", str(bound)]
        named = [{"name": name, "path": str(path)} for name, path in served.adapters.items()]
        made += ["--lora-modules", *map(json.dumps, named)]
    return made
