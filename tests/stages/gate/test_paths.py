"""Every path means one thing, and what nobody has named may change what judges."""

from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.artifacts.pull_request import PathKind
from clinft.ports.history import Difference
from clinft.stages.gate.paths import changed_path, classify, plan_paths

NEUTRAL = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE")


@pytest.mark.parametrize(
    ("path", "kind", "project"),
    [
        ("projects/demo/project.yaml", "plan", "demo"),
        ("projects/demo/domain.yaml", "plan", "demo"),
        ("projects/demo/prompt/domain.yaml", "plan", "demo"),
        ("projects/demo/old/domain.yaml", "document", "demo"),
        ("projects/demo/prompt/prompt.md", "plan", "demo"),
        ("projects/demo/prompt/deep/er.txt", "plan", "demo"),
        ("projects/demo/synthetic/records.jsonl", "plan", "demo"),
        ("projects/demo/baseline/evaluate.json", "plan", "demo"),
        ("projects/demo/baselines/x", "document", "demo"),
        ("projects/demo/deployment.yaml", "deployment", "demo"),
        ("projects/demo/data/records/train.jsonl", "data", "demo"),
        ("projects/demo/runs/0123456789ab-a1/record.json", "evidence", "demo"),
        ("projects/demo/research/brief.json", "evidence", "demo"),
        ("projects/demo/assess.json", "evidence", "demo"),
        ("projects/demo/MODEL_CARD.md", "evidence", "demo"),
        ("projects/tracking/runs.csv", "evidence", None),
        ("projects/demo/notes.md", "document", "demo"),
        ("projects/demo/old/project.yaml", "document", "demo"),
        ("projects/demo/Project.yaml", "document", "demo"),
        ("projects/demo/project.yaml.orig", "document", "demo"),
        ("projects/demo/prompt", "document", "demo"),  # a link in place of the folder
        ("projects/demo/promptly/x", "document", "demo"),
        ("projects/demo", "document", None),  # a link or a submodule in place of the project
        ("projects", "engine", None),
        ("projects/", "engine", None),
        ("Projects/demo/project.yaml", "engine", None),
        ("projects//project.yaml", "engine", None),
        (".github/clinft.yml", "policy", None),
        (".github/clinft.yaml", "engine", None),
        (".github/workflows/checks.yml", "engine", None),
        (".github/CODEOWNERS", "engine", None),
        ("clinft/stages/gate/reviews.py", "engine", None),
        ("schemas/policy.schema.json", "engine", None),
        ("pyproject.toml", "engine", None),
        ("tests/conftest.py", "engine", None),
        ("sitecustomize.py", "engine", None),
        ("README.md", "neutral", None),
        ("docs/gate-codes.md", "neutral", None),
        ("docs", "engine", None),
        ("docs.py", "engine", None),
        ("clinft/README.md", "engine", None),
        ("readme.md", "engine", None),
        ("LICENSE", "neutral", None),
    ],
)
def test_what_a_path_means(path: str, kind: str, project: str | None) -> None:
    assert classify(path) == (kind, project)


segments = st.one_of(
    st.sampled_from(
        ("projects", "docs", ".github", "clinft.yml", "workflows", "clinft", "demo", "tracking", "runs", "data",
         "prompt", "synthetic", "research", "project.yaml", "deployment.yaml", "assess.json", "..", ".", *NEUTRAL)
    ),
    st.text(min_size=1, max_size=8).filter(lambda text: "/" not in text and "\0" not in text),
)  # fmt: skip
paths = st.lists(segments, min_size=1, max_size=5).map("/".join)


@settings(max_examples=500, deadline=None)
@given(paths)
@example("projects/demo/data\nx")
@example("projects/de\nmo/project.yaml")
def test_every_path_has_one_kind_and_only_named_places_are_harmless(path: str) -> None:
    kind, project = classify(path)
    assert kind in get_args(PathKind)
    assert (kind == "neutral") == (path in NEUTRAL or path.startswith("docs/"))
    assert (kind == "policy") == (path == ".github/clinft.yml")
    if kind not in ("neutral", "policy", "engine"):
        assert path.startswith("projects/")
    if project is not None:
        assert path.startswith(f"projects/{project}/")
        assert "/" not in project


@settings(max_examples=200, deadline=None)
@given(paths.filter(lambda path: path != "clinft.yml"))
def test_whatever_lies_below_github_judges(path: str) -> None:
    assert classify(f".github/{path}") == ("engine", None)


@settings(max_examples=200, deadline=None)
@given(paths)
@example("prompt/.github")
def test_only_plan_paths_are_plan(path: str) -> None:
    wanted = plan_paths("demo")
    inside = f"projects/demo/{path}"
    below = any(inside.startswith(f"{folder}/") for folder in wanted if not folder.endswith(".yaml"))
    hidden = any(part.startswith(".") for part in path.split("/"))
    assert (classify(inside)[0] == "plan") == (inside in wanted[:2] or (below and not hidden))


def test_a_projects_plan_is_made_of() -> None:
    assert plan_paths("demo") == (
        "projects/demo/domain.yaml",
        "projects/demo/project.yaml",
        "projects/demo/prompt",
        "projects/demo/synthetic",
        "projects/demo/baseline",
    )


@pytest.mark.parametrize(
    ("mode", "link"),
    [("100644", False), ("100755", False), ("000000", False), ("120000", True), ("160000", True)],
)
def test_links_and_submodules_are_told(mode: str, link: bool) -> None:
    found = changed_path(Difference("projects/demo/prompt", "M", mode))
    assert (found.link, found.kind, found.project, found.status) == (link, "document", "demo", "M")
