"""PDF, where Pango is installed; the messages where it is not."""

import builtins
import re
import sys
import zlib
from typing import Any

import pytest

from clinft.errors import MissingExtra, SpecError
from clinft.stages.report.html import pdf, render
from tests.stages.report.html.sample import PLOT, SMALL

needs_pango = pytest.mark.skipif(not pdf.available(), reason="WeasyPrint's libraries are not on this machine")


@needs_pango
def test_page_is_a_tagged_pdf_and_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    page = render.page(SMALL, "A model card", {"plots/loss.svg": PLOT})
    made = pdf.pdf(page)

    assert made.startswith(b"%PDF-")
    assert made.rstrip().endswith(b"%%EOF")
    streams = re.findall(rb"stream\n(.*?)\nendstream", made, re.DOTALL)
    assert any(b"/StructTreeRoot" in zlib.decompress(one) for one in streams if one.startswith(b"\x78"))
    assert pdf.pdf(page) == made


@needs_pango
def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's network lock would raise; files are as closed."""
    asked: list[str] = []
    real = builtins.open

    def watched(name: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(str(name))
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", watched)
    page = '<img alt="x" src="http://127.0.0.1:9/x.png"><img alt="y" src="file:///etc/hostname"><p>z</p>'

    assert pdf.pdf(f"<html lang=en><title>t</title>{page}").startswith(b"%PDF-")
    assert "/etc/hostname" not in asked


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(MissingExtra, match=r"\[pdf\]"):
        pdf.pdf("")


def test_without_pango_its_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def broken(name: str, *args: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", broken)

    with pytest.raises(SpecError, match="libpango"):
        pdf.pdf("")
    assert not pdf.available()
