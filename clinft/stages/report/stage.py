"""Report: every file that people read, from the facts of one run. Pure; the pipeline writes them."""

from clinft.stages.report import (
    data_dictionary,
    hipaa_report,
    model_card,
    numbers,
    plots,
    run_report,
    words,
)
from clinft.stages.report.facts import RunFacts

STAGE_VERSION = 2
RENDERERS = {
    "model_card": ("MODEL_CARD.md", model_card.render),
    "data_dictionary": ("DATA_DICTIONARY.md", data_dictionary.render),
    "hipaa_report": ("HIPAA_REPORT.md", hipaa_report.render),
}
DOCUMENTS = frozenset(name for name, _ in RENDERERS.values())
# Holds times, so its bytes differ from run to run: never part of a digest.
WITH_MEASURED = ("report.md",)


def render(facts: RunFacts) -> dict[str, str]:
    """File name, relative to the run's folder, to text. The same facts give the same bytes."""
    spec = facts.spec
    rendered = {
        "report.md": run_report.render(facts),
        "plots/loss.svg": plots.loss(facts.model.loss),
        "plots/accuracy.svg": plots.accuracy(facts.evaluation, spec.evaluation.thresholds),
    }
    for wanted in spec.documents:
        name, renderer = RENDERERS[wanted]
        rendered[name] = renderer(facts)
    return rendered


def headline(facts: RunFacts) -> str:
    """One sentence of plain text."""
    regression, evaluation = facts.regression, facts.evaluation
    outcome = (
        f"{facts.spec.name} {facts.run_id}: {regression.status}, recommendation {regression.recommendation}"
    )
    gain = words.smallest_gain(evaluation)
    tuned = words.primary(evaluation)
    if gain is not None:
        # Both numbers from the same way of reading an answer.
        alike = [r for r in evaluation.systems if r.system == "tuned" and r.scoring == gain.scoring]
        tuned = alike[0] if alike else tuned
    found = words.accuracy(tuned) if tuned else None
    if found is None:
        return f"{outcome}; accuracy missing: not measured."
    text = f"{outcome}; tuned accuracy {numbers.interval(found)} on {found.n:,} synthetic test records"
    if gain is None:
        return f"{text}."
    against = f"{words.system(gain.against)} ({words.scoring(gain.scoring)})"
    return f"{text}, {numbers.difference(gain.difference)} over the {against}."
