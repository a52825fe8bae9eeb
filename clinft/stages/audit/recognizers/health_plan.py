"""(I) Health plan beneficiary numbers; Medicare's by their own form."""

import re

from clinft.stages.audit.recognizers.labelled import CLOSE, label_after, labelled
from clinft.stages.audit.rule import Certainty, rule, value_of

# CMS, "Understanding the Medicare Beneficiary Identifier format": no S, L, O, I, B, Z.
LETTER, EITHER = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
MEDICARE = rf"[1-9]{LETTER}{EITHER}\d[- ]?{LETTER}{EITHER}\d[- ]?{LETTER}{{2}}\d\d"
# Until 2019: a Social Security number and who its owner is to the beneficiary (CMS, list of BICs).
CLAIM_SUFFIX = r"(?:[AM]|[BCDEJKW][1-9A-Z]?|F[1-8]|H[A-C]|T[A-Z2]?)"
INSURER = (
    r"aetna|anthem|bcbs(?:[a-z]{2})?|blue[ ]?cross(?:[ /&-]{0,3}(?:and )?blue[ ]?shield)?|blue[ ]?shield|"
    r"centene|champva|cigna|harvard pilgrim|highmark|humana|kaiser(?: permanente)?|medi-?cal|medicaid|"
    r"medicare(?: advantage| part [a-d])?|molina|oscar|tri-?care|uhc|united[ ]?health(?:[ ]?care)?|wellcare"
)
MEMBER = (
    r"member(?:ship)?|subscriber|beneficiary|enrollee|insured|policy[ ]?holder|policy|mbi|hicn?|hcn|"
    r"mediclaim|"
    r"(?:health|insurance|medical|dental|vision|group|drug|rx)[ _-]{0,2}"
    r"(?:plan|insurance|coverage|benefits?|policy)|"
    r"recipient|eligibility(?: check on)?|hmo card|(?:contract|benefits?)(?=[ _-]?(?:number|no\b|id\b|#))|"
    r"(?:insurance|ins)\.?|health[ _]?card|ohip|rx[ ]?(?:grp|group)|payer|payor"
)


def _is_claim_number(match: re.Match[str]) -> Certainty | None:
    """Areas 000, 666 and 9xx were never issued: such a row of digits is no old Medicare number."""
    value = value_of(match)
    return None if value[:3] in ("000", "666") or value[0] == "9" else "plausible"


RULES = (
    rule("medicare-number", "HEALTH_PLAN_NUMBER", rf"(?i)(?<![\w-]){MEDICARE}(?![\w-])", 0.9, digit=True),
    rule(
        "medicare-claim-number",
        "HEALTH_PLAN_NUMBER",
        rf"(?<![\w.-])\d{{3}}(?P<gap>-?)\d{{2}}(?P=gap)\d{{4}}-?{CLAIM_SUFFIX}(?![\w-])",
        0.85,
        judge=_is_claim_number,
        digit=True,
    ),
    labelled(
        "member-number",
        "HEALTH_PLAN_NUMBER",
        r"mbi|hicn",
        signed=rf"{INSURER}|{MEMBER}|plan|coverage|group|grp",
        score=0.9,
        minimum_digits=3,
    ),
    labelled(
        "member",
        "HEALTH_PLAN_NUMBER",
        rf"{INSURER}|{MEMBER}|plan|coverage|group|grp",
        bare_digits=4,
        link=CLOSE,
    ),
    # A group's number may have two digits only.
    rule(
        "group-number",
        "HEALTH_PLAN_NUMBER",
        (
            r"(?i)\b(?:rx[ ]?)?gr(?:ou)?p(?:[ ]?(?:number|no\.?|id|#))?[ :#=]{1,3}"
            r"(?P<value>[a-z]{3,6}\d{2,5})(?!\w)"
        ),
        0.8,
        words="grp group rxgrp rxgroup",
        digit=True,
    ),
    # Medicaid of New York: client identification number. CIN alone is also a change of the cervix.
    rule(
        "medicaid-client",
        "HEALTH_PLAN_NUMBER",
        r"(?i:\bcin(?: (?:number|no\.?|is|#))?[ :#]{1,3})(?P<value>[A-Z]{2}\d{5}[A-Z])(?!\w)",
        0.9,
        words="cin",
        digit=True,
    ),
    # HL7 v2, segment IN1: field 8 the group's number, field 36 the policy's.
    rule(
        "hl7-insurance-group",
        "HEALTH_PLAN_NUMBER",
        r"(?i)\bIN1\|(?:[^|\n]{0,80}\|){7}(?P<value>[^|\n]{3,30})",
        0.9,
        symbol="|",
    ),
    rule(
        "hl7-insurance-policy",
        "HEALTH_PLAN_NUMBER",
        r"(?i)\bIN1\|(?:[^|\n]{0,80}\|){35}(?P<value>[^|\n]{3,30})",
        0.9,
        symbol="|",
    ),
    # The insurer's name between: `Insurance: Aetna W123456789`, `policy with Cigna, U4821937`.
    labelled(
        "member-of-insurer",
        "HEALTH_PLAN_NUMBER",
        rf"(?:{MEMBER}|plan|coverage)[^\n\d]{{1,40}}?",
        score=0.8,
        minimum_digits=7,
        link=r"(?<=[ #(:])",
    ),
    label_after(
        "member-number-after",
        "HEALTH_PLAN_NUMBER",
        r"(?:member|subscriber|policy|group|medicare|medicaid|insurance)[ ]?(?:id|number|no\.?|#)|mbi|hicn",
    ),
)
