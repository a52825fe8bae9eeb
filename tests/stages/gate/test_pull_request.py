"""What stands against a pull request as a whole: paths that may not mix, jobs that did not run, the engine."""

from collections.abc import Iterable

import pytest

from clinft.artifacts.decision import Approval, Reason
from clinft.artifacts.pull_request import ChangedPath, ChangeSet
from clinft.ports.history import Difference
from clinft.spec.policy import Policy, Role, Waiver
from clinft.stages.gate.engine import engine_required
from clinft.stages.gate.inputs import no
from clinft.stages.gate.paths import TABLES, changed_path
from clinft.stages.gate.pull_request import (
    NEEDS,
    engine_reasons,
    invalid_reasons,
    need_reasons,
    path_reasons,
    table_reasons,
    unreadable,
)
from clinft.stages.gate.reviews import Counted
from tests.fakes.pull_request_parts import changes
from tests.fakes.specs import POLICY, merged

RUN = "projects/demo/runs/0123456789ab-a1/record.json"
SUCCESS = dict.fromkeys(NEEDS, "success")
CHECKED = {name: {"demo", "other"} for name in NEEDS[1:]}


def changed(*paths: str, status: str = "A", mode: str = "100644") -> tuple[ChangedPath, ...]:
    return tuple(changed_path(Difference(path, status, mode)) for path in paths)


def change_set(*paths: ChangedPath, from_fork: bool = False) -> ChangeSet:
    return changes(paths=paths, from_fork=from_fork)


def codes(reasons: Iterable[Reason]) -> list[str]:
    found = list(reasons)
    assert all(reason.message and reason.way_out for reason in found)
    return [reason.code.removeprefix("CLINFT-") for reason in found if reason.blocks]


@pytest.mark.parametrize(
    "paths",
    [
        (),
        ("projects/demo/project.yaml", "projects/demo/prompt/prompt.md", "projects/other/project.yaml"),
        ("projects/demo/project.yaml", "README.md", "docs/notes.md"),
        ("clinft/cli/app.py", ".github/clinft.yml", "README.md"),
        (RUN, "projects/tracking/runs.csv", "projects/demo/MODEL_CARD.md"),
        ("projects/demo/deployment.yaml",),
    ],
)
def test_these_lie_together_well(paths: tuple[str, ...]) -> None:
    assert list(path_reasons(change_set(*changed(*paths)))) == []


@pytest.mark.parametrize(
    "engine", ["clinft/cli/app.py", ".github/clinft.yml", ".github/workflows/train.yml", "x"]
)
@pytest.mark.parametrize(
    "team",
    [
        "projects/demo/project.yaml",
        "projects/demo/deployment.yaml",
        RUN,
        "projects/demo/x.md",
        "projects/tracking/x.csv",
    ],
)
def test_a_project_and_what_judges_it_never_come_together(engine: str, team: str) -> None:
    reasons = list(path_reasons(change_set(*changed(engine, team))))
    assert codes(reasons) == ["G030"]
    assert engine in reasons[0].message


def test_taking_something_away_mixes_too() -> None:
    paths = (*changed("clinft/cli/app.py"), *changed("projects/demo/notes.md", status="D", mode="000000"))
    assert codes(path_reasons(change_set(*paths))) == ["G030"]


def test_at_most_five_paths_are_named() -> None:
    engine = changed(*(f"clinft/{number}.py" for number in range(7)), "projects/demo/project.yaml")
    message = next(iter(path_reasons(change_set(*engine)))).message
    assert "clinft/4.py and 2 more" in message
    assert "clinft/5.py" not in message


@pytest.mark.parametrize("mode", ["120000", "160000"])
@pytest.mark.parametrize(
    "path", ["projects/demo/prompt", "projects/demo", "clinft/x.py", "projects/demo/runs"]
)
def test_links_are_refused(path: str, mode: str) -> None:
    assert codes(path_reasons(change_set(*changed(path, mode=mode)))) == ["G039"]


def test_a_link_among_documents_is_not_read_by_anything() -> None:
    assert codes(path_reasons(change_set(*changed("docs/x", mode="120000")))) == []


@pytest.mark.parametrize("status", ["A", "M", "T"])
def test_generated_data_is_not_committed(status: str) -> None:
    data = changed("projects/demo/data/records/train.jsonl", status=status)
    assert codes(path_reasons(change_set(*data))) == ["G040"]


