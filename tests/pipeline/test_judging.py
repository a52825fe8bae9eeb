"""`clinft judge` end to end: a run of summaries on the fake model, a judge that answers over HTTP and costs money."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.adapters.training import tools
from clinft.artifacts.judgement import OUTCOMES
from clinft.cli.opening import open_context
from clinft.cli.show import Screen
from clinft.errors import SpecError
from clinft.pipeline import judging
from clinft.pipeline.judge_labels import read_labels
from tests.fakes.cli import clinft
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.specs import write_repository

ASK = "createChatCompletion"
JUDGE = "gpt-4.1-2025-04-14"
Judge = Callable[..., Any]


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
    assert running.violations == []


def write(root: Path, server: OpenAIServer, per_run_usd: str = "50", **spec: Any) -> Path:
    facts = {"owner": "Privacy Office", "review_by": "2099-01-01"}
    price = {
        "usd_per_million_input_tokens": "2",
        "usd_per_million_output_tokens": "8",
        "as_of": "2026-11-01",
        "source": "contract",
    }
    policy = {
        "providers": {"openai": {"eligibility": facts}},
        "endpoints": {"main": {"provider": "openai", "url": server.url, "eligibility": facts}},
        "evaluation_models": {
            "second-reader": {"provider": "openai", "endpoint": "main", "model": JUDGE, "price": price}
        },
        "budgets": {"per_run_usd": per_run_usd},
    }
    folder = write_repository(
        root,
        policy,
        **{
            "clinical_domain": "cardiology",
            "data": {"generator": "clinical-notes", "records": 120},
            "evaluation": {"metrics": ["score"], "judge": "second-reader"},
            "regression": {"margins": []},
            **spec,
        },
    )
    path = folder / "project.yaml"
    written = yaml.safe_load(path.read_text())
    if "task" not in spec:
        written["task"] = {"kind": "summarization", "description": "Summarise the note."}
    path.write_text(yaml.safe_dump(written, sort_keys=False))
    return folder


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory, server: OpenAIServer) -> Path:
    """The root of a repository whose project has a run with an evaluation; never changed."""
    root = tmp_path_factory.mktemp("evaluated")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GITHUB_ACTIONS", raising=False)
        done = clinft("run", write(root, server), "--yes")
    assert done.exit_code == 0, done.output
    return root


@pytest.fixture
def project(evaluated: Path, tmp_path: Path, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLINFT_KEYS", f"{server.url.split('/')[2]} {server.key}\n")
    monkeypatch.setattr(tools.time, "sleep", lambda seconds: None)
    server.requests.clear()
    server.answer = lambda model, messages: answer(messages[-1]["content"])
    root = tmp_path / "copy"
    shutil.copytree(evaluated, root)
    return root / "projects" / "demo"


def run_of(project: Path) -> Path:
    (run,) = (project / "runs").iterdir()
    return run


def parts(content: str) -> tuple[str, list[dict[str, Any]]]:
    found = dict(part.split(": ", 1) for part in content.split("\n\n"))
    return json.loads(found["Source"]), json.loads(found["Claims"])


def answer(content: str) -> str:
    """Finds the first words of the source for odd claims; says of the others that they are absent."""
    source, claims = parts(content)
    quote = " ".join(source.split()[:4])
    return json.dumps(
        [
            {"claim": one["claim"], "verdict": "supported", "quote": quote}
            if one["claim"] % 2
            else {"claim": one["claim"], "verdict": "absent", "quote": ""}
            for one in claims
        ]
    )


def asked(server: OpenAIServer) -> int:
    return len([request for request in server.asked(ASK) if request.status == 200])


def payload(project: Path) -> Any:
    return json.loads((run_of(project) / "judge.json").read_bytes())["payload"]


def test_nothing_is_asked_without_a_word(project: Path, server: OpenAIServer) -> None:
    refused = clinft("judge", project)
    assert refused.exit_code == 2
    told = " ".join(refused.output.split())
    assert "cost at most" in told
    assert "synthetic records go to" in told
    assert asked(server) == 0
    assert not (run_of(project) / "judge.json").exists()


def test_the_judge_is_asked_in_both_orders_and_its_result_stands_beside(
    project: Path, server: OpenAIServer
) -> None:
    before = {path.name: path.read_bytes() for path in run_of(project).glob("*.json")}
    done = clinft("judge", project, "--yes", "--limit", "4")
    assert done.exit_code == 0, done.output
    assert "Advice only" in done.output
    assert "No metric, threshold or verdict rests on the judge" in " ".join(done.output.split())
    found = payload(project)
    assert found["items"] == 4
    assert asked(server) == 4 * 2 * 3
    assert set(found["outcomes"]) == set(OUTCOMES)
    assert found["model"] == JUDGE
    assert found["advisory"] is True
    assert found["outcomes"]["supported"]["value"] > 0
    # Of every artifact that was there only the record changed: it lists the judge's.
    after = {path.name: path.read_bytes() for path in run_of(project).glob("*.json")}
    assert {name for name in before if before[name] != after[name]} == {"record.json"}
    verified = clinft("verify", run_of(project))
    assert verified.exit_code == 0, verified.output


def test_no_word_of_record_answer_or_judge_is_kept_outside_data(project: Path, server: OpenAIServer) -> None:
    assert clinft("judge", project, "--yes", "--limit", "3").exit_code == 0
    texts = [parts(request.body["messages"][-1]["content"]) for request in server.asked(ASK)]
    run = run_of(project)
    kept = (run / "judge.json").read_text() + (run / "judge_claims.jsonl").read_text()
    for source, claims in texts:
        assert source[:40] not in kept
        assert not any(claim["text"] in kept for claim in claims)


def test_only_prepared_records_and_kept_answers_are_sent(project: Path, server: OpenAIServer) -> None:
    assert clinft("judge", project, "--yes", "--limit", "3").exit_code == 0
    records = {
        json.loads(line)["text"]
        for line in (project / "data" / "records" / "test.jsonl").read_text().splitlines()
    }
    assert {parts(request.body["messages"][-1]["content"])[0] for request in server.asked(ASK)} <= records


def test_no_answer_is_paid_twice(project: Path, server: OpenAIServer) -> None:
    server.fail_next(ASK, 403, times=1)
    assert clinft("judge", project, "--yes", "--limit", "2").exit_code != 0
    assert clinft("judge", project, "--yes", "--limit", "2").exit_code == 0
    first = payload(project)
    assert clinft("judge", project, "--yes", "--limit", "2").exit_code == 0
    assert payload(project) == first
    assert asked(server) == 2 * 2 * 3


def test_an_answer_with_an_identifier_is_never_sent(project: Path, server: OpenAIServer) -> None:
    path = run_of(project) / "data" / "outputs" / "tuned.generated_text.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row["output"] = "The patient's SSN is 219-09-9998. He has a cough."
    rows[0]["output"] = None
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    refused = clinft("judge", project, "--yes", "--all")
    assert refused.exit_code == 2
    assert "no answer with a claim" in refused.output
    assert asked(server) == 0


def test_labels_of_people_are_written_blind_and_read_back(project: Path, server: OpenAIServer) -> None:
    done = clinft("judge", project, "--to-label", "--limit", "24")
    assert done.exit_code == 0, done.output
    assert asked(server) == 0
    path = run_of(project) / "data" / "judge-to-label.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert rows
    assert all(row["verdict"] is None and row["claim"] and row["source"] for row in rows)
    for number, row in enumerate(rows):
        row["verdict"] = "supported" if number % 2 else "absent"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    judged = clinft("judge", project, "--yes", "--limit", "24", "--labels", path)
    assert judged.exit_code == 0, judged.output
    human = payload(project)["human"]
    assert human["claims"] == len(rows)
    assert sum(sum(said.values()) for said in human["confusion"].values()) == len(rows)
    assert "kappa" in judged.output


def test_more_than_the_policy_allows_is_not_asked(
    project: Path, server: OpenAIServer, tmp_path: Path
) -> None:
    policy = project.parents[1] / ".github" / "clinft.yml"
    written = yaml.safe_load(policy.read_text())
    written["budgets"]["per_run_usd"] = "0.000001"
    policy.write_text(yaml.safe_dump(written))
    refused = clinft("judge", project, "--yes")
    assert refused.exit_code == 1
    assert "the policy allows" in " ".join(refused.output.split())
    assert asked(server) == 0


def test_a_judge_without_a_known_price_is_not_asked(project: Path, server: OpenAIServer) -> None:
    policy = project.parents[1] / ".github" / "clinft.yml"
    written = yaml.safe_load(policy.read_text())
    one = written["evaluation_models"]["second-reader"]
    one["model"] = "model-of-nobody-2026-01-01"
    del one["price"]
    policy.write_text(yaml.safe_dump(written))
    refused = clinft("judge", project, "--yes")
    assert refused.exit_code == 2, refused.output
    assert "is not known" in " ".join(refused.output.split())
    assert asked(server) == 0


def test_in_a_workflow_no_judge_is_asked(project: Path, server: OpenAIServer) -> None:
    context = open_context(project, False, Screen(json=True))
    context.mode = "train"
    context.agrees = lambda told: True
    with pytest.raises(SpecError, match="costs money"):
        judging.judge(context, judging.Call())
    assert asked(server) == 0


def test_answers_that_are_elsewhere_are_told(project: Path) -> None:
    shutil.rmtree(run_of(project) / "data" / "outputs")
    refused = clinft("judge", project, "--yes")
    assert refused.exit_code == 2
    assert "not on this machine" in refused.output


def test_labels_and_codes_need_no_judge(tmp_path: Path, server: OpenAIServer) -> None:
    folder = write_repository(tmp_path)
    refused = clinft("judge", folder)
    assert refused.exit_code == 2
    assert "needs no judge" in refused.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "no label"),
        ("[]", "no label"),
        ('{"item": "a", "verdict": "absent"}', "no label"),
        ('{"item": "a", "claim_sha256": "b", "verdict": "maybe Zyxwvut"}', "no label"),
        ('{"item": "a", "claim_sha256": "b", "verdict": ["absent"]}', "no label"),
        (
            '{"item": "a", "claim_sha256": "b", "verdict": "absent"}\n'
            '{"item": "a", "claim_sha256": "b", "verdict": "supported"}',
            "two verdicts",
        ),
    ],
)
def test_a_damaged_file_of_labels_is_refused_by_line(line: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(f"\n{line}\n")
    with pytest.raises(SpecError) as refused:
        read_labels(path)
    assert said in refused.value.what
    assert "Zyxwvut" not in str(refused.value)
    assert f"line {2 + line.count(chr(10))}" in refused.value.what


def test_lines_without_a_verdict_are_not_labelled_yet(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"item": "a", "claim_sha256": "b", "verdict": null}\n')
    assert read_labels(path) == {}
    with pytest.raises(SpecError, match="cannot be read"):
        read_labels(tmp_path / "none.jsonl")
