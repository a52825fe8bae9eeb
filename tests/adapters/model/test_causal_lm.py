"""The batched, prefix-sharing model against transformers used in the plainest way, row by row."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from clinft.adapters.model.causal_lm import TOKENS_ON_CPU, CausalLanguageModel
from clinft.adapters.model.chat import Chat
from clinft.adapters.model.prefix import Prefix, Trunk, shared_length
from clinft.adapters.model.store import LocalModelStore
from clinft.artifacts.data import Message
from clinft.errors import ServiceError, SpecError
from clinft.ports.models import Conversation, Sampling
from tests.fakes import tiny_llama
from tests.fakes.progress import Quiet, QuietTask

LABELS = ("circulatory", "respiratory", "skin", "s")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    root = tmp_path_factory.mktemp("repository")
    tiny_llama.write(root / "tiny")
    return LocalModelStore(root, root / "cache", Quiet())


@pytest.fixture(scope="module")
def plain(store: LocalModelStore) -> Any:
    return store.load(store.identify("tiny", None))


def asked(*texts: str, system: str = "Name the chapter.") -> list[Conversation]:
    return [[Message(role="system", content=system), Message(role="user", content=text)] for text in texts]


CONVERSATIONS = (
    asked("chest pain", "wheeze", "a much longer note about a rash on both arms", "x"),
    asked("one note alone"),
    # Nothing shared but the template's first tokens.
    [*asked("chest pain", system="A"), *asked("wheeze", system="Something else entirely")],
    asked(*(f"note {number} " * (number % 7 + 1) for number in range(40))),
)


@torch.no_grad()
def one_pass(model: Any, prompt: list[int], answer: list[int]) -> float:
    logprobs = torch.log_softmax(model(torch.tensor([prompt + answer])).logits[0].double(), dim=-1)
    return sum(logprobs[len(prompt) - 1 + place, token].item() for place, token in enumerate(answer))


@torch.no_grad()
def slow_scores(store: LocalModelStore, model: Any, conversations: Sequence[Conversation]) -> torch.Tensor:
    chat = store.chat(store.identify("tiny", None))
    rows = []
    for conversation in conversations:
        prompt = chat.prompt_ids(conversation)
        rows.append([one_pass(model, prompt, chat.answer_ids(label)) for label in LABELS])
    return torch.tensor(rows)


@pytest.mark.parametrize("conversations", CONVERSATIONS, ids=("several", "one", "unlike", "batches"))
def test_label_scores_equal_one_plain_pass_per_label(
    store: LocalModelStore, plain: Any, conversations: list[Conversation]
) -> None:
    found = store.open(store.identify("tiny", None)).score_labels(conversations, LABELS, QuietTask())
    scores = torch.tensor([[score.logprob_nats for score in row] for row in found])
    torch.testing.assert_close(scores, slow_scores(store, plain, conversations), atol=2e-4, rtol=1e-5)
    # Byte-level tokens and the end of the turn.
    assert [score.tokens for score in found[0]] == [len(label) + 1 for label in LABELS]


def answers_to(conversations: Sequence[Conversation]) -> list[str]:
    """Of very different lengths, and none at all among them."""
    return ["rash and wheeze " * (3 * number % 11) for number in range(len(conversations))]


@pytest.mark.parametrize("conversations", CONVERSATIONS, ids=("several", "one", "unlike", "batches"))
def test_scores_of_own_answers_equal_one_plain_pass_each(
    store: LocalModelStore, plain: Any, conversations: list[Conversation]
) -> None:
    answers = answers_to(conversations)
    found = store.open(store.identify("tiny", None)).score_answers(conversations, answers, QuietTask())
    chat = store.chat(store.identify("tiny", None))
    for score, conversation, answer in zip(found, conversations, answers, strict=True):
        assert score.tokens == len(answer) + 1
        assert score.logprob_nats == pytest.approx(
            one_pass(plain, chat.prompt_ids(conversation), chat.answer_ids(answer)), abs=1e-4, rel=2e-6
        )


def test_a_label_scores_the_same_as_an_answer_of_its_own(store: LocalModelStore) -> None:
    model, conversations = store.open(store.identify("tiny", None)), CONVERSATIONS[3]
    labels = [LABELS[number % len(LABELS)] for number in range(len(conversations))]
    own = model.score_answers(conversations, labels, QuietTask())
    every = model.score_labels(conversations, LABELS, QuietTask())
    for score, row, label in zip(own, every, labels, strict=True):
        expected = row[LABELS.index(label)]
        assert score.tokens == expected.tokens
        assert score.logprob_nats == pytest.approx(expected.logprob_nats, abs=1e-4)


@pytest.mark.parametrize("conversations", CONVERSATIONS, ids=("several", "one", "unlike", "batches"))
def test_greedy_answers_equal_those_of_transformers(
    store: LocalModelStore, plain: Any, conversations: list[Conversation]
) -> None:
    chat = store.chat(store.identify("tiny", None))
    expected = []
    for conversation in conversations:
        prompt = chat.prompt_ids(conversation)
        out = plain.generate(torch.tensor([prompt]), max_new_tokens=9, do_sample=False, pad_token_id=0)
        expected.append(chat.text(out[0][len(prompt) :].tolist()))
    assert store.open(store.identify("tiny", None)).generate(conversations, 9, QuietTask()) == expected


class Counted:
    """A model whose passes are noted: rows and tokens of each."""

    def __init__(self, store: LocalModelStore) -> None:
        plain = store.load(store.identify("tiny", None))
        self.model = CausalLanguageModel(plain, store.chat(store.identify("tiny", None)))
        self.passes: list[tuple[int, int]] = []
        plain.get_decoder().register_forward_pre_hook(self._note, with_kwargs=True)

    def _note(self, module: Any, args: Any, kwargs: Any) -> None:
        self.passes.append(tuple(kwargs["input_ids"].shape))


def in_portions(model: CausalLanguageModel, conversations: Sequence[Conversation], size: int) -> list[Any]:
    return [
        row
        for start in range(0, len(conversations), size)
        for row in model.score_labels(conversations[start : start + size], LABELS, QuietTask())
    ]


def test_portions_give_the_same_scores_and_read_the_system_prompt_once(store: LocalModelStore) -> None:
    counted, conversations = Counted(store), CONVERSATIONS[3]
    whole = counted.model.score_labels(conversations, LABELS, QuietTask())
    shared = counted.passes[0][1]
    counted.passes.clear()
    found = in_portions(counted.model, conversations, 5)
    for one, other in zip(found, whole, strict=True):
        assert [score.logprob_nats for score in one] == pytest.approx(
            [score.logprob_nats for score in other], abs=1e-4
        )
    # Known from the call before, but for the few letters that all notes of a portion happen to begin with.
    assert shared > len("Name the chapter.")
    assert max(tokens for rows, tokens in counted.passes if rows == 1) < len("Name the chapter.")
    assert sum(rows for rows, _ in counted.passes if rows > 1) == len(conversations)


def test_another_system_prompt_is_read_anew(store: LocalModelStore, plain: Any) -> None:
    model = store.open(store.identify("tiny", None))
    for system in ("Name the chapter.", "Name it.", "", "Name the chapter."):
        conversations = asked("chest pain", "wheeze", system=system)
        found = model.score_labels(conversations, LABELS, QuietTask())
        scores = torch.tensor([[score.logprob_nats for score in row] for row in found])
        torch.testing.assert_close(scores, slow_scores(store, plain, conversations), atol=2e-4, rtol=1e-5)


def test_a_prefix_grown_or_cut_equals_one_of_its_own(plain: Any) -> None:
    trunk = Trunk(plain)
    begun = Prefix(trunk, [4, 5, 6, 7])
    for ids in ([4, 5, 6, 7, 8, 9], [4, 5], [4, 5, 9], [9, 8], []):
        grown, own = Prefix(trunk, ids, begun), Prefix(trunk, ids)
        assert grown.length == own.length == len(ids)
        for one, other in zip(grown.cache(2), own.cache(2), strict=True):
            if ids:
                torch.testing.assert_close(one[0], other[0], atol=1e-5, rtol=1e-5)
                torch.testing.assert_close(one[1], other[1], atol=1e-5, rtol=1e-5)


def test_scores_are_the_same_bits_whatever_was_asked_before(store: LocalModelStore) -> None:
    """A process that was killed asks less: its portions are others' second or third ones."""
    identity = store.identify("tiny", None)
    # Systems that begin alike, as a prompt with and without its examples does; texts that do, too.
    before = [
        asked(f"note {'rash ' * more}", system=f"Name the chapter{'. Be brief' * more}.") for more in range(9)
    ]
    conversations = asked(
        "note on chest pain",
        "note on a rash on both arms",
        system="Name the chapter. Be brief, or be silent.",
    )
    fresh, used = store.open(identity), store.open(identity)
    expected = fresh.score_labels(conversations, LABELS, QuietTask())
    for others in before:
        used.score_labels(others, LABELS, QuietTask())
        assert used.score_labels(conversations, LABELS, QuietTask()) == expected


