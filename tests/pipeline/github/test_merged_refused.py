"""At train time on main: checks, prices, models, an API that fails, and words given in a workflow."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clinft import wiring
from clinft.stages.gate.merged import CHECKS
from tests.fakes.hospital import Hospital, policy, project, spec
from tests.fakes.second_page import SecondPage
from tests.fakes.specs import PROMPT

BOTH = ("mila", "petra")
Found = Callable[[str], Hospital]
ELIGIBLE = {"owner": "Privacy Office", "review_by": "2030-01-01"}
HOSTED = {"provider": "openai", "base_model": "gpt-4.1-mini-2025-04-14", "method": "supervised"}


def openai(**facts: Any) -> str:
    """A policy with one endpoint; the tables' prices may be as old as they are."""
    return policy(
        providers={"openai": facts},
        endpoints={
            "openai": {"provider": "openai", "url": "https://api.openai.com/v1", "eligibility": ELIGIBLE}
        },
        budgets={"max_price_age_days": 3660},
    )


def at(patch: pytest.MonkeyPatch, day: str) -> None:
    """The clock of this day: the only thing that is not as in a job."""

    class Then:
        def now(self) -> datetime:
            return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)

    patch.setattr(wiring, "SystemClock", Then)


def hosted(**training: Any) -> dict[str, str]:
    """At a provider who chooses the rate itself."""
    made = project(training={**HOSTED, **training})
    return {name: text.replace("    learning_rate: 0.001\n", "") for name, text in made.items()}


def ready(hospital: Hospital, files: dict[str, str] | None = None) -> str:
    """Approved and merged, with no check said to have run; the head."""
    head = hospital.pull(7, files or project(), checked=False)
    hospital.approve(7, *BOTH)
    hospital.merge(7)
    return head


def test_every_check_must_have_succeeded(hospital: Hospital) -> None:
    head = ready(hospital)
    folder = hospital.clone_of_main()
    for done in range(len(CHECKS)):
        gated = hospital.gate(folder=folder)
        assert gated.against == {"035"}
        missing = [f"{name} (missing)" for name in CHECKS[done:]]
        assert ", ".join(missing) in " ".join(gated.output.split())
        hospital.server.check_run(head, CHECKS[done], "success")
    assert hospital.gate(folder=folder).allowed
    for suite, name in enumerate(CHECKS):
        hospital.server.check_run(head, name, "failure", suite=10 + suite)
        assert hospital.gate(folder=folder).against == {"035"}
        hospital.server.check_run(head, name, "success", suite=20 + suite)
    assert hospital.gate(folder=folder).allowed


def test_only_success_of_our_own_newest_run_is_success(hospital: Hospital) -> None:
    head = ready(hospital)
    for name in CHECKS[:-1]:
        hospital.server.check_run(head, name, "success")
    folder = hospital.clone_of_main()
    # The suite is another one each time: so does GitHub for each run of a workflow.
    for suite, conclusion in enumerate(("skipped", "neutral", "cancelled"), start=2):
        hospital.server.check_run(head, "gate", conclusion, suite=suite)
        assert hospital.gate(folder=folder).against == {"035"}, conclusion
    hospital.server.check_run(head, "gate", "success", app="mallory-ci")
    hospital.server.status(head, "gate", "success")
    assert hospital.gate(folder=folder).against == {"035"}
    hospital.server.check_run(head, "gate", "success", suite=9)
    assert hospital.gate(folder=folder).allowed
    hospital.server.check_run(head, "gate", None, status="in_progress", suite=10)
    assert hospital.gate(folder=folder).against == {"035"}


def test_checks_of_another_commit_say_nothing(hospital: Hospital) -> None:
    first = hospital.pull(7, project())
    hospital.commit("branch-7", {"projects/demo/NOTES.md": "n\n"})
    hospital.approve(7, *BOTH)
    hospital.merge(7)
    assert hospital.server.check_runs[min(hospital.server.check_runs)].sha == first
    assert hospital.gate().against == {"035"}


def test_what_the_pull_request_showed_binds(found: Found) -> None:
    hospital = found(openai(eligibility=ELIGIBLE))
    at(hospital.patch, "2026-11-25")
    hospital.pull(7, hosted())
    hospital.approve(7, *BOTH)
    hospital.merge(7)
    folder = hospital.clone_of_main()
    gated = hospital.gate(folder=folder)
    assert gated.allowed, gated.output
    assert gated.decision is not None
    plan, upper = gated.decision.plan_digest, gated.decision.cost_bound_usd
    assert upper == 10  # the spec's budget: nothing was shown
    hospital.show(7, plan, "0.01")
    assert hospital.gate(folder=folder).against == {"026"}
    # Only our own status, and only of this project.
    hospital.show(7, plan, "5.00")
    hospital.show(7, plan, "0.01", login="mallory")
    hospital.show(7, "f" * 64, "0.01", name="other")
    bounded = hospital.gate(folder=folder)
    assert bounded.allowed
    assert bounded.decision is not None
    assert bounded.decision.cost_bound_usd == 5
    for text in ("", "all is well", f"{plan} at most 5 EUR", f"{plan} at most 5.00 USD "):
        hospital.show(7, text)
        assert hospital.gate(folder=folder).against == {"034"}, text


