"""What public benchmarks gave, in Markdown: marked for what they are."""

from clinft.artifacts.benchmarks import CONTAMINATION, BenchmarkReport, BenchmarkResult
from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, document, escape, table

SCORINGS = {"closed_labels": "likeliest label", "generated_text": "free answer"}


def of_benchmarks(report: BenchmarkReport) -> str:
    rows = [
        (
            escape(one.name),
            one.system,
            SCORINGS[one.scoring],
            escape(metric.metric),
            numbers.metric(metric, one.n),
            _asked(one),
        )
        for one in report.results
        for metric in one.metrics
    ]
    changes = [
        f"{escape(one.slug)}: tuned minus base, {escape(one.metric)} {numbers.difference(one.difference)} "
        f"(n = {one.difference.n:,}, p {numbers.p_value(one.p_value)})"
        for one in report.changes
    ]
    cautions = dict.fromkeys(
        f"{escape(one.name)}: {escape(one.caution)}" for one in report.results if one.caution
    )
    access = dict.fromkeys(f"{escape(one.name)}: {escape(one.access)}" for one in report.results)
    return document(
        (
            f"**Public benchmarks ({CONTAMINATION})**: no threshold and no verdict rests on them.",
            table(("benchmark", "model", "read as", "metric", "value", "items"), rows, (5,)),
            bullets(changes),
            bullets([*cautions, *(f"terms of {line}" for line in access)]),
        )
    )


def _asked(one: BenchmarkResult) -> str:
    return f"{one.n:,}" if one.n == one.items_in_files else f"{one.n:,} of {one.items_in_files:,}"
