"""(Q) Photographs, and other embedded data: data URIs, base64 and hex payloads, image file names."""

import re

from clinft.stages.audit.rule import Certainty, rule, value_of


def _is_encoded(match: re.Match[str]) -> Certainty | None:
    """Both cases and a digit: long words, rows of one letter and plain hex digests are none."""
    value = value_of(match)
    mixed = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value) and re.search(r"\d", value)
    return "plausible" if mixed and len(set(value)) > 16 else None


def _is_long_hex(match: re.Match[str]) -> Certainty | None:
    """Longer than any digest in use (512 bits = 128 digits)."""
    return "plausible" if len(set(value_of(match).lower())) > 4 else None


RULES = (
    rule(
        "image-data",
        "IMAGE_DATA",
        r"(?i)data:(?:image|application/(?:dicom|pdf))[\w/.+-]{0,40}[;,][^\s\"'<>)]{1,100000}",
        0.95,
        words="image application",
    ),
    # PNG, JPEG, GIF, WebP and TIFF as base64 begin with these characters; EXIF lies inside JPEG and TIFF.
    rule(
        "image-base64",
        "IMAGE_DATA",
        (
            r"(?<![\w+/=])(?:iVBORw0KGgo|/9j/[24]|R0lGOD[dl]h?|UklGR[\w+/]{6}V0VCU|SUkqA|TU0AK)"
            r"[\w+/]{16,100000}={0,2}"
        ),
        0.95,
    ),
    rule(
        "image-hex",
        "IMAGE_DATA",
        r"(?i)(?<![0-9a-z])(?:ffd8ff(?:e0|e1|db)|89504e470d0a1a0a|474946383[79]61)[0-9a-f]{8,100000}",
        0.95,
    ),
    rule(
        "image-file",
        "IMAGE_FILE",
        r"(?i)(?<![\w.])[\w./\\-]{1,120}\.(?:jpe?g|png|gif|bmp|tiff?|heic|heif|webp|dcm|dicom|raw)\b",
        0.8,
        words="jpg jpeg png gif bmp tif tiff heic heif webp dcm dicom raw",
        symbol=".",
    ),
    rule(
        "base64",
        "EMBEDDED_DATA",
        r"(?<![\w+/=-])[A-Za-z0-9+/]{120,100000}={0,2}(?![\w+/])",
        0.7,
        judge=_is_encoded,
    ),
    # Bytes that are no UTF-8, or another encoding such as UTF-16: what no rule can read does not pass.
    rule("unreadable", "EMBEDDED_DATA", "[\0\ufffd](?:.{0,3}[\0\ufffd])*", 0.7),
    rule(
        "hex",
        "EMBEDDED_DATA",
        r"(?i)(?<![0-9a-z])[0-9a-f]{130,100000}(?![0-9a-z])",
        0.7,
        judge=_is_long_hex,
    ),
)
