"""`clinft rescue` after a failure, a stop or a kill: what was answered is never asked, or paid, twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder
from clinft.pipeline.rescue.asking import AT_ONCE
from tests.fakes import rescue as fake
from tests.fakes.rescue_case import FILES, Case


@pytest.mark.usefixtures("audit")
def test_after_a_failure_only_what_is_missing_is_asked(case: Case) -> None:
    answer, seen = case.server.answer, []

    def tired(model: str, messages: list[dict[str, Any]]) -> str:
        seen.append(messages)
        if len(seen) == 15:
            case.server.fail_next(fake.ASK, 400)
        return answer(model, messages)

    case.server.answer = tired
    failed = case.rescue("--yes")
    assert failed.exit_code != 0
    assert "an answer of" in failed.output
    assert case.written() == set()
    answered = len(case.asked)
    assert 15 <= answered < 40
    agreed = case.rescue()
    assert f"{40 - answered} questions" in agreed.output
    done = case.rescue("--yes")
    assert done.exit_code == 0, done.output
    assert f"Asked in this call: {40 - answered};" in done.output
    assert Counter(case.asked) == Counter(one.text for one in case.held_out)


@pytest.mark.usefixtures("audit")
@pytest.mark.parametrize("whole", range(len(FILES)))
def test_a_stop_between_two_files_leaves_no_project_and_the_next_call_ends_it(
    whole: int, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = run_folder.write_atomically
    done: list[Path] = []

    def stopping(path: Path, data: bytes) -> None:
        if len(done) == whole:
            raise KeyboardInterrupt
        done.append(path)
        write(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(run_folder, "write_atomically", stopping)
        assert case.rescue("--yes").exit_code == 130
    assert "project.yaml" not in case.written()
    again = case.rescue()
    assert again.exit_code == 0, again.output
    assert "Every answer is in the journal already" in again.output
    assert case.written() == FILES
    assert len(case.asked) == 40


def killed(case: Case, after: int) -> None:
    """A process of its own, killed by the server while it waits for that answer."""
    answer, count = case.server.answer, []
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.rescue", *map(str, case.arguments("--yes"))],
        cwd=case.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )

    def deadly(model: str, messages: list[dict[str, Any]]) -> str:
        count.append(messages)
        if len(count) == after:
            os.killpg(child.pid, signal.SIGKILL)
        return answer(model, messages)

    case.server.answer = deadly
    output, _ = child.communicate(timeout=120)
    assert child.returncode == -signal.SIGKILL, output
    case.server.answer = answer


@pytest.mark.usefixtures("audit")
@pytest.mark.parametrize("after", [1, 13, 40])
def test_after_a_kill_no_answer_that_came_is_paid_twice(after: int, case: Case) -> None:
    killed(case, after)
    assert case.written() == set()
    journals = [*(case.project / "data" / "rescue").glob("*.jsonl")]
    kept = sum(journal.read_bytes().count(b"\n") for journal in journals)
    # What was under way at the kill was answered to nobody.
    assert after - AT_ONCE <= kept < after
    done = case.rescue("--yes")
    assert done.exit_code == 0, done.output
    assert f"Asked in this call: {40 - kept};" in done.output
    assert set(case.asked) == {one.text for one in case.held_out}
    assert case.written() == FILES
    # A question that was cut off in the middle is nobody's fault.
    case.server.violations[:] = [one for one in case.server.violations if "body required" not in one]
