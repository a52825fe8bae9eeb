"""The composite action that any repository can use: a step that fails where an identifier lies in a file."""

from pathlib import Path

from tests.e2e.act import assert_jobs, run_workflow
from tests.e2e.pull_requests import LIKE_GITHUB, NO_PIP, compiled
from tests.e2e.repository import Repository
from tests.fakes.github.server import GitHubServer
from tests.fakes.identifiers import PLANTED

WORKFLOW = """\
name: audit
on: push
permissions: {}
jobs:
  clean:
    runs-on: ubuntu-latest
    steps:
      - &checkout
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - uses: ./.github/actions/audit
        with: {path: notes/clean.jsonl}
  leaks:
    runs-on: ubuntu-latest
    steps:
      - *checkout
      - uses: ./.github/actions/audit
        with: {path: notes}
"""
CLEAN = '{"text": "Cough for two days. No fever. Rest and fluids were advised."}\n'
IDENTIFIER = next(value for letter, _, value, _ in PLANTED if letter == "G")
LEAKS = f'{{"text": "Cough for two days. SSN {IDENTIFIER} on the form."}}\n'


def test_a_step_of_any_repository_fails_where_an_identifier_lies(
    server: GitHubServer, tmp_path: Path
) -> None:
    repository = Repository(server, tmp_path / "repository")
    before = str(server.repo.ref("refs/heads/main"))
    files = {"notes/clean.jsonl": CLEAN, "notes/leaks.jsonl": LEAKS}
    repository.commit("main", {".github/workflows/audit.yml": WORKFLOW, **files})
    event = repository.push_event(before)
    done = run_workflow(
        workflow="audit.yml",
        server=server,
        run_id=5,
        tmp=tmp_path,
        env={**LIKE_GITHUB, **NO_PIP, **compiled()},
        **event,
    )
    assert_jobs(done, {"clean": "success", "leaks": "failure"})
    assert "notes/leaks.jsonl" in done.log
    assert "PASS" in done.log
    assert IDENTIFIER not in done.log
