"""What a dispatch names, and calls that mean two things: refused before anything is done."""

from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


def flat(text: str) -> str:
    """On one line, however the terminal broke it."""
    return " ".join(text.split())


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
