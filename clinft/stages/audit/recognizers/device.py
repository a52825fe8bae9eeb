"""(M) Device identifiers and serial numbers: labelled serials, UDI, MAC addresses, IMEI."""

import re

from clinft.stages.audit.recognizers.labelled import labelled
from clinft.stages.audit.rule import Certainty, digits_of, luhn, rule, value_of


def _is_imei(match: re.Match[str]) -> Certainty | None:
    return "plausible" if luhn(digits_of(value_of(match))) else None


RULES = (
    labelled(
        "device-serial",
        "DEVICE_IDENTIFIER",
        r"serial|s/n|(?:device|implant|pacemaker|icd|pump|cgm|stent|monitor)"
        r"(?=[ _-]?(?:id\b|identifier|serial|#|number|no\b|s/n))(?:[ _-](?:identifier|serial))?|"
        r"device[ _]identifier|udi",
        "serial s device implant pacemaker icd pump cgm stent monitor udi",
        score=0.9,
    ),
    rule(
        "udi",
        "DEVICE_IDENTIFIER",
        r"\(01\)\d{14}(?:\((?:10|11|17|21)\)[\w./-]{1,20}){0,4}",
        0.95,
        digit=True,
        symbol="(01)",
    ),
    rule(
        "mac-address",
        "DEVICE_IDENTIFIER",
        r"(?i)(?<![\w:-])(?:[0-9a-f]{2}(?P<gap>[:-]))(?:[0-9a-f]{2}(?P=gap)){4}[0-9a-f]{2}(?![\w:-])",
        0.9,
        digit=True,
    ),
    rule(
        "imei",
        "DEVICE_IDENTIFIER",
        r"(?i)\bimei\W{0,4}(?:number |is )?(?P<value>\d{2}-?\d{6}-?\d{6}-?\d)(?!\d)",
        0.9,
        judge=_is_imei,
        words="imei",
        digit=True,
    ),
)
