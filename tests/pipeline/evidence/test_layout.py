"""The list of digests, and names that may stand in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.errors import PolicyViolation
from clinft.pipeline.evidence import layout

NAMES = st.from_regex(
    r"[A-Za-z0-9_][A-Za-z0-9._-]{0,9}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,9}){0,3}", fullmatch=True
)
SUMS = st.dictionaries(NAMES, st.text("0123456789abcdef", min_size=64, max_size=64), max_size=5)


@given(SUMS)
def test_a_list_is_read_as_it_was_written(sums: dict[str, str]) -> None:
    assert layout.read_sums(layout.sums_text(sums)) == sums
    assert all(layout.checked_name(name, "it") == name for name in sums)


@given(SUMS.filter(bool), st.data())
def test_a_changed_character_is_no_list_or_another_one(sums: dict[str, str], data: st.DataObject) -> None:
    text = layout.sums_text(sums)
    at = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters(codec="ascii").filter(lambda other: other != text[at]))
    assert layout.read_sums(text[:at] + character + text[at + 1 :]) != sums


@pytest.mark.parametrize(
    "text",
    ["\n", "x", f"{'0' * 64} x\n", f"{'0' * 64}  x", f"{'0' * 64}  x\n{'0' * 64}  x\n", f"{'A' * 64}  x\n"],
)
def test_what_clinft_does_not_write_is_no_list(text: str) -> None:
    assert layout.read_sums(text) is None


@pytest.mark.parametrize(
    "name", ["", "/x", "x/", "a//b", ".", "..", "a/../b", "-rf", "a\\b", "a\n", "a/" * 8 + "b"]
)
def test_a_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(PolicyViolation, match="a name that no evidence has"):
        layout.checked_name(name, "it")


@pytest.mark.parametrize("names", [[], ["policy.yml"], ["a/runs/x/1", "a/runs/y/1"], ["a/runs/x"]])
def test_it_holds_one_run(names: list[str]) -> None:
    with pytest.raises(PolicyViolation, match="files of one run"):
        layout.run_in(names)
    assert layout.run_in(["policy.yml", "a/runs/x/1", "a/runs/x/plots/2", "a/domain.yaml"]) == ("a", "x")
