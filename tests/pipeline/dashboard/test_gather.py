"""The dashboard from committed evidence: what it says, and what it leaves out because nobody can vouch for it."""

from decimal import Decimal
from pathlib import Path

import pytest

from clinft import run_folder
from clinft.artifacts.planning import CostPart
from clinft.pipeline.dashboard import build as building
from clinft.pipeline.dashboard.gather import project_at, site_of
from clinft.pipeline.dashboard.runs import files_of
from clinft.stages.report.dashboard.views import Cost, Project, Run
from tests.fakes import run_inputs, run_results
from tests.fakes.audit_reports import declined_audit
from tests.fakes.committed_runs import commit_run, entries, evaluate_again, seal, sealed
from tests.fakes.dashboards import SPEC

RUN = "demo/aaaaaaaaaaaa-a1"


@pytest.fixture(autouse=True)
def small_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "bundle", lambda: "")


def the_project(projects: Path) -> Project:
    return project_at(projects / "demo")[0]


def the_run(projects: Path) -> Run:
    (run,) = the_project(projects).runs
    return run


def steps(project: Project) -> dict[str, tuple[str, str]]:
    return {step.name: (step.state, step.detail) for step in project.steps}


def test_a_finished_run_tells_all_that_was_measured(tmp_path: Path) -> None:
    folder = commit_run(tmp_path, measured={"cost_usd": "1.25"})
    run = the_run(tmp_path)
    assert (run.status, run.provider, run.base_model) == ("succeeded", "peft", "builtin:smollm2-135m")
    assert run.main is not None
    assert run.main.tuned is not None
    assert (run.main.metric, run.main.tuned.value) == ("accuracy", 0.733)
    assert run.main.base is not None
    assert run.main.base.value == 0.3
    assert [bound.state for bound in run.bounds] == ["met", "met"]
    assert run.cost is not None
    assert run.cost.actual == Decimal("1.25")
    assert [link.stage for link in run.chain] == [
        "prepare", "audit", "estimate", "gate", "train", "evaluate", "regress", "report",
    ]  # fmt: skip
    record = run_folder.load_record(folder)
    assert record is not None
    assert run.record_digest == record.digest


def test_a_cost_is_held_against_a_bound_of_the_same_thing(tmp_path: Path) -> None:
    made = run_inputs.estimate()
    parts = (
        CostPart(what="training", usd=Decimal(10), usd_upper=Decimal(12), formula="x"),
        CostPart(what="evaluation", usd=Decimal(1), usd_upper=Decimal(3), formula="x"),
    )
    told = {"cost_usd": Decimal(10), "cost_usd_upper": Decimal(15), "evaluation_usd": Decimal(1)}
    commit_run(
        tmp_path, measured={"cost_usd": "11"}, estimate=made.model_copy(update={**told, "parts": parts})
    )
    commit_run(tmp_path, "demo/bbbbbbbbbbbb-a1", estimate=made.model_copy(update=told))
    first, earlier = the_project(tmp_path).runs
    assert first.cost == Cost(Decimal(10), Decimal(12), Decimal(11), Decimal(15), Decimal(1), None)
    assert earlier.cost is not None
    assert (earlier.cost.upper, earlier.cost.both_upper) == (None, Decimal(15))


def test_what_rests_on_likelihoods_is_told_of_label_scores(tmp_path: Path) -> None:
    commit_run(tmp_path)
    found = {one.metric: one for one in the_run(tmp_path).metrics}["perplexity"]
    assert found.tuned is not None
    assert found.base is not None
    assert (found.tuned.value, found.base.value) == (1.42, 6.2)


def test_the_steps_of_a_project_follow_its_newest_run(tmp_path: Path) -> None:
    commit_run(tmp_path)
    (tmp_path / "demo" / "deployment.yaml").write_text("run_id: aaaaaaaaaaaa-a1\n")
    told = steps(the_project(tmp_path))
    assert told["research"] == ("open", "")
    assert told["assess"] == ("open", "")
    assert told["data"] == ("done", "prepared")
    assert told["audit"] == ("done", "PASS")
    assert told["estimate"] == ("done", "training 0.00 USD")
    assert told["approval"] == ("done", "given")
    assert told["training"] == ("done", "trained")
    assert told["evaluation"] == ("done", "accuracy 0.733 [0.610, 0.829], n=60")
    assert told["regression"] == ("done", "FIRST")
    assert told["deployed"] == ("done", "this run")


