"""In a workflow on the protected branch: what the branch, the journals and sealed evidence say now."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.canonical import digest_json
from clinft.artifacts.run_state import ProjectState, RunState
from clinft.errors import ClinftError, SpecError
from clinft.pipeline import run as run_stages
from clinft.pipeline.github.merging import branch_of
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.telling import links as links_on
from clinft.pipeline.sinks import data
from clinft.pipeline.sinks.documents import Shelf
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.noted import ReadOnce
from clinft.pipeline.sinks.parcels import Due
from clinft.pipeline.sinks.round import send_all
from clinft.pipeline.sinks.seen import Seen, SeenProject, names_in, project_at
from clinft.pipeline.sinks.sending import SENT, Desk, Reported, advice
from clinft.pipeline.verify import changed_files
from clinft.ports.sinks import Link, SinkMemory
from clinft.stages.gate.paths import plan_paths
from clinft.stages.report.markdown import escape
from clinft.stages.report.milestones import Places
from clinft.stages.report.returned.issue import issue_body, issue_title


def after_merge(main: OnMain, desk: Desk, folder: Path) -> Iterator[Reported]:
    """Whatever breaks is a line: nothing in the repository depends on who is told. `folder`: an empty one."""
    shelf, desk = Shelf(), replace(desk, memory=ReadOnce(desk.memory))
    data_here = PreparedHere(main, desk.memory, folder / "data")
    try:
        seen = seen_on(main, folder / "seen")
        yield from send_all(seen, desk, Wanted(data=data_here), shelf=shelf)
    except Exception as error:
        yield Reported("the protected branch", f"the rest waits: {advice(error)}", "failed")
        return
    for project in seen.projects:
        # Where Google did not answer, a comment with half of the links would be one too many.
        if not shelf.is_complete(project.name):
            continue
        try:
            tell_issue(main, project, shelf.links().get(project.name, ()))
        except Exception as error:
            yield Reported("the tracking issue", f"{project.name}: {advice(error)}", "failed")


def places_of(main: OnMain) -> Places:
    pages = main.policy.pages
    dashboard = pages.url if pages.publish and pages.url else ""
    return Places(main.actions.remote, main.actions.default_branch, dashboard)


def seen_on(main: OnMain, root: Path) -> Seen:
    """`root`: an empty folder; the branch's projects are laid out in it, and sealed evidence beside them."""
    tree = root / "tree"
    (tree / "projects").mkdir(parents=True)
    main.history.export(main.tip, "projects", tree)
    states, found = dict(_states(main)), []
    for name in names_in(tree / "projects"):
        try:
            state = states.get(name)
            sealed = {} if state is None else dict(_sealed(main, name, state, tree, root / "sealed" / name))
            found.append(project_at(tree / "projects" / name, state, sealed))
        except Exception as error:
            main.say(f"{name}: nobody is told of it: {advice(error)}")
    return Seen(tree / "projects", main.policy, main.clock.now(), places_of(main), tuple(found))


def _states(main: OnMain) -> Iterator[tuple[str, ProjectState]]:
    """A journal that cannot be read keeps neither other projects nor what is merged from being told of."""
    try:
        names = main.store.projects()
    except Exception as error:
        main.say(f"Nobody is told of what is under way: {advice(error)}")
        return
    for name in names:
        try:
            state = main.store.read(name).state
        except Exception as error:
            main.say(f"{name}: nobody is told of what is under way: {advice(error)}")
        else:
            yield name, state


def _sealed(
    main: OnMain, project: str, state: ProjectState, tree: Path, root: Path
) -> Iterator[tuple[str, Path]]:
    for run in state.runs:
        merged = tree / "projects" / project / "runs" / run.run_id
        if run.sealed is None or run.purpose != "train" or merged.exists():
            continue
        folder = _evidence(main, project, run, root / run.run_id)
        if folder is not None:
            yield run.run_id, folder


