"""(Q) Photographs, and other embedded data: data URIs, base64 and hex payloads, image file names."""

import re

from clinft.stages.audit.rule import Certainty, Rule, value_of


def _is_encoded(match: re.Match[str]) -> Certainty | None:
    """Both cases and a digit: long words, rows of one letter and plain hex digests are none."""
    value = value_of(match)
    mixed = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value) and re.search(r"\d", value)
    return "plausible" if mixed and len(set(value)) > 16 else None


def _is_long_hex(match: re.Match[str]) -> Certainty | None:
    """Longer than any digest in use (512 bits = 128 digits)."""
    return "plausible" if len(set(value_of(match).lower())) > 4 else None


RULES = (
    Rule("image-data", "IMAGE_DATA", re.compile(r"(?i)data:(?:image|application/(?:dicom|pdf))[\w/.+-]{0,40}[;,][^\s\"'<>)]{1,100000}"),
         0.95, words=frozenset(("image", "application"))),
    # PNG, JPEG, GIF, WebP and TIFF as base64 begin with these characters; EXIF lies inside JPEG and TIFF.
    Rule("image-base64", "IMAGE_DATA",
         re.compile(r"(?<![\w+/=])(?:iVBORw0KGgo|/9j/[24]|R0lGOD[dl]h?|UklGR[\w+/]{6}V0VCU|SUkqA|TU0AK)[\w+/]{16,100000}={0,2}"), 0.95),
    Rule("image-hex", "IMAGE_DATA", re.compile(r"(?i)(?<![0-9a-z])(?:ffd8ff(?:e0|e1|db)|89504e470d0a1a0a|474946383[79]61)[0-9a-f]{8,100000}"),
         0.95),
    Rule(
        "image-file",
        "IMAGE_FILE",
        re.compile(r"(?i)(?<![\w.])[\w./\\-]{1,120}\.(?:jpe?g|png|gif|bmp|tiff?|heic|heif|webp|dcm|dicom|raw)\b"),
        0.8,
        words=frozenset("jpg jpeg png gif bmp tif tiff heic heif webp dcm dicom raw".split()),
        symbol=".",
    ),
    Rule("base64", "EMBEDDED_DATA", re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/]{120,100000}={0,2}(?![\w+/])"), 0.7, _is_encoded),
    Rule("hex", "EMBEDDED_DATA", re.compile(r"(?i)(?<![0-9a-z])[0-9a-f]{130,100000}(?![0-9a-z])"), 0.7, _is_long_hex),
)  # fmt: skip
