"""docs/scale.md: its workflow is one that GitHub would take, with the actions of this repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml


@pytest.fixture
def workflow(repository: Path) -> str:
    (found,) = re.findall(r"```yaml\n(.*?)```", (repository / "docs" / "scale.md").read_text(), re.DOTALL)
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize(
    "tool", [("actionlint",), ("zizmor", "--offline", "--no-progress", "--quiet", "--persona", "pedantic")]
)
def test_the_workflow_pleases_the_linters(
    workflow: str, repository: Path, tmp_path: Path, tool: tuple[str, ...]
) -> None:
    # Local actions are looked up from the root of a repository.
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".github" / "actions").symlink_to(repository / ".github" / "actions")
    (folder / "audit-shards.yml").write_text(workflow)
    (tmp_path / ".github" / "zizmor.yml").symlink_to(repository / ".github" / "zizmor.yml")
    binary = Path(sys.executable).parent / tool[0]
    done = subprocess.run(
        [binary, *tool[1:], folder / "audit-shards.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_shard_is_asked_for_and_actions_are_pinned_as_elsewhere(
    workflow: str, repository: Path
) -> None:
    spec = yaml.safe_load(workflow)
    shards = spec["jobs"]["shard"]["strategy"]["matrix"]["shard"]
    assert shards == list(range(int(spec["env"]["SHARDS"])))
    pinned = re.findall(r"uses: (actions/\S+@[0-9a-f]{40})", workflow)
    checks = (repository / ".github" / "workflows" / "checks.yml").read_text()
    assert pinned
    assert all(one in checks for one in pinned)
