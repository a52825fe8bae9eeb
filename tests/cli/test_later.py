"""Verbs that are not built yet: each says so, names a next step, changes nothing and ends well."""

import hashlib
from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

SINK = {
    "kind": "slack",
    "description": "a channel",
    "eligibility": {"owner": "Research IT", "review_by": "2027-03-01"},
}
SINKS = {"sinks": {"ml-channel": SINK, "ward": SINK}}


def flat(text: str) -> str:
    """On one line, however the terminal broke it."""
    return " ".join(text.split())


def files(root: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in root.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    ("args", "nothing", "instead"),
    [
        (("dashboard",), "nothing was drawn, and nothing is published", "Until then `projects/tracking/`"),
    ],
)
def test_it_says_that_nothing_was_done_and_does_nothing(
    args: tuple[str, ...], nothing: str, instead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_repository(tmp_path, policy=SINKS)
    monkeypatch.chdir(tmp_path)
    before = files(tmp_path)
    done = clinft(*args)
    said = flat(done.output)
    assert done.exit_code == 0, done.output
    assert f"clinft {args[0]}: nothing was done." in said
    assert nothing in said
    assert instead in said
    assert files(tmp_path) == before


def test_it_stands_in_the_jobs_summary_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert clinft("dashboard").exit_code == 0
    assert "nothing was done" in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize("verb", ["research", "assess"])
@pytest.mark.parametrize("text", ["", "../..", "demo\n", "Demo", "a b", "$(id)", "d", "demo/../demo"])
def test_what_is_no_projects_name_is_refused_and_not_repeated(
    verb: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_repository(tmp_path)
    (tmp_path / "event.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_EVENT_NAME": "workflow_dispatch",
        "GITHUB_REPOSITORY": "hosp/clinft",
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "GITHUB_SERVER_URL": "http://127.0.0.1:9",
        "GITHUB_RUN_ID": "1",
        "GITHUB_SHA": "0" * 40,
        "CLINFT_PROJECT": text,
    }.items():
        monkeypatch.setenv(name, value)
    done = clinft(verb, "--named")
    assert done.exit_code == 2
    assert "names no project" in done.output
    assert not text.strip() or len(text) < 3 or text not in done.output


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("research", "projects/demo", "--named"), "Pass one of them"),
        (("research", "projects/absent"), "does not exist"),
        (("assess", "projects/demo", "--named"), "one of them"),
        (("assess",), "one of them"),
        (("publish", "--results", "--assessment"), "Pass one of them"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_call_that_means_two_things_or_nothing_is_refused(
    args: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = clinft(*args)
    assert done.exit_code == 2
    assert says in flat(done.output)
