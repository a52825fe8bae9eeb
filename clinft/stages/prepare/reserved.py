"""Values that look like identifiers and can be nobody's, for tasks that need any; no others."""

from clinft.stages.prepare.draw import Draw

# Held back for fiction in every area code (NANPA, 555-0100 to 555-0199); the codes are of large areas.
AREA_CODES = ("202", "303", "404", "512", "617", "702", "808", "907")
# RFC 2606: these domains are never given to anybody.
DOMAINS = ("example.org", "example.com", "example.net")
MAILBOXES = ("ward", "clinic", "desk", "triage", "records", "pharmacy")
# RFC 5737.
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
# With area 9xx these groups are no taxpayer number either (IRS: 50 to 65, 70 to 88, 90 to 92, 94 to 99).
NINE_HUNDREDS, GROUPS = (900, 999), (10, 49)


def phone(draw: Draw) -> str:
    return f"({draw.one(AREA_CODES)}) 555-01{draw.between(0, 99):02d}"


def email(draw: Draw) -> str:
    return f"{draw.one(MAILBOXES)}{draw.between(1, 99)}@{draw.one(DOMAINS)}"


def social_security(draw: Draw) -> str:
    """Area 000 or 9xx, which the Social Security Administration never gave."""
    area = "000" if draw.chance(50) else str(draw.between(*NINE_HUNDREDS))
    return f"{area}-{draw.between(*GROUPS):02d}-{draw.between(1, 9999):04d}"


def ip_address(draw: Draw) -> str:
    return f"{draw.one(NETWORKS)}.{draw.between(1, 254)}"


KINDS = {"phone": phone, "email": email, "social_security": social_security, "ip_address": ip_address}
