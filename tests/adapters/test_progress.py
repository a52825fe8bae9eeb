import io

import pytest
from rich.console import Console

from clinft.adapters import progress
from clinft.adapters.progress import BarProgress, LineProgress


def test_a_log_gets_a_line_every_few_seconds_and_one_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    lines: list[str] = []
    with LineProgress(lines.append).task("training", 10) as task:
        for _ in range(10):
            now[0] += 2.0
            task.advance(loss=0.25)
    assert lines == [
        "  training: 3/10, about 14 s left  loss 0.25",
        "  training: 6/10, about 8 s left  loss 0.25",
        "  training: 9/10, about 2 s left  loss 0.25",
        "  training: 10/10  loss 0.25",
    ]
    assert not any("\r" in line or "\x1b" in line for line in lines)


def test_resumed_work_estimates_from_what_it_did_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    lines: list[str] = []
    with LineProgress(lines.append).task("training", 100, done=90) as task:
        now[0] = 10.0
        task.advance(5)
    assert lines == ["  training: 95/100, about 10 s left"]


def test_a_terminal_gets_a_bar_that_leaves_nothing_behind() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100)
    bars = BarProgress(console)
    with bars.task("scoring", 3) as task:
        for _ in range(3):
            task.advance(items="[red]not markup")
    bars.note("[bold]plain")
    assert "scoring" in stream.getvalue()
    assert "[bold]plain" in stream.getvalue()


def test_a_narrow_terminal_shows_bar_time_left_and_all_fields() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, color_system=None)
    with BarProgress(console).task("training", 20) as task:
        task.advance(5, loss=0.3, learning_rate=2e-4, tokens_per_second=15_876, peak_memory_mib=75_612)
    shown = " ".join(stream.getvalue().split())
    assert "5/20" in shown
    assert "━" in shown
    assert "loss 0.3 learning_rate 0.0002 tokens_per_second 15876 peak_memory_mib 75612" in shown
