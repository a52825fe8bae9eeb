"""An assessment by the real stage over scripted answers; `text` replaces what others could have written."""

from decimal import Decimal
from typing import Any

from clinft.artifacts.planning import Price
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.spec.prompt import Prompt, PromptExample
from clinft.stages.assess.asking import Prices
from clinft.stages.assess.stage import assess
from tests.fakes.run_inputs import digest
from tests.fakes.scripted_answers import Counting, answering, records, right_up_to
from tests.fakes.specs import project_spec

PROMPT = Prompt(system="Name the chapter.", examples=(PromptExample(input="Example.", output="mental"),))
COSTS = {"one_off_usd": 2000, "monthly_usd": 40, "usd_per_error": 0.5, "requests_per_month": 5000}


def price(what: Any, value: int) -> Price:
    return Price(
        what=what,
        value=Decimal(value),
        unit="usd_per_million_tokens",
        as_of="2026-11-01",
        source="a contract",
    )


def assessment(right: int = 50, **changes: Any) -> PromptAssessment:
    """Of 120 records of four labels; of each rung the first `right` are right."""
    dev = records(30)
    spec = project_spec(
        **{
            "evaluation": {
                "thresholds": [
                    {"metric": "accuracy", "min": 0.6},
                    {"metric": "critical_recall", "min": 0.8},
                ]
            },
            "regression": {"critical_labels": ["circulatory"]},
            "assessment": COSTS,
            **changes,
        }
    )
    model = answering(dev, right_up_to(right, "I cannot tell."), right_up_to(right, "mental"))
    model.has_logprobs = False
    prices = Prices(price("input", 2), price("output", 8))
    return assess(spec, PROMPT, dev, digest("3"), model, Counting(), prices=prices, hosted=True).payload
