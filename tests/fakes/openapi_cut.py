"""Cut a vendor's OpenAPI description down to some of its operations and all they refer to."""

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Load = Callable[[bytes], Any]
Strip = Callable[[Any], Any]


def cut_file(
    source: Path, target: Path, load: Load, operations: str, stripped: Strip, roots: Sequence[str] = ()
) -> None:
    """Writes `target`, and says what `source` was and how much of it is left."""
    text = source.read_bytes()
    cutting = cut(load(text), operations, stripped, roots)
    target.write_text(json.dumps(cutting, separators=(",", ":"), sort_keys=True) + "\n")
    counts = {kind: len(found) for kind, found in cutting["components"].items()}
    digest, count = hashlib.sha256(text).hexdigest(), len(operations.strip().splitlines())
    sys.stdout.write(f"{digest}  {source.name}: {count} {counts}\n")


def cut(full: dict[str, Any], operations: str, stripped: Strip, roots: Sequence[str]) -> dict[str, Any]:
    """`operations`: a method and a path a line; `roots`: what is kept though none of them refers to it."""
    paths: dict[str, Any] = {}
    for line in operations.strip().splitlines():
        method, path = line.split()
        paths.setdefault(path, {})[method.lower()] = stripped(full["paths"][path][method.lower()])
    components: dict[str, dict[str, Any]] = {}
    waiting = [*roots, *references(paths)]
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name not in components.setdefault(kind, {}):
            components[kind][name] = stripped(full["components"][kind][name])
            waiting += references(components[kind][name])
    info = {"title": full["info"]["title"], "version": full["info"]["version"]}
    return {"openapi": full["openapi"], "info": info, "paths": paths, "components": components}


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for value in node.values() for found in references(value)]