def test_generated_data_may_be_removed() -> None:
    # Removing it is the way out of the refusal above.
    data = changed("projects/demo/data/records/train.jsonl", status="D", mode="000000")
    assert codes(path_reasons(change_set(*data))) == []


@pytest.mark.parametrize(("status", "refused"), [("A", False), ("M", True), ("D", True), ("T", True)])
def test_evidence_of_runs_is_only_added(status: str, refused: bool) -> None:
    assert codes(path_reasons(change_set(*changed(RUN, status=status)))) == (["G038"] if refused else [])


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("status", "refused"), [("A", False), ("M", False), ("D", True)])
def test_a_table_is_made_again_and_never_taken_away(table: str, status: str, refused: bool) -> None:
    paths = changed(f"projects/tracking/{table}", status=status)
    assert codes(path_reasons(change_set(*paths))) == (["G038"] if refused else [])


def test_what_only_looks_like_a_table_may_be_taken_away() -> None:
    # G059 asks for it.
    paths = changed("projects/tracking/approved.csv", "projects/demo/runs.csv", status="D")
    assert codes(path_reasons(change_set(*paths))) == []


def test_tables_that_are_no_view_are_named_at_most_five_of_them() -> None:
    assert list(table_reasons(())) == []
    (reason,) = table_reasons([*TABLES, "x.csv"])
    assert codes([reason]) == ["G059"]
    assert TABLES[4] in reason.message
    assert TABLES[5] not in reason.message
    assert "clinft tracking rebuild" in reason.way_out


@pytest.mark.parametrize(
    "path",
    [
        "projects/demo/MODEL_CARD.md",
        "projects/demo/research/brief.json",
        "projects/tracking/runs.csv",
        "projects/runs/assess.json",
        "projects/demo/research/runs/brief.json",
    ],
)
def test_other_evidence_is_made_again(path: str) -> None:
    assert codes(path_reasons(change_set(*changed(path, status="M")))) == []


def test_several_mistakes_are_all_said() -> None:
    paths = (
        *changed("clinft/x.py", "projects/demo/data/x"),
        *changed("projects/demo/prompt", mode="120000"),
        *changed(RUN, status="M"),
    )
    assert codes(path_reasons(change_set(*paths))) == ["G030", "G039", "G040", "G038"]


def test_a_fork_is_told_and_not_refused() -> None:
    (note,) = path_reasons(change_set(*changed("projects/demo/project.yaml"), from_fork=True))
    assert (note.code, note.blocks) == ("CLINFT-G049", False)


def test_where_every_check_succeeded_nothing_stands_against_it() -> None:
    assert list(need_reasons(SUCCESS, ("demo", "other"), CHECKED)) == []
    assert list(need_reasons(SUCCESS, (), {})) == []


@pytest.mark.parametrize("result", ["failure", "skipped", "cancelled", "", "SUCCESS", "neutral"])
@pytest.mark.parametrize("name", NEEDS)
def test_anything_but_success_is_a_no(name: str, result: str) -> None:
    (reason,) = need_reasons({**SUCCESS, name: result}, ("demo",), CHECKED)
    assert (reason.code, reason.blocks, reason.pending) == ("CLINFT-G036", True, False)
    assert reason.message == f"The check {name} ended as {result}."


@pytest.mark.parametrize("name", NEEDS)
def test_a_check_that_is_missing_is_a_no(name: str) -> None:
    needs = {other: result for other, result in SUCCESS.items() if other != name}
    (reason,) = need_reasons(needs, (), {})
    assert reason.message == f"The check {name} ended as missing."


def test_no_check_at_all_is_five_times_no() -> None:
    assert codes(need_reasons({}, (), {})) == ["G036"] * 5


@pytest.mark.parametrize("name", NEEDS[1:])
def test_success_without_a_result_is_a_no(name: str) -> None:
    (reason,) = need_reasons(SUCCESS, ("other", "demo"), {**CHECKED, name: {"unrelated"}})
    assert (reason.code, reason.blocks) == ("CLINFT-G037", True)
    assert reason.message == f"The check {name} succeeded without a result for demo, other."


