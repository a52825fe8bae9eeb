"""The script of docs/langsmith.md does what it says, on the files of a run."""

import json
import re
from pathlib import Path

import pytest

from tests.adapters.sinks.langsmith.conftest import line, write
from tests.fakes.langsmith.server import LangSmithServer
from tests.fakes.listening import Handler, Listening


class ChatHandler(Handler):
    def do_POST(self) -> None:  # noqa: N802  # http.server looks for this name
        self.read_body()
        said = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "chapter-1"}}
        body = {"id": "x", "object": "chat.completion", "created": 1, "model": "tuned", "choices": [said]}
        self.send(200, json.dumps(body).encode(), "application/json", {})


class ChatServer(Listening):
    def __init__(self) -> None:
        self.url = self.open_port(ChatHandler)


# The wrapper imports its own deprecated module.
@pytest.mark.filterwarnings("ignore:langsmith.wrappers._openai_agents:DeprecationWarning")
def test_the_tracing_example_traces_its_block_alone(
    server: LangSmithServer, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    text = (repository / "docs" / "langsmith.md").read_text()
    found = re.search(r"```python\n(from langsmith import Client, tracing_context.*?)```", text, re.DOTALL)
    assert found is not None
    monkeypatch.setenv("LANGSMITH_API_KEY", server.key)
    monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)
    with ChatServer() as chat:
        script = found[1].replace("http://127.0.0.1:8000", chat.url)
        after = "model.chat.completions.create(model='tuned', messages=[])\nlangsmith.flush()\nlangsmith.close()\nmodel.close()\n"
        exec(compile(script + after, "docs/langsmith.md", "exec"), {})

    (traced,) = server.runs.values()
    assert traced["inputs"]["messages"] == [{"role": "user", "content": "A synthetic note."}]
    assert "runtime" not in traced["extra"]


def test_the_script_brings_a_run_by_hand(
    server: LangSmithServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    text = (repository / "docs" / "langsmith.md").read_text()
    found = re.search(r"test_docs.py runs this -->\n```python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    run = tmp_path / "projects" / "NAME" / "runs" / "RUN"
    for folder in (run, run.parents[1] / "data" / "formatted", run.parents[1] / "data" / "records"):
        folder.mkdir(parents=True)
    for split in ("train", "validation"):
        write(run.parents[1] / "data" / "formatted" / f"{split}.jsonl", [line(0), line(1)])
    records = [json.dumps({"id": f"test-{n}", "text": "a", "target": "b"}) for n in range(3)]
    write(run.parents[1] / "data" / "records" / "test.jsonl", records)
    item = {"system": "tuned", "scoring": "generated_text", "prediction": "b", "correct": True}
    rows = [{**item, "item": f"test-{n}"} for n in range(3)] + [{**item, "item": "test-0", "system": "base"}]
    write(run / "items.jsonl", [json.dumps(row) for row in rows])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGSMITH_API_KEY", server.key)
    monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)

    exec(compile(found[1], "docs/langsmith.md", "exec"), {})

    assert (len(server.datasets), len(server.examples), len(server.sessions), len(server.runs)) == (
        1,
        7,
        1,
        3,
    )
    assert {one["score"] for one in server.feedback.values()} == {1.0}
    assert "platform" not in server.traffic.decode("utf-8", "replace").replace("v1/platform/", "")
