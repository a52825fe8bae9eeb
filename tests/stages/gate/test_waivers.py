"""What a person looked at opens the gate for that file until its day, and nothing else does."""

from dataclasses import replace
from decimal import Decimal

import pytest

from clinft.artifacts.audit import Authenticity, Provenance
from clinft.spec.policy import ProjectPolicy, Role, Waiver
from clinft.spec.statement import Statement
from clinft.stages.gate import GateInputs, decide
from tests.fakes.gate_inputs import TRAIN, audit, blocking, codes, priced, waiver, with_policy

HIGH = replace(TRAIN, audit=audit("HIGH"))
TWO = replace(TRAIN, audit=audit("HIGH", "HIGH", "LOW"))


def waived(inputs: GateInputs, *waivers: Waiver) -> GateInputs:
    return with_policy(inputs, waivers=waivers)


def test_a_waiver_opens_the_gate_and_is_named() -> None:
    decision = decide(waived(HIGH, waiver()))
    assert decision.allowed
    assert decision.reasons == ()
    assert decision.waived == ("0000000000000001",)
    assert decision.waivers == (waiver(),)


def test_every_high_finding_needs_its_own() -> None:
    half = waived(TWO, waiver(1))
    assert blocking(half) == ["CLINFT-G001"]
    assert "1 HIGH without a waiver" in decide(half).reasons[0].message
    assert decide(half).waived == ("0000000000000001",)
    whole = decide(waived(TWO, waiver(2), waiver(1)))
    assert whole.allowed
    assert set(whole.waived) == {"0000000000000001", "0000000000000002"}


@pytest.mark.parametrize(
    ("what", "changes", "says"),
    [
        ("the day before", {"expires": "2026-11-23"}, "it expired on 2026-11-23"),
        ("other bytes", {"file_sha256": "8" * 64}, "the file has changed"),
        ("to come", {"given": "2026-11-25", "expires": "2026-11-30"}, "it is dated 2026-11-25"),
        ("not of the role", {"owner": "ada"}, "its owner does not hold the role privacy"),
    ],
)
def test_a_waiver_that_does_not_count_says_why(what: str, changes: dict[str, str], says: str) -> None:
    inputs = waived(HIGH, waiver(**changes))
    assert blocking(inputs) == ["CLINFT-G001"], what
    note = decide(inputs).reasons[0]
    assert (note.code, note.blocks, note.way_out != "") == ("CLINFT-G017", False, True)
    assert f"finding 0000000000000001 does not count: {says}" in note.message
    assert (decide(inputs).waived, decide(inputs).waivers) == ((), ())


@pytest.mark.parametrize("expires", ["2026-11-24", "2026-11-25", "2027-01-13"])
def test_it_counts_on_its_last_day(expires: str) -> None:
    assert decide(waived(HIGH, waiver(expires=expires))).allowed


@pytest.mark.parametrize("owner", ["sam", "SAM", "Sam"])
def test_its_owner_is_compared_without_case(owner: str) -> None:
    assert decide(waived(HIGH, waiver(owner=owner))).allowed


def test_its_owner_holds_the_projects_own_role() -> None:
    own = {"demo": ProjectPolicy(roles={"privacy": Role(people=("lee",))})}
    assert codes(with_policy(waived(HIGH, waiver()), projects=own)) == ["CLINFT-G017", "CLINFT-G001"]
    assert codes(with_policy(waived(HIGH, waiver(owner="lee")), projects=own)) == []


def test_a_critical_finding_cannot_be_waived() -> None:
    inputs = waived(replace(TRAIN, audit=audit("CRITICAL")), waiver())
    assert codes(inputs) == ["CLINFT-G017", "CLINFT-G001"]
    assert "CRITICAL findings cannot be waived" in decide(inputs).reasons[0].message


def test_a_critical_finding_blocks_although_every_high_one_is_waived() -> None:
    inputs = waived(replace(TRAIN, audit=audit("HIGH", "CRITICAL")), waiver(1))
    assert blocking(inputs) == ["CLINFT-G001"]
    assert decide(inputs).reasons[0].message == "The audit did not pass: 1 CRITICAL."