def test_what_is_read_at_once_is_bounded(store: LocalModelStore) -> None:
    counted = Counted(store)
    conversations = asked(*("rash " * (number % 9 * 8) for number in range(40)))
    counted.model.score_answers(conversations, ["wheeze " * 20] * 40, QuietTask())
    assert max(rows * tokens for rows, tokens in counted.passes) <= TOKENS_ON_CPU
    assert max(rows for rows, _ in counted.passes) > 1


def test_answers_that_have_ended_are_not_computed_on(store: LocalModelStore, plain: Any) -> None:
    """Every answer of this model ends at a step of its own."""
    counted, conversations = Counted(store), CONVERSATIONS[3][:8]
    chat = store.chat(store.identify("tiny", None))
    free = [chat_ids(plain, chat, turns, 12) for turns in conversations]
    # Whatever token most answers hold somewhere now ends them.
    end = max((token for ids in free for token in ids), key=lambda token: sum(token in ids for ids in free))
    counted.model._chat = Ending(chat, end)
    expected = [chat.text(ids[: ids.index(end)] if end in ids else ids) for ids in free]
    assert counted.model.generate(conversations, 12, QuietTask()) == expected
    assert len({rows for rows, _ in counted.passes[1:]}) > 1


class Ending:
    """A chat whose turns end with another token."""

    def __init__(self, chat: Chat, end: int) -> None:
        self.prompt_ids, self.text, self.pad, self.end_of_turn = chat.prompt_ids, chat.text, chat.pad, end


