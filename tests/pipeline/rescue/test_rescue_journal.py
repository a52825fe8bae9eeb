"""Answers that were paid for survive whatever happens to the process; nobody else's are taken for them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clinft.errors import DigestMismatch, ServiceError
from clinft.pipeline.rescue.asking import ask
from clinft.pipeline.rescue.journal import Journal
from clinft.ports.models import Conversation
from clinft.ports.progress import ProgressTask
from clinft.spec.eligibility import Eligibility, Endpoint
from tests.fakes.progress import Quiet

ENDPOINT = Endpoint(
    provider="openai",
    url="https://api.openai.com/v1",
    eligibility=Eligibility(owner="Privacy office", review_by="2027-12-31"),
)
TEXTS = [f"Note {number}." for number in range(30)]


def journal(folder: Path, model: str = "ft:x:o:s:i", system: str = "Name it.", longest: int = 20) -> Journal:
    return Journal(folder, model, ENDPOINT, system, longest)


def fill(made: Journal, texts: list[str] = TEXTS) -> Journal:
    for text in texts:
        made.add(text, f"answer to\n{text}", "2026-12-01T09:00:00+00:00", (10, 2))
    return made


def test_what_was_answered_is_there_in_the_next_process(tmp_path: Path) -> None:
    fill(journal(tmp_path), TEXTS[:10])
    again = journal(tmp_path)
    assert again.missing(TEXTS) == TEXTS[10:]
    answer = again.of(TEXTS[3])
    assert answer is not None
    assert (answer.answer, answer.prompt_tokens, answer.completion_tokens) == ("answer to\nNote 3.", 10, 2)


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_half_line_is_asked_again_and_overwritten(cut: int, tmp_path: Path) -> None:
    path = fill(journal(tmp_path), TEXTS[:3]).path
    path.write_bytes(path.read_bytes()[:-cut])
    again = journal(tmp_path)
    assert again.missing(TEXTS[:3]) == TEXTS[2:3]
    fill(again, TEXTS[2:5])
    assert journal(tmp_path).missing(TEXTS[:5]) == []


def test_answers_of_another_model_prompt_or_room_are_never_taken(tmp_path: Path) -> None:
    fill(journal(tmp_path))
    for other in (
        journal(tmp_path, model="ft:y:o:s:i"),
        journal(tmp_path, system="Name it, please."),
        journal(tmp_path, longest=21),
    ):
        assert other.missing(TEXTS) == TEXTS


def test_a_damaged_line_is_named_and_nothing_asked(tmp_path: Path) -> None:
    path = fill(journal(tmp_path), TEXTS[:3]).path
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"{}\n" + lines[2])
    with pytest.raises(DigestMismatch, match="line 2"):
        journal(tmp_path)


def test_threads_do_not_disturb_each_other(tmp_path: Path) -> None:
    made = journal(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        [*pool.map(lambda text: fill(made, [text]), TEXTS)]
    assert journal(tmp_path).missing(TEXTS) == []


class Model:
    """Answers until `breaks` questions were asked over all of its kind."""

    has_logprobs = False

    def __init__(self, asked: list[str], breaks: int | None) -> None:
        self._asked, self._breaks = asked, breaks
        self.used = (0, 0)

    def score_labels(self, *_: object) -> list[list[object]]:
        raise NotImplementedError

    def score_answers(self, *_: object) -> list[object]:
        raise NotImplementedError

    def count_tokens(self, conversations: object) -> list[int]:
        raise NotImplementedError

    def generate(
        self, conversations: list[Conversation], max_new_tokens: int, task: ProgressTask
    ) -> list[str]:
        if self._breaks is not None and len(self._asked) >= self._breaks:
            raise ServiceError("The service is gone.", "", "")
        ((system, user),) = conversations
        assert (system.role, system.content, max_new_tokens) == ("system", "Name it.", 20)
        self._asked.append(user.content)
        self.used = (self.used[0] + 7, self.used[1] + 1)
        return [f"answer to {user.content}"]


def asked_by(folder: Path, breaks: int | None = None) -> list[str]:
    asked: list[str] = []
    open_model = lambda: Model(asked, breaks)  # noqa: E731  # a factory of one line
    ask(TEXTS, "Name it.", journal(folder), open_model, 20, lambda: "2026-12-01", Quiet())  # type: ignore[arg-type]  # a model that is only asked
    return asked


def test_each_text_is_asked_once_over_all_calls(tmp_path: Path) -> None:
    with pytest.raises(ServiceError):
        asked_by(tmp_path, breaks=11)
    left = journal(tmp_path).missing(TEXTS)
    assert 0 < len(left) < len(TEXTS)
    assert sorted(asked_by(tmp_path)) == sorted(left)
    assert asked_by(tmp_path, breaks=0) == []
    answer = journal(tmp_path).of(TEXTS[5])
    assert answer is not None
    assert (answer.answer, answer.prompt_tokens, answer.completion_tokens) == ("answer to Note 5.", 7, 1)