@pytest.mark.parametrize("changes", [{"project": "other"}, {"finding": "f" * 16}])
def test_a_waiver_of_something_else_is_not_mentioned(changes: dict[str, str]) -> None:
    assert codes(waived(HIGH, waiver(**changes))) == ["CLINFT-G001"]


def test_a_good_waiver_makes_an_old_one_of_the_same_finding_silent() -> None:
    old, new = waiver(expires="2026-11-01"), waiver()
    assert codes(waived(HIGH, old, new)) == codes(waived(HIGH, new, old)) == []


def test_the_same_waiver_twice_covers_one_finding() -> None:
    assert blocking(waived(TWO, waiver(1), waiver(1))) == ["CLINFT-G001"]


def test_findings_that_are_not_listed_cannot_be_waived() -> None:
    # An audit lists the first 1,000; the rest has no id that anybody could have looked at.
    listed = audit(*["HIGH"] * 1000)
    counted = listed.model_copy(update={"by_severity": {**listed.by_severity, "HIGH": 1001}})
    waivers = tuple(waiver(number) for number in range(1, 1001))
    assert decide(waived(replace(TRAIN, audit=listed), *waivers)).allowed
    more = waived(replace(TRAIN, audit=counted), *waivers)
    assert blocking(more) == ["CLINFT-G001"]
    assert "1 HIGH without a waiver" in decide(more).reasons[0].message


def test_a_fail_that_no_finding_explains_blocks() -> None:
    inputs = waived(replace(TRAIN, audit=audit()), waiver())
    assert blocking(inputs) == ["CLINFT-G001"]
    assert decide(inputs).reasons[0].message == "The audit did not pass: see its findings."


def test_a_waiver_of_a_file_that_was_not_scanned_does_not_count() -> None:
    unscanned = replace(TRAIN, audit=audit("HIGH", files_scanned={"prompt/prompt.md": "7" * 64}))
    assert codes(waived(unscanned, waiver())) == ["CLINFT-G017", "CLINFT-G001"]


def test_a_waiver_or_a_price_after_the_approval_voids_no_approval() -> None:
    shown = replace(HIGH, shown_usd=Decimal("1.10"))
    assert decide(waived(shown, waiver())).allowed
    assert decide(priced(waived(shown, waiver()), "1.10")).allowed
    assert blocking(priced(waived(shown, waiver()), "1.11")) == ["CLINFT-G026"]
    assert blocking(priced(waived(replace(shown, shown_usd=None), waiver()), "10.01")) == ["CLINFT-G006"]


@pytest.mark.parametrize("authors", [{"sam"}, {"ada", "sam"}])
def test_an_author_of_the_plan_waives_nothing(authors: set[str]) -> None:
    inputs = replace(waived(HIGH, waiver(owner="SAM")), authors=frozenset(authors))
    assert blocking(inputs) == ["CLINFT-G001"]
    assert "its owner is an author of the plan" in decide(inputs).reasons[0].message
    assert decide(replace(inputs, authors=frozenset({"ada"}))).allowed


@pytest.mark.parametrize(("verdict", "code"), [("DECLINED", "CLINFT-G062"), ("INVALID", "CLINFT-G063")])
def test_nothing_waives_an_audit_that_doubts(verdict: str, code: str) -> None:
    doubtful = audit("HIGH").model_copy(update={"verdict": verdict})
    assert blocking(waived(replace(TRAIN, audit=doubtful), waiver())) == [code]


@pytest.mark.parametrize(
    ("reviewer", "authors", "refused"),
    [("sam", set(), False), ("SAM", {"ada"}, False), ("sam", {"sam"}, True), ("ada", set(), True)],
)
def test_a_statement_counts_from_a_reviewer_of_the_role_who_is_no_author(
    reviewer: str, authors: set[str], refused: bool
) -> None:
    given = Statement(
        file_sha256="a" * 64,
        how_made="written by a model",
        author="lee",
        reviewer=reviewer,
        date="2026-11-20",
    )
    source = Provenance(origin="frozen", statements=(given,))
    report = audit().model_copy(update={"authenticity": Authenticity(provenance=source)})
    inputs = replace(TRAIN, audit=report, authors=frozenset(authors))
    assert ("CLINFT-G064" in blocking(inputs)) is refused
