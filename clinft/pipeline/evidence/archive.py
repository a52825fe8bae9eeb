"""The evidence folder as a zip whose bytes follow from its files alone, and the way back.

Stored, not deflated: compressed bytes differ between versions of zlib. A zip is accepted only if packing
what it holds gives the very same bytes: links, hidden bytes, names that come twice and bombs have no place.
"""

import shutil
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.replaced import replacing
from clinft.pipeline.evidence import layout

# The earliest that the format can say.
EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX, REGULAR = 3, (stat.S_IFREG | 0o644) << 16
# What zipfile raises for a damaged archive; UnicodeDecodeError is a ValueError.
DAMAGED = (
    zipfile.BadZipFile,
    ValueError,
    struct.error,
    NotImplementedError,
    EOFError,
    RuntimeError,
    zlib.error,
)
# Headers of the largest evidence that may be: names stand in them twice.
HEADERS = layout.MOST_FILES * 2_000


def write_zip(folder: Path, path: Path) -> None:
    """All files below one folder called as the zip is; `path` appears whole or not at all."""
    with replacing(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        for name, source in layout.regular_files(folder):
            info = zipfile.ZipInfo(f"{path.stem}/{name}", EPOCH)
            info.create_system, info.external_attr = UNIX, REGULAR
            info.file_size = source.stat().st_size
            with source.open("rb") as stream, archive.open(info, "w") as entry:
                shutil.copyfileobj(stream, entry)


def read_zip(path: Path, target: Path) -> Path:
    """Unpacks into the empty folder `target`; the evidence folder in it. PolicyViolation."""
    if path.stat().st_size > layout.MOST_BYTES + HEADERS:
        raise layout.refused(f"the zip is larger than {layout.MOST_BYTES:,} bytes")
    try:
        with zipfile.ZipFile(path) as archive:
            top = _extract(archive, target)
    except DAMAGED:
        raise layout.refused("it is no whole zip file") from None
    again = target / f"{top}.zip"
    write_zip(target / top, again)
    same = digest_file(again) == digest_file(path)
    again.unlink()
    if not same:
        raise layout.refused("the zip's bytes are not the ones that clinft packs of these files")
    return target / top


def _extract(archive: zipfile.ZipFile, target: Path) -> str:
    infos = archive.infolist()
    if len(infos) > layout.MOST_FILES or sum(info.file_size for info in infos) > layout.MOST_BYTES:
        raise layout.refused(f"it holds more than {layout.MOST_FILES:,} files or {layout.MOST_BYTES:,} bytes")
    names = [layout.checked_name(info.filename, "the zip") for info in infos]
    layout.refuse_twins(names)
    tops = {name.partition("/")[0] for name in names if "/" in name}
    if len(tops) != 1 or not all("/" in name for name in names):
        raise layout.refused("its files do not lie in one folder")
    for info, name in zip(infos, names, strict=True):
        if info.compress_type != zipfile.ZIP_STORED or info.external_attr != REGULAR:
            raise layout.refused("an entry is not a plain stored file")
        if info.header_offset < 0:
            raise layout.refused("an entry does not lie in the file")
        place = target / name
        if place.is_dir() or any(parent.is_file() for parent in place.parents):
            raise layout.refused("a name is a file and a folder at once")
        place.parent.mkdir(parents=True, exist_ok=True)
        # zipfile reads no further than the size that was counted, and checks the CRC at its end.
        with archive.open(info) as entry, place.open("xb") as stream:
            shutil.copyfileobj(entry, stream)
    return next(iter(tops))