@torch.no_grad()
def chat_ids(model: Any, chat: Chat, conversation: Conversation, count: int) -> list[int]:
    """Greedily, each token by a pass over everything."""
    ids = chat.prompt_ids(conversation)
    for _ in range(count):
        ids = [*ids, int(model(torch.tensor([ids])).logits[0, -1].argmax())]
    return ids[-count:]


@pytest.mark.parametrize("ask", ["score_labels", "score_answers", "generate", "drawn"])
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_model_that_computes_no_numbers_is_said_to_be_damaged(
    store: LocalModelStore, ask: str, bad: float
) -> None:
    model, conversations = store.open(store.identify("tiny", None)), CONVERSATIONS[0]
    with torch.no_grad():
        model._trunk.model.model.norm.weight[3] = bad
    answers = {
        "score_labels": lambda: model.score_labels(conversations, LABELS, QuietTask()),
        "score_answers": lambda: model.score_answers(conversations, LABELS, QuietTask()),
        "generate": lambda: model.generate(conversations, 3, QuietTask()),
        "drawn": lambda: model.generate(conversations, 3, QuietTask(), Sampling(1.0, 1)),
    }
    with pytest.raises(ServiceError, match="not numbers"):
        answers[ask]()


def test_drawn_answers_come_again_with_their_seed_and_differ_with_another(store: LocalModelStore) -> None:
    model = store.open(store.identify("tiny", None))
    conversations = CONVERSATIONS[3]

    def drawn(seed: int, temperature: float = 1.0) -> list[str]:
        return model.generate(conversations, 9, QuietTask(), Sampling(temperature, seed))

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    # So cold that nothing but the likeliest is drawn.
    assert drawn(1, 1e-6) == model.generate(conversations, 9, QuietTask())


