"""`MODEL_CARD.md`: Hugging Face front matter, then what a user of the model must know."""

from clinft.artifacts.fact_sheet import FactSheet
from clinft.stages.report.cards.front_matter import front_matter
from clinft.stages.report.cards.model_card import limits, loading, results, safety, training
from clinft.stages.report.markdown import document, escape


def render(sheet: FactSheet) -> str:
    return document(
        (
            front_matter(sheet),
            f"# {escape(sheet.project)}",
            escape(sheet.statements["summary"].text),
            *training.details(sheet),
            *training.use(sheet),
            *training.data(sheet),
            *training.procedure(sheet),
            *results.evaluation(sheet),
            *results.classes(sheet),
            *results.subgroups(sheet),
            *results.errors(sheet),
            *results.outputs(sheet),
            *safety.verdict(sheet),
            *limits.limitations(sheet),
            *limits.ethics(sheet),
            *limits.recommendations(sheet),
            *loading.loading(sheet),
            *limits.more(sheet),
        )
    )
