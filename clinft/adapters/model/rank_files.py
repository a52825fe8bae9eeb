"""OpenAI's tokenizers without a network: their rank files lie in tables/tokenizers, checked by digest."""

import base64
import hashlib
import lzma
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from clinft.errors import DigestMismatch

if TYPE_CHECKING:
    from tiktoken import Encoding

TABLES = ("tables", "tokenizers")
END_OF_TEXT, END_OF_PROMPT = "<|endoftext|>", "<|endofprompt|>"
# A word of o200k may end in one of these; its letters are upper case first, then lower case.
_CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"


@dataclass(frozen=True)
class RankFile:
    """`sha256`: of the file as OpenAI publishes it. The other two are what tiktoken builds with it."""

    sha256: str
    pattern: str
    special_tokens: dict[str, int]


RANK_FILES = {
    "o200k_base": RankFile(
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        "|".join(
            (
                rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_CONTRACTION}",
                rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_CONTRACTION}",
                r"\p{N}{1,3}",
                r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
                r"\s*[\r\n]+",
                r"\s+(?!\S)",
                r"\s+",
            )
        ),
        {END_OF_TEXT: 199_999, END_OF_PROMPT: 200_018},
    ),
    "cl100k_base": RankFile(
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
        r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
        {
            END_OF_TEXT: 100_257,
            "<|fim_prefix|>": 100_258,
            "<|fim_middle|>": 100_259,
            "<|fim_suffix|>": 100_260,
            END_OF_PROMPT: 100_276,
        },
    ),
}


@cache
def encoding(name: str) -> "Encoding":
    """tiktoken's encoding of that name, built once in a process. `name` is a key of RANK_FILES."""
    import tiktoken

    definition = RANK_FILES[name]
    return tiktoken.Encoding(
        name,
        pat_str=definition.pattern,
        mergeable_ranks=_ranks(published(name)),
        special_tokens=definition.special_tokens,
    )


def published(name: str) -> bytes:
    """The rank file as OpenAI publishes it; DigestMismatch where it is not that."""
    file = f"{name}.tiktoken.xz"
    packed = resources.files("clinft").joinpath(*TABLES, file).read_bytes()
    try:
        plain = lzma.decompress(packed)
    except lzma.LZMAError:
        plain = b""
    if hashlib.sha256(plain).hexdigest() != RANK_FILES[name].sha256:
        raise DigestMismatch(
            f"clinft/{'/'.join(TABLES)}/{file} is not the rank file that OpenAI publishes.",
            "It was changed, or cut off on its way here.",
            "Install clinft again; tokens counted with this file would be wrong.",
        )
    return plain


def _ranks(plain: bytes) -> dict[bytes, int]:
    pairs = (line.split() for line in plain.splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in pairs}
