"""The assessment's tables: every figure with its n, nothing unknown as 0, foreign text harmless."""

import re
from decimal import Decimal

import pytest
from markdown_it import MarkdownIt

from clinft.artifacts.assessment import (
    BreakEven,
    BreakEvenInput,
    CriticalRecall,
    ErrorCategory,
    PairedDifference,
    Remedy,
    RungResult,
    Sensitivity,
    Verdict,
    Volume,
)
from clinft.artifacts.planning import Interval
from clinft.stages.report import assessment_tables
from clinft.statistics.proportions import clopper_pearson, wilson

PARSER = MarkdownIt("commonmark").enable("table")
HOSTILE = "a|b @owner #12 <img src=x> `code` [x](https://example.org)\n# heading"
DIFFERENCE = Interval(value=0.1, low=0.02, high=0.18, n=200, confidence=0.95, method="Newcombe paired score")


def rung(name: str = "zero_shot", bare: bool = False) -> RungResult:
    full = {
        "accuracy": wilson(150, 200, 0.95),
        "critical_recall": clopper_pearson(38, 40, 0.95),
        "critical_n": 40,
        "prompt_tokens_mean": 812.4,
        "completion_tokens_mean": 5.0,
        "cost_usd_per_1000": Decimal("1.234567"),
    }
    return RungResult.model_validate(
        {
            "name": name,
            "read": "closed_labels" if bare else "generated_text",
            "metric": "accuracy",
            "score": wilson(150, 200, 0.95),
            "parse_failures": None if bare else 3,
            **({} if bare else full),
        }
    )


def verdict(text: str = "said", **changes: object) -> Verdict:
    fields: dict[str, object] = {
        "verdict": "INCONCLUSIVE",
        "reason": text,
        "recommended": text,
        "recommended_read": "generated_text",
        "n_needed": 1234,
        "critical": CriticalRecall(
            status="NOT_CERTIFIABLE",
            target=0.95,
            recall=clopper_pearson(40, 40, 0.9),
            cases=40,
            missed=0,
            cases_needed=59,
        ),
        "adjustment": text,
        "remedies": (Remedy(kind="retrieval", text=text), Remedy(kind="look", text="look")),
    }
    return Verdict.model_validate(fields | changes)


def difference(name: str) -> PairedDifference:
    return PairedDifference(
        of=name,
        against="zero_shot",
        measure="accuracy",
        difference=DIFFERENCE,
        p_value=0.012,
        p_adjusted=0.0004,
        test="exact McNemar",
        only_of=30,
        only_against=10,
    )


def category(text: str) -> ErrorCategory:
    return ErrorCategory(
        category="numeric", count=12, share=wilson(12, 50, 0.95), remedy=text, kind="data", data_change=text
    )


def costs(text: str = "K: paid once", requests: int | None = 1223) -> BreakEven:
    return BreakEven(
        formula=text,
        status="never" if requests is None else "from_volume",
        requests_per_month=requests,
        probability_basis="assumed",
        inputs=(
            BreakEvenInput(name=text, value=Decimal("1200.000000000000"), unit=text, basis="stated"),
            BreakEvenInput(name="p", value=Decimal("0.15"), unit="USD", basis="price", as_of="2026-11-01"),
        ),
        prompt_usd_per_request=Decimal("0.4928"),
        tuned_usd_per_request=Decimal("0.2474"),
        tuned_usd_per_month=Decimal(300),
        volumes=(
            Volume(requests_per_month=100, prompt_usd=Decimal(1), tuned_usd=Decimal(2), probability_cheaper=0.0),
            Volume(requests_per_month=1000, prompt_usd=Decimal(4), tuned_usd=Decimal(3), probability_cheaper=0.264),
            Volume(requests_per_month=9000, prompt_usd=Decimal(9), tuned_usd=Decimal(5), probability_cheaper=1.0),
        ),
        sensitivity=(
            Sensitivity(name="little", low=Decimal(1), high=Decimal(3), at_low=1200, at_high=1300),
            Sensitivity(name="much", low=Decimal(1), high=Decimal(3), at_low=600, at_high=2600),
            Sensitivity(name="all", low=Decimal(1), high=Decimal(3), at_low=600, at_high=None),
        ),
        prices_as_of="2026-11-01",
        notes=(text,),
    )  # fmt: skip


