"""`clinft publish --run` on a laptop: only what the protected branch holds; a dry run reaches nothing."""

import os
from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.github.bare import identity, run_git
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.state import CHANNEL, TOKEN
from tests.pipeline.sinks.conftest import RUN, Hospital, sinks_of

WHO = {**identity("sam"), **identity("sam", role="COMMITTER")}
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def here(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A clone without a remote whose main holds the run, and a shell in it."""
    monkeypatch.setenv("CLINFT_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(hospital.root)
    run_git(hospital.root, "init", "--quiet", "--initial-branch=main")
    return hospital.root


def commit(root: Path) -> None:
    run_git(root, "add", "--all", "--force")
    run_git(root, "commit", "--quiet", "-m", "Results", env=WHO)


def run_folder_of(root: Path) -> str:
    project, run_id = RUN.split("/")
    return str(root / "projects" / project / "runs" / run_id)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("only", ["slack", "docs", "sheets"])
def test_a_dry_run_prints_what_would_be_sent_and_needs_no_key(
    hospital: Hospital, here: Path, only: str
) -> None:
    hospital.write()
    commit(here)
    done = clinft("publish", "--run", run_folder_of(here), "--only", only, "--dry-run")
    assert done.exit_code == 0, done.output
    path = GOLDEN / f"dry_run_{only}.md"
    if os.environ.get("CLINFT_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(done.stdout)
    assert done.stdout == path.read_text()


def test_what_is_not_on_the_branch_as_it_lies_here_is_refused(hospital: Hospital, here: Path) -> None:
    hospital.write()
    commit(here)
    run = Path(run_folder_of(here))
    # Git-ignored data are no evidence.
    (run / "data").mkdir()
    (run / "data" / "weights").write_text("large")
    assert clinft("publish", "--run", str(run), "--only", "slack", "--dry-run").exit_code == 0
    (run / "report.md").write_text("changed by hand\n")
    done = clinft("publish", "--run", str(run), "--only", "slack", "--dry-run")
    assert done.exit_code == 1
    assert "is not on the protected branch as it lies here" in flat(done.output)


def test_with_a_remote_its_branch_counts_and_not_the_one_here(hospital: Hospital, here: Path) -> None:
    hospital.write()
    commit(here)
    bare = here.parent / "remote.git"
    run_git(here.parent, "init", "--quiet", "--bare", str(bare))
    run_git(here, "remote", "add", "origin", str(bare))
    done = clinft("publish", "--run", run_folder_of(here), "--only", "slack", "--dry-run")
    assert done.exit_code == 2
    assert "git fetch origin" in flat(done.output)
    run_git(here, "push", "--quiet", "origin", "main")
    run_git(here, "fetch", "--quiet", "origin")
    assert clinft("publish", "--run", run_folder_of(here), "--only", "slack", "--dry-run").exit_code == 0


def test_a_sink_that_only_the_unmerged_spec_names_is_refused(hospital: Hospital, here: Path) -> None:
    hospital.write(notify=("docs",))
    commit(here)
    hospital.edit(lambda spec: spec.update(notify=["docs", "channel"]))
    done = clinft("publish", "--run", run_folder_of(here), "--only", "slack", "--dry-run")
    assert done.exit_code == 2
    assert "only what was merged is agreed to" in flat(done.output)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--only", "slack"), "go with --run"),
        (("--dry-run",), "go with --run"),
        (("--run", "x", "--results"), "given together"),
    ],
)
def test_a_call_that_means_two_things_or_nothing_is_refused(args: tuple[str, ...], says: str) -> None:
    done = clinft("publish", *args)
    assert done.exit_code == 2
    assert says in flat(done.output)


def test_it_is_sent_once_and_noted_on_this_machine(
    hospital: Hospital, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SlackServer() as slack:
        sinks = sinks_of()
        sinks["channel"] |= {"url": slack.url, "channel": CHANNEL}
        hospital.write(notify=("channel",), sinks=sinks)
        commit(here)
        call = ("publish", "--run", run_folder_of(here), "--only", "slack")
        without = clinft(*call)
        assert without.exit_code == 3
        assert "not sent" in without.output
        assert slack.top() == []
        monkeypatch.setenv("CLINFT_SINK_KEYS", f"{slack.host} {TOKEN}")
        sent = clinft(*call)
        assert sent.exit_code == 0
        [top] = slack.top()
        assert len(slack.thread(top.ts)) == 6
        assert "Nothing was due" in clinft(*call).output
        assert TOKEN not in sent.output
        assert slack.violations == []
