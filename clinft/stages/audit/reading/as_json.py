"""Rows of tables as JSON objects, so that one way leads from every format to the rules."""

import json
from collections.abc import Iterable
from typing import Any


def json_object(names: Iterable[str], values: Iterable[Any]) -> str:
    """Keeps the order, and both of two columns with one name: a dict would drop the first."""
    pairs = (
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(value, default=_text, ensure_ascii=False)}"
        for name, value in zip(names, values, strict=True)
    )
    return f"{{{', '.join(pairs)}}}"


def _text(value: Any) -> str:
    """Bytes that are no text keep a sign of it, which the audit's rules know."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
