"""The new folder synthetic/ in the making, below data/: checked and audited before it takes its place."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from clinft import run_folder
from clinft.artifacts import frozen_provenance
from clinft.artifacts.canonical import CHUNK_BYTES, digest_file
from clinft.artifacts.data import PreparedDataset, Record
from clinft.artifacts.frozen_provenance import FrozenProvenance
from clinft.errors import SpecError
from clinft.run_folder import ProjectPaths
from clinft.spec.data import SPLITS
from clinft.spec.project import ProjectSpec
from clinft.spec.statement import FILE as STATEMENTS
from clinft.stages.prepare import frozen
from clinft.stages.prepare.frozen_files import files_of, part_name

MB = 1_000_000
# GitHub warns above 50 MB and refuses files above 100 MB (docs.github.com, read 2026-11-26).
WHOLE, PART = 50 * MB, 45 * MB
# GitHub advises repositories below 1 GB, and git keeps every version of every file.
WARN_TOTAL, MOST_TOTAL = 200 * MB, 1_000 * MB
FEWER = (
    "Lower data.records, or generate the records instead of freezing them: `origin: generated` needs none. "
    "Git LFS is not used: its pointers are not the bytes that reviewers see and that are audited."
)


@contextmanager
def making(paths: ProjectPaths) -> Iterator[Path]:
    """An empty folder, gone afterwards unless it took its place."""
    folder = paths.data / "freeze" / "candidate"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_split(folder: Path, split: str, records: Iterable[Record]) -> int:
    """Lines as they come, first into one file; a large one is cut into parts between lines."""
    path, count = folder / f"{split}.jsonl", 0
    with path.open("wb") as stream:
        for record in records:
            stream.write(record.model_dump_json().encode() + b"\n")
            count += 1
        stream.flush()
        os.fsync(stream.fileno())
    if path.stat().st_size > WHOLE:
        _cut(folder, split, path)
    return count


def _cut(folder: Path, split: str, path: Path) -> None:
    number, size, part = 0, PART, None
    with path.open("rb") as stream:
        for line in stream:
            if size + len(line) > PART or part is None:
                if part is not None:
                    part.close()
                number, size = number + 1, 0
                part = (folder / part_name(split, number)).open("wb")
            part.write(line)
            size += len(line)
    if part is not None:
        part.close()
    path.unlink()


def record_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def refuse_too_large(folder: Path) -> tuple[str, ...]:
    """Warnings; SpecError above what a repository should hold."""
    sizes = {path.name: path.stat().st_size for path in record_files(folder)}
    total = sum(sizes.values())
    told = f"The files of synthetic/ would have {total / MB:,.0f} MB"
    if total > MOST_TOTAL or max(sizes.values(), default=0) > 95 * MB:
        raise SpecError(
            f"{told}, more than a repository should hold.",
            "GitHub takes no file above 100 MB and advises repositories below 1 GB; git keeps every version.",
            FEWER,
        )
    warnings = (
        [] if total <= WARN_TOTAL else [f"{told}; every clone fetches them, with all versions. {FEWER}"]
    )
    parts = sorted({name.rsplit("-", 1)[0] for name in sizes if "-" in name})
    if parts:
        warnings.append(
            f"Files above 50 MB are written in parts: {', '.join(parts)}. `clinft prepare` reads them as one."
        )
    return tuple(warnings)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: digest_file(path) for path in record_files(folder)}


def seal(folder: Path, provenance: FrozenProvenance, records: Mapping[str, int]) -> None:
    """`provenance` without what only the files tell."""
    told = {"files": digests(folder), "splits": split_digests(folder), "records": dict(records)}
    sealed = FrozenProvenance.model_validate({**dict(provenance), **told})
    run_folder.write_atomically(folder / frozen_provenance.FILE, run_folder.to_bytes(sealed))


def split_digests(folder: Path) -> dict[str, str]:
    """Of each split as a whole: what `clinft prepare` makes of its parts, and what statements are about."""
    found = {}
    for split in SPLITS:
        sha = hashlib.sha256()
        for path in files_of(folder, split).paths:
            with path.open("rb") as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    sha.update(chunk)
        found[split] = sha.hexdigest()
    return found


def checked(
    spec: ProjectSpec, folder: Path, records: Mapping[str, int], team: Path | None = None
) -> PreparedDataset:
    """As `clinft prepare` will read it, with the spec that people will write. SpecError with every place."""
    data = spec.data.model_copy(update={"origin": "frozen", "records": sum(records.values())})
    scratch = folder.with_name("records")
    try:
        return frozen.prepare(spec.model_copy(update={"data": data}), folder, scratch, team)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def place(paths: ProjectPaths, folder: Path) -> None:
    """The whole folder at once. What was there is moved aside; after a kill `restore` puts it back."""
    target, aside = paths.root / frozen.FOLDER, _aside(paths)
    shutil.rmtree(aside, ignore_errors=True)
    kept = target / STATEMENTS
    if kept.is_file() and not kept.is_symlink() and not (folder / STATEMENTS).exists():
        # Of files that are gone: what people said stays until they remove it.
        shutil.copyfile(kept, folder / STATEMENTS)
    if target.exists():
        target.rename(aside)
    folder.rename(target)
    shutil.rmtree(aside, ignore_errors=True)


def restore(paths: ProjectPaths) -> None:
    """After a kill between the two renames: the folder that was moved aside is the one that counts."""
    target, aside = paths.root / frozen.FOLDER, _aside(paths)
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise SpecError(
            f"{target} is no plain folder.",
            "A link could lead the files elsewhere.",
            "Remove it, and call again.",
        )
    if aside.exists() and not target.exists():
        aside.rename(target)


def _aside(paths: ProjectPaths) -> Path:
    return paths.data / "freeze" / "before"