@pytest.mark.parametrize(
    ("day", "against", "notes"),
    [
        ("2026-10-01", set(), {"023"}),
        ("2026-11-25", set(), {"023"}),
        ("2027-01-06", set(), {"023"}),
        ("2027-01-07", {"022"}, {"023"}),
        ("2030-01-02", {"021", "022"}, set()),
    ],
)
def test_a_base_model_and_facts_have_an_end(
    found: Found, day: str, against: set[str], notes: set[str]
) -> None:
    hospital = found(openai(eligibility=ELIGIBLE))
    at(hospital.patch, day)
    hospital.brought(7, hosted(), *BOTH)
    gated = hospital.gate()
    assert (gated.against, gated.notes) == (against, notes)


def test_a_hosted_provider_without_facts_or_in_another_region(found: Found) -> None:
    hospital = found(openai())
    at(hospital.patch, "2026-11-25")
    hospital.brought(7, hosted(), *BOTH)
    assert hospital.gate().against == {"021"}
    hospital.brought(
        8,
        {".github/clinft.yml": openai(eligibility={**ELIGIBLE, "regions": ["eu"]})},
        "erik",
    )
    hospital.brought(9, hosted(region="us"), *BOTH)
    assert hospital.gate().against == {"021"}


def test_a_waiver_counts_that_main_holds_now(hospital: Hospital) -> None:
    at(hospital.patch, "2026-11-25")
    dated = PROMPT.replace("Chest pain", "Since 2023-03-14: chest pain")
    hospital.brought(7, {**project(), "projects/demo/prompt/prompt.md": dated}, *BOTH)
    refused = hospital.gate()
    assert (refused.exit_code, refused.decision) == (1, None)
    audit = json.loads((refused.folder / "projects/demo/data/work/audit.json").read_bytes())["payload"]
    (finding,) = (one for one in audit["findings"] if one["severity"] == "HIGH")
    waiver = {
        "project": "demo",
        "finding": finding["id"],
        "file_sha256": audit["files_scanned"][finding["file"]],
        "reason": "a fictional day",
        "owner": "petra",
        "given": "2026-11-01",
        "expires": "2026-12-01",
    }
    hospital.brought(8, {".github/clinft.yml": policy(waivers=[waiver])}, "erik")
    # A waiver speaks in its owner's name: erik alone cannot give petra's.
    assert hospital.gate().against == {"031"}
    hospital.approve(8, "petra")
    gated = hospital.gate()
    assert gated.allowed, gated.output
    assert gated.decision is not None
    assert gated.decision.waived == (finding["id"],)
    at(hospital.patch, "2026-12-02")
    assert hospital.gate().exit_code == 1
    at(hospital.patch, "2026-11-25")
    hospital.brought(9, {".github/clinft.yml": policy(waivers=[{**waiver, "owner": "mila"}])}, "erik", "mila")
    assert hospital.gate().exit_code == 1


def test_training_against_advice_needs_the_reason_of_the_ml_reviewer(hospital: Hospital) -> None:
    enough = {"thresholds": [{"metric": "accuracy", "min": 0.0}]}
    # Fewer than 20 dev records decide nothing; where an answer is critical, its least recall has to be set.
    asked = {"data": {"records": 240}, "regression": {"critical_labels": []}}
    hospital.pull(7, project(evaluation=enough, **asked))
    hospital.approve(7, "mila")
    hospital.approve(7, "petra", body="fine with me")
    hospital.merge(7)
    refused = hospital.gate()
    assert refused.against == {"025"}
    hospital.approve(7, "mila", body="the base model is retired next month")
    gated = hospital.gate()
    assert gated.allowed
    assert "retired next month" not in (gated.folder / "projects/demo/data/work/gate.json").read_text()


OPERATIONS = (
    "repos/list-pull-requests-associated-with-commit",
    "pulls/get",
    "pulls/list-reviews",
    "pulls/list-commits",
    "checks/list-for-ref",
    "repos/list-commit-statuses-for-ref",
)


def test_an_api_that_fails_never_opens_the_gate(hospital: Hospital) -> None:
    hospital.brought(7, project(), *BOTH)
    folder = hospital.clone_of_main()
    for operation in OPERATIONS:
        for status in (401, 403, 404):
            hospital.server.fail_next(operation, status)
            gated = hospital.gate(folder=folder)
            assert (gated.exit_code, gated.against, gated.approvals["approvals"]) == (1, {"012", "011"}, [])
            assert hospital.server.token not in gated.output
    assert hospital.gate(folder=folder).allowed


def test_the_second_question_may_fail_too(hospital: Hospital) -> None:
    """The pull request of the project is read; the one of the engine is not."""
    hospital.brought(6, {"new-file": "x\n"}, "erik")
    hospital.brought(7, project(), *BOTH)
    hospital.server.broken = None
    folder = hospital.clone_of_main()
    assert hospital.gate(folder=folder).allowed
    asked = [one.path for one in hospital.server.log if one.operation_id == "pulls/get"]
    assert {path[-1] for path in asked} == {"6", "7"}
    hospital.server.fail_next("pulls/get", 404)
    assert "012" in hospital.gate(folder=folder).against
    hospital.server.fail_next("pulls/list-reviews", 403)
    assert "012" in hospital.gate(folder=folder).against


