"""Where Python finds a pattern in a text, the loosened pattern stands in the text's shadow. No exception."""

import re
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.stages.audit.loosen import NotLoosened, loosened
from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.shadow import STRANGE, shadow, stand_in
from tests.fakes.identifiers import CLEAN, PLANTED, RESERVED
from tests.processor import seconds_of

BEYOND_ASCII = [
    chr(number) for number in (*range(128, 0x3000), *range(0xA640, 0xABFF), *range(0xF900, 0x10900))
]
ALPHABET = (
    "aAbcKksSiI\u00b5\u03bc\u00aa\u00ff\u0178\u212b\u00e5\u0105\u0104\u00e1\u00e7\u0131\u0130\u017f\u212a\u00e9\u00df\u1e9e\u00c0\u00f8\u03b1\u03a9\u5b57\u01c5"
    "5\u0665\u00b2\u00bd\u2167 \n\t\x1c\x85\u00a0\u2028_-.~'\u2019<>@\ufffd\0\u20ac\u0301\u24d0\ud800"
)
ATOMS = st.sampled_from((
    "a", "K", "s", "i", "\u00e9", "\u1e9e", "\u03b1", "\u00b2", r"\.", "_", "~", "'", "\u2019", "\ufffd",
    "[a-c]", "[^a-c]", "[^a]", "[\u00c0-\u00de]", "[^\u00c0-\u00de]", "[A-Z\u00c0-\u00de]", r"[^\s<>]", r"[^\W\d_]",
    r"[\s\d]", r"[^\n]", r"[\x80-\U0010ffff]", r"[^\x80-\U0010ffff]", "[\u017f-\u0180]",
    r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", ".", r"\b", r"\B", "^", "$",
    r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]", r"[^\W\d_A-Z\u00c0-\u00d6\u00d8-\u00de]", "\u00b5", "[^\u00df]", "\u212b",
    "(?=a)", r"(?=\d|s)", "(?!b)", r"(?<![\w.])", "(?<=i)", "(?:)",
    "(?:ab|cK|s|i\u00e9|c.\u00df|\u017fab|ksi|Sik|bca|[a-c]5|aa)",
))  # fmt: skip


def repeated(inner: str, count: str) -> str:
    """Endless repetitions of repetitions would try everything."""
    again = re.search(r"[*+}]|\)\?", inner)
    return f"(?:{inner}){'?' if again and count not in ('{2}', '{1,3}') else count}"


PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda branches: f"(?:{'|'.join(branches)})"),
        st.builds(repeated, inner, st.sampled_from(["?", "*", "+", "{2}", "{1,3}", "{0,90}?", "{70}"])),
        st.builds("(?i:{})".format, inner),
        st.builds("(?-i:{})".format, inner),
        st.builds("(?s:{})".format, inner),
        inner.map(lambda group: f"(?P<g>{group}).?(?P=g)" if "(?P<g>" not in group else group),
    ),
    max_leaves=6,
)


def stands_in_shadow(pattern: re.Pattern[str], text: str) -> bool:
    """Or the text is one about which its shadow says nothing."""
    return bool(STRANGE.search(text) or re.search(loosened(pattern.pattern).encode(), shadow(text)))


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(["", "(?i)", "(?s)", "(?im)"]), PATTERNS, st.text(ALPHABET, max_size=12))
@example("(?i)", "[a-z]is", "K\u0131\u017f")
@example("(?i)", "\u1e9e", "\u00df")
@example("(?i)", "(?P<g>k)(?P=g)", "k\u212a")
@example("(?s)", "a.b", "a\nb")
@example("", "x(?:(?i:abcdefghijk|lmnopqrst|uvwxyzabc|defghijkl))?y", "xABCDEFGHIJKy")
@example("", "k[^a]", "k\u00e1")
@example("", "k[^\u00e0-\u00e5]", "ka")
@example("", "(?P<g>a|s)(?i:(?P=g))", "aA")
@example("", "(?P<g>\\b5)(?P=g)", "55")
@example("(?i)", "(?P<g>(?-i:a))(?P=g)", "aA")
@example("(?i)", "(?P<g>(?-i:[^A-Z]))(?P=g)", "aA")
def test_what_re_finds_in_a_text_stands_in_its_shadow(flags: str, pattern: str, text: str) -> None:
    try:
        compiled = re.compile(flags + pattern)
    except re.error:
        return
    if compiled.search(text):
        assert stands_in_shadow(compiled, text)


