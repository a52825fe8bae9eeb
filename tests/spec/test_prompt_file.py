"""prompt.md → Prompt. What is refused there is in test_bad_specs.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.errors import SpecError
from clinft.spec.prompt import PromptExample, parse_prompt

LINES = st.lists(
    st.sampled_from(
        ["# System", "## Example", "### Input", "### Output", "text", "", "```", "#### deep", "# x"]
    )
)


def test_sections_become_system_prompt_and_examples() -> None:
    parsed = parse_prompt(
        "\n# System\n\nBe brief.\n\nTwo paragraphs.\n\n## Example\n### Input\n\na\n\n### Output\n\nb\n",
        "p.md",
    )
    assert parsed.prompt.system == "Be brief.\n\nTwo paragraphs."
    assert parsed.prompt.examples == (PromptExample(input="a", output="b"),)
    assert parsed.output_lines == (15,)


def test_deeper_headings_and_fenced_blocks_are_text() -> None:
    body = "#### Rules\n#hashtag\n```\n# not a heading\n## Example\n```"
    assert parse_prompt(f"# System\n{body}\n", "p.md").prompt.system == body


def test_windows_newlines_and_byte_order_mark_change_nothing() -> None:
    unix = parse_prompt(b"# System\nhello\n", "p.md")
    assert parse_prompt(b"\xef\xbb\xbf# System\r\nhello\r\n", "p.md") == unix


@pytest.mark.parametrize("text", ["", "\n\n", "hello", "## Example\n### Input\na\n### Output\nb\n"])
def test_a_prompt_without_system_section_is_refused(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_prompt(text, "p.md")
    assert "# System" in str(caught.value.problems[0])


@given(LINES.map("\n".join) | st.text())
def test_any_text_gives_a_prompt_or_a_spec_error(text: str) -> None:
    try:
        parsed = parse_prompt(text, "p.md")
    except SpecError:
        return
    assert parsed.prompt.system.strip()
    assert len(parsed.output_lines) == len(parsed.prompt.examples)
