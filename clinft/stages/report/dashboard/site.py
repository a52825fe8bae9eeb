"""All files of the site, page by page, so that no more than one run's report is held at a time."""

import posixpath
from collections.abc import Callable, Iterator, Mapping
from importlib import resources

from clinft.stages.report.dashboard import frame, overview, project, run
from clinft.stages.report.dashboard.addresses import Addresses
from clinft.stages.report.dashboard.frame import Place
from clinft.stages.report.dashboard.markup import Html, tag
from clinft.stages.report.dashboard.run import pictures
from clinft.stages.report.dashboard.views import Project, Run, Site
from clinft.stages.report.html.render import body

SHIPPED = ("style.css", "theme.js", "app.js", "charts.js", "icon.svg", "vega-LICENSE.txt")
FilesOf = Callable[[Run], Mapping[str, bytes]]
TextOf = Callable[[Project, str], bytes]


def files(site: Site, bundle: str, files_of: FilesOf, text_of: TextOf) -> Iterator[tuple[str, bytes]]:
    """Path in the site and content. `bundle`: Vega's JavaScript. The same record gives the same bytes."""
    yield "index.html", overview.render(site).encode()
    for one in site.projects:
        yield f"projects/{one.name}/index.html", project.render(one).encode()
        yield from _documents(one, site.repository, text_of)
        for found in one.runs:
            yield from _run(found, files_of(found), site.repository)
    for name in SHIPPED:
        yield f"{frame.ASSETS}/{name}", asset(name)
    yield f"{frame.ASSETS}/vega.js", bundle.encode()


def asset(name: str) -> bytes:
    return (resources.files(__package__ or "") / "assets" / name).read_bytes()


def _documents(one: Project, repository: str | None, text_of: TextOf) -> Iterator[tuple[str, bytes]]:
    folder = f"projects/{one.name}"
    for name in one.documents:
        beside = {
            f"{folder}/{each}": posixpath.basename(project.document_page(each)) for each in one.documents
        }
        held = posixpath.dirname(f"{folder}/{name}")
        links = Addresses(held, beside, repository, "../index.html#documents")
        place = Place(name, "../../../", _trail(one.name, "../../../", "../index.html"))
        yield f"{folder}/{project.document_page(name)}", _page(place, text_of(one, name), {}, links)


def _run(found: Run, told: Mapping[str, bytes], repository: str | None) -> Iterator[tuple[str, bytes]]:
    folder = f"projects/{found.project}/runs"
    beside = {
        f"{folder}/{found.run_id}/{name}": posixpath.basename(run.document_page(found, name)) for name in told
    }
    own = f"{folder}/{found.run_id}/{run.REPORT}"
    from_run = {name: f"{found.run_id}/{page}" for name, page in beside.items()} | {own: "#report"}
    links = Addresses(f"{folder}/{found.run_id}", from_run, repository, "#links")
    yield f"{folder}/{found.run_id}.html", run.render(found, told, repository, links).encode()
    for name in found.documents:
        if name in told:
            up, home = "../../../../", f"../{found.run_id}.html"
            trail = (*_trail(found.project, up, "../../index.html"), (home, found.run_id))
            links = Addresses(
                posixpath.dirname(f"{folder}/{found.run_id}/{name}"),
                beside | {own: f"{home}#report"},
                repository,
                f"{home}#links",
            )
            page = _page(Place(name, up, trail), told[name], told, links)
            yield f"{folder}/{run.document_page(found, name)}", page


def _trail(project_name: str, up: str, home: str) -> tuple[tuple[str, str], ...]:
    return (f"{up}index.html", "Projects"), (home, project_name)


def _page(place: Place, markdown: bytes, told: Mapping[str, bytes], links: Mapping[str, str]) -> bytes:
    made = Html(body(markdown.decode("utf-8", "replace"), pictures(told), links=links))
    return frame.page(place, tag("article", made, class_="document")).encode()
