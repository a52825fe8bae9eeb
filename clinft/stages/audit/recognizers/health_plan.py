"""(I) Health plan beneficiary numbers; the Medicare number by its own form."""

from clinft.stages.audit.recognizers.labelled import labelled
from clinft.stages.audit.rule import rule

# CMS, "Understanding the Medicare Beneficiary Identifier format": no S, L, O, I, B, Z.
LETTER, EITHER = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
MEDICARE = rf"[1-9]{LETTER}{EITHER}\d-?{LETTER}{EITHER}\d-?{LETTER}{{2}}\d\d"

RULES = (
    rule(
        "medicare-number",
        "HEALTH_PLAN_NUMBER",
        rf"(?<![\w-]){MEDICARE}(?![\w-])",
        0.9,
        digit=True,
    ),
    labelled(
        "plan-number",
        "HEALTH_PLAN_NUMBER",
        r"(?:member|subscriber|beneficiary|policy|policyholder|enrollee|insurance|insured|health plan|"
        r"plan|payer|coverage|medicare|medicaid|mbi|hicn|group)"
        r"(?=[ _-]?(?:number|no\b|num\b|id\b|#|policy|member|[:=]))(?:[ _-](?:policy|member|plan|card))?",
        "member subscriber beneficiary policy policyholder enrollee insurance insured plan payer "
        "coverage medicare medicaid mbi hicn group",
        score=0.9,
        minimum_digits=5,
    ),
)