def test_steps_say_what_failed_is_under_way_or_was_overtaken(tmp_path: Path) -> None:
    commit_run(tmp_path)
    gone = {"evaluate": None, "regress": None, "report": None, "train": None}
    commit_run(
        tmp_path,
        "demo/bbbbbbbbbbbb-a1",
        "2026-11-09T08:00:00+00:00",
        "failed",
        audit=declined_audit(),
        **gone,
    )
    (tmp_path / "demo" / "deployment.yaml").write_text("run_id: aaaaaaaaaaaa-a1\n")
    (tmp_path / "demo" / "research").mkdir()
    (tmp_path / "demo" / "research" / "brief.json").write_text("{}")
    run_folder.save(
        tmp_path / "demo", sealed("assess", run_results.assessment(), "2026-11-01T08:00:00+00:00")
    )
    told = steps(the_project(tmp_path))
    assert told["research"] == ("done", "brief")
    assert told["assess"] == ("done", "fine-tune")
    assert told["audit"] == ("failed", "DECLINED")
    assert told["training"] == ("failed", "failed")
    assert told["evaluation"] == ("open", "")
    assert told["deployed"] == ("attention", "an earlier run")


def test_an_assessment_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "assess.json").write_text("{}")
    assert steps(the_project(tmp_path))["assess"] == ("failed", "unreadable")


def test_a_threshold_that_is_not_met_and_a_verdict_that_fails_are_seen(tmp_path: Path) -> None:
    report = run_results.evaluation()
    bound = report.thresholds[0].model_copy(update={"met": False})
    other = report.thresholds[1].model_copy(update={"met": None})
    third = bound.model_copy(update={"certifiable": False})
    unmet = report.model_copy(update={"thresholds": (bound, other, third), "thresholds_met": False})
    commit_run(tmp_path, evaluate=unmet, regress=run_results.failed_regression())
    assert [one.state for one in the_run(tmp_path).bounds] == ["not met", "not measurable", "not certifiable"]
    told = steps(the_project(tmp_path))
    assert told["evaluation"][0] == "attention"
    assert told["regression"] == ("failed", "FAIL")


def test_the_newest_verdict_counts_where_a_run_was_evaluated_again(tmp_path: Path) -> None:
    evaluate_again(commit_run(tmp_path), regress=run_results.failed_regression())
    run = the_run(tmp_path)
    assert [(one.again, one.status) for one in run.verdicts] == [(None, "FIRST"), (1, "FAIL")]
    assert run.verdict is not None
    assert run.verdict.status == "FAIL"


def test_a_run_whose_evidence_was_changed_is_named_and_nothing_of_it_is_shown(tmp_path: Path) -> None:
    folder = commit_run(tmp_path)
    (folder / "audit.json").write_text((folder / "audit.json").read_text().replace("PASS", "FAIL"))
    site = site_of(tmp_path)
    assert site.incomplete == ("demo/aaaaaaaaaaaa-a1",)
    (run,) = site.runs
    assert (run.status, run.audit, run.metrics) == ("unreadable", None, ())
    assert files_of(folder, run) == {}


def test_documents_are_shown_only_as_the_record_has_them(tmp_path: Path) -> None:
    folder = commit_run(tmp_path)
    for name in ("report.md", "MODEL_CARD.md", "plots/loss.svg", "cards/ml_bom.cdx.json", "HIPAA_REPORT.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{name}\n")
    seal(folder, "demo", folder.name, "succeeded")
    (folder / "MODEL_CARD.md").write_text("somebody else's\n")
    (folder / "HIPAA_REPORT.md").unlink()
    (folder / "HIPAA_REPORT.md").symlink_to("/etc/hostname")
    (folder / "extra.md").write_text("not in the record\n")
    run = the_run(tmp_path)
    assert run.documents == ("HIPAA_REPORT.md", "MODEL_CARD.md")
    assert {*files_of(folder, run)} == {"report.md", "plots/loss.svg"}


def test_a_run_that_another_replaced_is_not_called_deployed(tmp_path: Path) -> None:
    folder = commit_run(tmp_path, gate=run_inputs.decision().model_copy(update={"mode": "train"}))
    record = run_folder.load_record(folder)
    assert record is not None
    from clinft.pipeline import status_files

    lived = ("queued", "running", "trained", "succeeded", "deployed", "provider_files_deleted")
    status_files.write_new(folder, entries(statuses=lived, record=record.digest))
    assert the_run(tmp_path).status == "deployed before"
    (tmp_path / "demo" / "deployment.yaml").write_text(f"run_id: {folder.name}\n")
    run = the_run(tmp_path)
    assert (run.status, run.deployed) == ("deployed", True)
    assert [event.workflow_run for event in run.events] == [4701, 4702, 4703, 4704, 4705, 4706]


