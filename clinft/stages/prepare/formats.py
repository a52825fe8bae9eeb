"""Records in the formats that others train from; each streams, and the file takes its name when it is whole.

OpenAI's chat and preference formats: platform.openai.com/docs/guides/supervised-fine-tuning and
/direct-preference-optimization, read 2026-11. `conversation` is what ShareGPT-like loaders read. Parquet has
the columns that `datasets.load_dataset("parquet", ...)` shows.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

from clinft.artifacts.data import Message, Record
from clinft.artifacts.formatting import conversation, training_line
from clinft.artifacts.replaced import replacing
from clinft.errors import MissingExtra, SpecError
from clinft.spec.prompt import Prompt

ROWS_AT_ONCE = 5_000
SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt"}
COLUMNS = ("id", "scenario", "style", "text", "target", "facts")


@dataclass(frozen=True)
class Example:
    """`rejected`: a wrong answer to the record's text; only preference pairs need it."""

    record: Record
    rejected: str = ""


Write = Callable[[Path, Iterable[Example], Prompt], int]


@dataclass(frozen=True)
class Format:
    """`write` replaces the file and gives the number of records."""

    suffix: str
    write: Write
    pairs: bool = False


def _as_lines(line: Callable[[Prompt, Example], str]) -> Write:
    def write(path: Path, examples: Iterable[Example], prompt: Prompt) -> int:
        with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
            return _written(stream, (line(prompt, example) for example in examples))

    return write


def _written(stream: TextIO, lines: Iterable[str]) -> int:
    count = 0
    for line in lines:
        stream.write(line + "\n")
        count += 1
    return count


def _openai(prompt: Prompt, example: Example) -> str:
    return training_line(prompt, example.record)


def _conversation(prompt: Prompt, example: Example) -> str:
    answer = Message(role="assistant", content=example.record.target)
    turns = [
        {"from": SPEAKERS[message.role], "value": message.content}
        for message in (*conversation(prompt, example.record.text), answer)
    ]
    return json.dumps({"conversations": turns}, ensure_ascii=False)


def _dpo(prompt: Prompt, example: Example) -> str:
    if not example.rejected or example.rejected == example.record.target:
        raise SpecError(
            f"Record {example.record.id} has no rejected answer to set against its target.",
            "Preference pairs need two different answers, and these records come without the second.",
            "Use records of the generator clinical-notes, or another format.",
        )
    messages = [message.model_dump() for message in conversation(prompt, example.record.text)]
    return json.dumps(
        {
            "input": {"messages": messages},
            "preferred_output": [{"role": "assistant", "content": example.record.target}],
            "non_preferred_output": [{"role": "assistant", "content": example.rejected}],
        },
        ensure_ascii=False,
    )


def _record(prompt: Prompt, example: Example) -> str:
    return example.record.model_dump_json()


def _parquet(path: Path, examples: Iterable[Example], prompt: Prompt) -> int:
    """The records without the prompt; `facts` is JSON, since its form differs from task to task."""
    try:
        import pyarrow
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        raise MissingExtra("parquet", f"Writing {path.name}") from None
    schema = pyarrow.schema([(name, pyarrow.string()) for name in COLUMNS])
    rows, count = iter(examples), 0
    with replacing(path) as partial, ParquetWriter(partial, schema) as writer:
        while batch := [_row(example.record) for example in islice(rows, ROWS_AT_ONCE)]:
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _row(record: Record) -> dict[str, str]:
    facts = json.dumps(record.facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**record.model_dump(exclude={"facts"}), "facts": facts}


TABLE: Mapping[str, Format] = MappingProxyType(
    {
        "records": Format(".jsonl", _as_lines(_record)),
        "openai": Format(".jsonl", _as_lines(_openai)),
        "conversation": Format(".jsonl", _as_lines(_conversation)),
        "dpo": Format(".jsonl", _as_lines(_dpo), pairs=True),
        "parquet": Format(".parquet", _parquet),
    }
)
