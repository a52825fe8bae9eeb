"""People's verdicts on claims: the file that they fill in, and how it is read back."""

import json
from pathlib import Path
from typing import Any

from pydantic import Field

from clinft.artifacts.judgement import VERDICTS, Verdict
from clinft.errors import SpecError
from clinft.spec.base import Sha256, Strict


class ToLabel(Strict):
    """One claim for a person, who sees source and claim, and not what the judge says."""

    item: str
    claim_sha256: Sha256
    claim: str
    source: str
    verdict: Verdict | None = Field(default=None, description="supported, contradicted or absent.")


def read_labels(path: Path) -> dict[tuple[str, str], Verdict]:
    """One JSON object a line with item, claim_sha256 and verdict; other fields are not read.

    Lines without a verdict are not labelled yet. SpecError names the line, never its text.
    """
    found: dict[tuple[str, str], Verdict] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise SpecError(
            f"{path.name} cannot be read.", "It is no file of UTF-8 text.", "Name the file of labels."
        ) from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = _row(line)
        item, sha256, verdict = (row.get(name) for name in ("item", "claim_sha256", "verdict"))
        if (
            not isinstance(item, str)
            or not isinstance(sha256, str)
            or (verdict is not None and verdict not in VERDICTS)
        ):
            raise SpecError(
                f"{path.name}, line {number}: no label.",
                "A line has item, claim_sha256 and verdict: supported, contradicted or absent.",
                "Take the file that `clinft judge --to-label` writes, and fill in `verdict`.",
            )
        if verdict is None:
            continue
        if found.get((item, sha256), verdict) != verdict:
            raise SpecError(
                f"{path.name}, line {number}: a claim has two verdicts.",
                "Two people labelled it, or a line was copied.",
                "Settle it between them; one line for each claim.",
            )
        found[item, sha256] = verdict
    return found


def _row(line: str) -> dict[str, Any]:
    """Empty where it is no JSON object."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}
