"""vLLM's own models of a request and a response to /v1/completions, and its options, as JSON: protocol.json.

Call it with vLLM's wheel, in an environment that has pydantic and not vLLM:

    pip download --no-deps vllm==0.33.0
    python -m tests.fakes.vllm.extract vllm-0.33.0-*.whl > tests/fakes/vllm/protocol.json

The two files of the wheel that hold the models are executed as they are; what they import beside pydantic is
replaced by names, and fields of those types are of any kind in the schema. clinft uses none of them.
"""

import json
import logging
import re
import sys
import types
import zipfile
from enum import Enum
from pathlib import Path
from typing import Any

COMPLETION = "vllm/entrypoints/openai/completion/protocol.py"
ENGINE = "vllm/entrypoints/serve/engine/protocol.py"
LOGPROBS = "vllm/logprobs.py"
OPTIONS = ("vllm/engine/arg_utils.py", "vllm/entrypoints/common/cli_args.py")
# Types of other modules, of fields that clinft leaves out.
FOREIGN = (
    *("AnyResponseFormat", "MMPayload", "PerRequestMetrics", "StreamOptions", "WeightVersionSpan"),
    *("StructuredOutputsParams", "RepetitionDetectionParams", "ThinkingTokenBudget"),
)
NAMES = {
    "vllm.envs": (),
    "vllm.config": ("ModelConfig",),
    "vllm.entrypoints.generate.base.protocol": (
        *("AnyResponseFormat", "MMPayload", "PerRequestMetrics", "StopParam", "StreamOptions"),
        *("resolve_return_mm_kwargs_alias", "structured_outputs_from_response_format", "validate_cache_salt"),
        *("validate_structural_tag_response_format", "validate_structured_outputs_structural_tag"),
    ),
    "vllm.exceptions": ("VLLMValidationError",),
    "vllm.logger": ("init_logger",),
    "vllm.outputs": ("WeightVersionSpan",),
    "vllm.renderers": ("TokenizeParams",),
    "vllm.sampling_params": (
        *("BeamSearchParams", "RepetitionDetectionParams", "RequestOutputKind", "SamplingParams"),
        *("StructuredOutputsParams", "ThinkingTokenBudget"),
    ),
    "vllm.utils": ("random_uuid",),
    "vllm.utils.collection_utils": ("is_list_of",),
}


def extracted(wheel: zipfile.ZipFile, version: str) -> dict[str, Any]:
    for module, names in NAMES.items():
        _stub(module, **dict.fromkeys(names, Any))
    sys.modules["vllm.logger"].init_logger = logging.getLogger  # type: ignore[attr-defined]
    sys.modules["vllm.entrypoints.generate.base.protocol"].StopParam = str | list[str] | None  # type: ignore[attr-defined]
    sys.modules["vllm.sampling_params"].RequestOutputKind = Enum("Kind", ["DELTA", "FINAL_ONLY"])  # type: ignore[attr-defined]
    _executed(wheel, LOGPROBS)
    _executed(wheel, ENGINE)
    made = _executed(wheel, COMPLETION)
    request = _bare(made.CompletionRequest.model_json_schema())
    # vLLM passes over fields that it does not know: a misspelt one would change answers and nobody would see.
    request["additionalProperties"] = False
    return {
        "vllm": version,
        "request": request,
        "response": _bare(made.CompletionResponse.model_json_schema(mode="serialization")),
        "options": sorted({option for path in OPTIONS for option in _options(wheel.read(path).decode())}),
    }


def _stub(name: str, **values: Any) -> None:
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        package = ".".join(parts[:length])
        if package not in sys.modules:
            module = types.ModuleType(package)
            module.__path__ = []
            sys.modules[package] = module
            if length > 1:
                setattr(sys.modules[".".join(parts[: length - 1])], parts[length - 1], module)
    vars(sys.modules[name]).update(values)


def _executed(wheel: zipfile.ZipFile, path: str) -> types.ModuleType:
    name = path.removesuffix(".py").replace("/", ".")
    _stub(name)
    source = wheel.read(path).decode()
    for foreign in FOREIGN:
        # `X | None` of a name that stands for Any is no type; the whole of it may be anything.
        source = re.sub(rf"(:\s*)(?:list\[)?{foreign}\]?(?: \| None)?( =)", r"\1Any\2", source)
    exec(compile(source, path, "exec"), vars(sys.modules[name]))
    return sys.modules[name]


def _options(source: str) -> set[str]:
    """Written out, and made of the fields of a class of arguments; a switch has its opposite."""
    names = set(re.findall(r'"--([a-z0-9-]+)"', source))
    names |= {name.replace("_", "-") for name in re.findall(r"^    ([a-z0-9_]+): ", source, re.MULTILINE)}
    return {f"--{name}" for name in names} | {f"--no-{name}" for name in names}


def _bare(node: Any) -> Any:
    """Without prose."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(value)
        for key, value in node.items()
        if not (key in ("description", "title") and isinstance(value, str))
    }


if __name__ == "__main__":
    path = Path(sys.argv[1])
    with zipfile.ZipFile(path) as opened:
        made = extracted(opened, path.name.split("-")[1])
    sys.stdout.write(json.dumps(made, indent=1, sort_keys=True) + "\n")
