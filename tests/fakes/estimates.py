"""An estimate with all that follows training: hosting, evaluation, the end of the model, earlier runs."""

from decimal import Decimal

from clinft.artifacts.planning import Calibration, CostEstimate, CostPart, Price


def price(text: str | None = None) -> Price:
    made = Price(
        what="hosting", value=Decimal("1.70"), unit="usd_per_hour", as_of="2026-08-11", source="a table"
    )
    # As somebody could write it by hand, past every check.
    changed = {"region": text, "as_of": text, "source": text}
    return made if text is None else made.model_copy(update=changed)


def with_parts(made: CostEstimate, text: str | None = None, *, known: bool = True) -> CostEstimate:
    """`text` replaces every text; not `known`: nobody knows what hosting costs."""
    hosting = Decimal("1241.00") if known else None
    total = None if hosting is None else made.cost_usd + hosting + Decimal("0.10")
    training, hosted, asked = (
        CostPart(
            what="training", usd=made.cost_usd, usd_upper=made.cost_usd_upper, formula=text or "by hand"
        ),
        CostPart(
            what="hosting of one month",
            usd=hosting,
            usd_upper=hosting,
            formula=text or "1.70 USD per hour × 730 hours",
            prices=(price(text),),
        ),
        CostPart(
            what="evaluation",
            usd=Decimal("0.10"),
            usd_upper=Decimal("0.20"),
            formula=text or "the test split",
        ),
    )
    return made.model_copy(
        update={
            "parts": (training, hosted, asked),
            "hosting_usd_month": hosting,
            "evaluation_usd": Decimal("0.10"),
            "total_usd": total,
            "total_usd_upper": None if total is None else total + 1,
            "served_until": text or "2027-10-13",
            "replacement": text or "another-model",
            "usable_days": 321,
            "usd_per_usable_day": None if total is None else Decimal("40.82"),
            "unknown": () if known else (text or "hosting: no row",),
            "notes": (text or "One of 8 cards is used.",),
            "calibration": Calibration(of="tokens", ratio=1.05, low=0.9, high=1.1, n=3),
            "price_age_days": 107,
        }
    )