def _evidence(main: OnMain, project: str, run: RunState, root: Path) -> Path | None:
    """What its branch holds, if that is exactly what was sealed: anybody may push to that branch."""
    place = f"projects/{project}/runs/{run.run_id}"
    folder = root / place
    try:
        head = main.history.fetch(f"refs/heads/{branch_of(run)}")
        if head is None:
            return None
        main.history.export(head, place, root)
        record = run_folder.load_record(folder)
        if record is None or record.digest != run.sealed or changed_files(folder, record):
            return None
    except Exception as error:
        if not isinstance(error, ClinftError):
            main.say(f"{project}: nobody is told of {run.run_id}: {advice(error)}")
        return None
    return folder


class PreparedHere:
    """Data of the newest run of each project, prepared once more in this job where they were not sent yet.

    The same spec gives the same bytes, and they are compared with what the run's audit read. Where they
    differ, or the plan has changed since, `clinft publish` on the machine that has the data sends them.
    """

    def __init__(self, main: OnMain, memory: SinkMemory, scratch: Path) -> None:
        self._main, self._memory, self._scratch = main, memory, scratch

    def __call__(self, project: SeenProject, sink: str) -> Iterator[Due]:
        run = newest_run(project.folder)
        if run is None:
            return
        notes = self._memory.read(sink)
        if all(notes.get(SENT + key) for key in data.keys_of(run)):
            return
        left, files = f"left:dataset/{run.name}", self._plan_files(project.name)
        if notes.get(left) == files:
            raise _elsewhere(run)
        try:
            yield from self._prepared(run, project.name)
        except ClinftError:
            # Made again only where something has changed that it is made from.
            self._memory.remember(sink, {left: files})
            raise

    def _prepared(self, run: Path, project: str) -> Iterator[Due]:
        context = self._main.open_project(Path("projects") / project)
        list(run_stages(context, ("prepare",)))
        scratch = self._scratch / project
        scratch.mkdir(parents=True, exist_ok=True)
        yield from data.of_run(run, context.paths.root, scratch)

    def _plan_files(self, project: str) -> str:
        entries = self._main.history.entries(self._main.tip, *plan_paths(project))
        return digest_json([[entry.path, entry.object] for entry in entries])


def _elsewhere(run: Path) -> SpecError:
    return SpecError(
        f"The data of {run.name} cannot be made here as its audit read them.",
        "The project's plan has changed since.",
        f"On the machine that has them: clinft publish --run projects/{run.parents[1].name}/runs/{run.name} "
        "--only langsmith.",
    )


def newest_run(project: Path) -> Path | None:
    """The one that was permitted last and ended well."""
    found = []
    for path in project.glob(f"runs/*/{run_folder.RECORD}"):
        try:
            record, gate = run_folder.load_record(path.parent), path.parent / "gate.json"
        except ClinftError:
            continue
        if record is not None and record.status == "succeeded" and gate.is_file():
            found.append((_permitted(gate), path.parent))
    return max(found, default=(None, None))[1]


def _permitted(gate: Path) -> str:
    try:
        return str(json.loads(gate.read_bytes())["created_at"])
    except (ValueError, KeyError, TypeError):
        return ""


def tell_issue(main: OnMain, project: SeenProject, links: tuple[Link, ...]) -> None:
    """One comment of the tracking issue for each set of documents, never the same twice."""
    if project.spec is None or not links:
        return
    spec = project.spec
    body = issue_body(spec, main.policy.required_for(spec.name), links_on(main))
    number = main.publisher.issue(spec.name, issue_title(spec.name), body, ())
    listed = "\n".join(f"- [{escape(link.text)}]({link.url})" for link in links)
    note = f"### Documents to read\n\nThe same as in git, kept up to date there:\n\n{listed}\n"
    key = f"documents-{digest_json([[link.text, link.url] for link in links])[:12]}"
    main.publisher.note(number, key, note)
