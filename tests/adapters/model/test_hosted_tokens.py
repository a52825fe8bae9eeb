"""Tokens of hosted models: tiktoken's own encodings, from our files, without network or environment."""

import json
import lzma
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.adapters.model import hosted_tokens, rank_files
from clinft.adapters.model.hosted_tokens import (
    HostedTokenizer,
    choose_encoding,
    count_conversations,
    count_file,
)
from clinft.adapters.model.rank_files import RANK_FILES, encoding, published
from clinft.artifacts.data import Message
from clinft.errors import DigestMismatch, SpecError
from clinft.ports.progress import ProgressTask

MINI = "gpt-4.1-mini-2025-04-14"
# tiktoken looks for a rank file under the sha1 of its address.
CACHE_NAMES = {
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
}
PEER = """
import json, sys, tiktoken
texts = json.load(sys.stdin)
found = {}
for name in ("o200k_base", "cl100k_base"):
    peer = tiktoken.get_encoding(name)
    found[name] = {
        "pattern": peer._pat_str,
        "special": peer._special_tokens,
        "ranks": len(peer._mergeable_ranks),
        "vocabulary": peer.n_vocab,
        "ids": [peer.encode_ordinary(text) for text in texts],
    }
json.dump(found, sys.stdout)
"""
TEXTS = [
    "",
    "hello world",
    "today\n \n",
    "👍",
    "Pt c/o SOB x3 days; BP 142/91 mmHg, HbA1c 7.9 %. Rx: metFORMIN 500mg BID.",
    "Überweisung: Verdacht auf Struma nodosa, TSH 0,3 mU/l\r\n\r\n\tMfG",
    "患者は3日前から咳と発熱あり。",
    "I'll, WE'VE, they'd; 'Tis  <|endoftext|> <|im_start|>   ",
    "x" * 700 + " " * 300 + "\n" * 5,
    "\x00\u200b\u0301é\ufeff🧑🏽‍⚕️",
]


def test_the_encodings_are_tiktokens_own(tmp_path: Path) -> None:
    """Its constructors, in a process of their own, find the published files in a folder."""
    for name, cached in CACHE_NAMES.items():
        (tmp_path / cached).write_bytes(published(name))
    done = subprocess.run(
        [sys.executable, "-c", PEER],
        input=json.dumps(TEXTS),
        env={**os.environ, "TIKTOKEN_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    for name, peer in json.loads(done.stdout).items():
        ours = encoding(name)
        assert RANK_FILES[name].pattern == peer["pattern"]
        assert RANK_FILES[name].special_tokens == peer["special"]
        assert (len(ours._mergeable_ranks), ours.n_vocab) == (peer["ranks"], peer["vocabulary"])
        assert [ours.encode_ordinary(text) for text in TEXTS] == peer["ids"]


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("o200k_base", "hello world", [24912, 2375]),
        ("cl100k_base", "hello world", [15339, 1917]),
        ("cl100k_base", "today\n \n", [31213, 27907]),
        ("cl100k_base", "👍", [9468, 239, 235]),
    ],
)
def test_published_vectors(name: str, text: str, ids: list[int]) -> None:
    assert encoding(name).encode_ordinary(text) == ids


def test_nothing_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's cache folder, with somebody's ranks in it, is not asked."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/nowhere")
    encoding.cache_clear()
    assert HostedTokenizer("gpt-4o").text("hello world") == 2


@pytest.mark.parametrize("spoil", ["exchanged", "cut off", "no archive"])
def test_a_rank_file_that_was_changed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    plain = published("cl100k_base")
    bad = {
        "exchanged": lzma.compress(plain.replace(b"IQ== 0\n", b"IQ== 1\n", 1), preset=0),
        "cut off": lzma.compress(plain, preset=0)[:-40],
        "no archive": plain,
    }[spoil]
    folder = tmp_path.joinpath(*rank_files.TABLES)
    folder.mkdir(parents=True)
    (folder / "cl100k_base.tiktoken.xz").write_bytes(bad)
    monkeypatch.setattr(rank_files.resources, "files", lambda _: tmp_path)
    with pytest.raises(DigestMismatch, match="not the rank file that OpenAI publishes"):
        published("cl100k_base")


