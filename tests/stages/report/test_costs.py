"""What a reader is told beside the price of training; an amount that nobody knows is never written as 0."""

from dataclasses import replace

from clinft.artifacts.advice import AdviceRow
from clinft.pipeline.summary import of_estimate
from clinft.stages.report import costs, run_report
from clinft.stages.report.pull_request.comment import comment
from tests.fakes import run_facts
from tests.fakes.estimates import price, with_parts
from tests.fakes.pull_request_parts import costs as priced
from tests.fakes.pull_request_parts import project, report
from tests.stages.report.test_explain import recommended

KNOWN, UNKNOWN = with_parts(priced()), with_parts(priced(), known=False)
OLD = priced()  # of a clinft that knew training only


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {name} |"))


def test_the_total_comes_first_in_the_summary() -> None:
    assert of_estimate(KNOWN).splitlines()[0] == (
        "- **total 1,242.30 USD**, at most 1,243.30 USD, with 1 month of hosting"
    )
    assert of_estimate(UNKNOWN).splitlines()[0].startswith("- **total unknown**, at most unknown")
    assert of_estimate(OLD).splitlines()[0].startswith("- cost 1.20 USD")


def test_hosting_evaluation_and_the_end_of_the_model_are_in_the_comment() -> None:
    known, unknown, old = (comment(report(project(estimate=made))) for made in (KNOWN, UNKNOWN, OLD))
    assert "hosting 1,241.00 USD a month; total 1,242.30 USD with 1 month of it" in row(
        known, "hosting and use"
    )
    assert "served until 2027-10-13: 321 days of use" in known
    assert "40.82 USD per day of use" in known
    assert "hosting unknown a month" in row(unknown, "hosting and use")
    assert "total unknown" in row(unknown, "hosting and use")
    assert "hosting and use" not in old


def test_what_the_merge_will_cost_shows_each_part_with_its_formula() -> None:
    known, unknown, old = (comment(report(project(estimate=made))) for made in (KNOWN, UNKNOWN, OLD))
    hosting = row(known, "hosting of one month")
    assert hosting == "| hosting of one month | 1,241.00 USD (1.70 USD per hour × 730 hours) |"
    assert row(known, "total") == (
        "| total | 1,242.30 USD, at most 1,243.30 USD, with 1 month of hosting; oldest price read 107 days before; "
        "earlier runs used 1.05 times the estimated tokens (0.9 to 1.1), n = 3 runs; One of 8 cards is used. |"
    )
    assert row(unknown, "hosting of one month").startswith("| hosting of one month | unknown (")
    assert row(unknown, "total").startswith("| total | unknown")
    assert "| total |" not in old


def test_settings_can_be_copied_from_the_comment() -> None:
    """What GitHub would read as an emoji is broken up elsewhere, by a character that nobody sees."""
    departs = AdviceRow(
        parameter="runner.my_card",
        spec="aws:g5.xlarge:us-east-1",
        recommended="a card of 24 GB: gcp:a3-highgpu-1g:us-central1 (H100)",
        departs=True,
        reason="memory",
        source="Somebody, 2025",
    )
    made = recommended("peft").model_copy(update={"rows": (departs,)})
    text = row(comment(report(project(estimate=KNOWN.model_copy(update={"advice": made})))), "settings")
    assert text == (
        "| settings | departs from the recommended settings in 1 place: `runner.my_card` "
        "`aws:g5.xlarge:us-east-1` (recommended: a card of 24 GB: `gcp:a3-highgpu-1g:us-central1` (H100)) |"
    )


def test_what_is_free_takes_no_row() -> None:
    free = KNOWN.parts[1].model_copy(update={"usd": KNOWN.cost_usd * 0})
    made = KNOWN.model_copy(update={"parts": (KNOWN.parts[0], free, KNOWN.parts[2])})
    text = comment(report(project(estimate=made)))
    assert "| hosting of one month |" not in text
    assert "| evaluation | 0.10 USD (the test split) |" in text


def test_the_run_report_shows_them_too() -> None:
    facts = run_facts.run_facts()
    text = run_report.render(replace(facts, estimate=with_parts(facts.estimate)))
    assert "- hosting of one month 1,241.00 USD: 1.70 USD per hour × 730 hours" in text
    assert "- the provider's replacement: another-model" in text
    assert "- One of 8 cards is used." in text
    assert "0 USD per million trained tokens" in text


def test_a_machine_by_the_hour_shows_its_own_price() -> None:
    hour = KNOWN.parts[0].model_copy(update={"prices": (price(),)})
    by_hour = KNOWN.model_copy(
        update={
            "parts": (hour, *KNOWN.parts[1:]),
            "price": KNOWN.price.model_copy(update={"usd_per_million_training_tokens": None}),
        }
    )
    assert costs.training_price(by_hour) == "1.70 USD per hour"
    assert costs.training_price(by_hour.model_copy(update={"parts": ()})) == "unknown"
    assert (
        costs.price(price("us_east"))
        == "price of hosting in us\\_east: 1.70 USD per hour, read us\\_east (us\\_east)"
    )
