"""`clinft incident`: stop a project in which patient data may lie; offline, and with a broken spec too."""

from datetime import date
from pathlib import Path

from clinft import wiring
from clinft.cli.show import Screen
from clinft.errors import ClinftError, SpecError
from clinft.pipeline import incident
from clinft.spec.load import load_policy, load_project
from clinft.spec.project import ProjectSpec


def open_incident(screen: Screen, project: Path, discovered: str | None) -> None:
    """Writes QUARANTINE.yaml and the record; nothing leaves this machine and nothing is deleted."""
    folder = (project.parent if project.name == "project.yaml" else project).resolve()
    if not folder.is_dir() or folder.parent.name != "projects":
        raise SpecError(
            f"{project} is no project's folder.",
            "An incident is about one folder below projects/.",
            "Name it, e.g. clinft incident projects/icd10-chapter.",
        )
    today = wiring.SystemClock().now().date()
    found = incident.opened(
        folder,
        _spec(folder),
        load_policy(wiring.find_repository(folder) / wiring.POLICY),
        _day(discovered, today),
        today,
        wiring.surroundings().cache,
    )
    barrier, record = incident.write(folder, found)
    screen.markdown(record.read_text(encoding="utf-8"))
    screen.say(f"wrote {barrier}")
    screen.say(f"wrote {record}")
    screen.say("Nothing was deleted. Begin with the section Now of the record.")


def _spec(folder: Path) -> ProjectSpec | None:
    try:
        return load_project(folder, quarantined=True).spec
    except ClinftError:
        return None


def _day(text: str | None, today: date) -> date:
    try:
        day = today if text is None else date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day > today:
        raise SpecError(
            "--discovered is no day up to today.",
            "It is the day on which somebody first knew, written YYYY-MM-DD.",
            f"Write e.g. --discovered {today.isoformat()}.",
        )
    return day
