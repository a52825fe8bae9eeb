"""Accepting a bundle: only the very bytes that its manifest names, under a few names, or nothing at all.

The zip comes from a machine that is trusted less than this one. Every name must be on a short list, so there
is nothing to find out about case, `..`, hidden names or drives; sizes are counted and never believed.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.bundle import MANIFEST, BundleManifest
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.run_state import Purpose
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation
from clinft.pipeline.after_training import EVENTS
from clinft.pipeline.attempts import WRITTEN
from clinft.pipeline.context import BEFORE_TRAINING
from clinft.pipeline.gate_inputs import APPROVALS
from clinft.pipeline.github.bundle import CARRIED, MEGABYTE, MOST_BYTES, MOST_FILE_BYTES, placed_whole
from clinft.pipeline.known_job import JOB
from clinft.stages.report.stage import RENDERED

MOST_ENTRIES = 2000
# A bundle, and what the job that seals adds to it.
MOST_SEALED_BYTES = MOST_BYTES + 4 * MEGABYTE
# Stored content grows by headers alone.
HEADERS = MEGABYTE
# What the job that seals adds to what a bundle carries.
SEALED = frozenset(
    {
        *(f"{stage}.json" for stage in (*BEFORE_TRAINING, "train", "regress", "report")),
        *(*RENDERED, *WRITTEN, run_folder.RECORD, APPROVALS, JOB, EVENTS),
    }
)
# Signatures of PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.3.12.
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
LOCAL_BYTES = 30
# APPNOTE 4.4.4: encrypted, patched data, strong encryption, masked headers.
REFUSED_FLAGS = 0x0001 | 0x0020 | 0x0040 | 0x2000
# MS-DOS attributes: volume label, directory, and Windows' reparse point.
REFUSED_ATTRIBUTES = 0x0008 | 0x0010 | 0x0400
# What zipfile raises for a damaged archive; UnicodeDecodeError is a ValueError.
DAMAGED = (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OSError, EOFError, IndexError)


@dataclass(frozen=True)
class Expected:
    """What the journal and GitHub say of the bundle that is to be accepted."""

    project: str
    run_id: str
    plan_digest: str
    main_sha: str
    workflow_run: int
    artifact_name: str
    purpose: Purpose


@dataclass(frozen=True)
class _Entry:
    info: zipfile.ZipInfo
    start: int
    content: int  # where the content begins
    end: int


def unpack(zip_bytes: bytes, target: Path, expected: Expected) -> BundleManifest:
    """Writes the evidence to `target`, without the manifest, or refuses and writes nothing.

    `target` must not exist or be empty. Raises PolicyViolation for a zip that clinft does not write and
    DigestMismatch for one of another run or with other bytes; nothing of it is quoted.
    """
    found = _read(zip_bytes, CARRIED[expected.purpose] | {MANIFEST}, MOST_BYTES)
    manifest = _manifest(found.pop(MANIFEST, None), expected)
    _compare(manifest, found)
    with placed_whole(target) as folder:
        for name, data in found.items():
            (folder / name).write_bytes(data)
    return manifest


def unpack_sealed(zip_bytes: bytes, target: Path, purpose: Purpose) -> None:
    """Evidence that a job of ours has sealed: written to `target` where its names are a run's, whole or not
    at all. Whether it is what the record lists, the caller asks."""
    found = _read(zip_bytes, CARRIED[purpose] | SEALED, MOST_SEALED_BYTES)
    with placed_whole(target) as folder:
        for name, data in found.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)


def only_file(zip_bytes: bytes, name: str, most: int) -> bytes:
    """Content of the one file that the zip holds, of at most so many bytes."""
    found = _read(zip_bytes, frozenset({name}), most).get(name)
    if found is None:
        raise _refused(f"it has no {name}")
    return found


def _read(zip_bytes: bytes, names: frozenset[str], most: int) -> dict[str, bytes]:
    """`most`: bytes of all files together."""
    if len(zip_bytes) > most + HEADERS:
        raise _refused(f"it is larger than {most + HEADERS:,} bytes")
    # Before zipfile makes an object of each. Text never holds the signature, so this counts entries.
    if zip_bytes.count(CENTRAL) > MOST_ENTRIES:
        raise _refused(f"it has more than {MOST_ENTRIES:,} entries")
    try:
        with zipfile.ZipFile(BytesIO(zip_bytes)) as opened:
            infos = opened.infolist()
    except DAMAGED:
        raise _refused("it is no whole zip file, or a name in it is not UTF-8") from None
    found: dict[str, bytes] = {}
    total = 0
    for entry in list(_entries(zip_bytes, infos, names)):
        data = _content(zip_bytes, entry, total, most)
        total += len(data)
        found[entry.info.orig_filename] = data
    return found


def _entries(zip_bytes: bytes, infos: list[zipfile.ZipInfo], names: frozenset[str]) -> Iterator[_Entry]:
    """In the order of their bytes."""
    seen: set[str] = set()
    end = 0
    for number, info in enumerate(sorted(infos, key=lambda info: info.header_offset), start=1):
        # Not `filename`, which zipfile has cut off at a NUL.
        name = info.orig_filename
        if name not in names:
            # Foreign text, so it is counted and not shown.
            raise _refused(f"entry {number} is under a name that no run's evidence has")
        if name in seen:
            raise _refused(f"{name} is in it twice")
        seen.add(name)
        _check_kind(info)
        entry = _located(zip_bytes, info)
        if entry.start < end or entry.end > len(zip_bytes):
            raise _refused(f"{name} overlaps what lies beside it")
        end = entry.end
        yield entry


def _check_kind(info: zipfile.ZipInfo) -> None:
    """A regular file in plain or deflated bytes. Whatever system it claims to come from, mode bits count."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or info.external_attr & REFUSED_ATTRIBUTES:
        raise _refused(f"{info.orig_filename} is not a regular file")
    if info.flag_bits & REFUSED_FLAGS:
        raise _refused(f"{info.orig_filename} is encrypted or patched")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(f"{info.orig_filename} is compressed in another way than GitHub does")


