"""(O) IP addresses."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stages.audit.recognizers.finding import certainty, found

PUBLIC = [
    ("from 84.17.33.201", "84.17.33.201"),
    ("84.17.33.201:8080", "84.17.33.201"),
    ("84.17.33.201/24", "84.17.33.201"),
    ("client-84.17.33.201", "84.17.33.201"),
    ("084.017.033.201", "084.017.033.201"),
    ("84[.]17[.]33[.]201", "84[.]17[.]33[.]201"),
    ("host 8.8.8.8", "8.8.8.8"),
    ("IP 5.6.7.8", "5.6.7.8"),
    ("2a02:8070:d185::1f", "2a02:8070:d185::1f"),
    ("[2a02:8070::1f]:443", "2a02:8070::1f"),
    ("2600:1:22:3:4:5:6:7", "2600:1:22:3:4:5:6:7"),
    ("6e40:4041:c617:e898:c11:40d2:c669:2eb4", "6e40:4041:c617:e898:c11:40d2:c669:2eb4"),
    ("::ffff:84.17.33.201", "::ffff:84.17.33.201"),
    ("ip-84-17-33-201", "84-17-33-201"),
]
PRIVATE = [
    ("host 10.1.4.77", "10.1.4.77"),
    ("192.168.0.12", "192.168.0.12"),
    ("fe80::1ff:fe23:4567", "fe80::1ff:fe23:4567"),
    ("fe80::1%eth0", "fe80::1"),
    ("fd12:3456:789a::1", "fd12:3456:789a::1"),
]
MATCHES = [
    *((text, value, "IP_ADDRESS") for text, value in PUBLIC),
    *((text, value, "IP_ADDRESS_PRIVATE") for text, value in PRIVATE),
]
NEAR_MISSES = [
    "ip-10-1-4-77 of a cloud",
    "section-84-17-33-201",
    "version 84.17.33.201",
    "v84.17.33.2",
    "section 10.1.4.77",
    "EC 3.1.1.11",
    "§ 2.3.4.5 of the plan",
    "OID 1.2.840.113549",
    "1.2.3.4.5",
    "ratio 1:2:3",
    "12:30:45",
    "10:30:15 h",
    "std::e, a::b and x::",
    "dead::beef, face::b",
    "MAC 00:1B:44:11:3A:B7",
    "TE:TR 10:20",
    "300.1.2.3",
    "99.5.1.2.3",
    "Ref 3:16::",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_an_ip_address_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("ip_address", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("ip_address", text) == set()


@pytest.mark.parametrize(
    "value",
    ["192.0.2.7", "198.51.100.7", "203.0.113.7", "2001:db8::7", "127.0.0.1", "::1", "::ffff:192.0.2.7"],
)
def test_an_address_for_documentation_is_nobodys(value: str) -> None:
    assert certainty("ip_address", f"host {value}", value) == {"reserved"}


@given(st.integers(0x20000000 << 96, 0x3FFFFFFF << 96).map(ipaddress.IPv6Address))
def test_every_global_address_is_found_as_it_is_written(address: ipaddress.IPv6Address) -> None:
    assert str(address) in {value for _, value in found("ip_address", f"from {address} today")}
