"""The whole loop where another trains: a team's MCP server, and a person in a console."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.fakes.cli import clinft
from tests.fakes.mcp.servers import NAME, TOKEN, on_stdio
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.openai.state import Model
from tests.fakes.specs import write_repository
from tests.pipeline.test_loop import runs

FACTS = {"owner": "Privacy Office", "review_by": "2099-01-01"}
PRICE = {"usd_per_million_training_tokens": 2, "as_of": "2026-11-01", "source": "our own list"}
BASE, TUNED = "clinic-7b", "clinic-7b-tuned"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """Where the trained model can be asked, as vLLM and many others offer it."""
    with OpenAIServer() as server:
        server.answer = lambda model, messages: "circulatory" if model != BASE else "I cannot tell."
        for name in (BASE, TUNED):
            server.models[name] = Model(name, ())
        monkeypatch.setenv("CLINFT_KEYS", f"{server.url.split('/')[2]} {server.key}\nmcp:{NAME} {TOKEN}\n")
        yield server
    assert server.violations == []


def repository(
    root: Path, answers: OpenAIServer, provider: str, policy: dict[str, Any], **training: Any
) -> Path:
    place = {"provider": provider, "url": answers.url, "eligibility": FACTS}
    whole = {
        "providers": {provider: {"eligibility": FACTS, "price": PRICE}},
        "endpoints": {"answers": place},
        "budgets": {"max_price_age_days": 3660},
        **policy,
    }
    return write_repository(root, whole, training={"provider": provider, "base_model": BASE, **training})


def ran(project: Path) -> Result:
    return clinft("run", project, "--yes")


def trained(project: Path) -> dict[str, Any]:
    (run,) = runs(project)
    found: dict[str, Any] = json.loads((run / "train.json").read_bytes())
    return found


def test_a_teams_own_server_trains_once_and_its_model_is_measured(
    tmp_path: Path, answers: OpenAIServer
) -> None:
    server = on_stdio("v2", tmp_path / "service")
    project = repository(
        tmp_path / "repository", answers, "mcp", {"mcp_servers": {NAME: server.entry}}, server=NAME
    )

    done = clinft("run", project, "--yes", "--until", "train")
    assert done.exit_code == 0, done.output
    name = trained(project)["payload"]["fine_tuned_model"]
    answers.models[name] = Model(name, ())
    done = ran(project)
    assert done.exit_code == 0, done.output
    assert len(server.calls) == 1
    made = trained(project)
    assert made["payload"]["declared_by"] == f"the MCP server {NAME}"
    assert float(made["measured"]["cost_usd"]) >= 0
    assert ran(project).exit_code == 0
    assert len(server.calls) == 1
    said = "".join(path.read_text(errors="replace") for path in project.rglob("*") if path.is_file())
    assert TOKEN not in said + done.output


def test_a_persons_word_is_taken_and_marked(tmp_path: Path, answers: OpenAIServer) -> None:
    project = repository(tmp_path / "repository", answers, "manual", {})
    waiting = ran(project)
    assert waiting.exit_code == 75, waiting.output
    assert "clinft import" in waiting.output
    assert ran(project).exit_code == 75
    assert clinft("import", project, "--job", "job-17").exit_code == 0
    metrics = tmp_path / "metrics.yaml"
    metrics.write_text(f"fine_tuned_model: {TUNED}\nsteps: 18\ntrained_tokens: 20000\n")
    told = clinft("import", project, "--metrics", metrics, "--source", "Dana of Research IT")
    assert told.exit_code == 0, told.output
    done = ran(project)
    assert done.exit_code == 0, done.output
    assert trained(project)["payload"]["declared_by"] == "Dana of Research IT"
    (run,) = runs(project)
    card = (run / "MODEL_CARD.md").read_text()
    assert "Declared by Dana of Research IT, not measured" in card
    assert len(runs(project)) == 1
