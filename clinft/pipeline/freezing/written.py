"""`clinft freeze PROJECT --endpoint NAME --model M`: a model's texts of the project's generated facts."""

from dataclasses import dataclass

import clinft
from clinft.artifacts.data import Record
from clinft.artifacts.frozen_provenance import FrozenProvenance, Writer
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline import attempts
from clinft.pipeline.freezing import auditing, candidate, model, texts
from clinft.pipeline.freezing.desk import Call, Desk, Frozen
from clinft.ports.models import LanguageModel
from clinft.spec.data import SPLITS
from clinft.spec.eligibility import Endpoint
from clinft.stages.prepare import stage as prepare
from clinft.stages.prepare.written import request, source
from clinft.stages.prepare.written.survival import Brief, brief_of
from clinft.stages.prepare.written.vocabulary import Vocabulary

Rows = dict[str, list[tuple[Record, Brief | None]]]


@dataclass(frozen=True)
class _Plan:
    endpoint: Endpoint
    vocabulary: Vocabulary
    rows: Rows
    longest: int

    @property
    def briefs(self) -> list[Brief]:
        return [brief for rows in self.rows.values() for _, brief in rows if brief is not None]


def freeze(call: Call, desk: Desk) -> Frozen:
    _refuse_frozen(desk)
    plan = _planned(call, desk)
    _agreed(call, desk, plan)
    # Without a key it fails here, before there is a folder.
    opened = model.opened(desk, call, plan.endpoint)
    with attempts.project_lock(desk.paths):
        candidate.restore(desk.paths)
        return _frozen(call, desk, plan, opened)


def _refuse_frozen(desk: Desk) -> None:
    data = desk.loaded.spec.data
    if data.origin != "generated":
        raise SpecError(
            "The records of this project are frozen already: there are no generated facts to write from.",
            "`data.origin` says frozen.",
            "Write `origin: generated` with the number of records that you want, then freeze again.",
        )
    source.refuse_unless_writable(desk.loaded.spec)


def _planned(call: Call, desk: Desk) -> _Plan:
    spec = desk.loaded.spec
    endpoint = model.endpoint_at(desk, call)
    vocabulary = source.vocabulary_of(spec, desk.team)
    rows: Rows = {
        split: [(record, brief_of(record, vocabulary)) for record in records]
        for split, records in source.streams_of(spec, desk.team).items()
    }
    briefs = [brief for split in rows.values() for _, brief in split if brief is not None]
    return _Plan(endpoint, vocabulary, rows, model.longest_answer(desk.services.models, call.model, briefs))


def _agreed(call: Call, desk: Desk, plan: _Plan) -> None:
    """PolicyViolation where the bound is too low or nobody agrees."""
    unasked = sum(len(rows) for rows in plan.rows.values()) - len(plan.briefs)
    if unasked:
        desk.say(f"{unasked:,} records are not asked for: a fact of theirs could not be told from the text.")
    cost = model.cost_of(desk, call, plan.endpoint, plan.briefs, plan.longest)
    for line in cost.lines():
        desk.say(line)
    desk.say(
        "That counts up to three requests for every record; answers that are kept here already cost nothing."
    )
    model.refuse_above(cost, desk)
    if not desk.agrees(cost):
        most = f"at most {cost.usd_at_most} USD" if cost.certain else "a sum that is not known for certain"
        raise PolicyViolation(
            f"Nobody agreed to what the texts cost, {most}; nothing was asked or written.",
            "Each record is one to three paid requests.",
            "Call again with --yes" + (", or on a terminal, where you are asked." if cost.certain else "."),
        )


def _frozen(call: Call, desk: Desk, plan: _Plan, opened: LanguageModel) -> Frozen:
    spec, before, tally = desk.loaded.spec, opened.used, texts.Tally()
    writing = texts.Writing(opened, plan.vocabulary, spec.data.seed, plan.longest, call.refused)
    with candidate.making(desk.paths) as folder:
        records = {}
        total = sum(len(rows) for rows in plan.rows.values())
        with desk.services.progress.task("texts of the model", total) as task:
            for split in SPLITS:
                records[split] = candidate.write_split(
                    folder, split, texts.write(writing, plan.rows[split], tally, task)
                )
        warnings = candidate.refuse_too_large(folder)
        provenance = _provenance(call, desk, plan, tally)
        candidate.seal(folder, provenance, records)
        candidate.checked(spec, folder, records, desk.team)
        auditing.audit(desk, candidate.record_files(folder), "the model's texts")
        files, splits = candidate.digests(folder), candidate.split_digests(folder)
        candidate.place(desk.paths, folder)
    used = (opened.used[0] - before[0], opened.used[1] - before[1])
    return Frozen(
        project=desk.name,
        origin="written",
        records=records,
        files=files,
        splits=splits,
        counted=tally.counted(),
        asked=tally.asked,
        cost_usd=model.paid(call, plan.endpoint, used),
        warnings=warnings,
    )


def _provenance(call: Call, desk: Desk, plan: _Plan, tally: texts.Tally) -> FrozenProvenance:
    spec = desk.loaded.spec
    return FrozenProvenance(
        version=1,
        origin="written",
        made_on=desk.services.clock.now().date().isoformat(),
        clinft_version=clinft.__version__,
        files={},
        splits={},
        records={},
        data=spec.data,
        labels=spec.task.labels,
        classify=spec.task.classify,
        domain=spec.clinical_domain,
        generator_version=prepare.STAGE_VERSION,
        writer=Writer(
            model=call.model,
            provider=plan.endpoint.provider,
            endpoint=call.endpoint,
            host=model.host_of(plan.endpoint),
            prompt_sha256=request.prompt_sha256(),
            seed=spec.data.seed,
        ),
        counted=tally.counted(),
    )
