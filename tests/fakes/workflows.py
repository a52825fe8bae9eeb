"""Every workflow and action of this repository as parsed YAML, and where to look in it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / ".github/workflows"
WORKFLOWS = sorted(FOLDER.glob("*.y*ml"))
ACTIONS = sorted((REPOSITORY / ".github/actions").glob("*/action.y*ml"))
SET_UP = REPOSITORY / ".github/actions/setup/action.yml"
CHECKOUT, SETUP, KEEP = "actions/checkout@", "./.github/actions/setup", "./.github/actions/keep"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")

Json = dict[str, Any]


class Step(NamedTuple):
    file: str
    job: str
    step: Json

    def __str__(self) -> str:
        return f"{self.file}, {self.job}"


def parsed(file: Path) -> Json:
    value = yaml.safe_load(file.read_text())
    # YAML 1.1 reads the key `on` as true.
    return {("on" if key is True else key): inner for key, inner in value.items()}


def triggers(workflow: Json) -> dict[str, Json]:
    on = workflow["on"]
    if isinstance(on, dict):
        return {name: inner or {} for name, inner in on.items()}
    return {name: {} for name in ([on] if isinstance(on, str) else on)}


def workflow(name: str) -> Json:
    return parsed(FOLDER / name)


def jobs() -> Iterator[tuple[str, str, Json]]:
    for file in WORKFLOWS:
        for name, job in parsed(file)["jobs"].items():
            yield file.name, name, job


def steps() -> Iterator[Step]:
    """Those of the actions have no job."""
    for file, name, job in jobs():
        for step in job.get("steps", []):
            yield Step(file, name, step)
    for file in ACTIONS:
        for step in parsed(file)["runs"]["steps"]:
            yield Step(f"{file.parent.name}/{file.name}", "", step)


def using(job: Json, action: str) -> list[Json]:
    """What the job's steps give to an action."""
    return [step.get("with", {}) for step in job.get("steps", []) if step.get("uses", "").startswith(action)]


def texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from texts(key)
            yield from texts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from texts(inner)
    else:
        yield str(node)


def expressions(node: Any) -> set[str]:
    return {found for text in texts(node) for found in EXPRESSION.findall(text)}
