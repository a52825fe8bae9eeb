"""The harness must see what goes wrong, or every test that stands on it proves nothing."""

from pathlib import Path

import pytest

from tests.e2e.act import Run, assert_jobs, run_workflow
from tests.e2e.permissions import permissions_check
from tests.e2e.repository import PEOPLE, Repository
from tests.fakes.github.server import Call, GitHubServer

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
UPLOAD = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"
DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"
TINY = ".github/workflows/tiny.yml"
HEAD = "name: tiny\non: push\npermissions: {}\ndefaults: {run: {shell: bash}}\njobs:\n"


def run(server: GitHubServer, tmp_path: Path, jobs: str, edits: dict[str, str] | None = None) -> Run:
    repository = Repository(server, tmp_path / "repository", files={"README.md": "tiny"})
    before = str(server.repo.ref("refs/heads/main"))
    repository.commit("main", {TINY: HEAD + jobs, **(edits or {})})
    event = repository.push_event(before)
    return run_workflow(workflow="tiny.yml", server=server, run_id=5, tmp=tmp_path, **event)


def test_a_failing_step_and_all_it_said_is_seen(server: GitHubServer, tmp_path: Path) -> None:
    done = run(
        server,
        tmp_path,
        """\
  fails:
    runs-on: ubuntu-latest
    steps:
      - id: says
        run: |
          echo "## Bad" >> "$GITHUB_STEP_SUMMARY"; echo "answer=42" >> "$GITHUB_OUTPUT"
          echo "::error file=a.yaml,line=3::too bad"; echo "home is $HOME"
      - run: exit 3
      - run: echo never
  waits:
    needs: fails
    runs-on: ubuntu-latest
    steps: [{run: "true"}]
  reports:
    needs: fails
    if: always()
    runs-on: [self-hosted, linux, gpu]
    steps: [{run: "true"}]
""",
    )
    assert_jobs(done, {"fails": "failure", "reports": "success"})
    with pytest.raises(AssertionError):
        assert_jobs(done, {"fails": "success", "reports": "success"})
    assert [(one.step, one.result) for one in done.steps if one.job == "fails"] == [
        ("says", "success"),
        ("1", "failure"),
    ]
    assert done.summaries == {"fails": "## Bad\n"}
    assert [(one.level, one.message, one.properties["line"]) for one in done.annotations] == [
        ("error", "too bad", "3")
    ]
    assert done.outputs == {"fails": {"answer": "42"}}
    assert f"home is {tmp_path}" in done.log
    assert done.exit_code == 1


def test_a_job_that_act_skips_silently_is_an_error(server: GitHubServer, tmp_path: Path) -> None:
    done = run(server, tmp_path, "  lost:\n    runs-on: no-such-machine\n    steps: [{run: 'true'}]\n")
    assert (done.exit_code, done.jobs) == (0, {})
    with pytest.raises(AssertionError, match="did not run at all: \\['lost'\\]"):
        assert_jobs(done, {"lost": "success"})


def test_artifacts_and_checkouts_are_real(server: GitHubServer, tmp_path: Path) -> None:
    done = run(
        server,
        tmp_path,
        f"""\
  makes:
    runs-on: ubuntu-latest
    steps:
      - uses: {CHECKOUT}
        with: {{ref: main, path: base, fetch-depth: 0, persist-credentials: false}}
      - run: |
          test "$(git -C base rev-list --count HEAD)" = 2
          if git -C base push --quiet origin HEAD:refs/heads/stolen; then exit 1; fi
          mkdir out; cp base/a.txt out; echo hidden > out/.b
      - uses: {UPLOAD}
        with: {{name: result, path: out, if-no-files-found: error}}
  takes:
    needs: makes
    runs-on: ubuntu-latest
    steps:
      - uses: {DOWNLOAD}
        with: {{name: result, path: in}}
      - run: test "$(ls -A in)" = a.txt && grep -q "from main" in/a.txt
  pushes:
    needs: takes
    runs-on: ubuntu-latest
    steps:
      - uses: {CHECKOUT}
      - run: git push --quiet origin HEAD:refs/heads/results
""",
        {"a.txt": "from main\n"},
    )
    assert_jobs(done, {"makes": "success", "takes": "success", "pushes": "success"})
    assert server.repo.ref("refs/heads/results") == server.repo.ref("refs/heads/main")
    assert (done.artifacts / "5" / "result" / "a.txt").read_text() == "from main\n"
    calls = {(one.job, one.operation_id) for one in server.git_log}
    assert calls == {
        ("makes", "git/upload-pack"),
        ("pushes", "git/upload-pack"),
        ("pushes", "git/receive-pack"),
    }


