"""Pure: facts in, advice out."""

from clinft.artifacts.advice import Advice
from clinft.stages.advise import hosted, own
from clinft.stages.advise.facts import Request

FOR_TESTS = "The providers fake and fake_hosted are for tests: there is nothing to recommend."
NOT_COUNTED = "No tokenizer of this model is at hand, so its longest sample was not looked at."
FIRST_TRY = (
    "These are places to start from, read elsewhere and not measured on your data: the evaluation on the "
    "test split decides."
)


def advise(request: Request) -> Advice:
    training, data = request.training, request.data
    provider = training.provider
    if provider in ("fake", "fake_hosted"):
        rows, notes = (), (FOR_TESTS,)
    else:
        rows = tuple((own if provider == "peft" else hosted).rows(request))
        not_counted = (NOT_COUNTED,) if data.longest_tokens is None else ()
        notes = (FIRST_TRY, *not_counted, *(own.notes(request) if provider == "peft" else ()))
    return Advice(
        provider=provider,
        base_model=training.base_model,
        kind=data.kind,
        samples=data.samples,
        tokens=data.tokens,
        longest_tokens=data.longest_tokens,
        parameters=request.model.parameters,
        rows=rows,
        notes=notes,
    )
