"""Text as a pattern should see it: look-alike characters plain, invisible ones and stray marks gone."""

import re
import unicodedata
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

NON_ASCII = re.compile(r"[^\x00-\x7f]")
# Nothing to see though Unicode calls them letters, marks or symbols. All of its category Cf joins them: soft
# hyphen, zero-width characters, direction marks.
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    *map(chr, range(0x180B, 0x1810)),
    *map(chr, range(0xFE00, 0xFE10)),
    *map(chr, range(0xE0100, 0xE01F0)),
}
# ASCII as tag characters: nobody sees it, every program reads it.
TAGS = range(0xE0020, 0xE007F)
# A to Z in black circles and in black squares; NFKC knows only the white ones.
DARK_LETTERS = (0x1F150, 0x1F170)
SIGNS = {
    "'": "‘’‚‛′´ʹʼˈ",
    '"': "“”„‟″«»",
    ".": "·‧⋅∙",
    "/": "⁄∕⧸",
    ":": "∶꞉ː",
    "|": "│┃║¦∣",
    "-": "−─━➖⁃˗",
    "_": "‿",
}
# Latin letters that only look otherwise: small capitals, i without its dot.
SMALL_CAPITALS = dict(zip("ABCDEFGHIJKLMNOPRSTUVWYZ", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
SCRIPT_LETTERS = {"a": "ɑ", "g": "ɡ", "i": "ı", "j": "ȷ"}
# Cyrillic, Greek, Armenian, Cherokee and Lisu letters drawn like a Latin one: by hand, after the confusables
# of Unicode Technical Standard 39.
LOOK_ALIKES = {
    "A": "АΑᎪꓮ", "B": "ВΒᏴꓐ", "C": "СϹᏟꓚ", "D": "Ꭰꓓ", "E": "ЕΕᎬꓰ", "F": "Ϝꓝ", "G": "ԌᏀꓖ", "H": "НΗᎻꓧ",
    "I": "ІΙӀꓲ", "J": "ЈͿᎫꓙ", "K": "КΚᏦꓗ", "L": "Ꮮꓡ", "M": "МΜᎷꓟ", "N": "Νꓠ", "O": "ОΟՕꓳ", "P": "РΡᏢꓑ",
    "Q": "Ԛ", "R": "Ꮢꓣ", "S": "ЅՏᏚꓢ", "T": "ТΤᎢꓔ", "U": "Սꓴ", "V": "ѴᏙꓦ", "W": "ԜᎳꓪ", "X": "ХΧꓫ",
    "Y": "ҮΥᎩꓬ", "Z": "ΖᏃꓜ", "a": "аα", "c": "сϲ", "d": "ԁ", "e": "еҽ", "g": "ց", "h": "һհ", "i": "іι",
    "j": "јϳ", "k": "κ", "l": "ӏ", "n": "ո", "o": "оοօ", "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "τ", "u": "υμս",
    "v": "νѵ", "w": "ԝ", "x": "х", "y": "ууү",
}  # fmt: skip
DIGIT_ALIKES = str.maketrans("Ззбʒ", "3363")


def _table(alikes: dict[str, str]) -> dict[int, str]:
    return {ord(alike): plain for plain, row in alikes.items() for alike in row}


TO_PLAIN = _table(SIGNS) | _table(SMALL_CAPITALS) | _table(SCRIPT_LETTERS)
TO_LATIN = _table(LOOK_ALIKES)
LOOK_ALIKE = re.compile(f"[{''.join(LOOK_ALIKES.values())}Ззб]")
LATIN_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
# With the signs and digits that go with them.
LATIN = re.compile(r"[\x00-\u024f\u1e00-\u1eff]")
# A letter of these scripts that looks like no Latin one: somebody really writes them.
OWN_SCRIPT = re.compile(rf"(?!{LOOK_ALIKE.pattern})[\u0370-\u058f\u13a0-\u13f5\ua4d0-\ua4f7]")
BEFORE_OTHERS = re.compile(r"[\x00-\x7f][^\x00-\x7f]+")
WORD = re.compile(r"\w+")


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the offset in `text` that it came from."""
    if text.isascii():
        return text, range(len(text))
    special = sorted(set(NON_ASCII.findall(text)))
    folded: str = text
    places: Sequence[int] = range(len(text))
    if any(len(_plain(character)) != 1 or _is_mark(character) for character in special):
        folded, places = _spelled_out(text)
    else:
        for character in special:
            if _plain(character) != character:
                folded = folded.replace(character, _plain(character))
    return _latin(folded), places


def _spelled_out(text: str) -> tuple[str, Sequence[int]]:
    """Characters that become none or several, and marks with the letter below them."""
    folded: list[str] = []
    places = array("q")
    keep_accents = not _is_scribbled(text)
    for index, character in enumerate(text):
        if character.isascii():
            folded.append(character)
            places.append(index)
        elif folded and _is_mark(character) and LATIN.match(folded[-1]):
            composed = unicodedata.normalize("NFC", folded[-1] + character)
            if keep_accents and len(composed) == 1:
                folded[-1] = composed
        else:
            plain = _plain(character)
            folded.extend(plain)
            places.extend([index] * len(plain))
    return "".join(folded), places


def _is_scribbled(text: str) -> bool:
    """Marks that make no letter of any alphabet: then none of them is an accent."""
    for match in BEFORE_OTHERS.finditer(text):
        base, others = match.group()[0], match.group()[1:]
        marks = "".join(takewhile(_is_mark, others))
        if marks and len(unicodedata.normalize("NFC", base + marks)) > 1:
            return True
    return False


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me") and character not in UNSEEN


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if code in TAGS:
        return chr(code - 0xE0000)
    if character in UNSEEN or category == "Cf":
        return ""
    if code in TO_PLAIN:
        return TO_PLAIN[code]
    for first in DARK_LETTERS:
        if first <= code < first + 26:
            return chr(ord("A") + code - first)
    # `2½` must not become 21/2.
    if unicodedata.decomposition(character).startswith("<fraction>"):
        return character
    return "".join(map(_ascii_like, unicodedata.normalize("NFKC", character)))


def _ascii_like(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Nd", "No"):
        return str(unicodedata.digit(character, character))
    if category == "Pd":
        return "-"
    if character == "\x85":
        return "\n"
    return {"Zs": " ", "Zl": "\n", "Zp": "\n"}.get(category, TO_PLAIN.get(ord(character), character))


def _latin(text: str) -> str:
    """Look-alike letters of other scripts as Latin ones, where a word mixes scripts or holds digits.

    A text in which other scripts appear by nothing but look-alikes is no text in these scripts.
    """
    if not LOOK_ALIKE.search(text):
        return text
    only_alikes = LATIN_LETTER.search(text) is not None and OWN_SCRIPT.search(text) is None

    def plain(match: re.Match[str]) -> str:
        word = match.group()
        mixed = LATIN_LETTER.search(word) is not None
        if any(map(str.isdigit, word)) and not mixed:
            return word.translate(DIGIT_ALIKES).translate(TO_LATIN)
        return word.translate(TO_LATIN) if mixed or (only_alikes and len(word) > 1) else word

    return WORD.sub(plain, text)
