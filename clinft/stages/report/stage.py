"""Report: every file that people or programs read, from the facts of one run. Pure: it writes nothing."""

import json
from collections.abc import Callable, Mapping

from clinft.artifacts.fact_sheet import FACTS, FactSheet
from clinft.stages.report import evaluation_plots, hipaa_report, numbers, plots, run_report, words
from clinft.stages.report.cards import (
    applied_model_card,
    croissant,
    data_dictionary,
    ml_bom,
    model_card,
    source_attributes,
)
from clinft.stages.report.cards.facts import gather
from clinft.stages.report.facts import RunFacts

STAGE_VERSION = 5
# By their name in the spec's `documents`: rendered from facts.json and nothing else.
CARDS: Mapping[str, tuple[str, Callable[[FactSheet], str]]] = {
    "model_card": ("MODEL_CARD.md", model_card.render),
    "data_dictionary": ("DATA_DICTIONARY.md", data_dictionary.render),
    "source_attributes": ("SOURCE_ATTRIBUTES.md", source_attributes.render),
    "applied_model_card": ("cards/applied_model_card.xml", applied_model_card.render),
    "ml_bom": ("cards/ml_bom.cdx.json", ml_bom.render),
    "croissant": ("cards/croissant.json", croissant.render),
}
HIPAA_REPORT = "HIPAA_REPORT.md"
ALWAYS = ("report.md", "plots/loss.svg", "plots/accuracy.svg", FACTS)
# Also laid where people look for them, beside the spec.
DOCUMENTS = frozenset({"MODEL_CARD.md", "DATA_DICTIONARY.md", HIPAA_REPORT})
# All that this stage may write.
RENDERED = frozenset({*ALWAYS, *evaluation_plots.ALT, HIPAA_REPORT, *(name for name, _ in CARDS.values())})
# Hold times, so their bytes differ from run to run: never part of a digest.
WITH_MEASURED = (
    "report.md",
    FACTS,
    "cards/applied_model_card.xml",
    "cards/ml_bom.cdx.json",
    "cards/croissant.json",
)


def render(facts: RunFacts) -> dict[str, str]:
    """File name, relative to the run's folder, to text. The same facts give the same bytes."""
    spec = facts.spec
    wanted = dict.fromkeys(spec.documents)
    cards = {CARDS[name][0]: CARDS[name][1] for name in wanted if name in CARDS}
    hipaa = (HIPAA_REPORT,) if "hipaa_report" in wanted else ()
    sheet = gather(facts, (*ALWAYS, *hipaa, *cards))
    rendered = {
        "report.md": run_report.render(facts),
        "plots/loss.svg": plots.loss(facts.model.loss),
        "plots/accuracy.svg": plots.accuracy(facts.evaluation, spec.evaluation.thresholds),
        FACTS: as_text(sheet),
    }
    rendered |= evaluation_plots.render(facts.evaluation)
    rendered |= {name: renderer(sheet) for name, renderer in cards.items()}
    if hipaa:
        rendered[HIPAA_REPORT] = hipaa_report.render(facts)
    return rendered


def as_text(sheet: FactSheet) -> str:
    """ASCII alone: characters that hide or reorder text stand there as what they are."""
    return json.dumps(sheet.model_dump(mode="json"), indent=1, sort_keys=True) + "\n"


def headline(facts: RunFacts) -> str:
    """One sentence of plain text."""
    regression, evaluation = facts.regression, facts.evaluation
    main = evaluation.main_metric
    outcome = (
        f"{facts.spec.name} {facts.run_id}: {regression.status}, recommendation {regression.recommendation}"
    )
    gain = words.smallest_gain(evaluation)
    tuned = words.primary(evaluation)
    if gain is not None:
        # Both numbers from the same way of reading an answer.
        alike = [r for r in evaluation.systems if r.system == "tuned" and r.scoring == gain.scoring]
        tuned = alike[0] if alike else tuned
    measured = words.find_metric(tuned, main) if tuned else None
    found = measured.interval if measured else None
    if found is None:
        return f"{outcome}; {words.metric(main)} missing: not measured."
    text = (
        f"{outcome}; tuned {words.metric(main)} {numbers.interval(found)} on {found.n:,} synthetic test "
        "records"
    )
    if gain is None:
        return f"{text}."
    against = f"{words.system(gain.against)} ({words.scoring(gain.scoring)})"
    return f"{text}, {numbers.difference(gain.difference)} over the {against}."
