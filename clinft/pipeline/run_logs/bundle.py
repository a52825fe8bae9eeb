"""The failure bundle: what helps somebody else to find the fault, and no text that anybody wrote.

Built field by field from what is listed here, never copied: files of a run may quote a prompt's examples, or
a provider what it was sent. So words of a provider, the prompt and free text of the spec are left out, and so
is every payload.
"""

import json
import platform
import re
import sys
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import clinft
from clinft.errors import ClinftError, SpecError
from clinft.pipeline.evidence.archive import write_zip
from clinft.pipeline.run_logs.form import RunLog
from clinft.spec import yaml
from clinft.spec.messages import validated
from clinft.spec.project import ProjectSpec

LOG, SPEC, ENVIRONMENT, README = "log.json", "spec.json", "environment.json", "README.txt"
# What a library is asked to do often depends on which one it is.
LIBRARIES = (
    "accelerate", "mcp", "numpy", "openai", "peft", "pydantic", "PyGithub", "safetensors", "scipy",
    "tiktoken", "torch", "transformers",
)  # fmt: skip
# Fields of the spec whose value is one of a few words or names a model; all numbers are told besides.
WORDS = frozenset(
    {
        "task.kind", "task.classify", "data.source", "data.origin", "data.generator", "training.provider",
        "training.method", "training.base_model", "training.runner", "training.region",
        "regression.baseline", "clinical_domain",
    }
)  # fmt: skip
# No text is told that is longer, or that is not made of these.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,119}")
TEXT = """What happened to one run of clinft, for somebody who looks for the fault.

log.json          status, stages with their times and digests, levels and times of the provider's events
spec.json         numbers of project.yaml, and those words that are one of a few
environment.json  versions of Python and of libraries, kind of machine

Left out on purpose: records, prompt, answers, results, free text of project.yaml, and what a provider said in
words. Look into it before you send it on.
"""


def write_bundle(run: Path, log: RunLog, target: Path) -> None:
    """`target`: a zip that does not exist yet."""
    if target.exists() or target.suffix != ".zip":
        raise SpecError(
            f"{target} cannot be written.",
            "It exists already, or its name does not end in .zip.",
            "Name a new file, e.g. --bundle failure.zip",
        )
    parts = {
        LOG: _bytes(told(log)),
        SPEC: _bytes(_spec(run)),
        ENVIRONMENT: _bytes(environment()),
        README: TEXT.encode(),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="clinft-bundle-") as folder:
        for name, data in parts.items():
            (Path(folder) / name).write_bytes(data)
        write_zip(Path(folder), target)


def told(log: RunLog) -> dict[str, Any]:
    """The log without words of a provider; texts that remain are of clinft, digests, times and versions."""
    dumped = log.model_dump(mode="json")
    for stage in dumped["stages"]:
        stage["measured"] = {name: value for name, value in stage["measured"].items() if _may(value)}
    if dumped["job"] is not None:
        dumped["job"].pop("message")
        # A provider chose it.
        dumped["job"]["id"] = dumped["job"]["id"] if _may(dumped["job"]["id"]) else None
    for event in dumped["events"]:
        event["message_characters"] = len(event.pop("message"))
        event["at"] = event["at"] if _may(event["at"]) else None
    return dumped


def _spec(run: Path) -> dict[str, Any]:
    path = run / "project.yaml"
    try:
        value = yaml.parse(path.read_bytes(), path.name).value if path.is_file() else None
    except ClinftError:
        return {"missing": "it is no YAML that clinft reads"}
    spec, _ = validated(ProjectSpec, value)
    if spec is None:
        return {"missing": "this engine does not accept it"}
    found = dict(_leaves("", spec.model_dump(mode="json")))
    # How many there are is told, what they say is not.
    return found | {"task.labels": len(spec.task.labels), "out_of_scope": len(spec.out_of_scope)}


def _leaves(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        # Keys of label_counts and of a schema are words of the team; sections' names are ours.
        named = {
            key: inner
            for key, inner in value.items()
            if path not in ("data.label_counts", "task.output_schema")
        }
        return [
            leaf for key, inner in named.items() for leaf in _leaves(f"{path}.{key}" if path else key, inner)
        ]
    if value is None or isinstance(value, bool | int | float):
        return [(path, value)]
    return [(path, value)] if path in WORDS and _may(value) else []


def environment() -> dict[str, Any]:
    return {
        "clinft": clinft.__version__,
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "system": platform.system(),
        "machine": platform.machine(),
        "libraries": {name: version for name in LIBRARIES if (version := _version(name)) is not None},
    }


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _may(value: Any) -> bool:
    return not isinstance(value, str) or PLAIN.fullmatch(value) is not None


def _bytes(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=True) + "\n").encode()
