"""The same servers as processes on stdio: each call is a process of its own, and the job outlives them."""

from pathlib import Path

import pytest

from clinft.errors import SpecError
from tests.fakes.mcp.life import trains_once
from tests.fakes.mcp.requests import Desk, request_at
from tests.fakes.mcp.servers import MAPPINGS, NAME, V1, on_stdio


@pytest.mark.parametrize("kind", MAPPINGS)
def test_one_spec_trains_once(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINFT_KEYS", "api.openai.com sk-of-somebody-else")
    running = on_stdio(kind, tmp_path / "state")
    desk = Desk(tmp_path)
    trains_once(desk, request_at(running, tmp_path))
    assert set(desk.asked) == {NAME}
    given = set((running.state / "environment").read_text().split())
    assert "TRAINER_TOKEN" in given
    assert given <= {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "TRAINER_TOKEN", "LC_CTYPE"}


def test_a_server_on_this_machine_can_be_given_paths(tmp_path: Path) -> None:
    running = on_stdio("v1", tmp_path / "state")
    submit = V1["operations"]["submit"]
    rest = {name: value for name, value in submit["arguments"].items() if name not in ("dataset", "held_out")}
    paths = {"dataset_path": "${training_file}", "held_out_path": "${validation_file}"}
    running.entry = running.entry | {
        "operations": V1["operations"] | {"submit": submit | {"arguments": rest | paths}}
    }
    provider, request = Desk(tmp_path).provider(), request_at(running, tmp_path)
    job = provider.submit(request)
    assert provider.result(job.model_copy(update={"status": "succeeded"}), request).samples == 12


def test_a_server_that_needs_a_secret_is_not_started_without(tmp_path: Path) -> None:
    running = on_stdio("v2", tmp_path / "state")
    with pytest.raises(SpecError, match="Add the line `mcp:trainer"):
        Desk(tmp_path, secret=None).provider().find(request_at(running, tmp_path))
    assert not (running.state / "environment").exists()
