"""An answer against the JSON Schema that the task asks for."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any


def fits(value: Any, schema: Mapping[str, object] | None) -> bool:
    """Where the task has no schema, any value that was read is of the form asked for."""
    return schema is None or bool(_validator(json.dumps(schema, sort_keys=True)).is_valid(value))


@lru_cache(maxsize=16)
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema))
