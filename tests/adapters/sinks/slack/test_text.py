"""Foreign text in Slack, by itself and in whole messages."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.adapters.sinks.slack.blocks import milestone_message
from clinft.adapters.sinks.slack.text import fitting, length, plain, spoken
from tests.fakes.slack.milestones import EVIL, HOSTILE

# What Slack acts upon: control sequences, and what clients make links, mentions and emoji of.
ACTED_ON = re.compile(
    r"[<>]|&(?!amp;|lt;|gt;)|@(?![\u200b…])|://|\bwww\.|#[^\W\d]|:[\w+'-]+:(?![\u200b…])|(?:mailto|tel):(?![\u200b…])",
    re.IGNORECASE,
)
FORMATTED = re.compile(r"[*`~]|(?<!\w)_|_(?!\w)")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0123456>", "&lt;@\u200bU0123456&gt;"),
        ("@here and @channel", "@\u200bhere and @\u200bchannel"),
        ("a@b.example", "a@\u200bb.example"),
        ("<https://a.example|b>", "&lt;https:\u200b//a.example|b&gt;"),
        ("www.a.example", "www\u200b.a.example"),
        ("mailto:x", "mailto:\u200bx"),
        ("#general and PR #12", "#\u200bgeneral and PR #12"),
        (":smile: 12:30:00", ":\u200bsmile: 12:\u200b30:00"),
        ("&lt;!here&gt; & co", "&amp;lt;!here&amp;gt; &amp; co"),
        ("two\nlines\tand\r\nmore", "two lines and more"),
        ("\u202egnp.exe\u2066\u200b\x1b\x00", "gnp.exe"),
        ("accuracy 0.73 [0.66, 0.79], n = 200; p < 0.05", "accuracy 0.73 [0.66, 0.79], n = 200; p &lt; 0.05"),
        ("Über 2 µg/dl – 日本語 😀", "Über 2 µg/dl – 日本語 😀"),
        ("", ""),
    ],
)
def test_foreign_text_is_shown_as_it_is(text, shown):
    assert plain(text, 500) == shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("*bold* _it_ ~gone~ `code`", "bold it gone code"),
        ("macro_f1 and _macro_f1_", "macro_f1 and macro_f1"),
        ("__init__", "init"),
    ],
)
def test_said_text_has_no_formatting(text, said):
    assert spoken(text, 500) == said


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("<>&@#:/w.!*_~`| \nmailto:U0aé😀\u202e\ud800"), max_size=80),
    st.integers(2, 60),
)
def test_whatever_is_written_nothing_is_acted_on_and_limits_hold(text, limit):
    for shown in (plain(text, limit), spoken(text, limit)):
        assert not ACTED_ON.search(shown)
        assert length(shown) <= limit
        shown.encode()
    assert not FORMATTED.search(spoken(text, limit).replace("\u200b", ""))


@pytest.mark.parametrize(
    ("text", "limit", "shown"), [("&&&&", 10, "&amp;…"), ("😀😀😀", 5, "😀😀…"), ("abc", 3, "abc")]
)
def test_a_cut_says_so_and_never_splits_an_entity_or_a_character(text, limit, shown):
    assert plain(text, limit) == shown


def test_a_cut_leaves_no_mark_of_formatting_at_the_end():
    assert spoken("macro_f1", 7) == "macro…"


def test_lines_that_do_not_fit_are_counted():
    assert fitting(["aaaa", "bbbb", "c", "d"], 10) == (["aaaa", "bbbb"], 2)


def test_a_hostile_milestone_holds_nothing_that_slack_acts_on():
    message = milestone_message(HOSTILE)
    for text in [message.text, *texts(message.blocks)]:
        for line in text.splitlines():
            assert not ACTED_ON.search(line)
    assert not FORMATTED.search(message.text.replace("• ", "").replace("\u200b", ""))
    # Lines begin with words of ours: none is a quotation or a list of Slack's own.
    assert all(
        line.startswith(("• ", "icd10-coding: ", "Evaluation: ")) for line in message.text.splitlines()
    )


def test_foreign_text_stands_in_plain_text_objects_alone():
    assert EVIL
    found = [one for one in objects(milestone_message(HOSTILE).blocks) if "text" in one and "type" in one]
    assert {one["type"] for one in found if isinstance(one["text"], str)} == {"plain_text"}
    assert all(one["emoji"] is False for one in found if isinstance(one["text"], str))


def test_a_button_opens_https_alone_and_has_words():
    urls = [one["url"] for one in objects(milestone_message(HOSTILE).blocks) if "url" in one]
    assert urls == ["https://github.com/hospital"]


def texts(node):
    return [one["text"] for one in objects(node) if isinstance(one.get("text"), str)]


def objects(node):
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list | tuple):
        for one in node:
            yield from objects(one)