@pytest.mark.parametrize(
    ("model", "name", "known"),
    [
        (MINI, "o200k_base", True),
        ("gpt-4.1", "o200k_base", True),
        ("gpt-4o-mini-2024-07-18", "o200k_base", True),
        ("o4-mini-2025-04-16", "o200k_base", True),
        ("gpt-3.5-turbo-0125", "cl100k_base", True),
        ("gpt-35-turbo-0125", "cl100k_base", True),
        ("ft:gpt-4o-mini-2024-07-18:ward::abc", "o200k_base", True),
        ("ft:gpt-3.5-turbo-0125:ward::abc", "cl100k_base", True),
        # tiktoken 0.14 takes the "ft:gpt-4" in it for gpt-4.
        ("ft:gpt-4.1-mini-2025-04-14:ward::abc", "o200k_base", True),
        ("ft:gpt-4-0613:ward::abc", "cl100k_base", True),
        # Special tokens alone set its own encoding, o200k_harmony, apart.
        ("gpt-oss-20b", "o200k_base", True),
        ("openai/gpt-oss-120b", "o200k_base", True),
        ("gpt-6-luna", "o200k_base", False),
        ("Qwen3.8-27B", "o200k_base", False),
        # Named like OpenAI's by somebody else.
        ("gpt-4-labs/model", "o200k_base", False),
        ("o1-labs/model", "o200k_base", False),
        # Its ranks, p50k_base, are not ours to load.
        ("text-davinci-003", "o200k_base", False),
        ("", "o200k_base", False),
        ("ft:", "o200k_base", False),
    ],
)
def test_an_encoding_is_chosen_by_name_and_a_guess_says_so(model: str, name: str, known: bool) -> None:
    choice = choose_encoding(model)
    assert (choice.encoding, choice.known) == (name, known)
    assert ("assumed" in choice.basis) is not known
    assert name in choice.basis


def test_a_conversation_by_hand() -> None:
    """3 for it, 3 a message, 1 a role; "hello world" is 2, "Brief." 2 and "R05" 2 tokens (R, 05)."""
    turns = [
        Message(role="system", content="Brief."),
        Message(role="user", content="hello world"),
        Message(role="assistant", content="R05"),
    ]
    words = [len(encoding("o200k_base").encode_ordinary(turn.content)) for turn in turns]
    assert words == [2, 2, 2]
    assert count_conversations(MINI, [turns, turns[1:2], []]) == [3 + 3 * 4 + 6, 3 + 4 + 2, 3]


def test_names_calls_and_tools_count_and_weights_do_not() -> None:
    tokenizer = HostedTokenizer(MINI)
    message = {"role": "user", "content": "hello world"}
    plain = tokenizer.example({"messages": [message]})
    assert plain == 3 + 3 + 1 + 2
    assert (
        tokenizer.example({"messages": [{**message, "name": "ward"}]}) == plain + tokenizer.text("ward") + 1
    )
    assert tokenizer.example({"messages": [{**message, "weight": 0}]}) == plain
    assert tokenizer.example({"messages": [message], "parallel_tool_calls": False, "tools": []}) == plain
    parts = [{"type": "text", "text": "hello"}, {"type": "text", "text": " world"}]
    assert tokenizer.example({"messages": [{**message, "content": parts}]}) == plain
    calls = [{"id": "c1", "type": "function", "function": {"name": "icd", "arguments": '{"text": "Hüfte"}'}}]
    as_json = json.dumps(calls, ensure_ascii=False, separators=(",", ":"))
    asked = {"messages": [{"role": "user", "content": None, "tool_calls": calls}]}
    assert tokenizer.example(asked) == 3 + 3 + 1 + tokenizer.text(as_json)
    assert tokenizer.example({"messages": [message], "tools": calls}) == plain + tokenizer.text(as_json)


def test_of_a_pair_both_answers_count() -> None:
    tokenizer = HostedTokenizer(MINI)
    question, good, bad = (
        {"role": role, "content": "hello world"} for role in ("user", "assistant", "assistant")
    )
    pair = {"input": {"messages": [question]}, "preferred_output": [good], "non_preferred_output": [bad]}
    assert tokenizer.example(pair) == 3 + 3 * (3 + 1 + 2)


@given(st.lists(st.text(max_size=300), max_size=12))
def test_remembering_changes_no_count(texts: list[str]) -> None:
    tokenizer = HostedTokenizer("gpt-4o")
    plain = [len(encoding("o200k_base").encode_ordinary(text)) for text in texts]
    assert [tokenizer.text(text) for text in texts] == plain
    assert [tokenizer.text(text) for text in reversed(texts)] == plain[::-1]


