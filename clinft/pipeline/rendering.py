"""Documents as web pages and PDF: of one Markdown file, or of every one in a run's folder."""

import hashlib
import os
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path

from clinft import run_folder
from clinft.errors import SpecError
from clinft.pipeline import places
from clinft.spec import quarantine
from clinft.stages.report.html import pdf, render
from clinft.stages.report.markdown import document, escape

INDEX = "index.html"
# Data and the git-ignored work of a project are no documents.
LEFT_OUT = frozenset({"data", "runs"})
MOST_BYTES = 5_000_000


def render_documents(place: Path, out: Path | None, *, with_pdf: bool) -> Iterator[Path]:
    """Each file written. `out` absent: in the project's git-ignored data/rendered/."""
    root = place if place.is_dir() else place.parent
    documents = _documents(place)
    for holder in {parent for path in documents.values() for parent in path.resolve().parents}:
        quarantine.refuse(holder)
    folder = out if out is not None else _default(root)
    places.refuse_evidence(folder)
    pages = {name: name.removesuffix(".md") + ".html" for name in documents}
    for name, path in documents.items():
        page = _page(path, root, folder / pages[name], pages)
        yield _written(folder / pages[name], page.encode())
        if with_pdf:
            yield _written((folder / pages[name]).with_suffix(".pdf"), pdf.pdf(page))
    if len(documents) > 1:
        title = f"Documents of {root.name}"
        lines = (f"- [{escape(name)}]({pages[name]})" for name in documents)
        listed = document((f"# {escape(title)}", "\n".join(lines)))
        yield _written(folder / INDEX, render.page(listed, title).encode())


def _documents(place: Path) -> dict[str, Path]:
    """Name below the folder to path, sorted; links are not followed."""
    if place.is_file() and place.suffix == ".md":
        return {place.name: place}
    if not place.is_dir():
        raise SpecError(
            f"{place.name} is neither a Markdown file nor a folder.",
            "clinft render takes a file that ends in .md, or the folder of a run.",
            "Name one, e.g. projects/<name>/runs/<run_id>.",
        )
    found = {
        path.relative_to(place).as_posix(): path
        for path in sorted(place.rglob("*.md"))
        if path.is_file()
        and not path.is_symlink()
        and LEFT_OUT.isdisjoint(path.relative_to(place).parts[:-1])
    }
    if not found:
        raise SpecError(
            f"No Markdown document lies in {place.name}.",
            "A run's folder has report.md once `clinft report` has written it.",
            "Finish the run, or name a file that ends in .md.",
        )
    return found


def _default(root: Path) -> Path:
    """Beside nothing that is committed."""
    for folder in (root.resolve(), *root.resolve().parents):
        if folder.parent.name == "projects":
            return folder / "data" / "rendered" / (root.name if root.resolve() != folder else "")
    raise SpecError(
        "It is not said where the pages go.",
        "Documents of a project go to its git-ignored data/rendered/; this one lies in no project.",
        "Pass --out DIR.",
    )


def _page(path: Path, root: Path, target: Path, pages: Mapping[str, str]) -> str:
    source = _read(path)
    try:
        markdown = source.decode("utf-8")
    except UnicodeDecodeError:
        raise SpecError(
            f"{path.name} is not UTF-8.", "It was saved in another encoding.", "Save it as UTF-8."
        ) from None
    note = f"A view of {path.name}, sha256 {hashlib.sha256(source).hexdigest()}; the file is the record."
    return render.page(
        markdown,
        render.title_of(markdown) or path.stem,
        dict(_plots(markdown, path.parent, root)),
        links=dict(_links(markdown, path, root, target, pages)),
        note=note,
    )


def _plots(markdown: str, folder: Path, root: Path) -> Iterator[tuple[str, bytes]]:
    """SVG files below the root that the document shows."""
    for address in render.pictures_in(markdown):
        path = _below(folder, address, root)
        if path is not None and path.suffix == ".svg":
            yield address, _read(path)


def _links(
    markdown: str, path: Path, root: Path, target: Path, pages: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """To the page of a document that has one, else to the file from where the page will lie."""
    for address in render.links_in(markdown):
        name, hash_, part = address.partition("#")
        found = _below(path.parent, name, root) if name else None
        if found is None:
            continue
        page = pages.get(found.relative_to(root.resolve()).as_posix())
        if page is not None:
            own = posixpath.dirname(pages[path.relative_to(root).as_posix()])
            yield address, posixpath.relpath(page, own or ".") + (f"#doc-{part}" if part else "")
        else:
            yield address, Path(os.path.relpath(found, target.parent.resolve())).as_posix() + hash_ + part


def _below(folder: Path, address: str, root: Path) -> Path | None:
    try:
        path = (folder / address).resolve()
    except (OSError, ValueError):
        return None
    return path if path.is_relative_to(root.resolve()) and path.is_file() else None


def _read(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise SpecError(
            f"{path.name} is larger than 5 MB.", "That is no document.", "Name the document that is meant."
        )
    return path.read_bytes()


def _written(path: Path, data: bytes) -> Path:
    run_folder.write_atomically(path, data)
    return path