def test_an_answer_ends_at_the_end_of_the_turn(store: LocalModelStore) -> None:
    chat = store.chat(store.identify("tiny", None))
    assert chat.answer_ids("skin")[-1] == chat.end_of_turn
    assert chat.answer_ids("skin").count(chat.end_of_turn) == 1
    assert chat.text(chat.answer_ids("skin")) == "skin"


def test_a_conversation_with_its_answer_counts_as_the_sample_it_is_in_training(
    store: LocalModelStore,
) -> None:
    identity = store.identify("tiny", None)
    chat = store.chat(identity)
    (turns,) = asked("chest pain")
    answered = [*turns, Message(role="assistant", content="skin")]
    expected = len(chat.prompt_ids(turns)) + len(chat.answer_ids("skin"))
    assert store.count_tokens(identity, [turns, answered]) == [len(chat.prompt_ids(turns)), expected]


def test_a_prompt_longer_than_the_model_reads_is_refused(store: LocalModelStore) -> None:
    model = store.open(store.identify("tiny", None))
    conversations = asked("short", "x" * 4096)
    with pytest.raises(SpecError, match=r"4,1\d\d tokens .* reads 4,096"):
        model.score_labels(conversations, LABELS, QuietTask())
    with pytest.raises(SpecError, match="longer context"):
        model.generate(conversations, 3, QuietTask())


def test_nothing_asked_gives_nothing(store: LocalModelStore) -> None:
    model = store.open(store.identify("tiny", None))
    assert model.score_labels([], LABELS, QuietTask()) == []
    assert model.score_answers([], [], QuietTask()) == []
    assert model.generate([], 5, QuietTask()) == []


@pytest.mark.parametrize(
    ("rows", "length"),
    [
        ([[1, 2, 3], [1, 2, 4]], 2),
        ([[1, 2], [1, 2, 3]], 1),  # each row keeps a token of its own
        ([[1, 2, 3], [9]], 0),
        ([[5, 6, 7]], 2),
        ([], 0),
    ],
)
def test_shared_length(rows: list[list[int]], length: int) -> None:
    assert shared_length(rows) == length


def test_gradients_through_a_shared_prefix_equal_those_without(plain: Any) -> None:
    trunk = Trunk(plain)
    ids = torch.tensor([[4, 5, 6, 7, 8], [4, 5, 6, 9, 10]])
    parameter = plain.model.layers[1].self_attn.k_proj.weight

    def gradient(shared: int) -> torch.Tensor:
        prefix = Prefix(trunk, ids[0, :shared].tolist())
        own = ids[:, shared:]
        hidden = trunk.decoder(
            input_ids=own,
            attention_mask=prefix.mask(torch.ones_like(own)),
            past_key_values=prefix.cache(2),
            use_cache=True,
        ).last_hidden_state
        (found,) = torch.autograd.grad(trunk.logits(hidden[:, -1]).logsumexp(-1).sum(), parameter)
        return found

    torch.testing.assert_close(gradient(3), gradient(0), atol=1e-5, rtol=1e-4)


def test_an_architecture_with_an_unknown_head_is_refused(store: LocalModelStore) -> None:
    model = store.load(store.identify("tiny", None))
    model.lm_head.register_forward_hook(lambda module, args, output: output + 1)
    original = model.forward
    model.forward = lambda *args, **kwargs: _doubled(original(*args, **kwargs))
    with pytest.raises(SpecError, match="architecture llama"):
        Trunk(model)


def _doubled(output: Any) -> Any:
    output.logits = output.logits * 2
    return output
