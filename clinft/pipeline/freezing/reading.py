"""Files that people bring (JSON Lines, OpenAI chat, CSV, Parquet) → rows, or every place that is none."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from clinft.errors import MissingExtra, Problem, SpecError
from clinft.stages.report import numbers

Kind = Literal["jsonl", "chat", "csv", "parquet"]
NEEDED, MAY = ("text", "target"), ("scenario", "style")
FACTS = "facts"
MOST_ROWS, MOST_PROBLEMS = 100_000, 100
MOST_FILE_BYTES, LONGEST_LINE, LONGEST_TEXT = 1_000_000_000, 2_000_000, 200_000
COLUMNS = "Columns or keys: text and target, and where they are known scenario, style and (JSON only) facts."


@dataclass(frozen=True)
class Row:
    """`line` counts from 1, in the file that it came from."""

    path: Path
    line: int
    text: str
    target: str
    scenario: str | None
    style: str | None
    facts: Mapping[str, Any]


@dataclass
class Read:
    kind: Kind
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def refuse_no_file(path: Path) -> None:
    if not path.exists() and not path.is_symlink():
        raise SpecError(f"There is no file {path}.", "Usually the path is mistyped.", "Name the file.")
    if path.is_symlink() or not path.is_file():
        raise SpecError(f"{path} is no plain file.", "A link or a folder is not imported.", "Name the file.")


def read(path: Path) -> Read:
    """SpecError with every line that is no record, and none of its data."""
    refuse_no_file(path)
    if path.stat().st_size > MOST_FILE_BYTES:
        raise SpecError(
            f"{path} has more than {MOST_FILE_BYTES // 1_000_000:,} MB.",
            "Imported records are committed, and no repository should hold so much.",
            "Bring fewer records.",
        )
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        found = _jsonl(path)
    elif suffix == ".csv":
        found = _csv(path)
    elif suffix == ".parquet":
        found = _parquet(path)
    else:
        raise SpecError(
            f"{path.name} is of no kind that can be imported.",
            "Imported are .jsonl (text and target, or OpenAI's chat format), .csv and .parquet.",
            "Write the records into one of these.",
        )
    if not found.rows and not found.problems:
        found.problems.append(Problem(str(path), 0, 0, "The file holds no record."))
    if found.problems:
        raise SpecError(
            f"{path.name} cannot be imported: {numbers.count(len(found.problems), 'problem')}.",
            COLUMNS,
            "Correct what is named; no row was used.",
            tuple(found.problems[:MOST_PROBLEMS]),
        )
    return found


def _jsonl(path: Path) -> Read:
    found = Read("jsonl")
    for line, value in _objects(path, found.problems):
        is_chat = "messages" in value
        found.kind = "chat" if is_chat else found.kind
        _add(found, path, line, (_of_chat(value) or {}) if is_chat else value)
    return found


def _objects(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open("rb") as stream:
        line = 0
        while data := stream.readline(LONGEST_LINE + 1):
            line += 1
            try:
                if len(data) > LONGEST_LINE:
                    raise ValueError
                value = json.loads(data.decode("utf-8-sig" if line == 1 else "utf-8"))
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict):
                yield line, value
            else:
                problems.append(Problem(str(path), line, 0, "The line is no JSON object in UTF-8."))
                if len(data) > LONGEST_LINE or len(problems) >= MOST_PROBLEMS:
                    return


def _of_chat(value: dict[str, Any]) -> dict[str, Any] | None:
    """Question and answer of one conversation; the system prompt has its place in prompt/prompt.md."""
    turns = value["messages"]
    if set(value) != {"messages"} or not isinstance(turns, list):
        return None
    said = [turn for turn in turns if isinstance(turn, dict) and set(turn) == {"role", "content"}]
    roles = [turn["role"] for turn in said]
    if len(said) != len(turns) or roles not in (["user", "assistant"], ["system", "user", "assistant"]):
        return None
    return {"text": said[-2]["content"], "target": said[-1]["content"]}


def _csv(path: Path) -> Read:
    found = Read("csv")
    csv.field_size_limit(LONGEST_TEXT)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if not _has_columns(found, path, reader.fieldnames or ()):
                return found
            for value in reader:
                inside = sum(cell.count("\n") for cell in value.values() if isinstance(cell, str))
                _add(found, path, reader.line_num - inside, value)
    except (csv.Error, UnicodeDecodeError):
        found.problems.append(Problem(str(path), 0, 0, "The file is no CSV in UTF-8."))
    return found


def _parquet(path: Path) -> Read:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise MissingExtra("parquet", "Reading a Parquet file") from None
    found, row = Read("parquet"), 0
    try:
        with parquet.ParquetFile(path) as file:
            if not _has_columns(found, path, file.schema_arrow.names):
                return found
            for batch in file.iter_batches(batch_size=1_000):
                for value in batch.to_pylist():
                    row += 1
                    _add(found, path, row, value)
    except (ArrowException, OSError):
        found.problems.append(Problem(str(path), 0, 0, "The file is no Parquet file."))
    return found


def _has_columns(found: Read, path: Path, names: Any) -> bool:
    """Names of other columns are not told: they may hold data."""
    given = [*names]
    other = [number for number, name in enumerate(given, start=1) if name not in (*NEEDED, *MAY)]
    missing = [name for name in NEEDED if name not in given]
    if missing:
        found.problems.append(
            Problem(str(path), 1, 0, f"There is no column {' and no column '.join(missing)}.")
        )
    if other:
        numbers = ", ".join(map(str, other[:10]))
        found.problems.append(Problem(str(path), 1, 0, f"Nobody knows what these columns are: {numbers}."))
    return not missing and not other


def _add(found: Read, path: Path, line: int, value: Mapping[Any, Any]) -> None:
    fault = _fault(value)
    if fault is None and len(found.rows) >= MOST_ROWS:
        fault = f"There are more than {MOST_ROWS:,} records."
    if fault is not None:
        if len(found.problems) < MOST_PROBLEMS:
            found.problems.append(Problem(str(path), line, 0, fault))
        return
    row = Row(
        path,
        line,
        value["text"],
        value["target"],
        value.get("scenario") or None,
        value.get("style") or None,
        value.get(FACTS) or {},
    )
    found.rows.append(row)


def _fault(value: Mapping[Any, Any]) -> str | None:
    if any(key not in (*NEEDED, *MAY, FACTS) for key in value):
        return "The record has more than text, target, scenario, style and facts."
    for key in NEEDED:
        said = value.get(key)
        if not isinstance(said, str) or not said.strip():
            return f"`{key}` is missing, empty or no text."
        if len(said) > LONGEST_TEXT or not _encodes(said):
            return f"`{key}` is longer than {LONGEST_TEXT:,} characters, or holds half a character."
    for key in MAY:
        if value.get(key) is not None and not (isinstance(value[key], str) and _encodes(value[key])):
            return f"`{key}` is no text."
    if not isinstance(value.get(FACTS) or {}, dict):
        return "`facts` is no object."
    return None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
