"""`clinft doctor`: read the settings, compare them with the policy, say who sees to what; `--fix` adds."""

from pathlib import Path

import typer

from clinft import wiring
from clinft.artifacts.doctor import Fix
from clinft.artifacts.labels import LABELS
from clinft.cli.show import Screen
from clinft.errors import EXIT_NO, ClinftError, SpecError
from clinft.pipeline.sinks.sending import waiting
from clinft.ports.settings import Settings, SettingsWriter
from clinft.spec.load import load_policy, load_project
from clinft.spec.project import ProjectSpec
from clinft.spec.sinks import Sink as Place
from clinft.stages.doctor import Repair, SinkFacts, examine, named_people, names_langsmith, repairs
from clinft.stages.report.doctor import doctor_page
from clinft.wiring import sinks as wired

# Where assistants keep which MCP servers they start, in a repository.
ASSISTANTS = (".mcp.json", ".vscode/mcp.json", ".cursor/mcp.json")
MOST_BYTES = 1_000_000
COLOURS = {label.name: label for label in LABELS}


def doctor(screen: Screen, fix: bool) -> None:
    """Exit 1 where something is wrong. What this token may not see is shown as unknown, and is no error."""
    repository = wiring.find_repository(Path.cwd())
    policy = load_policy(repository / wiring.POLICY)
    specs, broken = _projects(repository)
    to = wiring.doctors_address(repository)
    reader, logins = wiring.settings_reader(to), named_people(policy)
    settings = reader.settings(logins)
    fixes = _fixed(settings, wiring.settings_writer(to)) if fix else []
    if any(one.made == "created" for one in fixes):
        settings = reader.settings(logins)
    told = {name for spec in specs for name in spec.notify}
    sinks = [_sink(repository, name, place) for name, place in sorted(policy.sinks.items()) if name in told]
    today, assistants = wiring.SystemClock().now().date(), _assistants(repository)
    report = examine(settings, policy, specs, broken, today, fixes, sinks, assistants)
    if screen.json:
        typer.echo(report.model_dump_json())
    screen.markdown(doctor_page(report))
    if report.bad:
        raise typer.Exit(EXIT_NO)


def _assistants(repository: Path) -> list[str]:
    """Settings of assistants that name a LangSmith MCP server; what cannot be read names none."""
    found = []
    for name in ASSISTANTS:
        path = repository / name
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MOST_BYTES:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [name] if names_langsmith(text) else []
    return found


def _sink(repository: Path, name: str, place: Place) -> SinkFacts:
    """Asked only where a key of some sink is here: else nobody would answer."""
    try:
        notes = wired.memory_for_doctor(repository).read(name)
        asked = wiring.secrets.has_sink_keys()
        reached = tuple(wired.open_sink(place, "").check()) if asked else ()
    except ClinftError as error:
        return SinkFacts(name, unread=str(error))
    return SinkFacts(name, waiting(notes), reached=reached)


def _fixed(settings: Settings, writer: SettingsWriter) -> list[Fix]:
    return [_fix(repair, settings, writer) for repair in repairs(settings)]


def _fix(repair: Repair, settings: Settings, writer: SettingsWriter) -> Fix:
    made = (
        writer.label(COLOURS[repair.name])
        if repair.kind == "label"
        else writer.environment(repair.name, settings.repository.default_branch)
    )
    return Fix(what=repair.what, made=made, by_hand=repair.by_hand)


def _projects(repository: Path) -> tuple[list[ProjectSpec], list[str]]:
    """Valid specs, and the folders of those that are not: the doctor looks on."""
    specs, broken = [], []
    for path in sorted((repository / "projects").glob("*/project.yaml")):
        try:
            specs.append(load_project(path.parent).spec)
        except SpecError:
            broken.append(path.parent.name)
    return specs, broken
