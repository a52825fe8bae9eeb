"""(O) IP addresses, versions 4 and 6."""

import ipaddress
import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import Certainty, before, rule, value_of

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DOCUMENTATION = tuple(
    # RFC 5737, RFC 3849, RFC 9637
    ipaddress.ip_network(network)
    for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
)
# What `a::b` in source code and `::e` in prose are not: global unicast, local, link-local, NAT64, mapped.
WRITTEN_OUT = tuple(
    map(
        ipaddress.ip_network,
        ("2000::/3", "fc00::/7", "fe80::/10", "ff00::/12", "64:ff9b::/96", "::ffff:0:0/96", "::1/128"),
    )
)
# Four small numbers with dots: a release, a section, an enzyme, an object identifier.
NUMBERED = regex(
    r"(?i)(?:\bv|\bver(?:sion)?s?|release|build|firmware|software|section|sect|chapter|clause|paragraph|"
    r"figure|table|appendix|item|step|guideline|standard|oid|\bec|rev(?:ision)?|§)[\s.:#(]{0,3}$"
)
INTERNET = regex(
    r"(?i)\b(?:ip|ipv[46]|host|address|addr|from|client|server|login|logged|connection)\b[^\n]{0,24}$"
)
SMALL = 20


def _address(match: re.Match[str]) -> Address | None:
    if NUMBERED.search(before(match, 16)):
        return None
    value = value_of(match).replace("[.]", ".").replace("-", ".")
    plain = re.sub(r"(?<![\da-f:])0+(?=\d)", "", value) if ":" not in value else value
    try:
        address = ipaddress.ip_address(plain)
    except ValueError:
        return None
    if not _is_written_out(address, match):
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_written_out(address: Address, match: re.Match[str]) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        groups = [group for group in value_of(match).split(":") if len(group) > 2]
        return len(groups) > 5 or any(address in network for network in WRITTEN_OUT)
    small = all(part < SMALL for part in address.packed) and len(set(address.packed)) > 1
    return not small or address.is_private or INTERNET.search(before(match, 40)) is not None


def _is_reserved(address: Address) -> bool:
    documented = any(address in network for network in DOCUMENTATION)
    return documented or address.is_loopback or address.is_unspecified


def _is_public(match: re.Match[str]) -> Certainty | None:
    address = _address(match)
    if address is None:
        return None
    if _is_reserved(address):
        return "reserved"
    return None if address.is_private else "plausible"


def _is_private(match: re.Match[str]) -> Certainty | None:
    address = _address(match)
    private = address is not None and address.is_private and not _is_reserved(address)
    return "plausible" if private else None


V4 = r"(?<![\w.])(?:\d{1,3}(?:\.|\[\.\])){3}\d{1,3}(?![\w-]|\.\d)"
# How clouds name their machines.
IN_HOST = r"(?i)\b(?:ip|ec2|host)-(?P<value>\d{1,3}(?:-\d{1,3}){3})(?![\w-])"
V6 = (
    r"(?i)(?<![\w:.])(?=[0-9a-f:]{0,39}:[0-9a-f:])(?:[0-9a-f]{0,4}:){2,7}"
    r"(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?![\w:]|\.\d)"
)

RULES = (
    rule("ipv4", "IP_ADDRESS", V4, 0.85, judge=_is_public, digit=True, symbol="."),
    rule("ipv4-in-host", "IP_ADDRESS", IN_HOST, 0.85, judge=_is_public, digit=True, symbol="-"),
    rule("ipv6", "IP_ADDRESS", V6, 0.85, judge=_is_public, symbol=":"),
    rule("ipv4-private", "IP_ADDRESS_PRIVATE", V4, 0.7, judge=_is_private, digit=True, symbol="."),
    rule("ipv6-private", "IP_ADDRESS_PRIVATE", V6, 0.7, judge=_is_private, symbol=":"),
)
