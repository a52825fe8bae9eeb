"""The model that is about to stop: its name, where it answers, until when, and whether it may be asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline.lifecycles import row_of
from clinft.ports.announced import Announced
from clinft.spec.base import Provider
from clinft.spec.eligibility import Eligibility, Endpoint
from clinft.spec.policy import Policy

PROVIDER: Provider = "openai"
# ft:BASE:ORGANISATION:SUFFIX:ID, and the step of a checkpoint.
PART = r"[A-Za-z0-9._-]"
FORM = re.compile(
    rf"ft:({PART}{{1,100}}):{PART}{{0,64}}:{PART}{{0,64}}:{PART}{{1,64}}(:ckpt-step-[0-9]{{1,9}})?"
)


@dataclass(frozen=True)
class OldModel:
    name: str
    base: str


def parse(name: str) -> OldModel:
    found = FORM.fullmatch(name)
    if found is None:
        raise SpecError(
            "This is not the name of a model that was fine-tuned at OpenAI.",
            "Such a name is ft:BASE:ORGANISATION:SUFFIX:ID; models of other providers cannot be rescued yet.",
            "Copy it from the dashboard, e.g. ft:gpt-4.1-mini-2025-04-14:my-org:notes:AbCd1234.",
        )
    return OldModel(name, found[1])


def endpoint_at(policy: Policy, name: str | None) -> Endpoint:
    """The policy's entry of that name, or its only one of this provider."""
    mine = {key: one for key, one in policy.endpoints.items() if one.provider == PROVIDER}
    wanted = name if name is not None else next(iter(mine), None)
    if wanted not in mine or (name is None and len(mine) > 1):
        known = ", ".join(sorted(mine)) or "none"
        raise SpecError(
            "It is not known where the old model answers.",
            f"The policy's endpoints of {PROVIDER}: {known}.",
            "Name one of them with --endpoint; the owners of .github/clinft.yml add one under endpoints.",
        )
    return mine[wanted]


def host_of(endpoint: Endpoint) -> str:
    return urlsplit(endpoint.url).netloc


def refuse_unless_eligible(policy: Policy, endpoint: Endpoint, today: date) -> None:
    """Each held-out text is sent there, so the facts that allow it must be known and of today.

    A policy lists the provider of every endpoint, or cannot be read.
    """
    place = f"the endpoint {host_of(endpoint)}"
    _current(f"the provider {PROVIDER}", policy.providers[PROVIDER].eligibility, endpoint, today)
    _current(place, endpoint.eligibility, endpoint, today)


def _current(what: str, facts: Eligibility | None, endpoint: Endpoint, today: date) -> None:
    if facts is None:
        why = "lists it without the facts that make it eligible"
    elif date.fromisoformat(facts.review_by) < today:
        why = f"has facts about it that were to be reviewed by {facts.review_by}"
    elif facts.regions and endpoint.region not in facts.regions:
        why = f"allows it in {', '.join(facts.regions)} only"
    else:
        return
    raise PolicyViolation(
        f"No text may be sent to {what}: the policy {why}.",
        "Synthetic texts too leave only for places of which somebody answers for the facts.",
        "The owners of .github/clinft.yml renew the facts after the privacy office has agreed.",
    )


def time_left(model: OldModel, announced: Announced | None, today: date) -> Iterator[str]:
    """What is known of its end, a line each; PolicyViolation where it does not answer any more.

    What the provider says now outweighs our table, which was copied from its pages.
    """
    row = row_of(PROVIDER, model.base)
    last = None if row is None or row.serving_until is None else date.fromisoformat(row.serving_until)
    if row is None or last is None:
        yield f"No end of {model.base} is in our table."
    else:
        left = (last - today).days
        if left < 0 and announced is None:
            raise _ended(model, f"{last} was its last day ({row.source}, read {row.as_of})")
        count = f"{left} more days" if left >= 0 else "which is over"
        yield f"By our table {model.base} and its tuned models answer until {last}, {count} ({row.source})."
    if announced is None:
        yield "There is no key here, so the provider was not asked whether it still answers."
        return
    if not announced.exists:
        raise SpecError(
            f"{announced.host} has no model {model.name} for this account.",
            "The name is wrong, the key is of another project, or the model was deleted or shut down.",
            "Copy the name from the dashboard, and use a key of the project that trained it.",
        )
    if announced.shutdown is None:
        yield f"{announced.host} offers it to this account now, and announces no shutdown date."
    elif announced.shutdown <= today:
        raise _ended(model, f"{announced.host} says that it was shut down on {announced.shutdown}")
    else:
        left = (announced.shutdown - today).days
        ends = f"shuts it down on {announced.shutdown}, in {left} days"
        yield f"{announced.host} offers it to this account now, and {ends}."


def _ended(model: OldModel, how: str) -> PolicyViolation:
    return PolicyViolation(
        f"{model.name} no longer answers: {how}.",
        "What it would have said cannot be recorded any more.",
        "Train a new model from the same data without this baseline: start with `clinft new NAME`.",
    )
