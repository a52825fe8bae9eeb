"""What no rule can read: known by its first bytes, or by the zero bytes that text does not have."""

HEAD_BYTES = 8192
MOST_NULS = 0.1
IMAGES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM", b"8BPS",
    b"\0\0\1\0", b"\0\0\0\x0cjP  ",
)  # fmt: skip
# zip (also docx and xlsx), pdf, 7z, rar, bzip2, xz, zstd, gzip, Office before 2007, SQLite, Parquet, ELF,
# MP3, NIfTI and HDF5.
PACKED = (
    b"PK\3\4", b"PK\5\6", b"%PDF-", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\7", b"BZh", b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"SQLite format 3\0", b"PAR1",
    b"\x7fELF", b"ID3", b"n+1\0", b"\x89HDF\r\n\x1a\n",
)  # fmt: skip


def kind_of(head: bytes) -> str | None:
    """The entity type of a file that begins like this; None for text."""
    if head[128:132] == b"DICM" or _is_image(head):
        return "IMAGE_DATA"
    if head.startswith(PACKED) or head[:HEAD_BYTES].count(0) > MOST_NULS * min(len(head), HEAD_BYTES):
        return "EMBEDDED_DATA"
    return None


def _is_image(head: bytes) -> bool:
    riff = head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"AVI ")
    heif = head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif")
    # `BM` begins English words, too: a bitmap's header goes on with zeros.
    return riff or heif or (head.startswith(IMAGES) and (head[:2] != b"BM" or head[6:10] == b"\0\0\0\0"))
