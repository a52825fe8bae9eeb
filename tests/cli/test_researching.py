"""`clinft research`: a project or a query, what is refused, and what stands where."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinft.wiring import literature
from tests.fakes.cli import clinft
from tests.fakes.literature import DOWN, OTHER, PLAIN, LiteratureServer
from tests.fakes.research_sources import wire
from tests.fakes.specs import write_repository


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LiteratureServer]:
    with LiteratureServer(PLAIN, OTHER) as running:
        wire(running, monkeypatch)
        monkeypatch.setenv("CLINFT_CACHE", str(tmp_path / "cache"))
        yield running


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_query_needs_no_project_and_no_repository(
    server: LiteratureServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = clinft("research", "--query", '"triage notes" LLM')
    assert done.exit_code == 0, done.output
    assert "# Literature brief" in done.output
    assert f"`pmid:{PLAIN.pmid}`" in done.output
    assert {name for name, _, _ in server.asked} == {"epmc", "eutils", "fr"}, "releases answer no query"
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]
    asked = len(server.asked)
    told = clinft("research", "--query", '"triage notes" LLM', "--json")
    assert json.loads(told.stdout)["project"] is None
    assert len(server.asked) == asked, "it was asked before"


def test_the_policy_of_the_repository_says_who_is_asked(
    server: LiteratureServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_repository(
        tmp_path, policy={"research": {"sources": ["europepmc"], "contact": "library@hospital.example"}}
    )
    monkeypatch.chdir(tmp_path)
    assert clinft("research", "--query", "triage").exit_code == 0
    assert {name for name, _, _ in server.asked} == {"epmc"}
    refused = clinft("research", "--query", "triage", "--source", "pubmed")
    assert refused.exit_code == 1
    assert "allows no question to pubmed" in flat(refused.output)


def test_where_nobody_answers_a_query_is_a_service_error(
    server: LiteratureServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server.instead = {name: [DOWN] * 100 for name in ("epmc", "eutils", "fr")}
    done = clinft("research", "--query", "triage")
    assert done.exit_code == 3
    said = flat(done.output)
    assert "No source of literature answered: europepmc, pubmed, federal_register." in said
    assert [said.count(f"{name}: ") for name in ("europepmc", "pubmed", "federal_register")] == [1, 1, 1]


def test_a_query_that_holds_an_identifier_is_asked_of_nobody(
    server: LiteratureServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = clinft("research", "--query", "notes of MRN 12345678")
    assert done.exit_code == 2
    assert "held an identifier" in flat(done.output)
    assert "12345678" not in done.output
    assert server.asked == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "There is nothing to ask for."),
        (("projects/demo", "--named"), "Pass one of them"),
        (("--publish",), "--publish goes with --named alone"),
        (("--named", "--publish", "--query", "x"), "--publish goes with --named alone"),
        (("--query", ""), "--query holds no word."),
        (("--query", "  "), "--query holds no word."),
        (("projects/demo", "--query", '""'), "--query holds no word."),
        (("--query", "x", "--source", "google"), "names no service"),
        (("--query", "x", "--limit", "0"), "limit"),
        (("--query", "x", "--limit", "101"), "limit"),
        (("projects/absent",), "does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_call_that_means_nothing_is_a_usage_error(
    args: tuple[str, ...],
    says: str,
    server: LiteratureServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = clinft("research", *args)
    assert done.exit_code == 2
    assert says in flat(done.output)
    assert server.asked == []


def test_keys_come_from_the_secrets_and_each_goes_to_its_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Built as they are in earnest; nothing is asked."""
    from datetime import date

    from clinft.spec.research_policy import ResearchPolicy

    monkeypatch.setenv("CLINFT_KEYS", "eutils.ncbi.nlm.nih.gov nokey-0123456789\n")
    policy = ResearchPolicy(sources=("pubmed", "europepmc"), contact="library@hospital.example")
    built = literature.sources(policy.sources, policy, tmp_path, date(2026, 11, 26))
    assert [one.name for one in built.literature] == ["pubmed", "europepmc"]
    assert built.terms is not None
    without = literature.sources(("europepmc",), policy, tmp_path, date(2026, 11, 26))
    assert without.terms is None
