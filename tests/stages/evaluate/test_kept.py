"""What is kept survives a kill; what is kept is not asked again; memory holds one chunk and no more."""

import signal
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from clinft.artifacts.data import Record
from clinft.artifacts.results import ItemResult
from clinft.errors import DigestMismatch
from clinft.ports.models import LanguageModel
from clinft.stages.evaluate import kept as kept_module
from clinft.stages.evaluate.asking import CHUNK
from clinft.stages.evaluate.kept import Answered, Kept
from clinft.stages.evaluate.stage import measure
from tests.fakes.case_records import TARGETS, Answering, record, records, spec_of
from tests.fakes.progress import Quiet
from tests.fakes.scripted import PROMPT

ROOT = Path(__file__).parents[3]


def process(folder: Path, notes: Path, kill_at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.stages.evaluate.resumed", str(folder), str(notes), str(kill_at)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_evaluation_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = process(tmp_path / "whole", tmp_path / "whole.txt", 0)
    assert whole.returncode == 0, whole.stderr
    notes = tmp_path / "killed.txt"
    for kill_at in (10, 45):
        assert process(tmp_path / "killed", notes, kill_at).returncode == -signal.SIGKILL
    done = process(tmp_path / "killed", notes, 0)
    assert done.stdout == whole.stdout
    asked = Counter(notes.read_text().splitlines())
    assert set(asked) == set((tmp_path / "whole.txt").read_text().splitlines())
    # Only the part that was being asked at a kill is asked once more: two kills, two parts of seven.
    assert asked.total() - len(asked) <= 14
    assert max(asked.values()) == 2


def row(number: int) -> ItemResult:
    return ItemResult(
        item=f"test-{number:06d}",
        item_sha256="0" * 64,
        system="tuned",
        scoring="generated_text",
        target=None,
        prediction=None,
        correct=True,
        answer_nll_nats=None,
        answer_tokens=None,
    )


def test_half_a_line_is_cut_off_and_a_foreign_one_named(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "deep" / "er")
    assert kept.finished("tuned", "generated_text") == 0
    kept.add("tuned", "generated_text", [Answered(row=row(1), output="yes"), Answered(row=row(2))])
    path = kept.path("tuned", "generated_text")
    with path.open("ab") as stream:
        stream.write(b'{"row": {"item": "test-0')
    assert kept.finished("tuned", "generated_text") == 2
    kept.add("tuned", "generated_text", [Answered(row=row(3))])
    assert [one.item for one in kept.rows("tuned", "generated_text")] == [row(n).item for n in (1, 2, 3)]
    path.write_text('{"row": "Quackenbush"}\n')
    with pytest.raises(DigestMismatch) as refused:
        kept.rows("tuned", "generated_text")
    assert "Quackenbush" not in str(refused.value)


def same_text(number: int) -> Record:
    """What scoring remembers of texts is bounded, and no part of this."""
    return record(number, "question_answering").model_copy(update={"text": "Chest pain for two days."})


class Streamed(Sequence[Record]):
    """Records that exist only while they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Record]:
        return (same_text(number) for number in range(1, self._count + 1))

    def __getitem__(self, index):  # type: ignore[no-untyped-def,override]
        if isinstance(index, slice):
            return [same_text(number + 1) for number in range(*index.indices(self._count))]
        return same_text(index + 1)


class Forgetting(Answering):
    def generate(self, *given):  # type: ignore[no-untyped-def,override]
        answers = super().generate(*given)
        self.asked.clear()
        return answers


def peak(count: int, folder: Path) -> int:
    """Bytes at the most."""
    model: LanguageModel = Forgetting(lambda text: TARGETS["question_answering"], has_logprobs=False)
    spec = spec_of("question_answering", evaluation={"compare": ["tuned"], "metrics": ["score"]})
    tracemalloc.start()
    try:
        measure(spec, PROMPT, Streamed(count), "a" * 64, lambda which: model, Quiet(), Kept(folder))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_hold_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "IN_MEMORY", 100)
    peak(CHUNK, tmp_path / "warm")  # what is loaded once
    few, many = peak(4 * CHUNK, tmp_path / "few"), peak(12 * CHUNK, tmp_path / "many")
    # A row alone takes more than a kilobyte; what grows is a few numbers for each item.
    assert many - few < 8 * CHUNK * 700


def test_rows_on_the_disk_give_the_same_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def report(folder: Path) -> str:
        models: dict[str, LanguageModel] = {
            "base": Answering(lambda text: TARGETS["coding"] if "7" in text else "?"),
            "tuned": Answering(lambda text: TARGETS["coding"] if "1" in text else '["I10"]'),
        }
        test = records(40, "coding")
        return measure(
            spec_of("coding"), PROMPT, test, "a" * 64, models.__getitem__, Quiet(), Kept(folder)
        ).model_dump_json()

    in_memory = report(tmp_path / "one")
    monkeypatch.setattr(kept_module, "IN_MEMORY", 0)
    assert report(tmp_path / "two") == in_memory
