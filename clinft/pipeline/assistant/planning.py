"""The tool `plan`: what would be trained, what its digest covers, what differs from the protected branch."""

import json
import tempfile
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.planning import TrainingPlan
from clinft.errors import ClinftError
from clinft.pipeline import attempts
from clinft.pipeline.assistant.desk import Desk, visible
from clinft.pipeline.assistant.form import OfProject, clause
from clinft.pipeline.assistant.scratch import opened, prepared
from clinft.pipeline.comparing.form import SpecChange
from clinft.pipeline.comparing.spec_changes import spec_changes
from clinft.pipeline.context import Context
from clinft.pipeline.github.plans import Plans
from clinft.pipeline.plan import plan_of
from clinft.spec.base import Sha256, Slug, Strict
from clinft.spec.load import SPEC_NAME

LEFT_OUT = (
    "Not part of the plan, and decided afresh when training starts: policy, waivers, prices, end dates, "
    "metrics, thresholds, margins, documents, whom to notify, clinft's own version."
)
State = Literal["new", "changed", "same", "unknown"]


class Part(Strict):
    name: str
    sha256: Sha256 = Field(description="Of this part as canonical JSON.")
    shown: str = Field(description="The part itself, cut short: data.")


class Planned(Strict):
    project: Slug
    of: str
    plan_digest: Sha256
    covers: tuple[Part, ...]
    left_out: str
    against: str = Field(description="The protected branch as it is known in this clone.")
    commit: str | None
    state: State = Field(
        description="Of the plan there: new (no such project), changed, same; unknown: it cannot be read."
    )
    plan_digest_there: Sha256 | None
    spec_changes: tuple[SpecChange, ...] = Field(description="Of project.yaml against that branch: data.")
    prompt_changed: bool | None = Field(description="None: there is none to compare with.")
    run: str | None = Field(description="A run of this very plan; it is not trained again.")


def plan(desk: Desk, asked: OfProject) -> Planned:
    context = prepared(desk, asked.project)
    made = plan_of(context)
    commit = desk.drafts.base()
    there = None if commit is None else _there(desk, commit, asked.project)
    state, digest = _state(desk, commit, there, made)
    run = attempts.find(context.paths, made.digest)
    return Planned(
        project=asked.project,
        of=clause(context),
        plan_digest=made.digest,
        covers=tuple(_parts(made)),
        left_out=LEFT_OUT,
        against=desk.drafts.protected(),
        commit=commit,
        state=state,
        plan_digest_there=digest,
        spec_changes=() if there is None else _changes(there, context),
        prompt_changed=None if there is None else there.loaded.prompt_sha256 != context.loaded.prompt_sha256,
        run=None if run is None else run.name,
    )


def _parts(made: TrainingPlan) -> list[Part]:
    dumped: dict[str, Any] = made.model_dump(mode="json")
    return [
        Part(name=name, sha256=digest_json(value), shown=visible(json.dumps(value, ensure_ascii=False))[:400])
        for name, value in dumped.items()
        if name != "project"
    ]


def _there(desk: Desk, commit: str, project: str) -> Context | None:
    """The project as that commit has it; None: it has none that can be read."""
    with tempfile.TemporaryDirectory(prefix="clinft-there-", dir=desk.scratch) as folder:
        try:
            desk.history.export(commit, f"projects/{project}/{SPEC_NAME}", Path(folder))
            desk.history.export(commit, f"projects/{project}/prompt", Path(folder))
            place = Path(folder) / "projects" / project
            return opened(desk, place)
        except ClinftError:
            return None


def _state(
    desk: Desk, commit: str | None, there: Context | None, made: TrainingPlan
) -> tuple[State, str | None]:
    spec = f"projects/{made.project}/{SPEC_NAME}"
    if commit is None or not desk.history.entries(commit, spec):
        return "new", None
    if there is None:
        return "unknown", None
    plans = Plans(desk.history, lambda folder: desk.opened(folder, folder.parent.parent))
    try:
        digest = plans.digest(commit, made.project)
    finally:
        plans.close()
    if digest is None:
        return "unknown", None
    return ("same" if digest == made.digest else "changed"), digest


def _changes(there: Context, here: Context) -> tuple[SpecChange, ...]:
    before, after = (context.loaded.spec.model_dump(mode="json") for context in (there, here))
    return tuple(
        SpecChange(
            field=visible(one.field),
            before=None if one.before is None else visible(one.before),
            after=None if one.after is None else visible(one.after),
        )
        for one in spec_changes(before, after)
    )
