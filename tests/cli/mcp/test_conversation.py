"""A whole conversation through an independent client: begin, fail, correct, plan, price, gate, draft, read."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.assistant import BRANCH, RECORD, REPORT, RUN, Conversation, clone, conversation, files, refs
from tests.fakes.github.bare import run_git

# It audits a project that no other test has.
pytestmark = pytest.mark.slow
NAME = "triage"
PLACE, PROMPT = f"projects/{NAME}/project.yaml", f"projects/{NAME}/prompt/prompt.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return clone(tmp_path / "hospital", policy={"providers": {"openai": {}}})


def edited(text: str, **changes: Any) -> str:
    return yaml.safe_dump({**yaml.safe_load(text), **changes}, sort_keys=False)


def begin(talk: Conversation) -> dict[str, str]:
    assert "cardiology" in talk.tell("list_domains")["domains"]
    keys = {one["key"]: one for one in talk.tell("describe_spec", section="budget")["keys"]}
    assert keys["max_usd"]["needed"]
    begun = talk.tell("new_project", name=NAME, domain="cardiology")
    assert begun["branch"] == BRANCH
    assert talk.tell("validate", project=NAME) == {"valid": True, "problems": [], "awaited": []}
    return next(one for one in begun["files"] if one["place"] == PLACE)


def make_a_mistake(talk: Conversation, spec: dict[str, str], root: Path) -> None:
    """It is named with its place, and nothing is written."""
    wrong = spec["text"].replace("\n  provider: peft", "\n  provider: pefft")
    tried = talk.tell("draft_spec", project=NAME, spec=wrong, spec_sha256=spec["sha256"])
    problem = tried["problems"][0]
    line = 1 + wrong.splitlines().index("  provider: pefft")
    assert (tried["valid"], tried["written"]) == (False, False)
    assert (problem["file"], problem["line"], problem["column"]) == (PLACE, line, 13)
    assert "`training.provider` is not one of its values." in problem["message"]
    assert (root / PLACE).read_text() == spec["text"]


def correct(talk: Conversation, spec: dict[str, str]) -> dict[str, str]:
    """At a provider that costs more than the budget of 0 USD."""
    hosted = {
        "provider": "openai",
        "base_model": "gpt-4.1-mini-2025-04-14",
        "method": "supervised",
        "hyperparameters": {"n_epochs": 3},
    }
    data = yaml.safe_load(spec["text"])["data"] | {"records": 60}
    right = edited(spec["text"], training=hosted, data=data)
    done = talk.tell("draft_spec", project=NAME, spec=right, spec_sha256=spec["sha256"])
    assert (done["problems"], done["written"]) == ([], True)
    return next(one for one in done["files"] if one["place"] == PLACE)


def plan_and_price(talk: Conversation) -> None:
    plan = talk.tell("plan", project=NAME)
    assert (plan["state"], plan["run"], plan["plan_digest_there"]) == ("new", None, None)
    assert {"records", "prompt", "base_model"} <= {part["name"] for part in plan["covers"]}
    price = talk.tell("estimate", project=NAME)
    assert price["plan_digest"] == plan["plan_digest"]
    assert float(price["cost_usd_upper"]) > 0
    assert not price["within_budget"]


def be_refused(talk: Conversation) -> None:
    """The gate's codes are explained, each with a way out."""
    judged = talk.tell("check_gate", project=NAME)
    said = {one["code"]: one for one in judged["objections"]}
    assert not judged["opens_once_approved"]
    assert said["CLINFT-G006"]["weighs"] == "refuses"
    assert said["CLINFT-G011"]["weighs"] == "waits"
    meaning = talk.tell("explain_refusal", code="CLINFT-G006")
    assert meaning["meaning"] == "The upper estimate is above the spec's budget."
    assert "budget.max_usd" in meaning["way_out"]


def take_the_way_out(talk: Conversation, spec: dict[str, str]) -> str:
    dear = edited(spec["text"], budget={"max_usd": 20, "max_hours": 4})
    assert talk.tell("draft_spec", project=NAME, spec=dear, spec_sha256=spec["sha256"])["written"]
    assert talk.tell("estimate", project=NAME)["within_budget"]
    return dear


def draft(talk: Conversation) -> str:
    assert talk.tell("next_step", project=NAME)["state"] == "not_merged"
    drafted = talk.tell("draft_pull_request", project=NAME, title="Triage", why="Nurses asked for it.")
    assert drafted["commands"][1] == f"git push origin clinft-draft/{NAME}"
    assert drafted["approvals"] == ["ml", "privacy"]
    return str(drafted["commit"])


def read(talk: Conversation) -> None:
    report = talk.tell("read_report", project="demo", run=RUN)
    assert (report["text"], report["next_offset"]) == (REPORT, None)
    results = talk.tell("read_results", project="demo", run=RUN)
    assert results["verdict"] == "FIRST"
    assert all(one["n"] or one["missing"] for one in results["metrics"])
    text = talk.ask("readResource", uri=f"clinft://projects/demo/runs/{RUN}/report.md")["contents"][0]
    assert text["text"] == REPORT


def test_from_an_idea_to_the_draft_of_a_pull_request_and_to_reading_a_report(root: Path) -> None:
    before, branches = files(root), refs(root)
    with conversation(root, root.parent / "home") as talk:
        spec = begin(talk)
        make_a_mistake(talk, spec, root)
        spec = correct(talk, spec)
        plan_and_price(talk)
        be_refused(talk)
        written = take_the_way_out(talk, spec)
        commit = draft(talk)
        read(talk)
        heard = talk.ask("heard")

    after = files(root)
    assert {place for place in after if before.get(place) != after[place]} == {PLACE, PROMPT}
    assert refs(root) == branches | {f"refs/heads/clinft-draft/{NAME}": commit}
    assert run_git(root, "show", f"{commit}:{PLACE}").decode() == written
    assert run_git(root, "log", "-1", "--format=%an %s", commit).decode().strip() == "Ada Triage"
    assert run_git(root, "rev-parse", f"{commit}^").decode().strip() == branches["refs/heads/main"]
    assert heard["strange"] == []
    assert RECORD not in heard["log"]