def test_what_comes_again_is_counted_once_and_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosted_tokens, "REMEMBERED", 3)
    tokenizer = HostedTokenizer("gpt-4o")
    encoded: list[str] = []
    monkeypatch.setattr(tokenizer, "_encode", lambda text: encoded.append(text) or [0] * len(text))
    system = "Answer with the code of the chapter alone. " * 9
    for note in range(50):
        assert (tokenizer.text(system), tokenizer.text(f"{note:04}")) == (len(system), 4)
    assert encoded.count(system) == 1
    assert len(encoded) == 51
    assert len(tokenizer._remembered) == 3
    # The newest stay.
    tokenizer.text("0049")
    assert len(encoded) == 51


def test_half_a_character_is_counted() -> None:
    """JSON can carry one; tiktoken counts its replacement."""
    assert HostedTokenizer("gpt-4o").text("a\ud83d") == len(encoding("o200k_base").encode_ordinary("a\ufffd"))


def test_blanks_without_end_are_refused_before_tiktoken_breaks_off() -> None:
    with pytest.raises(SpecError, match="blanks in a row"):
        HostedTokenizer("gpt-4o").text("a" + " " * 1_000_000 + "b")
    assert HostedTokenizer("gpt-4o").text("a" + " " * 400_000 + "b") > 2


def line(content: str) -> str:
    return json.dumps({"messages": [{"role": "user", "content": content}]})


def test_a_file_counts_as_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    texts = ["hello world", "hello", "hello world hello world", "hello"]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([line(texts[0]), "", *map(line, texts[1:])]).encode())
    found = count_file(path, MINI)
    each = [7 + len(encoding("o200k_base").encode_ordinary(text)) for text in texts]
    assert (found.examples, found.tokens) == (4, sum(each))
    assert (found.longest_tokens, found.longest_line) == (max(each), 4)
    assert found.basis == "tokenizer o200k_base"
    assert "assumed" in count_file(path, "gpt-6-luna").basis


def test_an_empty_file_has_no_tokens(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_bytes(b"")
    found = count_file(tmp_path / "none.jsonl", MINI)
    assert (found.examples, found.tokens, found.longest_line) == (0, 0, 0)


@pytest.mark.parametrize(
    "bad",
    [
        b"not json",
        b"[1]",
        b"3",
        b'"input"',
        b"{}",
        b'{"messages": 3}',
        b'{"messages": ["Mrs Canary"]}',
        b'{"input": {"messages": []}, "preferred_output": []}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_example_is_named_and_not_shown(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(line("fine").encode() + b"\n" + bad + b"\n")
    with pytest.raises(SpecError, match=r"train\.jsonl, line 2: not an example") as caught:
        count_file(path, MINI)
    assert "Canary" not in str(caught.value)
    assert caught.value.__context__ is None


class Watched:
    """Progress that keeps what it was told."""

    def __init__(self) -> None:
        self.total, self.steps = 0, list[int]()

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[ProgressTask]:
        self.total = total
        yield self

    def advance(self, amount: int = 1, **fields: str | float) -> None:
        self.steps.append(amount)

    def note(self, text: str) -> None:
        raise AssertionError(text)


def test_progress_is_told_now_and_then_and_ends_at_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text((line("hello " * 20_000) + "\n") * 40)
    ticks = iter(range(1000))
    often, seldom = Watched(), Watched()
    count_file(path, MINI, often, clock=lambda: float(next(ticks)))
    count_file(path, MINI, seldom, clock=lambda: 0.0)
    assert often.total == seldom.total == 5
    assert often.steps == [1, 1, 1, 1, 1]
    assert seldom.steps == [5]


def test_a_larger_file_takes_no_more_memory(tmp_path: Path) -> None:
    def peak(examples: int) -> int:
        path = tmp_path / f"{examples}.jsonl"
        path.write_text("".join(line(f"{number} " + "hello " * 500) + "\n" for number in range(examples)))
        tokenizer = HostedTokenizer(MINI)
        tracemalloc.start()
        hosted_tokens._count(path, tokenizer, lambda _: None)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    count_file(_one(tmp_path), MINI)  # what is built once belongs to neither
    small, large = peak(20), peak(400)
    assert large < small + 200_000  # the file is 1.1 MB longer


def _one(folder: Path) -> Path:
    (folder / "one.jsonl").write_text(line("hello"))
    return folder / "one.jsonl"
