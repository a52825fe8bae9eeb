"""All files of the site, page by page, so that no more than one run's report is held at a time."""

from collections.abc import Callable, Iterator, Mapping
from importlib import resources

from clinft.stages.report.dashboard import frame, overview, project, run
from clinft.stages.report.dashboard.frame import Place
from clinft.stages.report.dashboard.markup import Html, tag
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
        for name in one.documents:
            place = Place(name, "../../../", _trail(one.name, "../../../", "../index.html"))
            yield (
                f"projects/{one.name}/{project.document_page(name)}",
                _document(place, text_of(one, name), {}),
            )
        for found in one.runs:
            yield from _run(found, files_of(found), site.repository)
    for name in SHIPPED:
        yield f"{frame.ASSETS}/{name}", asset(name)
    yield f"{frame.ASSETS}/vega.js", bundle.encode()


def asset(name: str) -> bytes:
    return (resources.files(__package__ or "") / "assets" / name).read_bytes()


def _run(found: Run, told: Mapping[str, bytes], repository: str | None) -> Iterator[tuple[str, bytes]]:
    folder = f"projects/{found.project}/runs"
    yield f"{folder}/{found.run_id}.html", run.render(found, told, repository).encode()
    for name in found.documents:
        if name in told:
            up = "../../../../"
            trail = (
                *_trail(found.project, up, "../../index.html"),
                (f"../{found.run_id}.html", found.run_id),
            )
            page = _document(Place(name, up, trail), told[name], told)
            yield f"{folder}/{run.document_page(found, name)}", page


def _trail(project_name: str, up: str, home: str) -> tuple[tuple[str, str], ...]:
    return (f"{up}index.html", "Projects"), (home, project_name)


def _document(place: Place, markdown: bytes, told: Mapping[str, bytes]) -> bytes:
    images = {name: data for name, data in told.items() if name.endswith(".svg")}
    made = Html(body(markdown.decode("utf-8", "replace"), images))
    return frame.page(place, tag("article", made, class_="document")).encode()
