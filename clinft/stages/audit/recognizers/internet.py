"""(F) E-mail addresses, (N) web addresses, (O) IP addresses."""

import ipaddress
import re

from clinft.stages.audit.rule import Certainty, before, rule, value_of

# RFC 2606 and RFC 6761: names that are nobody's.
RESERVED_NAME = re.compile(r"(?i)(?:^|[.@])(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost)$")
# Publications, code systems and standards bodies: an address there is not about an individual.
REFERENCES = re.compile(
    r"(?i)^(?:[\w-]+\.)*(?:doi\.org|nih\.gov|cdc\.gov|cms\.gov|hhs\.gov|fda\.gov|who\.int|hl7\.org|"
    r"loinc\.org|snomed\.info|snomed\.org|unitsofmeasure\.org|w3\.org|json-schema\.org|arxiv\.org|"
    r"creativecommons\.org|huggingface\.co|github\.com|githubusercontent\.com|python\.org|ecfr\.gov)$"
)
TOP_LEVEL = (
    r"(?:com|org|net|gov|edu|mil|int|info|biz|io|co|us|uk|ca|de|fr|au|"
    r"health|clinic|care|hospital|doctor|app|me|ai|dev)"
)
HOST = r"(?:[a-z0-9-]{1,63}\.){1,6}"
DOCUMENTATION = tuple(
    # RFC 5737, RFC 3849, RFC 9637
    ipaddress.ip_network(network)
    for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
)


def _host(match: re.Match[str]) -> str:
    without_scheme = re.sub(r"^[a-z]+://(?:[^@/\s]*@)?", "", value_of(match).lower())
    return re.split(r"[/:?#]", without_scheme, maxsplit=1)[0]


def _is_email(match: re.Match[str]) -> Certainty | None:
    value = value_of(match)
    if value.lower().startswith("git@"):
        return None
    return "reserved" if RESERVED_NAME.search(value) else "plausible"


def _is_url(match: re.Match[str]) -> Certainty | None:
    if REFERENCES.match(_host(match)):
        return None
    return "reserved" if RESERVED_NAME.search(_host(match)) else "plausible"


def _is_bare_url(match: re.Match[str]) -> Certainty | None:
    """Not the domain of an e-mail address, nor a file or module name that goes on with a dot."""
    return None if before(match, 1) in ("@", ".", "/", "-", "_") else _is_url(match)


def _is_reference(match: re.Match[str]) -> Certainty | None:
    return "plausible" if REFERENCES.match(_host(match)) else None


def _address(match: re.Match[str]) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if re.search(r"(?i)(?:\bv|version|release|section|chapter|oid|rev\.?)[ :]{0,2}$", before(match, 12)):
        return None
    try:
        return ipaddress.ip_address(value_of(match))
    except ValueError:
        return None


def _is_public(match: re.Match[str]) -> Certainty | None:
    address = _address(match)
    if address is None:
        return None
    if any(address in network for network in DOCUMENTATION) or address.is_loopback or address.is_unspecified:
        return "reserved"
    return None if address.is_private else "plausible"


def _is_private(match: re.Match[str]) -> Certainty | None:
    address = _address(match)
    return "plausible" if address and address.is_private and _is_public(match) is None else None


V4 = r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)"
V6 = r"(?i)(?<![\w:.])(?=[0-9a-f:]*[0-9a-f]:)(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])"

RULES = (
    rule(
        "email",
        "EMAIL_ADDRESS",
        r"(?<![\w.+'-])[\w.+%'-]{1,64}[ ]?@[ ]?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
        0.95,
        judge=_is_email,
        symbol="@",
    ),
    rule(
        "email-spelled",
        "EMAIL_ADDRESS",
        (
            rf"(?i)\b[\w+-]{{1,64}}(?: dot [\w+-]{{1,64}}){{0,3}}[ ](?:\(at\)|\[at\]|at)[ ]"
            rf"[\w-]{{1,63}}[ ](?:\(dot\)|\[dot\]|dot)[ ]{TOP_LEVEL}\b"
        ),
        0.75,
        words="dot",
    ),
    rule(
        "url",
        "URL",
        r"(?i)\b(?:https?|ftps?)://[^\s<>\"')\]}]{3,2000}|\bwww\.[^\s<>\"')\]}]{3,2000}",
        0.9,
        judge=_is_url,
        words="http https ftp ftps www",
    ),
    rule(
        "url-bare",
        "URL",
        rf"(?i)(?<![\w:]){HOST}(?:com|org|net|gov|edu|info|health|clinic)\b(?:/[^\s\"')]{{0,500}})?",
        0.7,
        judge=_is_bare_url,
        words="com org net gov edu info health clinic",
        symbol=".",
    ),
    rule(
        "url-reference",
        "REFERENCE_URL",
        r"(?i)\b(?:https?|ftps?)://[^\s<>\"')\]}]{3,2000}|\bwww\.[^\s<>\"')\]}]{3,2000}",
        0.9,
        judge=_is_reference,
        words="http https ftp ftps www",
    ),
    rule(
        "ipv4",
        "IP_ADDRESS",
        V4,
        0.85,
        judge=_is_public,
        digit=True,
        symbol=".",
    ),
    rule(
        "ipv6",
        "IP_ADDRESS",
        V6,
        0.85,
        judge=_is_public,
        symbol=":",
    ),
    rule(
        "ipv4-private",
        "IP_ADDRESS_PRIVATE",
        V4,
        0.7,
        judge=_is_private,
        digit=True,
        symbol=".",
    ),
    rule(
        "ipv6-private",
        "IP_ADDRESS_PRIVATE",
        V6,
        0.7,
        judge=_is_private,
        symbol=":",
    ),
)
