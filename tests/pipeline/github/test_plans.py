"""The plan of any commit: the same files are the same plan, and what is no project has none."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from clinft.adapters.git import GitHistory
from clinft.cli.changed import opener
from clinft.cli.show import Screen
from clinft.pipeline.github.plans import Plans
from clinft.spec.policy import Policy
from tests.fakes.git_objects import LINK, SUBMODULE, Content, Made
from tests.fakes.hospital import policy, project, spec
from tests.fakes.specs import PROMPT

SPEC, PROMPT_FILE = b"projects/demo/project.yaml", b"projects/demo/prompt/prompt.md"
BASE: dict[bytes, Content] = {name.encode(): text.encode() for name, text in project().items()}


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "repository")


@pytest.fixture
def plans(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plans]:
    monkeypatch.setenv("CLINFT_CACHE", str(tmp_path / "cache"))
    # Exports lie in a folder of this test, so that what is left behind can be seen.
    (tmp_path / "exports").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "exports"))
    rules = Policy.model_validate(yaml.safe_load(policy()), strict=False)
    history = GitHistory(made.folder, {**os.environ, "HOME": os.devnull})
    running = Plans(history, opener(rules, "0" * 64, Screen(json=True), "pull_request"))
    yield running
    running.close()
    assert list((tmp_path / "exports").iterdir()) == []


def test_the_same_files_are_the_same_plan_and_are_prepared_once(
    made: Made, plans: Plans, tmp_path: Path
) -> None:
    first = made.commit(BASE)
    second = made.commit(
        {**BASE, b"README.md": b"other", b"projects/demo/NOTES.md": b"n", b"projects/x/a": b"b"}, first
    )
    digest = plans.digest(first, "demo")
    assert digest is not None
    assert len(digest) == 64
    exports = len(list((tmp_path / "exports").iterdir()))
    assert plans.digest(second, "demo") == digest
    assert plans.key(first, "demo") == plans.key(second, "demo")
    assert len(list((tmp_path / "exports").iterdir())) == exports
    estimate = plans.estimate(second, "demo")
    assert estimate is not None
    assert estimate.plan_digest == digest


@pytest.mark.parametrize(
    "text",
    [
        spec() + "\n# a comment\n",
        spec(evaluation={"thresholds": [{"metric": "accuracy", "min": 0.8}]}),
        spec(regression={"margins": [{"metric": "accuracy", "margin": 0.05}]}),
        spec(summary="Other words", budget={"max_usd": 3}, documents=["model_card"]),
    ],
    ids=["comment", "threshold", "margin", "words"],
)
def test_what_changes_no_weights_changes_no_plan(made: Made, plans: Plans, text: str) -> None:
    first, second = made.commit(BASE), made.commit({**BASE, SPEC: text.encode()})
    assert plans.digest(first, "demo") == plans.digest(second, "demo")
    assert plans.key(first, "demo") != plans.key(second, "demo")


@pytest.mark.parametrize(
    "changed",
    [
        {SPEC: spec(data={"seed": 8})},
        {SPEC: spec(data={"records": 44})},
        {SPEC: spec(task={"labels": ["mental", "digestive", "respiratory", "circulatory"]})},
        {SPEC: spec(revision=2)},
        {SPEC: spec(training={"hyperparameters": {"n_epochs": 2}})},
        {SPEC: spec(training={"hyperparameters": {"seed": 1}})},
        {SPEC: spec(training={"region": "eu"})},
        {PROMPT_FILE: PROMPT.replace("Answer", "Reply")},
        {PROMPT_FILE: PROMPT + "\n"},
    ],
    ids=[
        "seed",
        "records",
        "labels",
        "revision",
        "epochs",
        "training seed",
        "region",
        "prompt",
        "prompt's end",
    ],
)
def test_what_changes_weights_changes_the_plan(made: Made, plans: Plans, changed: dict[bytes, str]) -> None:
    first = made.commit(BASE)
    second = made.commit({**BASE, **{name: text.encode() for name, text in changed.items()}})
    one, other = plans.digest(first, "demo"), plans.digest(second, "demo")
    assert one is not None
    assert other is not None
    assert one != other


@pytest.mark.parametrize(
    "changed",
    [
        {SPEC: b"version: 1\n"},
        {SPEC: b"\xff\xfe"},
        {SPEC: b"a: &a [*a]\n"},
        {SPEC: b"!!python/object/apply:os.system ['touch x']\n"},
        {SPEC: b"- training\n"},
        {SPEC: spec("other").encode()},
        {SPEC: spec(data={"source": "real"}).encode()},
        {SPEC: None},
        {SPEC: (LINK, b"../../other/project.yaml")},
        {PROMPT_FILE: None},
        {PROMPT_FILE: b""},
        {PROMPT_FILE: (LINK, b"/etc/passwd")},
        {PROMPT_FILE: (LINK, b"../project.yaml")},
        {b"projects/demo/synthetic/train.jsonl": (LINK, b"/etc/passwd")},
        {b"projects/demo/NOTES": (LINK, b"/etc/passwd")},
        {b"projects/demo/sub": (SUBMODULE, b"1" * 40)},
        {SPEC: spec(training={"base_model": "models/none"}).encode()},
        {SPEC: spec(training={"base_model": "builtin:none"}).encode()},
        {SPEC: spec(training={"base_model": "../../etc"}).encode()},
    ],
)
def test_what_is_no_valid_project_has_no_plan(
    made: Made, plans: Plans, changed: dict[bytes, Content], tmp_path: Path
) -> None:
    commit = made.commit({**BASE, **changed})
    assert plans.digest(commit, "demo") is None
    assert plans.estimate(commit, "demo") is None
    assert not list(tmp_path.rglob("x"))


@pytest.mark.parametrize("name", ["other", "", ".", "..", "*", "Demo", ":(glob)**"])
def test_a_name_that_is_no_project_has_no_plan(made: Made, plans: Plans, name: str) -> None:
    commit = made.commit(BASE)
    assert plans.digest(commit, "demo")
    assert plans.digest(commit, name) is None


def test_nothing_is_written_into_the_repository(made: Made, plans: Plans) -> None:
    commit = made.commit(BASE)
    made.git("update-ref", "refs/heads/main", commit)
    made.git("checkout", "--quiet", "main")
    before = sorted((path, path.stat().st_mtime_ns) for path in made.folder.rglob("*"))
    assert plans.estimate(commit, "demo") is not None
    after = sorted((path, path.stat().st_mtime_ns) for path in made.folder.rglob("*"))
    assert after == before
    assert not (made.folder / "projects/demo/data").exists()


def test_a_base_model_in_the_repository_is_part_of_the_plan(made: Made, plans: Plans) -> None:
    own = {**BASE, SPEC: spec(training={"provider": "peft", "base_model": "models/tiny"}).encode()}
    weights: dict[bytes, Content] = {
        b"models/tiny/config.json": b"{}",
        b"models/tiny/model.safetensors": b"first weights",
    }
    first = made.commit({**own, **weights})
    same = made.commit({**own, **weights, b"docs/a.md": b"text"}, first)
    other = made.commit({**own, **weights, b"models/tiny/model.safetensors": b"other weights"}, first)
    configured = made.commit({**own, **weights, b"models/tiny/config.json": b'{"a": 1}'}, first)
    digests = [plans.digest(commit, "demo") for commit in (first, same, other, configured)]
    assert None not in digests
    assert digests[0] == digests[1]
    assert digests[2] != digests[0]
    assert digests[3] != digests[0], "another file of the model than its weights changed"
