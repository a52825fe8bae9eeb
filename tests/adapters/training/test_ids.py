"""Ids are plain: they stand in addresses, tables and records."""

import pytest

from clinft.adapters.training.ids import ID, MODEL, is_plain

SECRET = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"


@pytest.mark.parametrize("text", ["ftjob-abc123", "file-9F_x", "step:3", "a" * 200, "_x"])
def test_ids(text: str) -> None:
    assert is_plain(text, ID, [SECRET])


@pytest.mark.parametrize("text", ["ft:gpt-4.1:clinic::x", "accounts/a/models/b", "a@b=c+d"])
def test_names_of_models(text: str) -> None:
    assert is_plain(text, MODEL, [SECRET])


@pytest.mark.parametrize(
    "text",
    ["", "a b", "a/b", "[a](b)", "a|b", "<b>", "a\n", "a" * 201, "a..b", "é", SECRET, f"x{SECRET[8:14]}"],
)
def test_no_ids(text: str) -> None:
    assert not is_plain(text, ID, [SECRET])


@pytest.mark.parametrize("text", ["/a", "a b", "a/../b", "`a`", "a" * 201, f"models/{SECRET.upper()}"])
def test_no_names_of_models(text: str) -> None:
    assert not is_plain(text, MODEL, [SECRET])
