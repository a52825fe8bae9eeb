"""`clinft publish --run --only langsmith` on the machine that has the data, read back by the vendor's own client."""

from pathlib import Path

import pytest
import yaml

from tests.adapters.sinks.langsmith.conftest import Desk
from tests.fakes import finished
from tests.fakes.cli import clinft
from tests.fakes.github.bare import run_git
from tests.fakes.langsmith.server import LangSmithServer
from tests.pipeline.sinks.test_publish import WHO


def test_records_scores_and_answers_come_from_the_machine_that_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = finished.repository(tmp_path)
    run = finished.runs(project)[1]
    with LangSmithServer() as server:
        policy = tmp_path / ".github" / "clinft.yml"
        place = {"kind": "langsmith", "description": "a workspace", "url": server.url}
        facts = {"eligibility": {"owner": "Research IT", "review_by": "2099-01-01"}}
        given = yaml.safe_load(policy.read_text()) | {"sinks": {"smith": {**place, **facts}}}
        policy.write_text(yaml.safe_dump(given))
        finished.edit(project, notify=["smith"])
        (tmp_path / ".gitignore").write_text("data/\n.lock\n")
        run_git(tmp_path, "init", "--quiet", "--initial-branch=main")
        run_git(tmp_path, "add", "--all")
        run_git(tmp_path, "commit", "--quiet", "-m", "Results", env=WHO)
        monkeypatch.setenv("CLINFT_SINK_KEYS", f"{server.host} {server.key}")
        monkeypatch.setenv("CLINFT_CACHE", str(tmp_path / "cache"))

        shown = clinft("publish", "--run", run, "--only", "langsmith", "--dry-run")
        assert shown.exit_code == 0, shown.output
        assert server.requests == []
        sent = clinft("publish", "--run", run, "--only", "langsmith")
        assert sent.exit_code == 0, sent.output
        assert "not sent" not in sent.output
        reader = Desk(server).reader()
        (dataset,) = reader.list_datasets()
        records = [
            len(path.read_text().splitlines()) for path in (project / "data" / "records").glob("*.jsonl")
        ]
        assert len(list(reader.list_examples(dataset_id=dataset.id))) == sum(records) == 240
        before = len(server.requests)
        assert "Nothing was due" in clinft("publish", "--run", run, "--only", "langsmith").output
        assert len(server.requests) == before
        assert server.violations == []
