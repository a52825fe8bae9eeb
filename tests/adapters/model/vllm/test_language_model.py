"""What vLLM's interface gives must be what transformers gives: the same weights, the same tokens, the same figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinft.adapters.model.causal_lm import CausalLanguageModel
from clinft.adapters.model.vllm.client import Client
from clinft.adapters.model.vllm.language_model import PROMPTS, ServedLanguageModel
from clinft.artifacts.data import Message
from clinft.errors import ServiceError, SpecError
from clinft.ports.models import Conversation, LabelScore, Sampling
from tests.fakes import adapted as made
from tests.fakes.progress import QuietTask
from tests.fakes.vllm.stand_in import PROTOCOL, StandIn

# One is the beginning of another, two begin alike, one is a single token and the end of the turn.
LABELS = ("skin", "skim", "skin rash", "12", "s")
LONGEST = 192


@dataclass(frozen=True)
class Both:
    stand: StandIn
    client: Client
    plain: CausalLanguageModel
    served: ServedLanguageModel


@pytest.fixture(scope="module", params=["base", "adapter"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    root = tmp_path_factory.mktemp("served")
    tiny = made.adapted(root)
    adapter = tiny.adapter if request.param == "adapter" else None
    plain = tiny.store.open(tiny.base, adapter)
    served = tiny.store.open(tiny.base, adapter)._trunk.model
    with StandIn(root / "s", {request.param: served}, LONGEST) as stand:
        client = Client(stand.socket, root / "log", lambda: None)
        yield Both(
            stand,
            client,
            plain,
            ServedLanguageModel(client, request.param, LONGEST, tiny.store.chat(tiny.base)),
        )
        client.close()
    assert stand.violations == []


class Bar(QuietTask):
    """Counts as a bar does."""

    def __init__(self) -> None:
        self.done = 0

    def advance(self, amount: int = 1, **fields: str | float) -> None:
        self.done += amount


def asked(*texts: str) -> list[Conversation]:
    return [
        [Message(role="system", content="Name it."), Message(role="user", content=text)] for text in texts
    ]


# More than one request holds, of very different lengths.
CONVERSATIONS = asked(*(f"note {'12 the ' * (number % 5)}{number}" for number in range(PROMPTS + 2)))


def equal(found: list[LabelScore], expected: list[LabelScore]) -> None:
    assert [one.tokens for one in found] == [one.tokens for one in expected]
    assert [one.logprob_nats for one in found] == pytest.approx(
        [one.logprob_nats for one in expected], abs=2e-4
    )


def test_labels_have_the_probabilities_that_transformers_computes(both: Both) -> None:
    bar = Bar()
    found = both.served.score_labels(CONVERSATIONS, LABELS, bar)
    for one, other in zip(found, both.plain.score_labels(CONVERSATIONS, LABELS, Bar()), strict=True):
        equal(one, other)
    assert bar.done == len(CONVERSATIONS)


def test_what_labels_share_is_asked_once_and_the_prompts_first(both: Both) -> None:
    both.stand.requests.clear()
    both.served.score_labels(CONVERSATIONS[:1], LABELS, Bar())
    prompts = [tuple(body["prompt"][0]) for body in both.stand.requests]
    assert len(set(prompts)) == len(prompts)
    assert all(one[: len(prompts[0])] == prompts[0] for one in prompts)
    assert len(prompts) < sum(
        score.tokens for score in both.plain.score_labels(CONVERSATIONS[:1], LABELS, Bar())[0]
    )


def test_own_answers_have_the_probabilities_that_transformers_computes(both: Both) -> None:
    answers = ["rash and wheeze " * (3 * number % 7) for number in range(len(CONVERSATIONS))]
    bar = Bar()
    found = both.served.score_answers(CONVERSATIONS, answers, bar)
    equal(found, both.plain.score_answers(CONVERSATIONS, answers, Bar()))
    assert bar.done == len(CONVERSATIONS)


def test_free_answers_are_those_of_transformers(both: Both) -> None:
    bar = Bar()
    found = both.served.generate(CONVERSATIONS, 12, bar)
    assert found == both.plain.generate(CONVERSATIONS, 12, Bar())
    assert len(set(found)) > 1
    assert bar.done == len(CONVERSATIONS)


def test_an_answer_ends_at_the_end_of_the_turn(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever token stands in the middle of an answer now ends it."""
    chat = both.served._chat
    (whole,) = both.served.generate(CONVERSATIONS[:1], 12, Bar())
    body = both.stand.requests[-1]
    ids = both.client.complete(body)[0].token_ids
    assert ids is not None
    monkeypatch.setattr(chat, "end_of_turn", ids[5])
    (cut,) = both.served.generate(CONVERSATIONS[:1], 12, Bar())
    assert cut == chat.text(ids[: ids.index(ids[5])])
    assert cut != whole


