"""A hosted model on a real server: each question is paid once, whatever fails in between."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.model.stores import ModelStores
from clinft.artifacts.data import Message
from clinft.errors import DigestMismatch, ServiceError, SpecError
from clinft.ports.models import HostedModel, LanguageModel, Sampling
from tests.adapters.training.openai_api.hosted import World, endpoint_of
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.openai.state import Model
from tests.fakes.progress import Quiet

MODELS = ("gpt-4.1-mini-2025-04-14", "ft:gpt-4.1-mini-2025-04-14:clinft:demo:1")
QUESTIONS = [[Message(role="user", content=f"Note {number}.")] for number in range(20)]
ANSWERS = [f"answer to Note {number}." for number in range(20)]


class Counting:
    def __init__(self) -> None:
        self.done = 0

    def advance(self, amount: int = 1, **fields: str | float) -> None:
        self.done += amount


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        for name in MODELS:
            running.models[name] = Model(name)
        running.answer = lambda model, messages: f"answer to {messages[-1]['content']}"
        yield running
        assert running.violations == []


def opened(server: OpenAIServer, folder: Path, model: str = MODELS[1], **more: Any) -> LanguageModel:
    stores = ModelStores(LocalModelStore(folder, folder / "cache", Quiet()), World(server).tools(folder))
    journal = folder / "data" / "hosted-answers.jsonl"
    return stores.open_hosted(
        HostedModel("openai", endpoint_of(server), model, **{"journal": journal, **more})
    )


def asked(server: OpenAIServer) -> int:
    return len(server.asked("createChatCompletion"))


def break_after(server: OpenAIServer, answers: int) -> list[str]:
    """What was answered, and so paid for, before every question is refused."""
    good, paid = server.answer, list[str]()

    def answering(model: str, messages: list[dict[str, Any]]) -> str:
        paid.append(messages[-1]["content"])
        if len(paid) == answers:
            server.fail_next("createChatCompletion", 500, times=999)
        return str(good(model, messages))

    server.answer = answering
    return paid


def test_after_a_failure_only_what_is_missing_is_asked(server: OpenAIServer, tmp_path: Path) -> None:
    good = server.answer
    paid = break_after(server, 9)
    with pytest.raises(ServiceError):
        opened(server, tmp_path).generate(QUESTIONS, 9, Counting())
    assert 9 <= len(paid) < len(QUESTIONS)
    server.recover()
    server.answer, before = good, asked(server)
    task, model = Counting(), opened(server, tmp_path)
    assert model.generate(QUESTIONS, 9, task) == ANSWERS
    assert asked(server) - before == len(QUESTIONS) - len(paid)
    assert task.done == len(QUESTIONS)
    # All answers cost, those of before too.
    fresh = opened(server, tmp_path, journal=None)
    fresh.generate(QUESTIONS, 9, Counting())
    assert model.used == fresh.used > (0, 0)


def test_drawn_answers_are_asked_and_kept_by_seed(server: OpenAIServer, tmp_path: Path) -> None:
    model = opened(server, tmp_path)
    for sampling in (None, Sampling(0.7, 1), Sampling(0.7, 2), Sampling(0.5, 1), Sampling(0.7, 1)):
        assert model.generate(QUESTIONS[:1], 9, Counting(), sampling) == ANSWERS[:1]
    bodies = [request.body for request in server.asked("createChatCompletion")]
    assert [(body["temperature"], body["seed"]) for body in bodies] == [(0, 0), (0.7, 1), (0.7, 2), (0.5, 1)]
    assert opened(server, tmp_path).generate(QUESTIONS[:1], 9, Counting(), Sampling(0.7, 2)) == ANSWERS[:1]
    assert asked(server) == 4


def test_what_is_all_there_needs_no_service(server: OpenAIServer, tmp_path: Path) -> None:
    model = opened(server, tmp_path)
    model.generate(QUESTIONS, 9, Counting())
    before = asked(server)
    again = opened(server, tmp_path)
    assert again.generate(QUESTIONS, 9, Counting()) == ANSWERS
    assert asked(server) == before
    assert again.used == model.used


def test_an_empty_answer_is_an_answer(server: OpenAIServer, tmp_path: Path) -> None:
    server.answer = lambda model, messages: ""
    assert opened(server, tmp_path).generate(QUESTIONS[:3], 9, Counting()) == [""] * 3
    assert opened(server, tmp_path).generate(QUESTIONS[:3], 9, Counting()) == [""] * 3
    assert asked(server) == 3


@pytest.mark.parametrize("other", ["model", "question", "room"])
def test_no_answer_is_taken_for_another_question(other: str, server: OpenAIServer, tmp_path: Path) -> None:
    opened(server, tmp_path).generate(QUESTIONS[:2], 9, Counting())
    model = opened(server, tmp_path, MODELS[0] if other == "model" else MODELS[1])
    system = Message(role="system", content="Name it.")
    questions = [[system, *turns] for turns in QUESTIONS[:2]] if other == "question" else QUESTIONS[:2]
    model.generate(questions, 8 if other == "room" else 9, Counting())
    assert asked(server) == 4


def test_another_models_answers_do_not_count_as_used(server: OpenAIServer, tmp_path: Path) -> None:
    opened(server, tmp_path).generate(QUESTIONS[:2], 9, Counting())
    assert opened(server, tmp_path, MODELS[0]).used == (0, 0)


def test_answers_are_kept_by_the_models_own_name(server: OpenAIServer, tmp_path: Path) -> None:
    """A deployment may have been another model's the last time."""
    opened(server, tmp_path, known_as="base").generate(QUESTIONS[:2], 9, Counting())
    opened(server, tmp_path, known_as="tuned").generate(QUESTIONS[:2], 9, Counting())
    opened(server, tmp_path, MODELS[0], known_as="tuned").generate(QUESTIONS[:2], 9, Counting())
    assert asked(server) == 4


