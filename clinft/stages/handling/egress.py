"""Everything that leaves for this plan, to whom, when, and whose facts allow it."""

from collections.abc import Iterator

from clinft.artifacts.handling import EgressRow
from clinft.spec.eligibility import Eligibility
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.spec.reached import ELSEWHERE

SINK_RECEIVES = {
    "slack": "seven kinds of messages: verdicts, figures, thresholds and links; no record",
    "google_sheets": "rows of the tracking tables, with links to the documents; no record",
    "google_docs": "model card, data dictionary, HIPAA report and the prompt; no record",
    "langsmith": "audited records of all splits, scores of each item, and answers that passed the audit",
}


def ledger(spec: ProjectSpec, policy: Policy) -> Iterator[EgressRow]:
    yield EgressRow(
        to="GitHub",
        what="spec, prompt, files in synthetic/, evidence, documents and comments; no generated record",
        when="with each push, and when results come back",
        allowed_by="whoever owns this repository",
    )
    if policy.pages.publish:
        yield EgressRow(
            to="GitHub Pages",
            what="the dashboard: figures, findings by place and type, costs, documents; no record",
            when="whenever projects/ changes on the protected branch",
            allowed_by="pages.publish in the policy",
        )
    yield from _provider(spec, policy)
    yield from _hub(spec)
    for name, sink in sorted(policy.sinks.items()):
        early = name in policy.consents.before_merge
        yield EgressRow(
            to=f"{sink.kind}: {name}",
            what=SINK_RECEIVES[sink.kind],
            when="before and after the merge" if early else "after the merge",
            **_allowed(sink.eligibility),
        )


def _provider(spec: ProjectSpec, policy: Policy) -> Iterator[EgressRow]:
    provider = spec.training.provider
    if provider not in ELSEWHERE:
        return
    listed = policy.providers.get(provider)
    places = [(name, place) for name, place in policy.endpoints.items() if place.provider == provider]
    what = "the formatted training and validation files; test records and prompts when it is evaluated"
    if not places:
        yield EgressRow(
            to=provider,
            what=what,
            when="training and evaluation, after the merge",
            **_allowed(None if listed is None else listed.eligibility, spec.training.region or ""),
        )
    for name, place in sorted(places):
        yield EgressRow(
            to=f"{provider}: {name}",
            what=what,
            when="training and evaluation, after the merge",
            **_allowed(place.eligibility, place.region or spec.training.region or ""),
        )


def _hub(spec: ProjectSpec) -> Iterator[EgressRow]:
    if spec.training.base_model_revision is not None:
        yield EgressRow(
            to="the model hub",
            what="the name of the base model, when it is downloaded; no data",
            when="before the first training",
            allowed_by="base_model in the spec",
        )


def _allowed(facts: Eligibility | None, region: str = "") -> dict[str, str]:
    if facts is None:
        return {"region": region, "allowed_by": "nobody: the gate refuses it"}
    return {
        "region": region or ", ".join(facts.regions),
        "baa_signed": facts.baa_signed or "",
        "allowed_by": f"{facts.owner}, to be reviewed by {facts.review_by}",
    }