def test_drawn_answers_come_again_with_their_seed_and_are_not_all_alike(both: Both) -> None:
    same = [CONVERSATIONS[0]] * 4

    def drawn(seed: int) -> list[str]:
        return both.served.generate(same, 8, Bar(), Sampling(1.0, seed))

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(7)
    assert len(set(drawn(1))) > 1


def test_nothing_asked_gives_nothing(both: Both) -> None:
    assert both.served.score_labels([], LABELS, Bar()) == []
    assert both.served.score_labels(CONVERSATIONS[:1], [], Bar()) == [[]]
    assert both.served.score_answers([], [], Bar()) == []
    assert both.served.generate([], 5, Bar()) == []


def test_an_answer_near_the_longest_gets_the_room_that_is_left(both: Both) -> None:
    long = asked("x" * (LONGEST - 80))
    room = LONGEST - both.served.count_tokens(long)[0]
    both.served.generate([*long, *CONVERSATIONS[:1]], room + 9, Bar())
    assert sorted(body["max_tokens"] for body in both.stand.requests[-2:]) == [room, room + 9]


def test_a_prompt_longer_than_is_read_is_refused_before_anything_is_asked(both: Both) -> None:
    both.stand.requests.clear()
    with pytest.raises(SpecError, match="reads 192"):
        both.served.generate(asked("x" * LONGEST), 3, Bar())
    with pytest.raises(SpecError, match="reads 192"):
        both.served.score_labels(asked("x" * LONGEST), LABELS, Bar())
    assert both.stand.requests == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((500, b"Zebulon Quackenbush"), "vLLM refused a request with status 500."),
        ((200, b'{"choices": [{"index": 0, "text": "Zebulon"}]}'), "another number of answers"),
        ((200, b'{"choices": "Zebulon Quackenbush"}'), "otherwise than its interface says"),
    ],
)
def test_what_a_server_says_in_error_is_not_repeated(
    both: Both, answer: tuple[int, bytes], told: str
) -> None:
    both.stand.fails_with = answer
    try:
        with pytest.raises(ServiceError, match=told) as caught:
            both.served.generate(CONVERSATIONS[:2], 3, Bar())
    finally:
        both.stand.fails_with = None
    assert "Zebulon" not in str(caught.value)


@pytest.mark.parametrize("ask", ["labels", "answers", "generate"])
def test_a_server_that_leaves_out_what_was_asked_is_told(both: Both, ask: str) -> None:
    """As an older vLLM does with fields that it does not know."""
    both.stand.fails_with = (200, b'{"choices": [{"index": 0, "text": "x"}]}')
    calls = {
        "labels": lambda: both.served.score_labels(CONVERSATIONS[:1], LABELS, Bar()),
        "answers": lambda: both.served.score_answers(CONVERSATIONS[:1], ["skin"], Bar()),
        "generate": lambda: both.served.generate(CONVERSATIONS[:1], 3, Bar()),
    }
    try:
        with pytest.raises(ServiceError, match="does not tell the"):
            calls[ask]()
    finally:
        both.stand.fails_with = None


def test_the_server_says_how_much_it_reads_and_which_version_it_is(both: Both) -> None:
    (name,) = both.stand.models
    assert both.client.longest(name) == LONGEST
    assert both.client.version() == PROTOCOL["vllm"]
    with pytest.raises(ServiceError, match="does not serve the model other"):
        both.client.longest("other")


def test_the_fields_are_those_of_vllms_own_model(both: Both, tmp_path: Path) -> None:
    """The check itself: a field that vLLM does not know, and would pass over, is a violation."""
    with StandIn(tmp_path / "s", both.stand.models) as strict:
        client = Client(strict.socket, tmp_path / "log", lambda: None)
        client.complete({**both.served._body([(5, 6)], 1, {}), "stop_tokens": [2]})
        client.close()
    assert [one for one in strict.violations if "stop_tokens" in one]
