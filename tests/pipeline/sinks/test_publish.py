"""`clinft publish --run` on a laptop: only what the protected branch holds; a dry run reaches nothing."""

import json
import os
from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.committed_runs import commit_run, evaluate_again
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
    path = GOLDEN / f"dry_run_{only}.txt"
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
    (run / "project.yaml").write_text("changed: by hand\n")
    (run / "more.txt").write_text("more\n")
    done = clinft("publish", "--run", str(run), "--only", "slack", "--dry-run")
    assert done.exit_code == 1
    assert "is on main, but lies here otherwise: 1 file changed, 1 added, 0 missing" in flat(done.output)


def test_a_run_that_is_not_merged_is_told_apart(hospital: Hospital, here: Path) -> None:
    hospital.write()
    commit(here)
    new = commit_run(here / "projects", "demo/bbbbbbbbbbbb-a1")
    done = clinft("publish", "--run", str(new), "--dry-run")
    assert done.exit_code == 1
    assert "projects/demo/runs/bbbbbbbbbbbb-a1 is not on main" in flat(done.output)


@pytest.mark.parametrize(
    ("named", "says", "points"),
    [
        ("projects/demo/runs/cccccccccccc-a1", "There is no folder", "git pull"),
        ("projects/demo", "is a project, not a run", "projects/demo/runs/aaaaaaaaaaaa-a1"),
        ("projects/demo/runs", "holds a project's runs", "projects/demo/runs/aaaaaaaaaaaa-a1"),
        ("aaaaaaaaaaaa-a1", "is the id of a run", "projects/demo/runs/aaaaaaaaaaaa-a1"),
        ("dddddddddddd-a1", "is the id of a run", "No run of this id lies here"),
        ("projects/demo/project.yaml", "is a file", "projects/<name>/runs"),
        ("projects/demo/runs/aaaaaaaaaaaa-a1/again/01", "made again", "projects/demo/runs/aaaaaaaaaaaa-a1."),
        ("projects", "is no run's folder", "projects/<name>/runs"),
    ],
)
def test_what_is_no_run_is_told_apart(
    hospital: Hospital, here: Path, named: str, says: str, points: str
) -> None:
    hospital.write()
    evaluate_again(Path(run_folder_of(here)))
    done = clinft("publish", "--run", named, "--dry-run")
    assert done.exit_code == 2
    assert says in flat(done.output)
    assert points in flat(done.output)


def test_errors_of_the_policy_show_where_people_know_it(hospital: Hospital, here: Path) -> None:
    hospital.write()
    policy = here / ".github/clinft.yml"
    policy.write_text(policy.read_text().replace("kind: slack", "kind: slakc"))
    commit(here)
    done = clinft("publish", "--run", run_folder_of(here), "--dry-run")
    assert done.exit_code == 2
    assert "\n.github/clinft.yml:" in f"\n{done.output}"
    assert "sinks.channel.kind" in done.output
    assert "clinft-publish-" not in done.output


def test_another_attempt_at_the_plan_is_not_told_of(hospital: Hospital, here: Path) -> None:
    hospital.write()
    second = commit_run(here / "projects", "demo/aaaaaaaaaaaa-a2")
    commit(here)
    done = clinft("publish", "--run", str(second), "--only", "slack", "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    assert "aaaaaaaaaaaa-a2" in done.stdout
    assert "aaaaaaaaaaaa-a1" not in done.stdout
    kinds = [json.loads(line)["what"].split()[1] for line in done.stdout.splitlines()]
    assert kinds == ["data_plan", "audit", "cost", "job", "evaluation", "regression"]


def test_json_is_exactly_what_would_be_sent_with_one_headline_for_all(
    hospital: Hospital, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SlackServer() as slack:
        sinks = sinks_of()
        sinks["channel"] |= {"url": slack.url, "channel": CHANNEL}
        hospital.write(notify=("channel",), sinks=sinks)
        commit(here)
        call = ("publish", "--run", run_folder_of(here), "--only", "slack")
        dry = clinft(*call, "--dry-run", "--json")
        monkeypatch.setenv("CLINFT_SINK_KEYS", f"{slack.host} {TOKEN}")
        sent = clinft(*call, "--json")
        assert sent.exit_code == 0, sent.output
        calls = [one for line in dry.stdout.splitlines() for one in json.loads(line)["sends"]]
        written = [one for one in slack.requests if one.method in ("chat.postMessage", "chat.update")]
        [top] = slack.top()
        told = json.loads(json.dumps(calls).replace("<ts of the message above>", top.ts))
        assert told == [{"method": one.method, "arguments": one.arguments} for one in written]
        states = [json.loads(line)["state"] for line in sent.stdout.splitlines()]
        assert states == ["sent"] * 6


def test_people_read_plain_text_and_the_summary_is_markdown(
    hospital: Hospital, here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hospital.write()
    commit(here)
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    done = clinft("publish", "--run", run_folder_of(here), "--only", "slack", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "channel: message data_plan of demo\n" in done.stdout
    assert "\\" not in done.stdout
    assert "```" not in done.stdout
    assert "### channel: message data\\_plan of demo" in summary.read_text()


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
    assert "names no sink of the kind slack that the policy lists" in flat(done.output)
    assert "only what was merged is agreed to" in flat(done.output)


def test_without_a_kind_no_kind_is_spoken_of(hospital: Hospital, here: Path) -> None:
    hospital.write(notify=())
    commit(here)
    done = clinft("publish", "--run", run_folder_of(here), "--dry-run")
    assert done.exit_code == 2
    assert "names no sink that the policy lists" in flat(done.output)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--only", "slack"), "go with --run"),
        (("--dry-run",), "go with --run"),
        (("--json",), "go with --run"),
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