@pytest.mark.parametrize("cut", [1, 30])
def test_a_kill_in_the_middle_of_a_line_costs_one_question(
    cut: int, server: OpenAIServer, tmp_path: Path
) -> None:
    opened(server, tmp_path).generate(QUESTIONS, 9, Counting())
    (path,) = (tmp_path / "data").iterdir()
    path.write_bytes(path.read_bytes()[:-cut])
    assert opened(server, tmp_path).generate(QUESTIONS, 9, Counting()) == ANSWERS
    assert asked(server) == len(QUESTIONS) + 1
    assert opened(server, tmp_path).generate(QUESTIONS, 9, Counting()) == ANSWERS
    assert asked(server) == len(QUESTIONS) + 1


def test_a_damaged_journal_is_said_before_anything_is_asked(server: OpenAIServer, tmp_path: Path) -> None:
    opened(server, tmp_path).generate(QUESTIONS[:2], 9, Counting())
    (path,) = (tmp_path / "data").iterdir()
    path.write_bytes(b"{}\n" + path.read_bytes())
    with pytest.raises(DigestMismatch, match="line 1"):
        opened(server, tmp_path)


def test_half_a_character_is_no_reason_to_pay_again(server: OpenAIServer, tmp_path: Path) -> None:
    server.answer = lambda model, messages: "cardiac \ud800"
    assert opened(server, tmp_path).generate(QUESTIONS[:1], 9, Counting()) == ["cardiac ?"]


def test_without_a_journal_nothing_is_written_and_all_is_asked(server: OpenAIServer, tmp_path: Path) -> None:
    for _ in range(2):
        opened(server, tmp_path, journal=None).generate(QUESTIONS[:2], 9, Counting())
    assert asked(server) == 4
    assert not (tmp_path / "data").exists()
    counted = Counter(call.body["messages"][-1]["content"] for call in server.asked("createChatCompletion"))
    assert set(counted.values()) == {2}


def test_labels_have_no_likelihood(server: OpenAIServer, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no log-probabilities"):
        opened(server, tmp_path).score_labels(QUESTIONS, ["a"], Counting())
    with pytest.raises(SpecError, match="no log-probabilities"):
        opened(server, tmp_path).score_answers(QUESTIONS, ["a"] * len(QUESTIONS), Counting())
    assert asked(server) == 0
