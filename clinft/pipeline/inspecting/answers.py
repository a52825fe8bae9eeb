"""What the systems answered to an item: its rows, and the answers themselves where they were kept here.

Answers lie in git-ignored data/ of the machine that asked, in lines of `{"row": ..., "output": ...}`; a row
names its answer by digest, and an answer of another digest is not shown.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.results import ItemResult
from clinft.errors import SpecError
from clinft.pipeline.deployment import ITEMS


@dataclass(frozen=True)
class Answer:
    """`output`: what the system wrote; None: `absent` says why there is none to show."""

    row: ItemResult
    output: str | None
    absent: str = ""


def answers_of(run: Path, item: str) -> list[Answer]:
    """In the order of items.jsonl. SpecError where the run has no such item."""
    path = run / ITEMS
    if not path.is_file():
        raise SpecError(
            f"{run.name} has no {ITEMS}.",
            "It was not evaluated: it failed before, or is still open.",
            "`clinft logs` shows how far it came.",
        )
    rows, first = [], None
    for row in iter_models(path, ItemResult):
        first = first or row.item
        if row.item == item:
            rows.append(row)
    if not rows:
        raise SpecError(
            f"{run.name} has no item of this id.",
            "Ids are those of records, as `clinft compare` and the report list them.",
            f"Name one, e.g. {first}." if first else f"{ITEMS} is empty.",
        )
    wanted = {row.output_sha256 for row in rows if row.output_sha256 is not None}
    kept = dict(_kept(run / "data", item, wanted)) if wanted else {}
    return [_answer(row, kept) for row in rows]


def _answer(row: ItemResult, kept: dict[str, str]) -> Answer:
    if row.output_sha256 is None:
        closed = row.scoring == "closed_labels"
        return Answer(row, None, "labels were scored, nothing was written" if closed else "it was not kept")
    if row.output_sha256 not in kept:
        return Answer(row, None, "it is kept on the machine that asked, if anywhere; its digest is known")
    return Answer(row, kept[row.output_sha256])


def _kept(data: Path, item: str, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Digest and text. Lines of other files, and half lines, are passed over."""
    for path in sorted(data.rglob("*.jsonl")):
        with path.open("rb") as stream:
            for line in stream:
                # Most lines are of other items; those are not read.
                if item.encode() not in line:
                    continue
                output = _output(line)
                if output is not None and (digest := digest_bytes(output.encode())) in wanted:
                    yield digest, output


def _output(line: bytes) -> str | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("row"), dict):
        return None
    output = found.get("output")
    # A lone half of a surrogate pair is text to JSON, and none to anything else.
    return output if isinstance(output, str) and _encodes(output) else None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
