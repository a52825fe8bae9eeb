"""What a project over a clinical domain pack starts from: its words for each kind of task, and its labels."""

import textwrap
from typing import Any

import yaml

from clinft.spec.measured import DEFAULT_METRICS

# One invented note for each level of acuity, the most urgent first.
EXAMPLES = {
    "immediate": "Adult, sudden collapse, gray and clammy, barely answers. Pulse 138, BP 72/40, SpO2 84%.",
    "emergent": "Adult with crushing chest discomfort for an hour, sweating. Pulse 112, BP 154/92, SpO2 94%.",
    "urgent": "Adult with fever and flank pain for two days, drinks little. Pulse 104, BP 118/70, T 38.9 C.",
    "less-urgent": "Adult with a twisted ankle since this morning, walks with a limp. Pulse 82, BP 126/78.",
    "non-urgent": "Adult asks for a repeat of a skin cream, rash unchanged for months, feels well. Pulse 70.",
}
# A miss of these would harm a patient.
CRITICAL = ("immediate", "emergent")
CLASSIFICATION = "classification"
WIDTH = 100


def acuities(pack: dict[str, Any]) -> list[str]:
    """What the conditions of a pack of version 2 can be, the most urgent first; of another pack: none."""
    found = {level for one in pack.get("conditions", ()) for level in one["acuity"].values()}
    return [level for level in EXAMPLES if level in found]


def words(table: dict[str, dict[str, Any]], kind: str, labels: list[str]) -> dict[str, str]:
    """Placeholder of the templates -> text. `table`: templates/tasks.yaml, which has this kind."""
    row = table[kind]
    classified = kind == CLASSIFICATION
    return {
        "kind": kind,
        "summary": row["summary"],
        "use": _block(row["use"], 2),
        "not": row["not"],
        "description": _block(row["description"], 4),
        "answer": _labels(labels) if classified else _schema(row),
        "strategies": "[zero_shot, few_shot]" if classified else "[zero_shot]",
        "evaluation": _evaluation(labels) if classified else _of_answers(kind, row),
        "system": _block(row["system"].replace("{{words}}", ", ".join(labels)), 0),
        "examples": _examples(labels) if classified else "",
    }


def _block(text: str, indent: int) -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent, break_long_words=False
    )


def _labels(labels: list[str]) -> str:
    listed = "\n".join(f"    - {label}" for label in labels)
    return f"""  # What the labels name: acuity, condition or severity.
  classify: acuity
  # Every answer that counts. Put words like "no" or "on" in quotes.
  labels:
{listed}
"""


def _schema(row: dict[str, Any]) -> str:
    if "output_schema" not in row:
        return ""
    comment = "# JSON Schema of the answer; the generator knows these fields and some more.\n"
    written = yaml.safe_dump({"output_schema": row["output_schema"]}, sort_keys=False)
    return textwrap.indent(comment + written, "  ")


def _examples(labels: list[str]) -> str:
    return "".join(
        f"\n## Example\n### Input\n{EXAMPLES[label]}\n### Output\n{label}\n"
        for label in (labels[0], labels[-1])
    )


def _of_answers(kind: str, row: dict[str, Any]) -> str:
    """`row`: what templates/tasks.yaml asks of a model of this kind."""
    metrics = "\n".join(f"    - {name}" for name in DEFAULT_METRICS[kind])
    wanted = "\n".join(f"    - {{{_pairs(one)}}}" for one in row["thresholds"])
    margins = "\n".join(f"    - {{{_pairs(one)}}}" for one in row["margins"])
    return f"""evaluation:
  # score: 0 to 1 for each answer, by the rule of this kind; what each metric is: docs/metrics.md.
  metrics:
{metrics}
  # What the trained model must reach on the test split; the interval counts, not the point.
  thresholds:
{wanted}

regression:
  # A new model may be this much worse than the deployed one and still count as no worse.
  margins:
{margins}"""


def _pairs(entry: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in entry.items())


def _evaluation(labels: list[str]) -> str:
    critical = [label for label in labels if label in CRITICAL] or labels[:1]
    return f"""evaluation:
  metrics: [accuracy, macro_f1, parse_failure_rate, critical_recall]
  # What the trained model must reach on the test split; the interval counts, not the point.
  thresholds:
    - {{metric: accuracy, min: 0.6}}
    # A patient at risk of life who is told to wait is worse than most other mistakes.
    - {{metric: critical_recall, min: 0.9}}

regression:
  # A new model may be this much worse than the deployed one and still count as no worse.
  margins:
    - {{metric: accuracy, margin: 0.02}}
  # Answers whose miss would harm a patient.
  critical_labels: [{", ".join(critical)}]"""
