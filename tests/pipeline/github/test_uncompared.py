"""Where a model is in use, results of a new one come with a comparison or not at all."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clinft.errors import PolicyViolation
from clinft.pipeline.github.deployments import uncompared
from clinft.pipeline.github.reporting import EVIDENCE, Returned
from clinft.pipeline.github.returning import publish
from tests.fakes import run_results
from tests.fakes.committed_runs import commit_run

RUN = "bbbbbbbbbbbb-a1"


class History:
    """`there`: paths on the protected branch."""

    def __init__(self, *there: str) -> None:
        self.there = there

    def entries(self, commit: str, *paths: str) -> Sequence[str]:
        return [path for path in self.there if path in paths]


DEPLOYED = History("projects/demo/deployment.yaml")


def change(root: Path, history: History, status: str = "A", **run: Any) -> Any:
    commit_run(root / "projects", f"demo/{RUN}", **run)
    place = f"projects/demo/runs/{RUN}"
    paths = [SimpleNamespace(path=f"{place}/{name}", status=status) for name in ("record.json", "gate.json")]
    return SimpleNamespace(
        history=history,
        changes=SimpleNamespace(base_sha="a" * 40, of=lambda kind: paths),
        folder=lambda project: root / "projects" / project,
    )


def test_new_evidence_without_a_comparison_is_refused(tmp_path: Path) -> None:
    (reason,) = uncompared(change(tmp_path, DEPLOYED, regress=None), "demo")
    assert (reason.code, reason.blocks, reason.pending) == ("CLINFT-G074", True, False)
    assert RUN in reason.message


@pytest.mark.parametrize(
    ("history", "how"),
    [
        (DEPLOYED, {}),
        (History(), {"regress": None}),
        (DEPLOYED, {"regress": None, "status": "failed"}),
        (DEPLOYED, {"regress": run_results.failed_regression()}),
    ],
    ids=["compared", "nothing is deployed", "it failed before", "compared, and worse"],
)
def test_what_is_not_refused(tmp_path: Path, history: History, how: dict[str, Any]) -> None:
    run_status = how.pop("status", "succeeded")
    made = change(tmp_path, history)
    commit_run(tmp_path / "projects", f"demo/{RUN}", status=run_status, **how)
    if how.get("regress", ...) is None:
        (tmp_path / f"projects/demo/runs/{RUN}/regress.json").unlink()
    assert list(uncompared(made, "demo")) == []


def test_evidence_that_lies_there_already_is_not_judged_again(tmp_path: Path) -> None:
    assert list(uncompared(change(tmp_path, DEPLOYED, status="M", regress=None), "demo")) == []


def publishing(results: Path, history: History) -> list[str]:
    returned = Returned(
        project="demo",
        run_id=RUN,
        purpose="train",
        status="trained",
        main_sha="a" * 40,
        record="b" * 64,
    )
    main: Any = SimpleNamespace(actions=SimpleNamespace(results=results), history=history, tip="a" * 40)
    return list(publish(main, returned))


def test_publish_brings_nothing_that_was_not_compared(tmp_path: Path) -> None:
    run = commit_run(tmp_path / "projects", f"demo/{RUN}", regress=None)
    run.rename(tmp_path / EVIDENCE)
    with pytest.raises(PolicyViolation, match="was not compared with the model that is deployed"):
        publishing(tmp_path, DEPLOYED)
    # Where nothing is deployed it goes on, and asks for the journal, which is not there.
    with pytest.raises(AttributeError, match="store"):
        publishing(tmp_path, History())
