"""(R) Embedded data that no rule can read: base64, hex, tokens, compressed files, bytes that are no text."""

import re

from clinft.stages.audit.rule import Certainty, rule, value_of

START = r"(?<![A-Za-z0-9+/=_-])"


def _is_encoded(match: re.Match[str]) -> Certainty | None:
    """Both cases and a digit: long words, rows of one letter and plain hex digests are none."""
    value = value_of(match)[:2000]
    mixed = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value) and re.search(r"\d", value)
    return "plausible" if mixed and len(set(value)) > 16 else None


def _is_long_hex(match: re.Match[str]) -> Certainty | None:
    """Longer than any digest in use (512 bits = 128 digits)."""
    return "plausible" if len(set(value_of(match)[:2000].lower())) > 4 else None


RULES = (
    rule(
        "base64",
        "EMBEDDED_DATA",
        rf"{START}[A-Za-z0-9+/]{{120,}}={{0,2}}(?![A-Za-z0-9+/_])",
        0.7,
        judge=_is_encoded,
    ),
    # RFC 4648, section 5: the alphabet for addresses and file names.
    rule(
        "base64-url",
        "EMBEDDED_DATA",
        rf"{START}[A-Za-z0-9_-]{{120,}}={{0,2}}(?![A-Za-z0-9+/_-])",
        0.7,
        judge=_is_encoded,
    ),
    # RFC 2045: lines of up to 76 characters.
    rule(
        "base64-lines",
        "EMBEDDED_DATA",
        rf"{START}(?:[A-Za-z0-9+/]{{60,76}}\r?\n){{2,}}[A-Za-z0-9+/]{{0,76}}={{0,2}}",
        0.7,
        judge=_is_encoded,
    ),
    # RFC 7519: its middle part often holds a name or an address.
    rule(
        "web-token",
        "EMBEDDED_DATA",
        rf"{START}eyJ[A-Za-z0-9_-]{{8,}}\.eyJ[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]*",
        0.9,
        symbol="eyJ",
    ),
    # PDF, ZIP (also Office files), gzip, bzip2, xz and 7z by their first bytes.
    rule(
        "file-base64",
        "EMBEDDED_DATA",
        rf"{START}(?:JVBERi0|UEsDB|H4sIA|QlpoO|/Td6WF|N3q8r)[A-Za-z0-9+/]{{24,}}={{0,2}}",
        0.8,
    ),
    rule(
        "data-address",
        "EMBEDDED_DATA",
        r"(?i)data:(?!image|audio|video)[\w/.+-]{1,60}(?:;[\w=-]{1,40}){0,3};base64,[^\s\"'<>)]+",
        0.9,
        words="data",
    ),
    rule(
        "hex",
        "EMBEDDED_DATA",
        r"(?i)(?<![0-9a-z])[0-9a-f]{130,}(?![0-9a-z])",
        0.7,
        judge=_is_long_hex,
    ),
    # Bytes that are no UTF-8, or another encoding such as UTF-16: what no rule can read does not pass.
    rule("unreadable", "EMBEDDED_DATA", "[\\x00\ufffd](?:.{0,3}[\\x00\ufffd])*", 0.7),
)
