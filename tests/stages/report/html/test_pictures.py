"""Which drawings may stand in a page."""

import pytest

from clinft.stages.report import stage
from clinft.stages.report.html.pictures import problem
from tests.fakes import run_facts as fake

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


def test_every_plot_of_a_run_may() -> None:
    plots = {
        name: text for name, text in stage.render(fake.full_run_facts()).items() if name.endswith(".svg")
    }
    assert len(plots) == 6
    assert {name: problem(text.encode()) for name, text in plots.items()} == dict.fromkeys(plots)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
        "<a href='#x'><path/></a>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onload' to='x'/>",
        "<x:path xmlns:x='urn:other'/>",
        "<path onclick='alert(1)'/>",
        "<path OnLoad='alert(1)'/>",
        "<use href='https://evil.example/x.svg#y'/>",
        "<use xlink:href='data:image/svg+xml,x'/>",
        "<image href='https://evil.example/x.png'/>",
        "<image xlink:href='data:image/svg+xml;base64,AA=='/>",
        "<image xlink:href='javascript:alert(1)'/>",
        "<path style='fill: url(https://evil.example)'/>",
        "<path fill='url( //evil.example )'/>",
        "<path style='fill: u\\72l(https://evil.example)'/>",
        "<style>@import 'https://evil.example';</style>",
        "<style>* { background: url('//evil.example') }</style>",
        "<style>* { background: image-set('https://evil.example' 1x) }</style>",
        "<style>* { background: image('https://evil.example') }</style>",
        "<style>a{}<title/>@import 'https://evil.example'</style>",
        "<path xml:base='https://evil.example'/>",
    ],
)  # fmt: skip
def test_what_runs_or_loads_may_not(inside: str) -> None:
    assert problem(f"{OPEN}<g>{inside}</g></svg>".encode()) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<svg",
        "<html/>",
        "<svg/>",
        f'<!DOCTYPE svg [<!ENTITY a "b">]>{OPEN}<text>&a;</text></svg>',
        f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{OPEN}<text>&a;</text></svg>',
        f"<?xml version='1.0' encoding='no-such'?>{OPEN}</svg>",
    ],
)  # fmt: skip
def test_what_is_no_plain_drawing_may_not(text: str) -> None:
    assert problem(text.encode()) is not None


@pytest.mark.parametrize(
    "inside", ["<rect clip-path='url(#a)'/>", "<use xlink:href='#a-b.c'/>", "<style>*{fill: #fff}</style>"]
)
def test_what_stays_inside_may(inside: str) -> None:
    assert problem(f"{OPEN}<g>{inside}</g></svg>".encode()) is None


def test_a_large_one_may_not() -> None:
    assert problem(f"{OPEN}<title>{'x' * 4_000_000}</title></svg>".encode()) == "it is larger than 4 MB"