def _located(zip_bytes: bytes, info: zipfile.ZipInfo) -> _Entry:
    """Where the entry lies, by its own header, which must say the same name as the directory."""
    start, name = info.header_offset, info.orig_filename.encode()
    header = zip_bytes[max(start, 0) : max(start, 0) + LOCAL_BYTES]
    if start < 0 or len(header) < LOCAL_BYTES or not header.startswith(LOCAL):
        raise _refused(f"{info.orig_filename} does not lie where its directory says")
    name_bytes, extra_bytes = struct.unpack("<HH", header[26:])
    after = start + LOCAL_BYTES + name_bytes
    if zip_bytes[start + LOCAL_BYTES : after] != name:
        raise _refused(f"{info.orig_filename} has two names")
    content = after + extra_bytes
    return _Entry(info, start, content, content + info.compress_size)


def _content(zip_bytes: bytes, entry: _Entry, before: int, of_all: int) -> bytes:
    """Inflated no further than what may be kept; all of its bytes must belong to the content."""
    name, most = entry.info.orig_filename, min(MOST_FILE_BYTES, of_all - before)
    raw = memoryview(zip_bytes)[entry.content : entry.end]
    if entry.info.compress_type == zipfile.ZIP_STORED:
        data, whole = bytes(raw[: most + 1]), True
    else:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = inflate.decompress(raw, most + 1)
        except zlib.error:
            raise _refused(f"{name} is damaged") from None
        whole = inflate.eof and not inflate.unused_data
    if len(data) > most:
        raise _refused(f"with {name} it holds more than {MOST_FILE_BYTES:,} bytes a file or {of_all:,}")
    if not whole or len(data) != entry.info.file_size:
        raise _refused(f"{name} is damaged")
    return data


def _manifest(data: bytes | None, expected: Expected) -> BundleManifest:
    if data is None:
        raise _refused(f"it has no {MANIFEST}")
    try:
        manifest = BundleManifest.model_validate_json(data)
        # One way to write it: nothing hides between keys or in a key that comes twice.
        valid = run_folder.to_bytes(manifest) == data
        name = manifest.artifact
    except ValueError:
        valid = False
    if not valid:
        raise _refused(f"its {MANIFEST} is not what clinft writes")
    for fact in ("project", "run_id", "plan_digest", "main_sha", "workflow_run", "purpose"):
        if getattr(manifest, fact) != getattr(expected, fact):
            raise _mismatch(f"it belongs to another {fact.replace('_', ' ')}")
    if name != expected.artifact_name:
        raise _mismatch(f"its {MANIFEST} is not the one that GitHub keeps it under")
    return manifest


def _compare(manifest: BundleManifest, found: Mapping[str, bytes]) -> None:
    if not found.keys() <= manifest.files.keys():
        names = ", ".join(sorted(found.keys() - manifest.files.keys()))
        raise _mismatch(f"its {MANIFEST} does not list {names}")
    if not manifest.files.keys() <= found.keys():
        count = len(manifest.files.keys() - found.keys())
        raise _mismatch(f"{count} of the files that its {MANIFEST} lists are missing")
    for name, data in found.items():
        if digest_bytes(data) != manifest.files[name]:
            raise _mismatch(f"{name} is not the file that its {MANIFEST} lists")


def _refused(why: str) -> ClinftError:
    return PolicyViolation(
        f"The bundle is refused: {why}.",
        "Something other than clinft wrote it, or changed it on its way.",
        "Nothing of it was kept; look into the workflow run that left it before you start train again.",
    )


def _mismatch(why: str) -> ClinftError:
    return DigestMismatch(
        f"The bundle is refused: {why}.",
        "It was left by another run, or changed after clinft packed it.",
        "Nothing of it was kept; look into the workflow run that left it before you start train again.",
    )
