"""(A) Names of doctors, nurses and other workers: HHS does not ask to remove them, so they only count."""

import re

from clinft.stages.audit.recognizers.name_forms import (
    FULL_NAME,
    LOWER_WORD,
    NAME,
    SURNAMES,
    is_name,
    is_ordinary,
    is_person,
    parts_of,
)
from clinft.stages.audit.rule import Certainty, rule, value_of

CREDENTIAL = (
    r"(?:MD|M\.D\.|DO|D\.O\.|RN|BSN|NP|FNP|FNP-C|PA-C|PA|PhD|Ph\.D\.|PharmD|LCSW|LICSW|MSW|LMFT|"
    r"CRNA|APRN|DPT|DDS|DMD|LPN|LVN|CNM|CNS|MBBS|FACS|RD|OTR|SLP|RT|DVM|PsyD)"
)
ROLE = (
    r"(?i:attending|surgeon|assistant|anesthesia|anesthesiologist|provider|pcp|physician|referring|"
    r"consultant|resident physician|(?:electronically )?signed(?: by)?|e-signed by|dictated by|"
    r"transcribed by|reviewed by|interpreted by|performed by|authored by|author|ordering provider|"
    r"therapist|radiologist|pathologist|pharmacist|interpreter|chaplain|social worker|case manager|"
    r"nurse|scribe|technician|dentist|midwife|hospitalist|fellow|intern|cc)"
)


def _is_doctor_in_lower_case(match: re.Match[str]) -> Certainty | None:
    """`dr. okafor`, `doctor patel` and not `doctor visit`."""
    word = parts_of(value_of(match))[0]
    return "plausible" if word in SURNAMES or (match["dot"] and not is_ordinary(word)) else None


RULES = (
    rule(
        "name-provider-title",
        "PROVIDER_NAME",
        rf"\b(?:Drs?|DRS?|Doctor|DOCTOR|Prof|Professor|Nurse|NURSE|Chaplain|CHAPLAIN|Sister|Rev|Fr|Rabbi|"
        rf"Imam|Father)\b\.?[ ]{{1,2}}"
        rf"(?P<value>{NAME})",
        0.9,
        judge=is_name,
        words="dr drs doctor prof professor nurse chaplain sister rev fr rabbi imam father",
    ),
    rule(
        "name-provider-title-lower",
        "PROVIDER_NAME",
        rf"\b(?:dr|doctor|nurse|prof)\b(?P<dot>\.?)[ ]{{1,2}}(?P<value>{LOWER_WORD}(?:-{LOWER_WORD})?)",
        0.7,
        judge=_is_doctor_in_lower_case,
        words="dr doctor nurse prof",
    ),
    rule(
        "name-provider-credential",
        "PROVIDER_NAME",
        rf"(?<!\w)(?P<value>{NAME}),?[ ]{CREDENTIAL}(?![\w-])",
        0.85,
        judge=is_name,
        words=(
            "md m do d rn bsn np fnp pa phd ph pharmd lcsw licsw msw lmft crna aprn dpt dds dmd lpn lvn cnm "
            "cns mbbs facs rd otr slp rt dvm psyd"
        ),
    ),
    rule(
        "name-provider-after-credential",
        "PROVIDER_NAME",
        rf"\b(?:RN|NP|PA|MD|PharmD|LCSW|CRNA|APRN|DPT|LPN|PA-C|SW|CM|MA|CNA|RT|EMT)[ ](?P<value>{NAME})",
        0.7,
        judge=is_person,
        words="rn np pa md pharmd lcsw crna aprn dpt lpn sw cm ma cna rt emt",
    ),
    rule(
        "name-provider-role",
        "PROVIDER_NAME",
        rf"\b{ROLE}(?:[ ](?:physician|provider|surgeon|doctor|nurse))?[ ]?(?:[:=/][ ]{{0,3}}|"
        rf"[ ])(?:Dr\.?[ ])?(?P<value>{NAME})",
        0.8,
        judge=is_person,
    ),
    rule(
        "name-provider-signed",
        "PROVIDER_NAME",
        rf"(?i:\b(?:signed|dictated|reviewed|transcribed|authored|performed) "
        rf"by[ :]{{1,2}})(?P<value>{FULL_NAME})",
        0.8,
        judge=is_name,
        words="signed dictated reviewed transcribed authored performed",
    ),
)
