"""GGUF files: read back by the format's own reader and by transformers; what cannot be written is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import pytest
import transformers

from clinft.adapters.model.handover import LocalWeights, gguf_file, gguf_vocabulary
from clinft.artifacts.data import Message
from clinft.artifacts.handover import GgufType
from clinft.errors import PolicyViolation, SpecError
from clinft.ports.handover import Made, Tuned
from tests.fakes.adapted import Adapted, adapted, change
from tests.fakes.progress import Quiet

ASKED = [(Message(role="system", content="One word."), Message(role="user", content="the other 12 hours"))]
TYPES = {
    "f32": ("F32", gguf.LlamaFileType.ALL_F32),
    "f16": ("F16", gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": ("Q8_0", gguf.LlamaFileType.MOSTLY_Q8_0),
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Adapted:
    return adapted(tmp_path_factory.mktemp("tiny"))


def write(tiny: Adapted, path: Path, kind: GgufType = "f16") -> Made:
    return LocalWeights(tiny.store, Quiet()).gguf(Tuned(tiny.base, tiny.adapter, True, ASKED), path, kind)


@pytest.mark.parametrize("kind", ["f32", "f16", "q8_0"])
def test_the_formats_own_reader_finds_what_was_written(tiny: Adapted, tmp_path: Path, kind: GgufType) -> None:
    made = write(tiny, tmp_path / "x.gguf", kind)
    read = gguf.GGUFReader(tmp_path / "x.gguf")
    fields = {name: field.contents() for name, field in read.fields.items()}
    written, file_type = TYPES[kind]
    assert fields["general.architecture"] == "llama"
    assert fields["general.file_type"] == file_type
    assert fields["llama.attention.head_count_kv"] == 2
    assert fields["tokenizer.ggml.pre"] == "gpt-2"
    assert fields["tokenizer.ggml.eos_token_id"] == 2
    assert fields["tokenizer.ggml.token_type"][:4] == [3, 3, 3, 1]
    assert fields["tokenizer.ggml.merges"][0] == "Ġ t"
    assert "<|im_start|>" in fields["tokenizer.chat_template"]
    kinds = {tensor.name: tensor.tensor_type.name for tensor in read.tensors}
    assert len(kinds) == 2 * 9 + 3
    assert kinds["blk.1.attn_q.weight"] == kinds["token_embd.weight"] == written
    assert kinds["output_norm.weight"] == "F32"
    assert made.fidelity.relative_difference < made.fidelity.tolerance
    assert made.fidelity.same_first_choice >= 0.8 * made.fidelity.positions


def test_a_tied_head_is_not_written_twice(tmp_path: Path) -> None:
    made = adapted(tmp_path)
    change(tmp_path / "tiny", tie_word_embeddings=True)
    store = made.store
    tied = Adapted(store, store.identify("tiny", None), made.adapter, made.weights)
    write(tied, tmp_path / "x.gguf")
    assert "output.weight" not in {tensor.name for tensor in gguf.GGUFReader(tmp_path / "x.gguf").tensors}


def test_a_tensor_in_the_wrong_order_is_noticed(
    tiny: Adapted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf_file, "_ordered", lambda name, tensor, config: tensor.detach().numpy())
    with pytest.raises(PolicyViolation, match="does not answer as the model that was evaluated"):
        write(tiny, tmp_path / "x.gguf")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model_type": "qwen2"}, "it is a qwen2"),
        ({"rope_parameters": {"rope_type": "llama3", "rope_theta": 1e4}}, "rotary positions are scaled"),
        ({"attention_bias": True}, "have biases"),
        ({"mlp_bias": True}, "have biases"),
        ({"hidden_act": "gelu"}, "activation is another"),
    ],
)
def test_another_shape_is_refused(changes: dict[str, Any], why: str) -> None:
    config = transformers.LlamaConfig()
    for name, value in changes.items():
        setattr(config, name, value)
    with pytest.raises(SpecError, match=why):
        gguf_file.check(config, "org/model")


def test_a_plain_llama_is_not() -> None:
    gguf_file.check(transformers.LlamaConfig(), "org/model")


BYTES: dict[str, Any] = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
DIGITS = {"type": "Digits", "individual_digits": True}
SPLIT = gguf_vocabulary.SPLIT


def sequence(*parts: Any) -> dict[str, Any]:
    return {"type": "Sequence", "pretokenizers": list(parts)}


@pytest.mark.parametrize(
    ("splitter", "ignore_merges", "name"),
    [
        ({**BYTES, "use_regex": True}, False, "gpt-2"),
        (sequence({**BYTES, "use_regex": True}), False, "gpt-2"),
        (sequence(DIGITS, {**BYTES, "use_regex": True}), False, "smollm"),
        (sequence(SPLIT, {**BYTES, "use_regex": False}), True, "llama-bpe"),
        # What looks alike and is not.
        ({**BYTES, "use_regex": False}, False, None),
        ({**BYTES, "use_regex": True, "add_prefix_space": True}, False, None),
        ({**BYTES, "use_regex": True}, True, None),
        (sequence({**DIGITS, "individual_digits": False}, {**BYTES, "use_regex": True}), False, None),
        (sequence({**BYTES, "use_regex": True}, DIGITS), False, None),
        (sequence({**SPLIT, "pattern": {"Regex": r"\d+"}}, {**BYTES, "use_regex": False}), True, None),
        (sequence(SPLIT, {**BYTES, "use_regex": False}), False, None),
        ({"type": "Metaspace", "replacement": "▁"}, False, None),
        (None, False, None),
    ],
)
def test_how_text_is_split_has_a_name_or_is_refused(
    tiny: Adapted, tmp_path: Path, splitter: Any, ignore_merges: bool, name: str | None
) -> None:
    def split(written: dict[str, Any]) -> None:
        written["pre_tokenizer"] = splitter
        written["model"]["ignore_merges"] = ignore_merges

    if name is None:
        with pytest.raises(SpecError, match="it splits text in a way"):
            vocabulary(tiny, tmp_path, split)
    else:
        assert vocabulary(tiny, tmp_path, split).pre == name


@pytest.mark.parametrize(
    ("part", "key", "value", "why"),
    [
        ("model", "type", "Unigram", "no plain byte-level BPE"),
        ("model", "byte_fallback", True, "no plain byte-level BPE"),
        ("model", "end_of_word_suffix", "</w>", "no plain byte-level BPE"),
        ("model", "merges", [], "it merges nothing"),
        ("", "normalizer", {"type": "NFC"}, "no plain byte-level BPE"),
    ],
)
def test_another_tokenizer_is_refused(
    tiny: Adapted, tmp_path: Path, part: str, key: str, value: Any, why: str
) -> None:
    def changed(written: dict[str, Any]) -> None:
        (written[part] if part else written)[key] = value

    with pytest.raises(SpecError, match=why) as refused:
        vocabulary(tiny, tmp_path, changed)
    assert "convert_hf_to_gguf.py" in refused.value.next_step


def test_a_special_token_that_takes_spaces_is_refused(tiny: Adapted, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="takes the spaces beside it"):
        vocabulary(tiny, tmp_path, lambda written: written["added_tokens"][0].update(lstrip=True))


def test_a_file_that_reads_text_otherwise_is_refused(tiny: Adapted, tmp_path: Path) -> None:
    write(tiny, tmp_path / "x.gguf")
    other = transformers.AutoTokenizer.from_pretrained(tiny.store.folder(tiny.base))
    other.add_tokens(["hours"])
    gguf_vocabulary.check_written(tmp_path / "x.gguf", other, "tiny")
    other.add_tokens(["world"])
    with pytest.raises(PolicyViolation, match="reads text otherwise"):
        gguf_vocabulary.check_written(tmp_path / "x.gguf", other, "tiny")


def vocabulary(
    tiny: Adapted, folder: Path, changed: Callable[[dict[str, Any]], Any]
) -> gguf_vocabulary.Vocabulary:
    """Of the tiny model's tokenizer, but for what its file says otherwise."""
    there = tiny.store.folder(tiny.base)
    written = json.loads((there / "tokenizer.json").read_text())
    changed(written)
    (folder / "tokenizer.json").write_text(json.dumps(written))
    return gguf_vocabulary.of(folder, transformers.AutoTokenizer.from_pretrained(there), "tiny")
