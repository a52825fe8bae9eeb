"""A handling assessment by the real stage over an invented policy; `text` replaces what others wrote."""

from datetime import date
from decimal import Decimal
from functools import cache

from clinft.artifacts.handling import Handling
from clinft.spec.policy import BudgetPolicy, Policy
from clinft.spec.project import ProjectSpec
from clinft.stages.handling import assess

TODAY = date(2026, 11, 24)
ELIGIBLE = {
    "owner": "Privacy Office",
    "baa_signed": "2026-03-01",
    "regions": ["us"],
    "review_by": "2027-03-01",
}
FACTS = {
    "risk-analysis": ("met", "done for the tuning pilot, kept with the risk register"),
    "encryption-at-rest": ("met", "full-disk encryption on the training machine"),
    "media-disposal": ("not_met", "disks are wiped, but no record of it is kept"),
    "emergency-access": ("not_applicable", "no record of a patient is kept on these machines"),
}


@cache
def policy() -> Policy:
    return Policy.model_validate(
        {
            "version": 1,
            "roles": {"ml": {"people": ("kim",)}, "privacy": {"people": ("lee",)}},
            "budgets": BudgetPolicy(per_run_usd=Decimal(50), per_month_usd=Decimal(200)),
            "runners": {"local": {}},
            "sinks": {"team": {"kind": "slack", "description": "#tuning", "eligibility": ELIGIBLE}},
            "consents": {"before_merge": ("team",)},
            "safeguards": {
                "doctor": {
                    "date": "2026-11-10",
                    "ok": ("repository", "branch", "gate"),
                    "wrong": ("runners",),
                },
                "facts": {
                    name: {
                        "state": state,
                        "statement": said,
                        "owner": "Security Office",
                        "date": "2026-09-15",
                    }
                    for name, (state, said) in FACTS.items()
                },
            },
        },
        strict=False,
    )


def handling(spec: ProjectSpec, text: str | None = None) -> Handling:
    """With hostile text only one row of each state: the texts are what matters there."""
    made = assess(spec, policy(), TODAY)
    if text is None:
        return made
    rows = ("citation", "title", "statement", "by", "date")
    leaves = ("to", "what", "when", "region", "baa_signed", "allowed_by")
    by_state = {row.state: row.model_copy(update=dict.fromkeys(rows, text)) for row in made.rows}
    return Handling(
        rows=tuple(by_state.values()),
        egress=tuple(row.model_copy(update=dict.fromkeys(leaves, text)) for row in made.egress),
        source=text,
    )
