"""Every reason stands alone, with its code and a way out; nothing else closes the gate."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from clinft.spec.eligibility import Eligibility, Endpoint, ProviderPolicy
from clinft.spec.policy import BudgetPolicy, ProjectPolicy, Role
from clinft.spec.sinks import Sink
from clinft.stages.gate import GateInputs, decide, no, refused_for_other_reasons, with_approvals
from clinft.stages.gate.inputs import Lifecycle, note
from tests.fakes.gate_inputs import (
    INPUTS,
    PREPARED,
    TRAIN,
    approval,
    audit,
    blocking,
    codes,
    priced,
    reviewed,
    with_policy,
    with_spec,
)

HOSTED = with_spec(
    INPUTS,
    training={
        "provider": "openai",
        "base_model": "gpt-4.1-mini-2025-04-14",
        "method": "supervised",
        "region": "us",
    },
)
NOTIFIED = with_spec(INPUTS, notify=["ml-channel"])


def facts(review_by: str = "2026-11-24", *regions: str) -> Eligibility:
    return Eligibility(owner="Privacy Office", review_by=review_by, regions=regions)


def hosted(
    eligibility: Eligibility | None, inputs: GateInputs = HOSTED, region: str | None = "us"
) -> GateInputs:
    openai = Endpoint(
        provider="openai", url="https://api.openai.com/v1", region=region, eligibility=facts("2027-01-01")
    )
    providers = {"openai": ProviderPolicy(eligibility=eligibility)}
    return with_policy(inputs, providers=providers, endpoints={"openai": openai})


def sink(eligibility: Eligibility) -> GateInputs:
    return with_policy(
        NOTIFIED, sinks={"ml-channel": Sink(kind="slack", description="#ml", eligibility=eligibility)}
    )


def monthly(spent: str, month: int = 200) -> GateInputs:
    budgets = BudgetPolicy(per_run_usd=Decimal(50), per_month_usd=Decimal(month))
    return replace(with_policy(INPUTS, budgets=budgets), spent_this_month_usd=Decimal(spent))


def increased(previous: str | None, percent: int | None = 50) -> GateInputs:
    """Against an upper estimate of 1.05 USD."""
    budgets = INPUTS.policy.budgets.model_copy(update={"max_increase_percent": percent})
    before = None if previous is None else Decimal(previous)
    return replace(with_policy(INPUTS, budgets=budgets), previous_usd=before)


def lives(training: date | None = None, serving: date | None = None) -> GateInputs:
    return replace(INPUTS, lifecycle=Lifecycle(training, serving, "the provider's page", "2026-11-01"))


def against_advice(mode: str = "train", has_reason: bool = False, role: str = "ml") -> GateInputs:
    said = [reviewed("ml", "ada"), reviewed("privacy", "sam")]
    said = [one.model_copy(update={"has_reason": has_reason and one.role == role}) for one in said]
    local = replace(INPUTS, prompt_sufficient=True)
    return local if mode == "local" else replace(local, mode="train", approvals=said)


REFUSED = [
    ("the audit found a CRITICAL", 1, replace(INPUTS, audit=audit("CRITICAL"))),
    ("the audit found a HIGH", 1, replace(INPUTS, audit=audit("HIGH"))),
    ("an audited file has changed", 2, replace(INPUTS, audit_is_current=False)),
    ("splits share styles", 3, replace(INPUTS, prepared=PREPARED.model_copy(update={"shared_styles": 1}))),
    ("splits share scenarios", 3, replace(INPUTS, prepared=PREPARED.model_copy(update={"shared_scenarios": 1}))),
    ("a baseline without margins", 4,
     replace(with_spec(INPUTS, regression={"margins": []}), baseline_run_id="0123456789ab-a1")),
    ("an estimate of another plan", 5, priced(INPUTS, "1.05", plan_digest="9" * 64)),
    ("above the spec's budget", 6, priced(INPUTS, "10.01")),
    ("above the policy's budget", 7, priced(with_spec(INPUTS, budget={"max_usd": 1000}), "50.01")),
    ("longer than the spec allows", 8, priced(INPUTS, "1.05", minutes_upper=24 * 60.0 + 0.1)),
    ("an unlisted provider", 9, with_policy(INPUTS, providers={"peft": ProviderPolicy()})),
    ("an unlisted runner", 10, with_policy(INPUTS, runners={})),
    ("nobody approved on the laptop", 11, replace(INPUTS, approvals=())),
    ("one role is missing", 11, replace(TRAIN, approvals=TRAIN.approvals[:1])),
    ("no local approvals", 14, with_policy(INPUTS, local_approval=False)),
    ("a local word on GitHub", 15, replace(TRAIN, approvals=(approval("ml", "ada"), reviewed("privacy", "sam")))),
    ("an interactive word on GitHub", 15,
     replace(TRAIN, approvals=(*TRAIN.approvals, approval("ml", "bob", kind="interactive")))),
    ("one person in two roles", 16,
     replace(TRAIN, approvals=(reviewed("ml", "ada"), reviewed("privacy", "Ada")))),
    ("the month is used up", 18, monthly("198.96")),
    ("the cost rises too much", 19, increased("0.69")),
    ("no rise allowed", 19, increased("1.04", percent=0)),
    ("a hosted provider without facts", 21, hosted(None)),
    ("facts to be reviewed yesterday", 21, hosted(facts("2026-11-23"))),
    ("a region the facts do not list", 21, hosted(facts("2026-11-24", "eu", "ca"))),
    ("a sink whose facts are old", 21, sink(facts("2026-11-23"))),
    ("training ended yesterday", 22, lives(training=date(2026, 11, 23))),
    ("serving ended yesterday", 22, lives(serving=date(2026, 11, 23))),
    ("an unlisted sink", 24, NOTIFIED),
    ("against the assessment's advice", 25, against_advice()),
    ("advice answered in another role", 25, against_advice(has_reason=True, role="privacy")),
    ("answers that nobody can judge", 73, with_spec(INPUTS, task={"kind": "generation", "labels": []})),
    ("an evaluation model that is not listed", 75, with_spec(INPUTS, evaluation={"also": ["other-model"]})),
    ("a judge that is not listed", 75, with_spec(INPUTS, evaluation={"judge": "other-model"})),
    ("dearer than shown", 26, replace(priced(INPUTS, "1.06"), shown_usd=Decimal("1.05"))),
]  # fmt: skip
OPEN = {
    "nothing stands against it": INPUTS,
    "two people approved on GitHub": TRAIN,
    "MEDIUM findings": replace(INPUTS, audit=audit("MEDIUM", "LOW", verdict="PASS")),
    "a baseline with margins": replace(INPUTS, baseline_run_id="0123456789ab-a1"),
    "no margins but no baseline": with_spec(INPUTS, regression={"margins": []}),
    "exactly the spec's budget": priced(INPUTS, "10.00"),
    "exactly the policy's budget": priced(with_spec(INPUTS, budget={"max_usd": 1000}), "50.00"),
    "exactly the spec's hours": priced(INPUTS, "1.05", minutes_upper=24 * 60.0),
    "the month just suffices": monthly("198.95"),
    "no plan before": increased(None),
    "before it was free": increased("0"),
    "no limit on the rise": increased("0.01", percent=None),
    "exactly the rise that is allowed": increased("0.70"),
    "facts until today": hosted(facts("2026-11-24")),
    "a region the facts list": hosted(facts("2026-11-24", "eu", "us")),
    "a sink with facts": sink(facts()),
    "training ends in 181 days": lives(training=date(2027, 5, 24)),
    "no end is known": lives(),
    "advice answered by ml": against_advice(has_reason=True),
    "advice on a laptop": against_advice("local"),
    "as dear as shown": replace(INPUTS, shown_usd=Decimal("1.05")),
    "not shown": replace(INPUTS, shown_usd=None),
}


@pytest.mark.parametrize(("number", "inputs"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_each_refusal_stands_alone_with_its_code_and_a_way_out(number: int, inputs: GateInputs) -> None:
    decision = decide(inputs)
    assert not decision.allowed
    assert [reason.code for reason in decision.reasons] == [f"CLINFT-G{number:03d}"]
    assert all(reason.blocks and reason.message and reason.way_out for reason in decision.reasons)


def test_every_code_of_a_project_has_a_row_above_or_a_test_of_its_own() -> None:
    elsewhere = {12, 13, 17, 20, 23}  # GitHub unreadable; other plans; waivers; unused; ends soon
    assert {number for _, number, _ in REFUSED} | elsewhere == {*range(1, 27), 73, 75}


@pytest.mark.parametrize("what", OPEN)
def test_the_gate_is_open_where(what: str) -> None:
    decision = decide(OPEN[what])
    assert decision.reasons == ()
    assert decision.allowed


BUYING = {6, 7, 8, 18, 19, 22, 26}


@pytest.mark.parametrize(("number", "inputs"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_about_buying_only_is_told_of_a_job_that_is_paid(number: int, inputs: GateInputs) -> None:
    """Data, places, roles and approvals decide as ever."""
    decision = decide(replace(inputs, paid=True))
    assert [reason.code for reason in decision.reasons] == [f"CLINFT-G{number:03d}"]
    assert decision.allowed is (number in BUYING)


def test_only_missing_people_are_pending() -> None:
    pending = {number for _, number, inputs in REFUSED if not decide(inputs).refused}
    assert pending == {11, 16, 25}


def test_a_decision_freezes_what_it_rests_on() -> None:
    decision = decide(replace(TRAIN, shown_usd=Decimal("1.10")))
    digests = (
        decision.prepare_digest,
        decision.audit_digest,
        decision.estimate_digest,
        decision.policy_sha256,
    )
    assert digests == ("4" * 64, "5" * 64, "6" * 64, "3" * 64)
    assert (decision.plan_digest, decision.mode) == (TRAIN.plan_digest, "train")
    assert decision.approvals == tuple(TRAIN.approvals)
    assert decision.required_roles == ("ml", "privacy")


@pytest.mark.parametrize(
    ("spec", "run", "shown", "bound"),
    [(10, 50, "7", "7"), (10, 50, None, "10"), (100, 50, "70", "50"), (0, 50, "7", "0")],
)
def test_the_cost_bound_is_the_lowest_of_all(spec: int, run: int, shown: str | None, bound: str) -> None:
    budgets = BudgetPolicy(per_run_usd=Decimal(run), per_month_usd=Decimal(200))
    inputs = with_policy(with_spec(INPUTS, budget={"max_usd": spec}), budgets=budgets)
    decision = decide(replace(inputs, shown_usd=None if shown is None else Decimal(shown)))
    assert decision.cost_bound_usd == Decimal(bound)


@pytest.mark.parametrize("ends", ["training", "serving"])
@pytest.mark.parametrize(
    ("last_day", "expected"),
    [
        (date(2026, 11, 23), ["CLINFT-G022"]),
        (date(2026, 11, 24), ["CLINFT-G023"]),
        (date(2026, 11, 25), ["CLINFT-G023"]),
        (date(2027, 5, 23), ["CLINFT-G023"]),
        (date(2027, 5, 24), []),
    ],
)
def test_a_model_works_on_its_last_day_and_half_a_year_before_it_are_told(
    ends: str, last_day: date, expected: list[str]
) -> None:
    inputs = lives(**{ends: last_day})
    assert codes(inputs) == expected
    assert decide(inputs).allowed is (expected != ["CLINFT-G022"])
    assert all("the provider's page, read 2026-11-01" in reason.message for reason in decide(inputs).reasons)


def test_a_plan_that_can_be_trained_but_soon_not_served_says_both() -> None:
    assert codes(lives(training=date(2026, 11, 23), serving=date(2026, 12, 24))) == [
        "CLINFT-G022",
        "CLINFT-G023",
    ]


def test_where_regions_are_listed_no_region_is_unknown_and_refused() -> None:
    nowhere = with_spec(
        INPUTS,
        training={"provider": "openai", "base_model": "gpt-4.1-mini-2025-04-14", "method": "supervised"},
    )
    assert blocking(hosted(facts("2026-11-24", "us"), nowhere, None)) == ["CLINFT-G021"]


def test_a_sink_has_no_region_of_its_own() -> None:
    assert codes(sink(facts("2026-11-24", "us"))) == []


def test_an_approval_of_another_plan_is_left_out_and_said() -> None:
    voided = replace(
        TRAIN, approvals=(*TRAIN.approvals[:1], reviewed("privacy", "sam", plan_digest="8" * 64))
    )
    assert blocking(voided) == ["CLINFT-G011"]
    assert codes(voided) == ["CLINFT-G013", "CLINFT-G011"]


def test_several_refusals_are_all_said() -> None:
    everything = priced(replace(INPUTS, audit=audit("HIGH"), audit_is_current=False, approvals=()), "10.01")
    assert blocking(everything) == [f"CLINFT-G{n:03d}" for n in (1, 2, 6, 11)]


def test_what_was_found_in_reviews_is_part_of_the_decision() -> None:
    said = (note(13, "old", "again"), no(48, "unknown", "add it"))
    assert codes(replace(TRAIN, review_reasons=said)) == ["CLINFT-G013", "CLINFT-G048"]
    assert blocking(replace(TRAIN, review_reasons=said)) == ["CLINFT-G048"]


@pytest.mark.parametrize(("given", "open_"), [(1, False), (2, True)])
def test_a_role_may_need_several_people(given: int, open_: bool) -> None:
    roles = {**TRAIN.policy.roles, "privacy": Role(people=("sam", "lee"), approvals=2)}
    people = [reviewed("privacy", person) for person in ("sam", "lee")[:given]]
    inputs = replace(with_policy(TRAIN, roles=roles), approvals=(TRAIN.approvals[0], *people))
    assert decide(inputs).allowed is open_
    assert [r.message for r in decide(inputs).reasons] == (
        [] if open_ else ["1 of 2 people have approved this in the role privacy."]
    )


def test_one_person_twice_in_a_role_is_one_person() -> None:
    roles = {**TRAIN.policy.roles, "privacy": Role(people=("sam", "kim"), approvals=2)}
    twice = (*TRAIN.approvals, reviewed("privacy", "SAM", review_id=2))
    assert blocking(replace(with_policy(TRAIN, roles=roles), approvals=twice)) == ["CLINFT-G011"]


def test_a_project_may_need_other_roles() -> None:
    own = with_policy(TRAIN, projects={"demo": ProjectPolicy(required_roles=("ml", "clinical"))})
    assert decide(own).required_roles == ("ml", "clinical")
    assert [(r.code, r.role, r.pending) for r in decide(own).reasons] == [("CLINFT-G011", "clinical", True)]
    assert decide(replace(own, approvals=(*TRAIN.approvals[:1], reviewed("clinical", "lee")))).allowed


def test_a_project_may_need_more_people_of_a_role() -> None:
    own = with_policy(
        TRAIN, projects={"demo": ProjectPolicy(roles={"ml": Role(people=("ada", "bo"), approvals=2)})}
    )
    assert blocking(own) == ["CLINFT-G011"]


def test_a_project_may_cost_less_and_other_projects_do_not_count() -> None:
    less = ProjectPolicy(per_run_usd=Decimal("1.04"))
    assert blocking(with_policy(INPUTS, projects={"demo": less})) == ["CLINFT-G007"]
    assert codes(with_policy(INPUTS, projects={"other": less})) == []
    assert decide(with_policy(INPUTS, projects={"demo": less})).cost_bound_usd == Decimal("1.04")


def test_roles_of_the_policy_before_the_merge_count_where_they_are_given() -> None:
    now = with_policy(TRAIN, required_roles=("ml",))
    assert blocking(replace(now, required={"ml": 1, "clinical": 1})) == ["CLINFT-G011"]
    assert decide(replace(now, required={"ml": 1, "clinical": 1})).required_roles == ("ml", "clinical")


@pytest.mark.parametrize("mode", ["pull_request", "merge_group", "train"])
def test_missing_approvals_are_pending_wherever_github_asks(mode: str) -> None:
    decision = decide(replace(TRAIN, mode=mode, approvals=()))
    assert [(r.code, r.role) for r in decision.reasons] == [("CLINFT-G011", "ml"), ("CLINFT-G011", "privacy")]
    assert not decision.allowed
    assert not decision.refused


def test_on_github_a_laptop_is_not_needed() -> None:
    assert decide(with_policy(TRAIN, local_approval=False)).allowed


def test_people_are_not_asked_about_a_plan_that_is_refused_anyway() -> None:
    assert refused_for_other_reasons(replace(INPUTS, audit=audit("HIGH"), approvals=()))
    assert not refused_for_other_reasons(replace(INPUTS, approvals=()))
    assert not refused_for_other_reasons(lives(training=date(2026, 11, 25)))


def test_approvals_are_laid_over_the_rest() -> None:
    assert with_approvals(replace(TRAIN, approvals=()), TRAIN.approvals) == TRAIN
