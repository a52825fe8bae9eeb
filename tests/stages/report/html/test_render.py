"""The renderer. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, then read the diff."""

import os
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.stages.report import stage
from clinft.stages.report.html import render
from clinft.stages.report.html.parser import allowed
from tests.fakes import run_facts as fake
from tests.stages.report.html.sample import PLOT, SMALL
from tests.stages.report.html.strict import read

GOLDEN = Path(__file__).parent / "golden" / "small.html"


def body(markdown: str) -> str:
    html = render.body(markdown)
    read(html)
    return html


def test_small_page_equals_its_golden() -> None:
    html = render.page(
        SMALL, "A <model> card", {"plots/loss.svg": PLOT}, links={"report.md": "report.html"}, note="A view."
    )
    if os.environ.get("CLINFT_UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(html, encoding="utf-8")
    assert html == GOLDEN.read_text(encoding="utf-8")
    found = read(html)
    assert {"#doc-results", "report.html", "https://www.nist.gov/", "#content"} <= set(found.hrefs)
    assert {"doc-results", "doc-results-1", "content"} <= set(found.ids)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=alert(1)>b</b>",
        "<details><summary><script>alert(1)</script></summary>\n\nx\n\n</details>",
        "<details ontoggle=alert(1)>\n\nx\n\n</details>",
        "<!-- <script> -->",
        "<style>*{display:none}</style>",
        "<iframe src=//evil.example></iframe>",
        "# <svg onload=alert(1)>",
        "| <script> |\n|---|\n| <img onerror=alert(1)> |",
        "```\"><script>\n</code></pre><script>alert(1)</script>\n```",
        "[^\"><script>]\n\n[^\"><script>]: <script>",
        "![\"><script>](x.svg)",
        "---\n</code></pre><script>\n---\nx",
        "> [!NOTE]\n> <script>",
    ],
)  # fmt: skip
def test_html_of_others_is_text(text: str) -> None:
    tree = lxml.html.fromstring(f"<div>{body(text)}</div>")

    assert tree.xpath("//script | //iframe | //style | //svg | //img | //b | //comment()") == []
    assert [name for element in tree.iter() for name in element.attrib if name.startswith("on")] == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#9;script:alert(1)",
        "&#106;avascript&colon;alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/svg+xml,<svg>",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:a@b.example",
        "//evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://user@evil.example",
        "https://good.example\\@evil.example",
        "x:y",
        "/absolute",
    ],
)  # fmt: skip
def test_other_addresses_make_no_link(address: str) -> None:
    for text in (
        f"[x]({address})",
        f"![x]({address})",
        f"<{address}>",
        f"[x]\n\n[x]: {address}",
        f"[![x]({address})]({address})",
    ):
        found = read(render.body(text))
        assert found.hrefs == []
        assert found.sources == []


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/b?c=d#e",
        "http://a.example",
        "plots/loss.svg",
        "../x.md#y",
        "#z",
        "a/b:c",
        "?q",
        ".",
    ],
)
def test_addresses_of_the_web_and_of_files_stay(address: str) -> None:
    assert allowed(address)
    assert len(read(render.body(f"[x]({address})")).hrefs) == 1


def test_text_of_others_makes_no_link_by_itself() -> None:
    assert read(body("www.evil.example https://evil.example me@evil.example")).hrefs == []


def test_a_heading_takes_no_id_of_the_page_around_it() -> None:
    found = read(render.page("# content\n\n## Content\n\n## __proto__\n\n## \u202e", "x"))

    assert sorted(found.ids) == ["content", "doc-content", "doc-content-1", "doc-proto", "doc-section"]


def test_picture_that_was_not_handed_over_is_a_link() -> None:
    found = read(body("![Loss](plots/loss.svg) ![pixel](https://evil.example/x.png)"))

    assert found.sources == []
    assert found.hrefs == ["plots/loss.svg", "https://evil.example/x.png"]


def test_picture_that_may_do_harm_is_left_out_and_named() -> None:
    harm = PLOT.replace(b"<path", b"<script>alert(1)</script><path")
    html = render.body("![Loss](a.svg)", {"a.svg": harm})

    assert "<img" not in html
    assert "Picture left out, it holds an element that plots do not need, such as a script: Loss" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<details><summary>A *b*</summary>\n\nc\n\n</details>", "<summary>A <em>b</em></summary>\n<p>c</p>"),
        ("- a\n\n  <details><summary>b</summary>\n\n  c\n\n  </details>", "<details>"),
        ("> <details>\n> a\n> </details>", "<summary>Details</summary>"),
        ("<details>\n\n<details>\n\na\n\n</details>\n\n</details>", "</details>\n</details>"),
        ("<details>\n\n```\n</details>\n```\n\nb\n\n</details>", "&lt;/details&gt;"),
        ("<details>\n\nnever closed", "&lt;details&gt;"),
        ("> <details>\n\n</details>", "&lt;details&gt;"),
        ("</details>\n\na", "&lt;/details&gt;"),
    ],
)
def test_collapsed_blocks_are_kept_and_others_are_text(text: str, shown: str) -> None:
    assert shown in body(text)


def test_a_tower_of_unclosed_blocks_is_read_in_no_time() -> None:
    body("<details>\n" * 20_000 + "</details>\n" * 3)
    body("> " * 500 + "a")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *SMALL.split("\n"),
                "<details>",
                "</details>",
                "<script>",
                "```",
                "> ",
                "- ",
                "  ",
                "|",
                "\n",
                "[^1]",
                "x",
            ]
        ),
        max_size=30,
    ),
    st.sampled_from(["\n", "", " "]),
)
def test_whatever_is_written_gives_a_whole_page(lines: list[str], between: str) -> None:
    read(render.page(between.join(lines), "x", {"plots/loss.svg": PLOT}))


@pytest.mark.parametrize("variant", ["run_facts", "full_run_facts", "hostile_run_facts"])
def test_every_document_of_a_run_is_a_whole_page(variant: str) -> None:
    rendered = stage.render(getattr(fake, variant)())
    plots = {name: text.encode() for name, text in rendered.items() if name.endswith(".svg")}
    documents = [name for name in rendered if name.endswith(".md")]
    assert len(documents) == 5

    for name in documents:
        found = read(render.page(rendered[name], name, plots))
        shown = set(render.pictures_in(rendered[name])) & set(plots)
        assert len(found.sources) == len(shown), name
        assert all(source.startswith("data:image/svg+xml;base64,") for source in found.sources)
        assert "javascript" not in " ".join(found.hrefs)


def test_a_box_says_whether_it_is_ticked_and_an_empty_heading_is_read_out() -> None:
    html = body("- [x] a\n- [ ] b\n\n| | c |\n|---|---|\n| d | e |")

    assert 'aria-label="done" disabled="" type="checkbox" checked=""> a' in html
    assert 'aria-label="not done" disabled="" type="checkbox"> b' in html
    assert '<th scope="col"><span class="only-read">Column 1</span></th>\n<th scope="col">c</th>' in html


def test_title_is_the_first_heading() -> None:
    assert render.title_of("---\na: b\n---\n# A `b` &amp; c\n\n# d") == "A b & c"
    assert render.title_of("no heading") is None