def test_limits_hiccups_and_a_broken_second_page(hospital: Hospital) -> None:
    hospital.brought(7, project(), *BOTH)
    for n in range(101):
        hospital.server.review(7, f"reader-{n}", "COMMENTED")
    folder = hospital.clone_of_main()
    hospital.server.fail_next("pulls/get", 502)
    assert hospital.gate(folder=folder).allowed
    hospital.server.broken = ("pulls/list-reviews", 500)
    assert "012" in hospital.gate(folder=folder).against
    hospital.server.broken = None
    hospital.server.rate_limited = True
    limited = hospital.gate(folder=folder)
    assert "012" in limited.against
    assert "rate limit" in " ".join(limited.output.split())


@pytest.mark.parametrize("token", ["", "ghs_wrong"])
def test_without_a_good_token_nothing_opens(hospital: Hospital, token: str) -> None:
    hospital.brought(7, project(), *BOTH)
    hospital.patch.setattr(hospital.server, "token", hospital.server.token)
    folder = hospital.clone_of_main()
    hospital.enter(folder, hospital.push_event(hospital.start), token=token)
    gated = hospital.again("run", "projects/demo", "--until", "gate")
    assert gated.exit_code == 1
    assert {"012", "011"} <= gated.against


def test_a_server_that_is_gone_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SecondPage(tmp_path / "git") as server:
        hospital = Hospital(server, tmp_path / "hospital", monkeypatch, policy())
        hospital.brought(7, project(), *BOTH)
        folder = hospital.clone_of_main()
    gated = hospital.gate(folder=folder)
    assert (gated.exit_code, gated.against) == (1, {"012", "011"})


def test_words_given_in_a_workflow_approve_nothing(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.approve(7, "mila")
    hospital.merge(7)
    folder = hospital.clone_of_main()
    assert hospital.gate("demo", "--yes", folder=folder).against == {"015", "011"}
    local = hospital.call("gate", "projects/demo", "--local", folder=folder)
    assert local.exit_code == 2
    assert "--local is refused" in local.output
    assert hospital.call("gate", "projects/demo", "--local", "--yes", folder=folder).exit_code == 2
    hospital.approve(7, "petra")
    # Even where the reviews are there: whoever wrote --yes into the workflow wanted something else.
    assert hospital.gate("demo", "--yes", folder=folder).against == {"015"}
    assert hospital.gate(folder=folder).allowed


def test_an_approvals_file_of_somebody_else_is_written_over(hospital: Hospital) -> None:
    """Committed into data/ or left by another job: it is a record, never an input."""
    hospital.pull(7, project())
    hospital.merge(7)
    folder = hospital.clone_of_main()
    assert hospital.gate(folder=folder).against == {"011"}
    work = folder / "projects/demo/data/work"
    forged = (work / "approvals.json").read_text().replace('"approvals": []', '"approvals": [{"role": "ml"}]')
    (work / "approvals.json").write_text(forged)
    (work / "gate.json").write_text(
        (work / "gate.json").read_text().replace('"allowed": false', '"allowed": true')
    )
    assert hospital.call("train", "projects/demo", folder=folder).exit_code == 1
    assert hospital.gate(folder=folder).approvals["approvals"] == []
    assert not (folder / "projects/demo/runs").exists()


@pytest.mark.parametrize(
    "name", ["formatted/train.jsonl", "formatted/validation.jsonl", "records/test.jsonl"]
)
def test_one_changed_byte_after_the_audit_is_refused(hospital: Hospital, name: str) -> None:
    hospital.brought(7, project(), *BOTH)
    gated = hospital.gate()
    assert gated.allowed
    path = gated.folder / "projects/demo/data" / name
    data = bytearray(path.read_bytes())
    place = data.index(b"pa")
    data[place] = ord("q")
    path.write_bytes(bytes(data))
    assert hospital.call("gate", "projects/demo", folder=gated.folder).against == {"002"}
    if name.startswith("formatted"):
        assert hospital.call("train", "projects/demo", folder=gated.folder).exit_code == 1
        assert list(gated.folder.glob("projects/demo/runs/*/data/*")) == []


def test_train_itself_asks_for_an_open_gate(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.merge(7)
    refused = hospital.gate()
    assert hospital.call("train", "projects/demo", folder=refused.folder).exit_code == 1
    hospital.approve(7, *BOTH)
    opened = hospital.gate(folder=refused.folder)
    assert opened.allowed
    assert hospital.call("train", "projects/demo", folder=opened.folder).exit_code == 0
    assert len(list(opened.folder.glob("projects/demo/runs/*/gate.json"))) == 1
    (opened.folder / "projects/demo/project.yaml").write_text(spec(data={"seed": 8}))
    assert hospital.call("train", "projects/demo", folder=opened.folder).exit_code == 1