def test_rung_shows_every_figure_with_its_n() -> None:
    shown = assessment_tables.rungs([rung()])

    assert "| zero\\_shot | free answer | 200 | 0.750 [0.686, 0.805] | 0.750 [0.686, 0.805] |" in shown
    assert "0.950 [0.831, 0.994] (n = 40) | 3 | 812 | 5 | 1.23 USD |" in shown
    assert "95 % Wilson score (score, accuracy); 95 % Clopper-Pearson (critical cases)" in shown


def test_what_nobody_measured_is_never_0() -> None:
    row = assessment_tables.rungs([rung(bare=True)]).splitlines()[2]

    assert row.endswith(
        "| none is right or wrong | no critical case | labels are scored | unknown | unknown | unknown |"
    )


def test_differences_show_both_p_and_the_discordant_pairs() -> None:
    shown = assessment_tables.differences([difference("few_shot")])

    assert "| 200 | +0.100 [+0.020, +0.180] | 30 | 10 | 0.012 | < 0.001 |" in shown
    assert "exact McNemar, two-sided" in shown
    assert assessment_tables.differences([]) == ""


def test_errors_show_share_of_errors_and_the_change_to_the_data() -> None:
    shown = assessment_tables.errors([category("data.realism.units: a larger share")])
    assert "| figures or units | 12 | 0.240 [0.143, 0.374] (n = 50) |" in shown
    assert assessment_tables.errors([]) == "No answer of the best prompt is wrong.\n"


def test_verdict_says_what_certifies_and_what_decides() -> None:
    shown = assessment_tables.verdict(verdict())

    assert shown.startswith("**INCONCLUSIVE.** said")
    assert "**not certifiable** at 0.95: 40 of 40 cases found" in shown
    assert "59 cases would certify it with none missed." in shown
    assert "about 1,234" in shown
    assert "1. said\n2. look" in shown
    bare = assessment_tables.verdict(verdict(critical=None, n_needed=None))
    assert "critical" not in bare
    assert "would decide" not in bare


@pytest.mark.parametrize(
    ("missed", "says"),
    [
        (1, "93 cases would certify it with no more than 1 missed."),
        (40, "more cases alone would not certify it, for the recall found is below the target itself."),
    ],
)
def test_what_certifies_is_only_said_where_more_cases_would(missed: int, says: str) -> None:
    critical = CriticalRecall(
        status="NOT_CERTIFIABLE",
        target=0.95,
        recall=clopper_pearson(40 - missed, 40, 0.9),
        cases=40,
        missed=missed,
        cases_needed=93,
    )
    assert says in assessment_tables.verdict(verdict(critical=critical))


def test_break_even_says_assumed_and_never_certain() -> None:
    shown = assessment_tables.break_even(costs())

    assert "from **1,223 requests a month** on. What the tuned model gets wrong is **assumed**." in shown
    assert [row.rpartition("|")[0].rpartition("|")[2].strip() for row in re.findall(r"^\| [\d,]+ \|.*", shown, re.M)] == [
        "< 0.01", "0.26", "> 0.99",
    ]  # fmt: skip
    assert "| 1,200 |" in shown
    assert "price, read 2026-11-01" in shown
    # The most telling input first.
    assert shown.index("| all |") < shown.index("| much |") < shown.index("| little |")
    assert "| all | 1 | 600 | 3 | never |" in shown
    assert "**never** cheaper" in assessment_tables.break_even(costs(requests=None))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1200.000000000000", "1,200"),
        ("0.5", "0.5"),
        ("0", "0"),
        ("0.000000150000", "1.5e-07"),
        ("0.123456789000", "0.1235"),
        ("1E+3", "1,000"),
    ],
)
def test_amount_has_as_few_digits_as_say_it(value: str, shown: str) -> None:
    assert assessment_tables.amount(Decimal(value)) == shown


def test_foreign_text_cannot_add_cells_links_or_headings() -> None:
    pages = [
        assessment_tables.rungs([rung(HOSTILE).model_copy(update={"metric": HOSTILE})]),
        assessment_tables.differences([difference(HOSTILE).model_copy(update={"test": HOSTILE})]),
        assessment_tables.errors([category(HOSTILE)]),
        assessment_tables.verdict(verdict(HOSTILE)),
        assessment_tables.break_even(costs(HOSTILE)),
    ]
    for page in pages:
        tokens = PARSER.parse(page)
        kinds = {token.type for token in tokens} | {
            child.type for token in tokens for child in token.children or ()
        }
        assert not kinds & {"heading_open", "link_open", "image", "html_inline", "html_block", "code_inline"}
        assert "@owner" not in page
