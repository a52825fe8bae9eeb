"""What a server says ends up as one short line."""

import pytest

from clinft.adapters.training.mcp_client.plain import plain


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("all is well", "all is well"),
        ("two\nlines\r\n\tand a tab", "two lines and a tab"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("\u202eturned\u2066", "turned"),
        ("::error::forged\n::warning::too", "::error::forged ::warning::too"),
        ("key s3cret-s3cret here", "key [redacted] here"),
        # Partly, in another case, starred out, and in base64.
        ("key S3CRET-s****here", "key [redacted]"),
        ("key czNjcmV0LXMzY3JldA== here", "key [redacted] here"),
        ("key s3cre here", "key s3cre here"),
        ("", ""),
    ],
)
def test_one_line_without_the_secret(said: str, shown: str) -> None:
    assert plain(said, "s3cret-s3cret") == shown


def test_it_is_cut_where_it_goes_on() -> None:
    shown = plain("x" * 10_000_000, longest=50)
    assert shown == "x" * 49 + "…"


def test_a_secret_at_the_cut_does_not_show_its_half() -> None:
    assert "s3cr" not in plain("x" * 30 + "s3cret-s3cret" * 3, "s3cret-s3cret", longest=40)
