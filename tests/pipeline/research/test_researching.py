"""`clinft research` on a project: what is asked and written, how old it is, and that it is asked once."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder
from clinft.artifacts.research import ResearchBrief
from clinft.errors import DigestMismatch
from clinft.pipeline import researching
from clinft.spec.policy import Policy
from clinft.spec.research_policy import KEYLESS, ResearchPolicy
from tests.fakes.literature import PLAIN, RETRACTED, LiteratureServer
from tests.fakes.research_sources import pointed_at
from tests.fakes.specs import POLICY, write_repository
from tests.pipeline.research.conftest import Clock, payload, research, written

# What is written


def test_a_brief_rests_on_what_the_services_returned(server: LiteratureServer, project: Path) -> None:
    done = research()
    assert done.exit_code == 0, done.output
    assert set(written(project)) == {"brief.json", "brief.md"}
    brief = payload(project)
    returned = {paper.pmid for paper in server.papers} | {
        "2026-01234",
        "RxNorm 2026-11-02",
        "MeSH 2026-09-01",
    }
    assert {one.id for one in brief.references} <= returned
    assert {one.kind for one in brief.references} == {"pmid", "federal_register", "release"}
    both = next(one for one in brief.references if one.id == PLAIN.pmid)
    assert [one.source for one in both.retrieved] == ["europepmc", "pubmed"]
    assert {one.source for one in brief.asked} == {"europepmc", "pubmed", "federal_register", "releases"}
    assert all(one.answers for one in brief.asked)
    aci = next(one for one in brief.of("benchmarks") if one.text.startswith("ACI-Bench"))
    assert (aci.status, aci.references) == ("verified", ("pmid:40000010",))
    medqa = next(one for one in brief.of("benchmarks") if one.text.startswith("MedQA"))
    assert medqa.status == "unverified"
    gone = next(one for one in brief.statements if one.references == ("pmid:40000003",))
    assert gone.status == "unverified"
    assert brief.failed == ()
    for data in written(project).values():
        assert b"ABSTRACT" not in data
    assert b"\x1b" not in b"".join(written(project).values())
    assert "\u202e" not in b"".join(written(project).values()).decode()


def test_the_markdown_is_sealed_by_the_json(server: LiteratureServer, project: Path) -> None:
    research()
    artifact = run_folder.parse(project / "research" / "brief.json", ResearchBrief)
    assert researching.is_whole(artifact)
    assert artifact.stage == "research"
    assert artifact.run_id is None
    assert artifact.inputs.keys() == {"spec", "table"}


def test_the_hostile_title_is_text(server: LiteratureServer, project: Path) -> None:
    done = research()
    markdown = written(project)["brief.md"].decode()
    for text in (markdown, done.output):
        assert "@octocat" not in text
        assert "<script>" not in text
        assert "**bold**" not in text
        assert "http://evil" not in text


def test_json_is_the_artifact(server: LiteratureServer, project: Path) -> None:
    done = research("--json")
    assert json.loads(done.stdout)["payload"]["project"] == "demo"
    assert json.loads(done.stdout)["digest"] == json.loads(written(project)["brief.json"])["digest"]


def test_limit_query_and_source_are_of_the_call(server: LiteratureServer, project: Path) -> None:
    assert research("--limit", "1", "--query", '"near miss" triage', "--source", "europepmc").exit_code == 0
    asked = [one["query"][0] for one in server.of("epmc")]
    assert '"near miss" AND "triage"' in asked
    assert {one["pageSize"][0] for one in server.of("epmc") if "DOI:" not in one["query"][0]} == {"1"}
    assert {name for name, _, _ in server.asked} == {"epmc"}


def test_the_spec_chooses_sources_within_the_policy(
    server: LiteratureServer, tmp_path: Path, project: Path
) -> None:
    write_repository(tmp_path, research={"sources": ["pubmed"], "benchmarks": ["medec"], "limit": 3})
    assert research().exit_code == 0
    assert {name for name, _, _ in server.asked} == {"eutils"}
    assert len(payload(project).of("benchmarks")) == 1
    write_repository(tmp_path, research={"sources": ["arxiv"]})
    refused = research()
    assert refused.exit_code == 1
    assert "allows no question to arxiv" in " ".join(refused.output.split())


def test_a_benchmark_that_nobody_knows_is_refused_before_anything_is_asked(
    server: LiteratureServer, tmp_path: Path, project: Path
) -> None:
    write_repository(tmp_path, research={"benchmarks": ["no-such-one"]})
    refused = research()
    assert (refused.exit_code, "no-such-one" in refused.output) == (2, True)
    assert server.asked == []


@pytest.mark.parametrize("place", ["queries", "focus", "call"])
def test_what_looks_like_an_identifier_is_not_asked_of_anybody(
    place: str, server: LiteratureServer, tmp_path: Path, project: Path
) -> None:
    text = "notes of MRN 12345678"
    if place == "queries":
        write_repository(tmp_path, research={"queries": [text]})
    if place == "focus":
        write_repository(tmp_path, data={"terminology_focus": [text]})
    refused = research(*(("--query", text) if place == "call" else ()))
    assert refused.exit_code == 2
    said = " ".join(refused.output.split())
    # What stands in a spec, the spec's own reading refuses already.
    assert ("held an identifier" if place == "call" else "looks like a medical record number") in said
    assert "12345678" not in refused.output
    assert server.asked == []


def test_nothing_of_the_spec_but_domain_task_and_model_is_asked(
    server: LiteratureServer, project: Path
) -> None:
    research()
    sent = json.dumps(server.asked)
    for private in ("Tests of the pipeline", "ml-lead", "circulatory", "Name the chapter"):
        assert private not in sent


# Cache


def test_a_second_call_asks_nothing_and_writes_the_same(server: LiteratureServer, project: Path) -> None:
    research()
    first, asked = payload(project), len(server.asked)
    research()
    assert len(server.asked) == asked
    assert payload(project) == first
    Clock.time = datetime(2026, 12, 2, tzinfo=UTC)
    research()
    assert len(server.asked) == asked
    later = payload(project)
    assert (later.as_of, later.made_on) == ("2026-11-26", "2026-12-02")
    Clock.time = datetime(2026, 12, 3, tzinfo=UTC)
    research()
    assert len(server.asked) > asked
    assert payload(project).as_of == "2026-12-03"


def test_a_damaged_cache_is_asked_again(server: LiteratureServer, project: Path) -> None:
    research()
    asked = len(server.asked)
    cache = project / "data" / "research-cache"
    for path in cache.iterdir():
        path.write_bytes(path.read_bytes()[:-20])
    assert research().exit_code == 0
    assert len(server.asked) == 2 * asked


# Age


def test_the_age_is_that_of_the_oldest_answer(
    server: LiteratureServer, project: Path, opened: Callable[[], Any]
) -> None:
    assert researching.brief_of(opened()) is None
    research()
    Clock.time = datetime(2027, 5, 26, tzinfo=UTC)
    found = researching.brief_of(opened())
    assert found is not None
    digest, age, brief = found
    assert (age, brief) == (181, payload(project))
    assert digest == json.loads(written(project)["brief.json"])["digest"]


def test_a_brief_that_was_edited_is_refused(
    server: LiteratureServer, project: Path, opened: Callable[[], Any]
) -> None:
    research()
    path = project / "research" / "brief.json"
    path.write_bytes(path.read_bytes().replace(b"Small models", b"Large models"))
    with pytest.raises(DigestMismatch):
        researching.brief_of(opened())


def test_a_policy_that_says_nothing_allows_the_keyless_sources() -> None:
    policy = Policy.model_validate(POLICY, strict=False).research
    assert policy.sources == ("europepmc", "pubmed", "federal_register", "releases")
    assert (policy.max_age_days, policy.cache_days, policy.contact) == (180, 7, None)


# A model that sums up


def test_a_summary_keeps_what_cites_and_counts_the_rest(
    server: LiteratureServer, project: Path, opened: Callable[[], Any]
) -> None:
    prompts: list[str] = []

    def answer(prompt: str) -> str:
        prompts.append(prompt)
        return f"Small models read notes [pmid:{PLAIN.pmid}]. They are always right. Never was [pmid:{RETRACTED.pmid}]."

    sources = pointed_at(server, KEYLESS, ResearchPolicy(), project / "cache", date(2026, 11, 26))
    artifact = researching.of_project(opened(), sources, summarise=("a-model", answer))
    summary = artifact.payload.summary
    assert summary is not None
    assert [ids for _, ids in summary.sentences] == [(f"pmid:{PLAIN.pmid}",)]
    assert summary.dropped == 2
    assert RETRACTED.title not in prompts[0]


def test_research_changes_no_plan(
    server: LiteratureServer, tmp_path: Path, project: Path, opened: Callable[[], Any]
) -> None:
    from clinft.pipeline.plan import plan_of
    from tests.fakes.cli import clinft

    assert clinft("prepare", "projects/demo").exit_code == 0
    before = plan_of(opened())
    write_repository(tmp_path, research={"queries": ["rare disease"], "limit": 3})
    assert research().exit_code == 0
    assert clinft("prepare", "projects/demo").exit_code == 0
    assert plan_of(opened()) == before
