"""`clinft freeze` after a failure, a stop or a kill: nothing is paid twice, and nothing is half there."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.fakes import freezing as fake
from tests.fakes.freezing import Case


def test_after_a_failure_only_what_is_missing_is_asked(case: Case) -> None:
    seen = []

    def tired(messages: list[dict[str, str]]) -> str:
        seen.append(messages)
        if len(seen) == 15:
            case.server.fail_next(fake.ASK, 400)
        return fake.scribe(messages)

    case.says(tired)
    failed = case.write("--yes")
    assert failed.exit_code != 0
    assert not case.synthetic.exists()
    answered = len(case.asked)
    assert 15 <= answered < fake.RECORDS
    done = case.write("--yes")
    assert done.exit_code == 0, done.output
    assert len(case.asked) == fake.RECORDS
    asked = Counter(turns[1]["content"] for turns in case.asked)
    assert set(asked.values()) == {1}


def test_freezing_again_asks_and_pays_nothing_and_gives_the_same_records(case: Case) -> None:
    assert case.write("--yes").exit_code == 0
    before = case.snapshot()
    done = case.write("--yes", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["cost_usd"], told["records"]["train"], len(case.asked)) == ("0.000000", 24, fake.RECORDS)
    assert case.snapshot() == before


@pytest.mark.parametrize("step", ["aside", "in place"])
def test_a_stop_between_the_renames_loses_nothing(
    step: str, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert case.write("--yes").exit_code == 0
    (case.synthetic / "statements.yaml").write_text("statements: []\n")
    before = case.snapshot()
    case.spec(seed=8)
    rename, calls = Path.rename, []

    def stopping(self: Path, target: Path) -> Path:
        if "freeze" in str(self) + str(target):
            calls.append(target)
            if len(calls) == (1 if step == "aside" else 2):
                raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", stopping)
        assert case.write("--yes").exit_code == 130
    if step == "aside":
        assert case.snapshot() == before
    else:
        assert not case.synthetic.exists()
    # The next call first puts back what counted, whatever becomes of itself.
    case.spec(seed=9)
    case.says(lambda _: "A patient with chest pain came in and went home.")
    assert case.write("--yes").exit_code == 1
    assert case.snapshot() == before
    # A refused text is kept as an answer: the same question would not be asked again.
    case.spec(seed=10)
    case.says(fake.scribe)
    assert case.write("--yes").exit_code == 0
    assert case.snapshot()["train.jsonl"] != before["train.jsonl"]
    assert case.snapshot()["statements.yaml"] == b"statements: []\n"


def test_a_kill_in_the_middle_leaves_the_old_folder_and_the_answers(case: Case) -> None:
    assert case.write("--yes").exit_code == 0
    before, asked = case.snapshot(), len(case.asked)
    case.spec(seed=8)
    process: list[subprocess.Popen[bytes]] = []

    def killing(messages: list[dict[str, str]]) -> str:
        if len(case.asked) - asked >= 15 and process[0].poll() is None:
            os.killpg(process[0].pid, signal.SIGKILL)
        return fake.scribe(messages)

    case.says(killing)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    arguments = [str(case.project), "--endpoint", "openai", "--model", fake.MODEL, "--yes"]
    process.append(
        subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.freezing", *arguments],
            cwd=case.root,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    )
    assert process[0].wait(timeout=60) == -signal.SIGKILL
    assert case.snapshot() == before
    case.says(fake.scribe)
    done = case.write("--yes")
    assert done.exit_code == 0, done.output
    # What was under way when it died may have been answered without being read.
    assert fake.RECORDS <= len(case.asked) - asked <= fake.RECORDS + 4
    assert case.snapshot() != before


def test_a_link_in_place_of_the_folder_is_refused(case: Case, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    case.synthetic.symlink_to(tmp_path / "elsewhere")
    refused = case.write("--yes")
    assert refused.exit_code == 2
    assert "is no plain folder" in refused.output
    assert [*(tmp_path / "elsewhere").iterdir()] == []
