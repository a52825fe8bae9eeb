"""(M) Device identifiers: labelled serial numbers, UDI, hardware addresses, telephones' own numbers."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.labelled import CLOSE, label_after, labelled
from clinft.stages.audit.rule import Certainty, after, before, digits_of, luhn, rule, value_of

DEVICE = (
    r"(?:device|implant(?:ed)?|pace-?maker|defibrillator|crt-?[dp]|generator|lead|loop recorder|ilr|stent|"
    r"graft|"
    r"valve|mesh|prosthesis|stimulator|neurostimulator|(?:insulin|infusion|pain) pump|pump|cgm|glucometer|"
    r"glucose (?:meter|monitor|sensor)|sensor|transmitter|cpap|bi-?pap|ventilator|concentrator|nebulizer|"
    r"holter|monitor|l?vad|porta?-?cath|mediport|catheter|hearing aid|cochlear(?: implant)?|processor|"
    r"infus[eo]r|programmer(?: reads?)?|(?:vad )?controller|"
    r"wheelchair|oximeter|iud|iol)"
)
# Only beside `serial`, `model` or `lot`: ICD is also a code system, a plate also a car's.
OTHER = (
    r"(?:icd|watch|phone|tablet|laptop|scanner|programmer|receiver|reader|filter|screw|plate|nail|rod|knee|"
    r"hip|"
    r"shoulder|lens|walker|component|liner|stem|cage)"
)
DEVICE_WORDS = regex(rf"(?i)(?<![a-z])(?:{DEVICE}|{OTHER})s?(?![a-z])")
# Makers and makes: what stands behind one of them is a model or a serial number.
BRAND = (
    r"(?:vns|dbs|dexcom|freestyle|libre|linq|reveal|activa|percept|medtronic|biotronik|abbott|st\.? jude|"
    r"boston scientific|omnipod|tandem|guardian|eversense|inspire|interstim|cochlear|resmed|respironics|"
    r"airsense|dreamstation|heartmate|watchman|micra|azure|evera|icd|pacemaker|lead|generator|stimulator|"
    r"sensor|transmitter)"
)
# Registers of trials and articles.
TRIAL = r"(?:NCT|PMC|KCT|UMIN|DRKS|IRCT|CTRI|CRD|GSE|SRR)"
BRAND_BEFORE = regex(rf"(?i)(?<![a-z]){BRAND}s?\b[^\n.;]{{0,24}}$")
BATCH = r"(?:model|lot|batch|asset)\.?(?:(?: |/)(?:tag|serial))?"


def _is_imei(match: re.Match[str]) -> Certainty | None:
    return "plausible" if luhn(digits_of(value_of(match))) else None


def _is_near_a_device(match: re.Match[str]) -> Certainty | None:
    near = DEVICE_WORDS.search(before(match, 100)) or DEVICE_WORDS.search(after(match, 40))
    return "plausible" if near else None


def _is_of_a_brand(match: re.Match[str]) -> Certainty | None:
    """Three letters before six digits are enough behind the name of what is worn."""
    return "plausible" if BRAND_BEFORE.search(before(match, 48)) else None


def _hardware_address(match: re.Match[str]) -> Certainty | None:
    """RFC 7042 keeps 00-00-5E-00-53-xx for documentation; all zeros and all ones are no device's."""
    value = re.sub(r"[^0-9a-f]", "", value_of(match).lower())
    documented = value.startswith(("00005e0053", "01005e9010")) or len(set(value)) == 1
    return "reserved" if documented else "plausible"