def test_money_is_that_of_the_table_of_costs(tmp_path: Path) -> None:
    commit_run(tmp_path, measured={"cost_usd": "1.25"})
    commit_run(tmp_path, "other/bbbbbbbbbbbb-a1", "2026-12-01T08:00:00+00:00", measured={"cost_usd": "2"})
    site = site_of(tmp_path)
    assert [(one.month, one.actual, one.cumulative) for one in site.money.months] == [
        ("2026-11", Decimal("1.25"), Decimal("1.25")),
        ("2026-12", Decimal(2), Decimal("3.25")),
    ]
    # The evaluations' costs were not measured.
    assert (site.money.known, site.money.unknown) == (2, 2)
    assert [project.money.total for project in site.projects] == [Decimal("1.25"), Decimal(2)]


def test_a_spec_that_changed_since_the_newest_run_is_told(tmp_path: Path) -> None:
    commit_run(tmp_path)
    spec = tmp_path / "demo" / "project.yaml"
    spec.write_text("clinical_domain: general-medicine\n")
    assert not the_project(tmp_path).changed_since
    spec.write_text(SPEC.format(name="demo", summary="Sums up", domain="cardiology"))
    project = the_project(tmp_path)
    assert project.changed_since
    assert project.about["Summary"] == ("Sums up",)
    assert project.about["Out of scope"] == ("Billing without a professional's review", "Notes of children")


@pytest.mark.parametrize("spec", ["", "[", "summary: {a: b}\n", "- 1\n", "summary: 3\n"])
def test_a_spec_that_cannot_be_read_says_nothing(tmp_path: Path, spec: str) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "project.yaml").write_text(spec)
    assert the_project(tmp_path).about == {}


def test_an_end_of_the_base_model_is_told_with_its_source(tmp_path: Path) -> None:
    made = run_inputs.estimate()
    base = made.plan.base_model.model_copy(update={"ref": "gpt-4.1-mini-2025-04-14", "kind": "hosted"})
    plan = made.plan.model_copy(update={"provider": "openai", "base_model": base})
    commit_run(tmp_path, estimate=made.model_copy(update={"plan": plan, "served_until": "2027-01-01"}))
    (life,) = the_project(tmp_path).lives
    assert (life.provider, life.recorded_until, life.serving_until) == ("openai", "2027-01-01", "2027-01-13")
    assert life.source


def test_only_projects_are_projects(tmp_path: Path) -> None:
    for name in ("tracking", "Not-A-Slug", "empty", ".hidden"):
        (tmp_path / name).mkdir()
        if name != "empty":
            (tmp_path / name / "project.yaml").write_text("x: 1\n")
    (tmp_path / "linked").symlink_to(tmp_path / "tracking")
    commit_run(tmp_path)
    assert [project.name for project in site_of(tmp_path).projects] == ["demo"]


def test_of_a_project_in_quarantine_nothing_but_its_name_is_shown(tmp_path: Path) -> None:
    run = commit_run(tmp_path, RUN, measured={"cost_usd": "1.25"})
    (tmp_path / "demo" / "project.yaml").write_text("summary: TOLD\n")
    (run / "report.md").write_text("# TOLD\n")
    (tmp_path / "demo" / "MODEL_CARD.md").write_text("# TOLD\n")
    seal(run, "demo", run.name, "succeeded")
    (tmp_path / "demo" / "QUARANTINE.yaml").write_text("")
    building.build(tmp_path, tmp_path.parent / f"{tmp_path.name}-site", None)
    site = tmp_path.parent / f"{tmp_path.name}-site"
    pages = {path.relative_to(site).as_posix(): path.read_text() for path in site.rglob("*.html")}
    assert sorted(pages) == ["index.html", "projects/demo/index.html"]
    assert all("in quarantine" in page for page in pages.values())
    assert not [name for name, page in pages.items() if "TOLD" in page or run.name in page or "1.25" in page]


def test_a_folder_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    commit_run(tmp_path / "projects", RUN)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "brief.md").write_text("# elsewhere\n")
    (tmp_path / "projects" / "demo" / "research").symlink_to(tmp_path / "outside")
    assert the_project(tmp_path / "projects").documents == ()