def test_the_shadow_keeps_what_a_character_is() -> None:
    for character in BEYOND_ASCII:
        low = stand_in(character)
        assert len(low) == 1
        assert low.isascii()
        assert character.isalnum() == low.isalnum(), hex(ord(character))
        assert character.isdecimal() == low.isdecimal()
        assert character.isspace() == low.isspace()
        assert low != "_"
    assert shadow("plain_1") == b"plain_1"


def test_the_strange_characters_are_all_that_python_takes_for_an_ascii_letter_in_another_case() -> None:
    beyond_ascii = "".join(map(chr, range(128, 0x110000)))
    assert set(re.findall("(?i)[a-z]", beyond_ascii)) == set("\u0130\u0131\u017f\u212a")
    assert all(map(STRANGE.fullmatch, "\u0130\u0131\u017f\u212a"))


def test_both_cases_of_every_letter_beyond_ascii_are_found_in_the_shadow() -> None:
    for one in BEYOND_ASCII:
        for other in {one.lower(), one.upper(), one.title()} - {one}:
            pattern = re.compile("(?i)" + re.escape(one))
            assert not pattern.fullmatch(other) or stands_in_shadow(pattern, other), hex(ord(one))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"(?<![\w.])[\w.]{1,64}@[\w-]{1,63}(?:\.\w{1,63}){1,5}", r"[\x2e0-9A-Z\x5fa-z]\x40(?:[\x2d0-9A-Z\x5fa-z]){1,63}\x2e[0-9A-Z\x5fa-z]"),
        (r"(?:\+1 ?)?(?P<value>\d{3}-\d{4})(?!\d)", r"(?:(?:[0-9]){3,3}\x2d(?:[0-9]){4,4})"),
        (r"\b(?=(?P<value>[A-C]+ x?)\b)", r"\b(?:(?:[A-C]){1,}\x20(?:x){0,1})\b"),
        (r"x[a-f]{16,100000}={0,2}", "x(?:[a-f]){16,16}"),
        (r"a[a-f]{0,100}b", "a(?:[a-f]){0,}b"),
        (r"(?:ab?|(?:cd)?)x(?:y|z?)", "x"),
        (r"(?i)mrn(?-i:[A-C])", "(?i:mrn(?-i:[A-C]))"),
        (r"a(?: or one of many more words| of them)?b", r"a[\x20ad-fhm-or-twy]{0,}b"),
        (r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff][^\W\d_A-Z\u00c0-\u00d6\u00d8-\u00de]", "[A-Zq][a-z]"),
        (r"(?P<gap>[-/])\d(?P=gap)\d", r"(?:[\x2d\x2f])[0-9](?:[\x2d\x2f])[0-9]"),
    ],
)  # fmt: skip
def test_only_what_is_needed_is_kept(pattern: str, expected: str) -> None:
    assert loosened(pattern) == expected


@pytest.mark.parametrize("pattern", ["(a)?(?(1)b|c)", r"(?a)\w", r"(?a:\bx)"])
def test_what_cannot_be_loosened_says_so(pattern: str) -> None:
    with pytest.raises(NotLoosened):
        loosened(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a)" + "".join(rf"(\{n}\{n})" for n in range(1, 40)),
        "(?:" * 60 + "a" + "b)" * 60,
        "(?:" * 60 + "a" + "){1,9}" * 60,
    ],
    ids=("references to references", "groups in groups", "repetitions in repetitions"),
)
def test_a_pattern_that_would_grow_without_end_does_not(pattern: str) -> None:
    def loosen() -> None:
        with suppress(NotLoosened):
            assert len(loosened(pattern)) < 100_000

    assert seconds_of(loosen, enough=1) < 1


TEXTS = [
    *(before + value + after for _, before, value, after in PLANTED),
    *(text for _, text in RESERVED),
    *CLEAN,
]


def test_every_rule_stands_in_the_shadow_of_every_text_it_matches() -> None:
    texts = [
        *TEXTS,
        *(text.upper() for text in TEXTS),
        *(text.replace("a", "\u00e4").replace("i", "\u0105") for text in TEXTS),
    ]
    matched = 0
    for rules in TABLE.values():
        for rule in rules:
            needed = re.compile(loosened(rule.pattern.pattern).encode())
            for text in texts:
                if rule.pattern.search(text):
                    matched += 1
                    assert needed.search(shadow(text)), (rule.name, text)
    assert matched > 100