def test_the_set_up_action_installs_beside_the_developers_packages(
    server: GitHubServer, tmp_path: Path
) -> None:
    action = """\
name: Set up
description: For the test
runs:
  using: composite
  steps:
    - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97
      with: {python-version: "3.11"}
    - shell: bash
      run: pip install --quiet --no-deps ./package
"""
    package = '[project]\nname = "clinft"\nversion = "99"\n[tool.setuptools]\npy-modules = ["clinft"]\n'
    jobs = f"""\
  sets_up:
    runs-on: ubuntu-latest
    steps:
      - uses: {CHECKOUT}
      - name: Named
        uses: ./.github/actions/setup
      - run: test "$(python -c 'import clinft, pydantic; print(clinft.WHERE)')" = engine
"""
    files = {"package/pyproject.toml": package, "package/clinft.py": "WHERE = 'engine'\n"}
    done = run(server, tmp_path, jobs, {".github/actions/setup/action.yml": action, **files})
    assert_jobs(done, {"sets_up": "success"})
    assert 0 < done.seconds_installing < done.seconds
    import clinft

    assert clinft.__version__ != "99"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{uses: somebody/else@v1}", "somebody/else, which has no stand-in"),
        ("{uses: actions/cache@v5, with: {path: a, kee: b}}", "which its stand-in does not know"),
    ],
)
def test_an_action_without_a_stand_in_is_an_error(
    server: GitHubServer, tmp_path: Path, step: str, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        run(server, tmp_path, f"  uses:\n    runs-on: ubuntu-latest\n    steps: [{step}]\n")


def test_permissions_are_compared_with_what_was_called(tmp_path: Path) -> None:
    def call(job: str, operation_id: str) -> Call:
        return Call("POST", "/", {}, operation_id, job, 201)

    file = tmp_path / "w.yml"
    file.write_text("permissions: {}\njobs: {a: {permissions: {pull-requests: write}}, b: {}}\n")
    permissions_check([call("a", "issues/create-comment"), call("b", "repos/get")], file)
    for log, said in (
        ([call("b", "issues/create-comment")], "job b calls issues/create-comment without issues: write or"),
        ([call("a", "repos/create-commit-status")], "without statuses: write"),
        ([call("a", "repos/delete")], "no row for repos/delete"),
        ([call("", "repos/get")], "an unnamed client"),
    ):
        with pytest.raises(AssertionError, match=said):
            permissions_check(log, file)


def test_events_look_like_those_of_github(server: GitHubServer, tmp_path: Path) -> None:
    repository = Repository(server, tmp_path / "repository")
    old = str(server.repo.ref("refs/heads/main"))
    head = repository.branch("feat", {"projects/new/project.yaml": "x: 1\n"})
    server.open_pull(7, "feat")
    event = repository.pull_request_event(7)
    assert event["payload"]["pull_request"]["head"]["sha"] == head
    assert event["payload"]["repository"]["full_name"] == "hosp/clinft"
    assert (event["tree"] / "projects/new/project.yaml").read_text() == "x: 1\n"
    assert not (event["tree"] / "tests").exists()
    assert PEOPLE["ml"][0] in (event["tree"] / ".github/clinft.yml").read_text()
    assert server.repo.show(event["sha"]).parents == (old, head)
    head = repository.commit("feat", {"projects/new/project.yaml": None}, author="bob")
    assert repository.pull_request_event(7, "synchronize")["payload"]["pull_request"]["head"]["sha"] == head
    queued = repository.merge_group_event(7)
    assert queued["payload"]["merge_group"]["head_ref"].startswith("refs/heads/gh-readonly-queue/main/pr-7-")
    merged = server.merge_pull(7, "squash", by="bob")
    pushed = repository.push_event(old)
    assert (pushed["sha"], pushed["payload"]["after"], pushed["ref"]) == (merged, merged, "refs/heads/main")
    foreign = repository.fork_head(8, {"a": "b"})
    server.open_pull(8, "patch-1", author="mallory", fork=True)
    assert repository.payload(8)["pull_request"]["head"]["repo"]["fork"]
    assert server.head_sha(server.pulls[8]) == foreign


@pytest.mark.parametrize("event", ["pull_request", "merge_group", "workflow_dispatch"])
def test_each_event_checks_out_its_own_commit(server: GitHubServer, tmp_path: Path, event: str) -> None:
    jobs = f"""\
  looks:
    runs-on: ubuntu-latest
    permissions: {{contents: read}}
    steps:
      - uses: {CHECKOUT}
        with: {{persist-credentials: false}}
      - run: |
          test "$GITHUB_EVENT_NAME" = {event}
          echo "sha=$(git rev-parse HEAD)" >> "$GITHUB_OUTPUT"
          echo "ref=$GITHUB_REF sha=$GITHUB_SHA actor=$GITHUB_ACTOR"
"""
    text = HEAD.replace("on: push", f"on: {event}") + jobs
    repository = Repository(server, tmp_path / "repository", files={TINY: text})
    repository.branch("feat", {"a": "b"})
    server.open_pull(7, "feat")
    started = {
        "pull_request": repository.pull_request_event,
        "merge_group": repository.merge_group_event,
        "workflow_dispatch": lambda _: repository.dispatch_event({}),
    }[event](7)
    done = run_workflow(workflow="tiny.yml", server=server, run_id=5, tmp=tmp_path, **started)
    assert_jobs(done, {"looks": "success"})
    assert done.outputs["looks"]["sha"] == started["sha"]
    assert f"ref={started['ref']} sha={started['sha']} actor=alice" in done.log
    permissions_check(server.git_log, started["tree"] / TINY)
