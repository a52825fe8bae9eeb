import io
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from clinft import wiring
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.tools import Tools
from clinft.errors import SpecError
from clinft.stages.gate import LOCAL_ROLE
from tests.fakes.gate_inputs import ESTIMATE
from tests.fakes.progress import Quiet


def test_the_repository_is_found_upwards_from_the_project(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "clinft.yml").write_text("version: 1\n")
    deep = tmp_path / "projects" / "demo"
    deep.mkdir(parents=True)
    assert wiring.find_repository(deep) == tmp_path.resolve()


def test_outside_a_repository_the_way_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="made from the template"):
        wiring.find_repository(tmp_path)


def test_an_unknown_provider_lists_the_known_ones(tmp_path: Path) -> None:
    tools = Tools(LocalModelStore(tmp_path, tmp_path, Quiet()), tmp_path)
    with pytest.raises(SpecError, match="azure_openai, fake, fake_hosted, manual, mcp, openai, peft"):
        wiring.provider_named("vertex", tools)


def test_yes_is_recorded_as_such() -> None:
    ask = wiring.approval_asker(True, Console(file=io.StringIO()))
    approval = ask(ESTIMATE, ("ml",))
    assert approval is not None
    assert (approval.role, approval.kind, approval.plan_digest, approval.at) == (
        LOCAL_ROLE,
        "yes_flag",
        ESTIMATE.plan_digest,
        None,
    )


def test_without_a_terminal_nobody_is_asked_and_nothing_is_approved() -> None:
    assert wiring.approval_asker(False, Console(file=io.StringIO()))(ESTIMATE, ("ml",)) is None


@pytest.mark.parametrize(("answer", "approves"), [("yes", True), ("y", False), ("", False), ("no", False)])
def test_a_person_at_a_terminal_must_type_yes(
    answer: str, approves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100)
    monkeypatch.setattr(wiring.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(console, "input", lambda prompt: answer)
    priced = ESTIMATE.model_copy(update={"cost_usd": Decimal("12.34")})
    approval = wiring.approval_asker(False, console)(priced, ("ml", "privacy"))
    assert (approval is not None) is approves
    assert "12.34 USD" in stream.getvalue()
    assert "ml, privacy" in stream.getvalue()