RULES = (
    labelled(
        "device-serial",
        "DEVICE_IDENTIFIER",
        r"s/n|(?-i:SN)(?=[ ]?\w{0,4}\d)|sn(?=[ ]?[:=(-]|[ ]is |[ ][a-z]{0,3}\d[\w-]{3})|udi(?:-di|-pi)?|"
        r"unique device identif(?:ier|ication)|di(?=[ ]?[:=#])|serial(?=[ ]?[:=])|"
        rf"(?:{DEVICE}|vns|dbs|linq)[ _-]?ser|{OTHER}[ _](?:serial|model|lot)|"
        rf"{DEVICE}[ _-]?(?:serial|model|lot|ref|reg(?:istration)?|asset|tag|s/?n)",
        signed=rf"ser[ie]{{1,2}}a?l(?: (?:and|&) (?:model|lot))?|ser\.?|sn|{DEVICE}",
        score=0.9,
        minimum_digits=3,
    ),
    labelled(
        "serial",
        "DEVICE_IDENTIFIER",
        rf"serial|{DEVICE}",
        score=0.8,
        bare_digits=4,
        link=CLOSE,
    ),
    # `hearing aid R 20418857 L 20418861`
    rule(
        "device-of-a-side",
        "DEVICE_IDENTIFIER",
        (
            r"(?i)(?<=[ (,;/])(?:r|l|right|left)[ :]{1,3}"
            r"(?P<value>[a-z]{0,4}\d{2,3}-?\d{3,9}(?:-\d{2,4})?[a-z]{0,2})(?![\w-]|[.,]\d)"
        ),
        0.85,
        judge=_is_near_a_device,
        digit=True,
    ),
    labelled(
        "device-lot",
        "DEVICE_IDENTIFIER",
        BATCH,
        score=0.8,
        minimum_digits=3,
        bare_digits=4,
        link=CLOSE,
        judge=_is_near_a_device,
    ),
    # Of a vaccine or a reagent: many people share it.
    labelled("lot", "BATCH_NUMBER", BATCH, score=0.6, bare_digits=5, link=CLOSE),
    label_after(
        "serial-after",
        "DEVICE_IDENTIFIER",
        r"(?:device |pacemaker |pump )?serial(?: (?:number|no\.?|#))?|s/n",
    ),
    # Medtronic writes three letters, six digits, a letter.
    rule(
        "serial-by-form",
        "DEVICE_IDENTIFIER",
        r"(?<![\w-])[A-Z]{3}\d{6}[A-Z](?![\w-])",
        0.75,
        digit=True,
    ),
    rule(
        "serial-of-brand",
        "DEVICE_IDENTIFIER",
        rf"(?<![\w./-])(?!{TRIAL})[A-Z]{{2,4}}\d{{6,9}}[A-Z]?(?![\w%-]|[.,/:]\d)",
        0.75,
        judge=_is_of_a_brand,
        digit=True,
    ),
    # `serial 44829110 032`
    rule(
        "serial-in-two",
        "DEVICE_IDENTIFIER",
        (
            r"(?i)\bserial(?: (?:number|no\.?|is|#)){0,2}[ :#]{1,3}"
            r"(?P<value>\d{6,10}[ ]\d{3})(?![\w%-]|[ .,/]\d|[ ]m)"
        ),
        0.85,
        words="serial",
        digit=True,
    ),
    # More letters than digits: `lot MNEK4X`.
    rule(
        "lot-of-letters",
        "BATCH_NUMBER",
        (
            r"(?i:\b(?:lot|batch)(?: (?:number|no\.?|#))?[ :#]{1,3})"
            r"(?P<value>(?=[A-Z\d]{5,10}\b)[A-Z]{2,6}\d{1,3}[A-Z]{1,4})(?![\w-])"
        ),
        0.6,
        words="lot batch",
        digit=True,
    ),
    # DICOM PS3.6: the serial number and the UID of the device that took the picture.
    rule(
        "dicom-device",
        "DEVICE_IDENTIFIER",
        (
            r"\(0018, ?10(?:00|02)\)[^\w\n]{0,4}(?:(?:LO|UI)\b[^\w\n]{1,4})?"
            r"(?:Device [A-Z]\w{1,9} (?:Number|UID)[^\w\n]{1,20})?(?:(?:LO|UI)\b[^\w\n]{1,4})?"
            r"(?P<value>[\w./-]{3,64})"
        ),
        0.95,
        digit=True,
        symbol="0018",
    ),
    # GS1: (01) the article, then lot, dates and serial number.
    rule(
        "udi",
        "DEVICE_IDENTIFIER",
        r"\(01\)[ ]?\d{14}(?:[ ]?\((?:10|11|17|21|240|30)\)[ ]?[\w./+-]{1,20}){0,6}",
        0.95,
        digit=True,
        symbol="(01)",
    ),
    # The same without brackets: article, expiry, then lot or serial number to the end.
    rule(
        "udi-plain",
        "DEVICE_IDENTIFIER",
        r"(?<!\w)01\d{14}(?:1[17]\d{6}){1,2}(?:10|21)[A-Za-z0-9-]{3,20}(?!\w)",
        0.9,
        digit=True,
    ),
    rule(
        "udi-serial",
        "DEVICE_IDENTIFIER",
        r"\(21\)[ ]?(?P<value>[A-Za-z0-9][\w./-]{3,19})",
        0.85,
        digit=True,
        symbol="(21)",
    ),
    # HIBCC and ICCBBA: the two other issuers that FDA accredits.
    rule(
        "udi-hibcc",
        "DEVICE_IDENTIFIER",
        r"(?i)(?<!\w)\+[A-Z]\d{3}[A-Z0-9]{2,18}\d(?:/[$\d][$+\dA-Z]{3,40}){1,3}(?:/[A-Z0-9]{3,20}){0,3}",
        0.95,
        digit=True,
        symbol="/",
    ),
    rule(
        "udi-iccbba",
        "DEVICE_IDENTIFIER",
        r"=/[A-Z0-9]{11,17}(?:=[,;]?[A-Z0-9>,]{4,20}){1,6}",
        0.95,
        digit=True,
        symbol="=/",
    ),
    # EUI-48, and EUI-64 with two bytes more.
    rule(
        "mac-address",
        "DEVICE_IDENTIFIER",
        (
            r"(?i)(?<![\w:-])(?:[0-9a-f]{2}(?P<gap>[:-]))(?:[0-9a-f]{2}(?P=gap)){4,6}[0-9a-f]{2}"
            r"(?![\w:-])"
        ),
        0.9,
        judge=_hardware_address,
    ),
    rule(
        "mac-address-dotted",
        "DEVICE_IDENTIFIER",
        r"(?i)(?<![\w.])(?=[0-9a-f.]{0,12}[a-f])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])",
        0.85,
        judge=_hardware_address,
        digit=True,
        symbol=".",
    ),
    labelled(
        "telephone-itself",
        "DEVICE_IDENTIFIER",
        r"(?:mac|bluetooth|wi-?fi|hardware|ble)(?: address| addr| mac){1,2}|imei|imsi|iccid|meid|esn|eid",
        signed="sim",
        minimum_digits=6,
    ),
    rule(
        "imei",
        "DEVICE_IDENTIFIER",
        (
            r"(?i)\b(?:imei\W{0,4}(?:number |no\.? |is ){0,2}|handset )"
            r"(?P<value>\d{2}[- ]?\d{6}[- ]?\d{6}[- ]?\d)(?!\d)"
        ),
        0.95,
        judge=_is_imei,
        words="imei handset",
        digit=True,
    ),
)
