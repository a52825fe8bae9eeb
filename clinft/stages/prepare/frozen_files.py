"""The files of synthetic/: one for a split, or parts of one, because GitHub takes none above 100 MB."""

import re
from dataclasses import dataclass
from pathlib import Path

from clinft.artifacts.canonical import CHUNK_BYTES
from clinft.errors import SpecError

FOLDER = "synthetic"
PART = re.compile(r"-([0-9]{4})\.jsonl")


@dataclass(frozen=True)
class SplitFiles:
    """One file, or parts in order; together they are the split."""

    split: str
    paths: tuple[Path, ...]

    def copy(self, to: Path) -> "Rows":
        """All parts behind each other, byte for byte."""
        starts, row = [], 1
        with to.open("wb") as out:
            for path in self.paths:
                starts.append(row)
                last = b"\n"
                with path.open("rb") as stream:
                    while chunk := stream.read(CHUNK_BYTES):
                        out.write(chunk)
                        row += chunk.count(b"\n")
                        last = chunk
                if not last.endswith(b"\n") and path != self.paths[-1]:
                    raise SpecError(
                        f"{path} does not end with a line end.",
                        "Its last record would run into the first one of the next part.",
                        "Freeze again, or restore the file from git.",
                    )
        return Rows(self.paths, tuple(starts))


@dataclass(frozen=True)
class Rows:
    """Rows of a whole split → the file and the line that people see."""

    paths: tuple[Path, ...]
    starts: tuple[int, ...]

    def place(self, row: int) -> tuple[Path, int]:
        """Row 0 is the split itself."""
        index = max((at for at, start in enumerate(self.starts) if start <= row), default=0)
        return self.paths[index], max(0, row - self.starts[index] + 1) if row else 0


def part_name(split: str, number: int) -> str:
    return f"{split}-{number:04d}.jsonl"


def files_of(brought: Path, split: str) -> SplitFiles:
    """SpecError where there is none, both forms, a gap, or something that is no plain file."""
    whole = brought / f"{split}.jsonl"
    parts = sorted(
        path for path in brought.glob(f"{split}-*.jsonl") if PART.fullmatch(path.name.removeprefix(split))
    )
    if parts and whole.exists():
        raise SpecError(
            f"{whole} lies beside parts of the same split.",
            "Nobody can tell which of them counts.",
            "Keep the one or the others.",
        )
    if [path.name for path in parts] != [part_name(split, at) for at in range(1, len(parts) + 1)]:
        raise SpecError(
            f"A part of {whole} is missing.",
            f"Parts are {part_name(split, 1)}, {part_name(split, 2)} and so on, without a gap.",
            "Restore it from git, or freeze again.",
        )
    paths = tuple(parts) or (whole,)
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise SpecError(
                f"{path} is missing, or is no plain file.",
                "`data.origin: frozen` reads a file for each split there, which `clinft freeze` writes.",
                f"Bring records by `clinft freeze {brought.parent} --import FILE --statement WORD.yaml` "
                "(docs/freeze.md), or write `origin: generated`.",
            )
    return SplitFiles(split, paths)
