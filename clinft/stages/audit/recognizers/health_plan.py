"""(I) Health plan beneficiary numbers; the Medicare number by its own form."""

import re

from clinft.stages.audit.recognizers.labelled import labelled
from clinft.stages.audit.rule import Rule

# CMS, "Understanding the Medicare Beneficiary Identifier format": no S, L, O, I, B, Z.
LETTER, EITHER = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
MEDICARE = rf"[1-9]{LETTER}{EITHER}\d-?{LETTER}{EITHER}\d-?{LETTER}{{2}}\d\d"

RULES = (
    Rule(
        "medicare-number",
        "HEALTH_PLAN_NUMBER",
        re.compile(rf"(?<![\w-]){MEDICARE}(?![\w-])"),
        0.9,
        digit=True,
    ),
    labelled(
        "plan-number",
        "HEALTH_PLAN_NUMBER",
        r"(?:member|subscriber|beneficiary|policy|policyholder|enrollee|insurance|insured|health plan|plan|payer|"
        r"coverage|medicare|medicaid|mbi|hicn|group)(?=[ _-]?(?:number|no\b|num\b|id\b|#|policy|member|[:=]))"
        r"(?:[ _-](?:policy|member|plan|card))?",
        "member subscriber beneficiary policy policyholder enrollee insurance insured plan payer coverage medicare "
        "medicaid mbi hicn group",
        0.9,
        minimum_digits=5,
    ),
)
