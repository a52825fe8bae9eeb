"""The tracking issue of a project: what it is, who decides what, where evidence lies, what labels mean."""

from collections.abc import Iterable, Sequence

from clinft.artifacts.labels import LABELS
from clinft.spec.policy import CLINICAL, PRIVACY
from clinft.spec.project import ProjectSpec
from clinft.stages.report.markdown import code, document, table
from clinft.stages.report.pull_request.room import FOLDER_NAME, Room
from clinft.stages.report.returned import names
from clinft.stages.report.returned.fitting import Block, fitted, section
from clinft.stages.report.returned.names import Links
from clinft.stages.report.returned.notes import step_note

__all__ = ["issue_body", "issue_title", "step_note"]

KEPT_BY = (
    "clinft keeps this issue: each finished step of a run becomes one comment, written once. Nothing is "
    "decided here. Decisions are made in pull requests; what people write here starts and stops nothing."
)
NO_PATIENTS = (
    "**Write nothing about a patient here**, no names, dates, images or pieces of a note: an issue is no "
    "place for it, and what was posted is hard to take back."
)


def issue_title(project: str) -> str:
    return names.title(project, "fine-tuning")


def issue_body(spec: ProjectSpec, required_roles: Sequence[str], links: Links) -> str:
    """`required_roles`: that every training of this project needs, as the policy says."""
    place = f"projects/{spec.name}"
    where = f"All of it stands in {links.file(f'{place}/project.yaml')}."
    return fitted(lambda room: _blocks(spec, required_roles, links, room), where, "project.yaml")


def _blocks(spec: ProjectSpec, roles: Sequence[str], links: Links, room: Room) -> Iterable[Block]:
    place = f"projects/{spec.name}"
    yield Block(
        document(
            (
                f"## Fine-tuning project {names.project(spec.name)}",
                room.text(spec.summary),
                KEPT_BY,
                NO_PATIENTS,
            )
        )
    )
    yield section("What the project is", *_project(spec, place, links, room), name="what the project is")
    yield section("Who decides", *_who_decides(roles, place, links, room))
    yield section("Where the evidence lies", *_evidence(spec.name, place, links))
    yield section(
        "What the labels mean",
        table(("Label", "Meaning"), [(code(label.name), label.description) for label in LABELS]),
        "A label is added when its step is reached and stays. Where the project stands now, the newest "
        "comment says.",
    )


def _who_decides(roles: Sequence[str], place: str, links: Links, room: Room) -> Iterable[str]:
    training = " and ".join(f"**{room.text(role)}**" for role in roles) or "no role: the policy asks for none"
    yield table(
        ("Decision", "Made by", "Where"),
        (
            (
                "Is this plan trained, for this money, on these data?",
                training,
                f"the pull request that changes {links.file(f'{place}/project.yaml')} or its prompt",
            ),
            (
                "Does the evidence of a run enter the repository?",
                "one person with write access",
                "the results pull request that clinft opens",
            ),
            (
                "Is a model deployed, or taken back?",
                f"**{PRIVACY}** and **{CLINICAL}**",
                "a pull request that changes the one line of `deployment.yaml`",
            ),
        ),
    )
    yield f"Who holds a role stands in {links.file('.github/clinft.yml')} on the protected branch."


def _evidence(name: str, place: str, links: Links) -> Iterable[str]:
    yield table(
        ("What", "Where"),
        (
            (
                "Each run: figures, audit, costs, approvals, digests",
                f"{links.folder(f'{place}/runs')}, from the first merged results on",
            ),
            ("Which run is deployed", f"{links.file(f'{place}/deployment.yaml')}, once there is one"),
            ("All runs of all projects, as tables", links.folder("projects/tracking")),
        ),
    )
    if FOLDER_NAME.fullmatch(name):
        yield (
            "Whether evidence is what it was when the run ended, anybody can check without GitHub: "
            f"{code(f'clinft verify projects/{name}/runs/RUN')}."
        )


def _project(spec: ProjectSpec, place: str, links: Links, room: Room) -> Iterable[str]:
    yield f"**Intended use**: {room.text(spec.intended_use)}"
    yield f"**Not for**:\n\n{room.listing([room.text(line) for line in spec.out_of_scope])}"
    training = spec.training
    critical = room.inline([room.text(label) for label in spec.regression.critical_labels])
    yield table(
        ("What", "Value"),
        (
            ("Task", f"{spec.task.kind}: {room.text(spec.task.description)}"),
            ("Domain", room.text(spec.clinical_domain)),
            ("Data", f"{spec.data.source} only; patient data is declined, de-identified data too"),
            ("Trained by", f"{room.text(training.provider)}, base model {room.text(training.base_model)}"),
            ("Critical labels", critical or "none are named, so no case counts as critical"),
            ("Owners", room.inline([room.text(owner) for owner in spec.owners])),
        ),
    )
    yield (
        "As it was when this issue was opened. What counts is "
        f"{links.file(f'{place}/project.yaml')} on the protected branch."
    )
