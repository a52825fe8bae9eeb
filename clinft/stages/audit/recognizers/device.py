"""(M) Device identifiers and serial numbers: labelled serials, UDI, MAC addresses, IMEI."""

import re

from clinft.stages.audit.recognizers.labelled import labelled
from clinft.stages.audit.rule import Certainty, Rule, digits_of, luhn, value_of


def _is_imei(match: re.Match[str]) -> Certainty | None:
    return "plausible" if luhn(digits_of(value_of(match))) else None


RULES = (
    labelled(
        "device-serial",
        "DEVICE_IDENTIFIER",
        r"serial|s/n|(?:device|implant|pacemaker|icd|pump|cgm|stent|monitor)(?=[ _-]?(?:id\b|identifier|serial|#|number|no\b|s/n))"
        r"(?:[ _-](?:identifier|serial))?|device[ _]identifier|udi",
        "serial s device implant pacemaker icd pump cgm stent monitor udi",
        0.9,
    ),
    Rule(
        "udi",
        "DEVICE_IDENTIFIER",
        re.compile(r"\(01\)\d{14}(?:\((?:10|11|17|21)\)[\w./-]{1,20}){0,4}"),
        0.95,
        digit=True,
        symbol="(01)",
    ),
    Rule(
        "mac-address",
        "DEVICE_IDENTIFIER",
        re.compile(
            r"(?i)(?<![\w:-])(?:[0-9a-f]{2}(?P<gap>[:-]))(?:[0-9a-f]{2}(?P=gap)){4}[0-9a-f]{2}(?![\w:-])"
        ),
        0.9,
        digit=True,
    ),
    Rule(
        "imei",
        "DEVICE_IDENTIFIER",
        re.compile(r"(?i)\bimei\W{0,4}(?:number |is )?(?P<value>\d{2}-?\d{6}-?\d{6}-?\d)(?!\d)"),
        0.9,
        _is_imei,
        frozenset(("imei",)),
        digit=True,
    ),
)
