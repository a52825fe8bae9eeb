"""Documents of a run as pages: what is written where, what is refused."""

from pathlib import Path

import pytest

from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline.rendering import render_documents
from clinft.stages.report import stage
from clinft.stages.report.html import pdf
from tests.fakes import run_facts as fake
from tests.fakes.cli import clinft
from tests.stages.report.html.strict import read


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return stage.render(fake.run_facts())


@pytest.fixture
def run(tmp_path: Path, rendered: dict[str, str]) -> Path:
    folder = tmp_path / "projects" / "demo" / "runs" / "aaaaaaaaaaaa-a1"
    for name, text in {
        **rendered,
        "again/01/report.md": "# Again\n\n[first](../../report.md#verdict)\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_every_document_of_a_run_is_written_beside_nothing_committed(run: Path) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    written = list(render_documents(run, None, with_pdf=False))
    out = run.parents[1] / "data" / "rendered" / run.name

    assert {path.relative_to(out).as_posix() for path in written} == {
        "MODEL_CARD.html", "DATA_DICTIONARY.html", "HIPAA_REPORT.html", "SOURCE_ATTRIBUTES.html", "report.html",
        "again/01/report.html", "index.html",
    }  # fmt: skip
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    pages = {path.relative_to(out).as_posix(): read(path.read_text()) for path in written}
    assert len(pages["report.html"].sources) == 5
    assert pages["again/01/report.html"].hrefs[1:] == ["../../report.html#doc-verdict"]
    assert "MODEL_CARD.html" in pages["index.html"].hrefs
    for name, page in pages.items():
        near = [href.partition("#")[0] for href in page.hrefs if not href.startswith(("http", "#"))]
        assert [href for href in near if not (out / name).parent.joinpath(href).exists()] == []


def test_the_same_documents_give_the_same_bytes(run: Path, tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in render_documents(run, tmp_path / "a", with_pdf=False)}
    assert {
        path.name: path.read_bytes() for path in render_documents(run, tmp_path / "b", with_pdf=False)
    } == first


def test_one_file_by_the_verb(run: Path, tmp_path: Path) -> None:
    done = clinft("render", run / "MODEL_CARD.md", "--out", tmp_path / "out")

    assert done.exit_code == 0, done.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["MODEL_CARD.html"]


@pytest.mark.skipif(not pdf.available(), reason="WeasyPrint's libraries are not on this machine")
def test_pdf_by_the_verb(run: Path, tmp_path: Path) -> None:
    done = clinft("render", run / "DATA_DICTIONARY.md", "--pdf", "--out", tmp_path / "out")

    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "DATA_DICTIONARY.pdf").read_bytes().startswith(b"%PDF-")


def test_pictures_and_links_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><title>secret</title></svg>'
    )
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "link.svg").symlink_to(tmp_path / "secret.svg")
    (folder / "a.md").write_text("![x](../secret.svg) ![y](link.svg) ![z](%00.svg) [w](../secret.svg)\n")
    (folder / "b.md").symlink_to(tmp_path / "secret.svg")
    (page,) = render_documents(folder, tmp_path / "out", with_pdf=False)

    assert read(page.read_text()).sources == []


@pytest.mark.parametrize(
    ("place", "out", "what"),
    [
        ("run/facts.json", "out", "neither a Markdown file nor a folder"),
        ("nowhere", "out", "neither a Markdown file nor a folder"),
        ("run/plots", "out", "No Markdown document"),
        ("run", "projects/demo/runs/aaaaaaaaaaaa-a1/html", "may not be written into a run's folder"),
        ("run", "projects/demo/runs/aaaaaaaaaaaa-a1", "may not be written into a run's folder"),
        ("elsewhere.md", None, "not said where"),
        ("latin.md", "out", "not UTF-8"),
    ],
)
def test_what_cannot_be_rendered_is_said(
    run: Path, tmp_path: Path, place: str, out: str | None, what: str
) -> None:
    (tmp_path / "elsewhere.md").write_text("a")
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    (tmp_path / "run").symlink_to(run)

    with pytest.raises(SpecError, match=what):
        list(render_documents(tmp_path / place, tmp_path / out if out else None, with_pdf=False))


@pytest.mark.parametrize(
    "place", ["projects", "projects/demo", "projects/demo/runs/aaaaaaaaaaaa-a1/report.md"]
)
def test_nothing_of_a_project_in_quarantine_is_rendered(run: Path, tmp_path: Path, place: str) -> None:
    (run / "report.md").write_text("# Report\n")
    (tmp_path / "projects" / "demo" / "MODEL_CARD.md").write_text("# Card\n")
    (tmp_path / "projects" / "demo" / "QUARANTINE.yaml").write_text("")
    with pytest.raises(PolicyViolation, match="is in quarantine"):
        list(render_documents(tmp_path / place, tmp_path / "out", with_pdf=False))
    assert not (tmp_path / "out").exists()