def test_what_a_reason_of_its_own_explains_is_not_said_twice() -> None:
    needs = {**SUCCESS, "hipaa-audit": "explained"}
    assert list(need_reasons(needs, ("demo",), {**CHECKED, "hipaa-audit": set()})) == []
    assert codes(need_reasons({**needs, "prep": "failure"}, ("demo",), CHECKED)) == ["G036"]


def test_an_invalid_project_is_refused_whether_or_not_somebody_said_why() -> None:
    reasons = list(invalid_reasons([("demo", 2), ("other", 1), ("third", 0)]))
    assert codes(reasons) == ["G044", "G044", "G037"]
    assert reasons[0].message == "The files of demo have 2 problems."
    assert reasons[1].message == "The files of other have 1 problem."
    assert "third" in reasons[2].message
    assert list(invalid_reasons([])) == []


def engine(wanted: int, *people: str, owners: tuple[str, ...] = ()) -> tuple[dict[str, Role], dict[str, int]]:
    before = policy_with(Role.model_construct(people=people, approvals=wanted))
    after = before.model_copy(update={"waivers": tuple(map(waiver, owners))})
    return engine_required(before, after)


def policy_with(role: Role) -> Policy:
    made = Policy.model_validate(merged(POLICY, {"roles": {"ml": {}, "privacy": {}}}), strict=False)
    return made.model_copy(update={"roles": {**made.roles, "engine": role}})


def waiver(owner: str) -> Waiver:
    return Waiver(
        project="demo",
        finding="0123456789abcdef",
        file_sha256="0" * 64,
        reason="an eponym",
        owner=owner,
        given="2026-11-20",
        expires="2027-01-31",
    )


def test_before_anybody_holds_the_role_engine_changes_are_free_and_said() -> None:
    (note,) = engine_reasons(Counted((), (no(48, "unknown", "add it"),)), *engine(1, owners=("Sam",)))
    assert (note.code, note.blocks) == ("CLINFT-G050", False)


@pytest.mark.parametrize(("wanted", "said"), [(1, "approve."), (2, "approve (0 of 2 so far).")])
def test_a_change_of_the_engine_waits_for_its_role(wanted: int, said: str) -> None:
    (reason,) = engine_reasons(Counted((), ()), *engine(wanted, "ops", "two"))
    assert (reason.code, reason.blocks, reason.pending, reason.role) == ("CLINFT-G031", True, True, "engine")
    assert reason.message.endswith(said)


def agreed(*roles: str) -> tuple[Approval, ...]:
    return tuple(
        Approval(role=role, person=f"p{at}", plan_digest="b" * 64, kind="review")
        for at, role in enumerate(roles)
    )


def test_enough_approvals_settle_it_and_other_findings_stay() -> None:
    one = agreed("engine")
    assert list(engine_reasons(Counted(one, ()), *engine(1, "ada"))) == []
    assert codes(engine_reasons(Counted(one, ()), *engine(2, "ada", "bo"))) == ["G031"]
    assert codes(engine_reasons(Counted(one, (no(27, "changes", "approve"),)), *engine(1, "ada"))) == ["G027"]


def test_a_new_waiver_waits_for_each_of_its_owners() -> None:
    roles, required = engine(1, "ada", owners=("Sam", "lee", "sam"))
    assert (roles["privacy"].people, required) == (("lee", "sam"), {"engine": 1, "privacy": 2})
    half = Counted(agreed("engine", "privacy"), ())
    (reason,) = engine_reasons(half, roles, required)
    assert (reason.code, reason.pending, reason.role) == ("CLINFT-G052", True, "privacy")
    assert "lee, sam" in reason.message
    assert list(engine_reasons(Counted(agreed("engine", "privacy", "privacy"), ()), roles, required)) == []


def test_a_waiver_that_was_there_before_asks_nobody_again() -> None:
    before = policy_with(Role(people=("ada",))).model_copy(update={"waivers": (waiver("sam"),)})
    assert engine_required(before, before)[1] == {"engine": 1}
    assert engine_required(before, None)[1] == {"engine": 1}


def test_what_could_not_be_read_is_a_firm_no() -> None:
    reason = unreadable("this job has no token")
    assert (reason.code, reason.blocks, reason.pending) == ("CLINFT-G012", True, False)
