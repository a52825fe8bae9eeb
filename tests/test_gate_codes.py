"""docs/gate-codes.md lists every code that the source gives: once, where it is given, and how it weighs."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

MAKERS = ("no", "note")
# Defines the makers: the one place where a code is made of a number.
DEFINITION = "stages/gate/inputs.py"
ROW = re.compile(r"\| (CLINFT-G[0-9]{3}) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|")
WRITTEN = re.compile(r"CLINFT-G[0-9]{3}")


class Documented(NamedTuple):
    code: str
    meaning: str
    weighs: str
    who: str
    way_out: str
    said_by: str


class Given(NamedTuple):
    number: object
    weighs: str
    module: str
    line: int
    sentences: int


def rows(text: str) -> list[Documented]:
    return [Documented(*found.groups()) for found in map(ROW.fullmatch, text.splitlines()) if found]


def given_in(source: str, module: str) -> Iterator[Given]:
    """Every `no(12, ...)`, `gate.no(12, ...)` and `note(12, ...)` in a module that has them from the gate."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("clinft.stages.gate")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = None
        if isinstance(node.func, ast.Name) and node.func.id in imported:
            name = node.func.id
        elif isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in ("gate", "inputs"):
            name = node.func.attr
        if name not in MAKERS:
            continue
        first = node.args[0] if node.args else None
        number = first.value if isinstance(first, ast.Constant) else None
        pending = any(word.arg == "pending" for word in node.keywords)
        weighs = "note" if name == "note" else "waits" if pending else "refuses"
        yield Given(number, weighs, module, node.lineno, len(node.args))


@pytest.fixture
def given(repository: Path) -> list[Given]:
    root = repository / "clinft"
    return [
        one
        for path in sorted(root.rglob("*.py"))
        if (module := path.relative_to(root).as_posix()) != DEFINITION
        for one in given_in(path.read_text(), module)
    ]


@pytest.fixture
def documented(repository: Path) -> list[Documented]:
    return rows((repository / "docs" / "gate-codes.md").read_text())


def code(number: object) -> str:
    return f"CLINFT-G{number:03d}" if isinstance(number, int) else f"not a number: {number!r}"


def test_every_code_is_a_number_with_a_message_and_a_way_out(given: list[Given]) -> None:
    assert len(given) > 40
    assert [one for one in given if not isinstance(one.number, int) or one.sentences != 3] == []


def test_every_code_is_documented_and_every_documented_code_is_given(
    given: list[Given], documented: list[Documented]
) -> None:
    assert sorted({code(one.number) for one in given}) == sorted({row.code for row in documented})


def test_each_code_has_one_row(documented: list[Documented]) -> None:
    assert len({row.code for row in documented}) == len(documented)
    assert len({row.meaning for row in documented}) == len(documented)


def test_each_code_is_given_only_where_its_row_says_so(
    given: list[Given], documented: list[Documented]
) -> None:
    # A number that turns up in a second module might mean something else there; somebody must look.
    modules = defaultdict(set)
    for one in given:
        modules[code(one.number)].add(f"`{one.module}`")
    assert {row.code: row.said_by for row in documented} == {
        name: ", ".join(sorted(some)) for name, some in modules.items()
    }


def test_each_row_says_how_the_code_weighs(given: list[Given], documented: list[Documented]) -> None:
    weighs = defaultdict(set)
    for one in given:
        weighs[code(one.number)].add(one.weighs)
    assert {row.code: set(row.weighs.split(", ")) for row in documented} == weighs


def test_no_row_is_left_unread(repository: Path, documented: list[Documented]) -> None:
    lines = (repository / "docs" / "gate-codes.md").read_text().splitlines()
    assert sum(line.startswith("| CLINFT") for line in lines) == len(documented)


def test_codes_stand_in_order_below_their_heading(repository: Path) -> None:
    groups = (repository / "docs" / "gate-codes.md").read_text().split("\n## ")[1:]
    for group in groups:
        found = [row.code for row in rows(group)]
        assert found == sorted(found)
        assert found


def test_codes_that_the_source_writes_out_are_documented(
    repository: Path, documented: list[Documented]
) -> None:
    names = {row.code for row in documented}
    for folder in ("clinft", "docs"):
        for path in (repository / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".yaml", ".yml"):
                assert set(WRITTEN.findall(path.read_text())) <= names, path


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from clinft.stages.gate.inputs import no\nno(3, 'a', 'b')", (3, "refuses")),
        ("from clinft.stages.gate import no\nno(3, 'a', 'b', pending=True)", (3, "waits")),
        ("from clinft.stages.gate.inputs import note\nyield_(note(3, 'a', 'b'))", (3, "note")),
        ("from clinft.stages import gate\ngate.no(3, 'a', 'b')", (3, "refuses")),
        ("from clinft.stages.gate import no\nno(NUMBER, 'a', 'b')", (None, "refuses")),
    ],
)
def test_the_search_finds_every_way_to_give_a_code(source: str, expected: tuple[object, str]) -> None:
    (found,) = given_in(source, "x.py")
    assert (found.number, found.weighs) == expected


@pytest.mark.parametrize(
    "source", ["from rich import note\nnote(3)", "progress.note(3)", "show.no(3, 'a', 'b')"]
)
def test_the_search_leaves_other_words_alone(source: str) -> None:
    assert list(given_in(source, "x.py")) == []
