"""Training files that a provider accepts, of words that mean nothing."""

import json
from typing import Any


def rows(count: int = 12) -> list[Any]:
    return [
        {
            "messages": [
                {"role": "user", "content": f"Summarise note {n}."},
                {"role": "assistant", "content": "No acute findings.", "weight": 1},
            ]
        }
        for n in range(count)
    ]


def preferences(count: int = 12) -> list[Any]:
    return [
        {
            "input": {"messages": [{"role": "user", "content": f"Summarise note {n}."}]},
            "preferred_output": [{"role": "assistant", "content": "No acute findings."}],
            "non_preferred_output": [{"role": "assistant", "content": "All fine!"}],
        }
        for n in range(count)
    ]


def jsonl(found: list[Any]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found).encode()
