"""The folder of pages: whole or not at all, the same bytes each time, every link with its page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html as parsed

from clinft.errors import MissingExtra, SpecError
from clinft.pipeline.dashboard import build as building
from clinft.pipeline.dashboard import vega, writing
from tests.fakes.cli import clinft
from tests.fakes.dashboards import commit_many
from tests.fakes.specs import write_repository

GITHUB = "https://github.com/octo-org/clinft"


@pytest.fixture(autouse=True)
def small_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "bundle", lambda: "window.vegaEmbed = null;\n")


@pytest.fixture(scope="module")
def drawn(projects: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site for those who only read it."""
    site = tmp_path_factory.mktemp("drawn") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "bundle", lambda: "window.vegaEmbed = null;\n")
        building.build(projects, site, GITHUB)
    return site


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record") / "projects"
    commit_many(folder, 6)
    return folder


def content(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }


def test_every_page_is_there_and_twice_gives_the_same_bytes(
    projects: Path, drawn: Path, tmp_path: Path
) -> None:
    first = content(drawn)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / writing.MARK).write_bytes(writing.MARKED)
    built = building.build(projects, tmp_path / "site", GITHUB)
    assert (built.projects, built.runs, built.unreadable) == (3, 6, ())
    assert built.pages == sum(name.endswith(".html") for name in first)
    assert content(tmp_path / "site") == first
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    # Nothing in the pages tells when they were drawn, or where.
    assert not [name for name, data in first.items() if str(drawn).encode() in data]


@pytest.mark.parametrize("repository", [GITHUB, None])
def test_every_link_has_its_page_and_its_place(
    projects: Path, drawn: Path, tmp_path: Path, repository: str | None
) -> None:
    site = drawn
    if repository is None:
        site = tmp_path / "site"
        building.build(projects, site, None)
    trees = {path: parsed.fromstring(path.read_bytes()) for path in site.rglob("*.html")}
    ids = {path: {*tree.xpath("//@id")} for path, tree in trees.items()}
    assert [*lost(trees, ids, repository)] == []


def lost(
    trees: dict[Path, parsed.HtmlElement], ids: dict[Path, set[str]], repository: str | None
) -> Iterator[str]:
    for path, tree in trees.items():
        for address in tree.xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
            if address.startswith("data:image/svg+xml;base64,"):
                continue
            if address.startswith("https:"):
                if repository is None or not address.startswith(f"{repository}/"):
                    yield f"{path.name}: {address}"
                continue
            name, _, part = address.partition("#")
            target = (path.parent / name).resolve() if name else path
            if not target.is_file() or (part and part not in ids[target]):
                yield f"{path.name}: {address}"


@pytest.mark.parametrize("holds", ["a file", "a file beside", "a link", "a repository"])
def test_what_is_no_former_site_is_never_touched(tmp_path: Path, holds: str) -> None:
    out, kept = tmp_path / "out", tmp_path / "kept"
    kept.mkdir()
    (kept / writing.MARK).write_text("mine")
    if holds == "a file":
        out.write_text("mine")
    elif holds == "a link":
        out.symlink_to(kept)
    else:
        out.mkdir()
        (out / (".git" if holds == "a repository" else "thesis.docx")).write_text("mine")
    before = content(tmp_path)
    with pytest.raises(SpecError, match="no site is written there"):
        building.build(tmp_path / "projects", out, None)
    assert content(tmp_path) == before


def test_a_call_that_dies_leaves_the_former_site(tmp_path: Path) -> None:
    def half() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"new"
        raise RuntimeError("no more")

    writing.write(tmp_path / "site", [("index.html", b"old"), ("gone.html", b"old")])
    with pytest.raises(RuntimeError, match="no more"):
        writing.write(tmp_path / "site", half())
    assert content(tmp_path / "site") == {
        "index.html": b"old", "gone.html": b"old", writing.MARK: writing.MARKED,
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert writing.write(tmp_path / "site", [("index.html", b"new")]) == 1
    assert {*content(tmp_path / "site")} == {"index.html", writing.MARK}


def test_a_page_outside_of_the_site_is_a_bug(tmp_path: Path) -> None:
    for name in ("../x.html", "/tmp/x.html"):
        with pytest.raises(ValueError, match="outside"):
            writing.write(tmp_path / "site", [(name, b"x")])
    assert [*tmp_path.iterdir()] == []


def test_the_verb_writes_the_site_and_says_whether_it_may_be_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for policy, said in (({}, "false"), ({"pages": {"publish": True}}, "true")):
        root = tmp_path / said
        root.mkdir()
        write_repository(root, policy=policy)
        monkeypatch.chdir(root)
        monkeypatch.setenv("GITHUB_OUTPUT", str(root / "output"))
        done = clinft("dashboard", "--out", "pages")
        assert done.exit_code == 0, done.output
        assert "1 project, 0 runs" in " ".join(done.output.split())
        assert (root / "pages" / "projects" / "demo" / "index.html").is_file()
        assert (root / "output").read_text() == f"publish={said}\n"


def test_links_lead_to_the_repository_of_the_workflow_or_of_the_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinft.wiring.pages import repository_address

    assert repository_address(tmp_path) is None
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for server, name, found in (
        ("https://github.com", "octo-org/clinft", GITHUB),
        ("https://github.com", '"><script>', None),
        ("javascript:", "a/b", None),
    ):
        monkeypatch.setenv("GITHUB_SERVER_URL", server)
        monkeypatch.setenv("GITHUB_REPOSITORY", name)
        assert repository_address(tmp_path) == found


def test_a_missing_extra_is_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "bundle", vega.bundle)
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    with pytest.raises(MissingExtra, match="extra 'pages'"):
        building.build(tmp_path / "projects", tmp_path / "site", None)
    assert [*tmp_path.iterdir()] == []


def test_the_bundle_is_one_script_that_reaches_for_nothing() -> None:
    made = vega.bundle()
    assert "window.vegaEmbed" in made
    assert "vega-LICENSE.txt" in made[:100]
    assert "jsdelivr" not in made
    assert len(made) < 1_000_000


@pytest.mark.parametrize("place", ["runs", "runs/aaaaaaaaaaaa-a1/site", "runs/site"])
def test_no_site_is_written_into_evidence(tmp_path: Path, place: str) -> None:
    with pytest.raises(SpecError, match="may not be written into a run's folder"):
        writing.check(tmp_path / "projects" / "demo" / place)
