"""A byte-level BPE tokenizer as GGUF's metadata; whatever GGUF cannot say of it is refused.

Names and meaning of the keys: ggml-org/ggml, docs/gguf.md. How llama.cpp splits text for each `pre`:
ggml-org/llama.cpp, src/llama-vocab.cpp (read 2026-11).
"""

import json
from collections.abc import Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from clinft.adapters.model import quiet
from clinft.errors import PolicyViolation, SpecError

NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5
BYTES = {"type": "ByteLevel", "add_prefix_space": False}
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DIGITS = {"type": "Digits", "individual_digits": True}
SPLIT = {"type": "Split", "pattern": {"Regex": LLAMA3}, "behavior": "Isolated", "invert": False}
# llama.cpp's name, how tokenizer.json says the same, and whether whole words skip the merges.
SPLITTERS: tuple[tuple[str, tuple[Mapping[str, Any], ...], bool], ...] = (
    ("gpt-2", ({**BYTES, "use_regex": True},), False),
    ("smollm", (DIGITS, {**BYTES, "use_regex": True}), False),
    ("llama-bpe", (SPLIT, {**BYTES, "use_regex": False}), True),
)
# Read back, these must give the same tokens: letters, numbers, spaces, lines, contractions, many scripts.
PROBES = (
    "Hello world. It's 12:30; we'll see 1234567 items, won't we?",
    "  two spaces,\ttabs\n\nand lines \r\n end   ",
    "Größe 5,4 mm; naïve; Ångström; 37.5 °C; ≥ 3; µg/mL; Привет; 你好，世界; 🙂🇩🇪",
    "CamelCase snake_case 'quoted' \"double\" <tag> {json: [1, 2.5e-3]} I'LL DON'T",
)
WAY_OUT = (
    "Hand over the adapter or --merge; llama.cpp's own convert_hf_to_gguf.py may know the merged folder."
)


@dataclass(frozen=True)
class Vocabulary:
    """`special`: bos, eos, pad and unk by GGUF's names for them, where there are any."""

    pre: str
    tokens: tuple[str, ...]
    types: tuple[int, ...]
    merges: tuple[str, ...]
    special: Mapping[str, int]
    adds_bos: bool
    chat_template: str


def of(folder: Path, tokenizer: Any, ref: str) -> Vocabulary:
    """Of the model in `folder`; SpecError where GGUF cannot say what its tokenizer does."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise _refused(ref, "there is no tokenizer.json")
    written = json.loads(path.read_bytes())
    model, added = written["model"], written["added_tokens"]
    pre = _pre(written, ref)
    if not model["merges"]:
        raise _refused(ref, "it merges nothing")
    if not isinstance(tokenizer.chat_template, str):
        raise _refused(ref, "it has no chat template, or several")
    if any(token["lstrip"] or token["rstrip"] or token["single_word"] for token in added):
        raise _refused(ref, "a special token takes the spaces beside it")
    by_id = {number: token for token, number in model["vocab"].items()}
    types = dict.fromkeys(by_id, NORMAL)
    for token in added:
        by_id[token["id"]] = token["content"]
        types[token["id"]] = CONTROL if token["special"] else USER_DEFINED
    size = max(by_id) + 1
    return Vocabulary(
        pre=pre,
        tokens=tuple(by_id.get(number, f"[PAD{number}]") for number in range(size)),
        types=tuple(types.get(number, UNUSED) for number in range(size)),
        merges=tuple(merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]),
        special={
            name: number
            for name, number in (
                ("bos", tokenizer.bos_token_id),
                ("eos", tokenizer.eos_token_id),
                ("pad", tokenizer.pad_token_id),
                ("unk", tokenizer.unk_token_id),
            )
            if number is not None
        },
        adds_bos=_adds_bos(tokenizer, ref),
        chat_template=tokenizer.chat_template,
    )


def padded(vocabulary: Vocabulary, size: int) -> tuple[list[str], list[int]]:
    """Tokens and types for `size` rows of embeddings; a model may have more rows than tokens."""
    missing = range(len(vocabulary.tokens), size)
    return [*vocabulary.tokens, *(f"[PAD{number}]" for number in missing)], [
        *vocabulary.types,
        *(UNUSED for _ in missing),
    ]


def check_written(path: Path, tokenizer: Any, ref: str) -> None:
    """PolicyViolation unless the file, read by transformers, gives the same tokens."""
    with quiet.transformers() as transformers, redirect_stderr(StringIO()):
        read = transformers.AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    asked = [{"role": "system", "content": PROBES[0]}, {"role": "user", "content": PROBES[2]}]
    shown = {"add_generation_prompt": True, "return_dict": False}
    same = all(
        read.encode(text, add_special_tokens=False) == tokenizer.encode(text, add_special_tokens=False)
        for text in PROBES
    )
    if not same or read.apply_chat_template(asked, **shown) != tokenizer.apply_chat_template(asked, **shown):
        raise PolicyViolation(
            f"The tokenizer of {ref} reads text otherwise once it is written as GGUF.",
            "Its rules for splitting text are close to ones that GGUF has a name for, and not the same.",
            WAY_OUT,
        )


def _pre(written: Mapping[str, Any], ref: str) -> str:
    model = written["model"]
    odd = [
        name
        for name in ("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")
        if model.get(name)
    ]
    if model["type"] != "BPE" or model.get("byte_fallback") or odd or written["normalizer"]:
        raise _refused(ref, "it is no plain byte-level BPE")
    parts = _parts(written["pre_tokenizer"])
    for name, wanted, whole_words in SPLITTERS:
        alike = len(parts) == len(wanted) and all(map(_matches, parts, wanted))
        if alike and bool(model.get("ignore_merges")) is whole_words:
            return name
    raise _refused(ref, "it splits text in a way that clinft knows no name of GGUF for")


def _parts(splitter: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    if splitter is None:
        return []
    return list(splitter["pretokenizers"]) if splitter["type"] == "Sequence" else [splitter]


def _matches(part: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(part.get(name) == value for name, value in wanted.items())


def _adds_bos(tokenizer: Any, ref: str) -> bool:
    plain, whole = (tokenizer.encode("a", add_special_tokens=special) for special in (False, True))
    if whole not in (plain, [tokenizer.bos_token_id, *plain]):
        raise _refused(ref, "it puts other tokens around a text than its first one")
    return bool(whole != plain)


def _refused(ref: str, why: str) -> SpecError:
    return SpecError(f"The tokenizer of {ref} is not written as GGUF: {why}.", _CAUSE, WAY_OUT)


_CAUSE = "A file with another tokenizer than the model was trained with would give worse answers, silently."
