"""What the judge said, in Markdown: first how far it can be believed."""

from clinft.artifacts.judgement import JudgeReport
from clinft.artifacts.planning import Interval
from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, document, escape, table

NONE = "no value: it said one and the same of everything"


def of_judge(report: JudgeReport) -> str:
    standing = "Advice only" if report.advisory else "Agrees with people"
    rows = [(name, numbers.interval(share)) for name, share in report.outcomes.items()]
    human = report.human
    facts = [
        f"Judge {escape(report.judge)} ({escape(report.model)}), {report.repeats} votes in each of two "
        f"orders; rubric {numbers.short(report.rubric_sha256)}.",
        f"{report.items:,} of {report.answers_in_run:,} answers of {escape(report.system)} "
        f"({'those scored wrong' if report.of == 'errors' else 'right and wrong ones'}); "
        f"{report.withheld:,} were withheld by the audit.",
        f"Votes that could not be read: {numbers.interval(report.unread_votes)}.",
        f"Quotes that do not stand in the source: {_or(report.false_quotes, 'it gave no quote')}.",
        f"Claims whose outcome depends on the order: {numbers.interval(report.order_changes)}.",
        f"Agreement with itself (Krippendorff's alpha): {_or(report.self_agreement, NONE)}.",
    ]
    if human is not None:
        facts.append(
            f"Agreement with people on {human.claims:,} claims of {human.items:,} answers: Cohen's kappa "
            f"{_or(human.cohen_kappa, human.missing or NONE)}, Krippendorff's alpha "
            f"{_or(human.krippendorff_alpha, human.missing or NONE)}."
        )
    return document(
        (
            f"**{standing}**: {escape(report.why)}. No metric, threshold or verdict rests on the judge.",
            table((f"outcome of {report.claims:,} claims", "share"), rows, (1,)),
            bullets(facts),
        )
    )


def _or(value: Interval | None, reason: str) -> str:
    return f"missing ({escape(reason)})" if value is None else numbers.interval(value)
