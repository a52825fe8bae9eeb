"""What is read: a file, its name in the report, and its format, which the suffix decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clinft.errors import Problem, SpecError

# `unknown`: lines, unless its first bytes say that it is no text.
Format = Literal["jsonl", "json", "csv", "tsv", "psv", "parquet", "lines", "unknown"]
FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".psv": "psv",
    ".parquet": "parquet",
    ".txt": "lines",
    ".md": "lines",
    ".log": "lines",
}
COMPRESSED = ".gz"
# No name of a file or folder holds a slash.
PARTED = " / "


@dataclass(frozen=True)
class Source:
    """`label`: names of the path that give somebody away, between PARTED; the report shows numbers instead.

    `settings`: the file describes the project and not a person. `records`: its rows are what is judged
    for authenticity. `counted`: its rows are the records that the report counts.
    """

    name: str
    path: Path
    format: Format
    compressed: bool = False
    label: str = ""
    settings: bool = False
    records: bool = True
    counted: bool = True


def source(
    name: str,
    path: Path,
    *,
    label: str = "",
    settings: bool = False,
    records: bool = True,
    counted: bool = True,
) -> Source:
    compressed = path.name.lower().endswith(COMPRESSED) or name.lower().endswith(COMPRESSED)
    read_as = format_of(path.name if label else name)
    return Source(name, path, read_as, compressed, label, settings, records, counted)


def format_of(name: str) -> Format:
    inner = name.lower().removesuffix(COMPRESSED)
    return FORMATS.get(Path(inner).suffix, "unknown")


def unreadable(name: str, error: OSError) -> SpecError:
    """The system's own words for `error` and no more: its text may hold a path that gives a name away."""
    return SpecError(
        f"{name} cannot be read: {(error.strerror or type(error).__name__).lower()}.",
        "The path is wrong, or this user may not read the file.",
        "Correct the path or the file's permissions, and call again.",
    )


def refused(names: Iterable[str]) -> SpecError:
    problems = tuple(
        Problem(name, 0, 0, "This is a link or no regular file; the audit does not follow it.")
        for name in names
    )
    return SpecError(
        f"{len(problems)} of the paths are links or no regular files.",
        "A link can lead to data outside the folder, and a pipe or a device has no end.",
        "Remove them, or give the audit the files they lead to.",
        problems,
    )
