"""What lies where in an evidence folder, and which names and sizes it may have."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from clinft.artifacts.canonical import digest_file
from clinft.errors import PolicyViolation

SUMS, SIGNATURE, GUIDE = "SHA256SUMS", "SHA256SUMS.sig", "VERIFY.md"
STATEMENT, WEIGHTS, POLICY = "statement.json", "WEIGHTS.SHA256SUMS", "policy.yml"
# Made from the run: whoever checks a folder makes them again.
DERIVED = (STATEMENT, GUIDE, WEIGHTS)
# A part of a path: visible, the same on every system, and nothing that a shell or a terminal obeys.
PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
DEEPEST = 8
MOST_FILES = 5_000
MOST_BYTES = 512 * 1024 * 1024
SUM_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


def checked_name(name: str, what: str) -> str:
    """`name` with `/`, or PolicyViolation; it is foreign, so it is not quoted."""
    parts = name.split("/")
    if len(parts) > DEEPEST or not all(PART.fullmatch(part) for part in parts):
        raise refused(f"{what} holds a name that no evidence has")
    return name


def refuse_twins(names: Iterable[str]) -> None:
    """Two names that are one file where case does not count."""
    listed = [name.casefold() for name in names]
    if len(set(listed)) != len(listed):
        raise refused("two of its names differ in case alone")


def regular_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name with `/` and path of every file, sorted. PolicyViolation for links, devices and strange names."""
    found: dict[str, Path] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise refused("it holds a link, or something that is no file")
        name = checked_name(path.relative_to(folder).as_posix(), "the folder")
        if path.is_file():
            found[name] = path
            total += path.stat().st_size
        if len(found) > MOST_FILES or total > MOST_BYTES:
            raise refused(f"it holds more than {MOST_FILES:,} files or {MOST_BYTES:,} bytes")
    refuse_twins(found)
    yield from found.items()


def sums_text(sums: dict[str, str]) -> str:
    """As `sha256sum -c` reads it; sorted by name."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def sums_of(folder: Path) -> dict[str, str]:
    """sha256 by name of everything that SHA256SUMS lists."""
    apart = (SUMS, SIGNATURE)
    return {name: digest_file(path) for name, path in regular_files(folder) if name not in apart}


def read_sums(text: str) -> dict[str, str] | None:
    """None where it is not what `sums_text` writes."""
    found = {
        match.group(2): match.group(1) for line in text.splitlines() if (match := SUM_LINE.fullmatch(line))
    }
    return found if sums_text(found) == text else None


def run_in(names: Iterable[str]) -> tuple[str, str]:
    """Project and id of the one run that the names belong to, or PolicyViolation."""
    runs = {
        (parts[0], parts[2])
        for name in names
        if len(parts := PurePosixPath(name).parts) > 3 and parts[1] == "runs"
    }
    if len(runs) != 1:
        raise refused("it does not hold the files of one run")
    return next(iter(runs))


def refused(why: str) -> PolicyViolation:
    return PolicyViolation(
        f"The evidence is refused: {why}.",
        "Something other than `clinft evidence` wrote it, or changed it on its way.",
        "Ask whoever sent it for the folder or the zip as clinft wrote it.",
    )
