"""The sentences of all documents, by name: what the spec declares, what was measured, what nobody knows.

Where nothing is known the reason stands instead: no standard's question gets an answer that was not given.
"""

from collections.abc import Iterator, Mapping

from clinft.artifacts.fact_sheet import (
    DataFacts,
    EvaluationFacts,
    ModelFacts,
    Statement,
    VerdictFacts,
)
from clinft.stages.report import audit_words, numbers
from clinft.stages.report.cards.facts import absent, told
from clinft.stages.report.facts import RunFacts

SPEC = "project.yaml"
# What an answer is, in the words of 45 CFR 170.315(b)(11)(iv)(B)(1)(iv).
OUTPUTS: Mapping[str, tuple[str, str]] = {
    "classification": ("classification", "One label of a closed list"),
    "extraction": ("analysis", "A JSON object by a given schema"),
    "coding": ("classification", "One or more ICD-10-CM codes"),
    "ner": ("analysis", "The clinical entities of a text, with their types"),
    "question_answering": ("other: an answer to a question", "A short answer in words"),
    "summarization": ("other: generated text", "A summary of a clinical text"),
    "dialogue_to_note": ("other: generated text", "A clinical note made from a dialogue"),
    "generation": ("other: generated text", "Free text"),
}


def statements(
    facts: RunFacts, model: ModelFacts, data: DataFacts, evaluation: EvaluationFacts, verdict: VerdictFacts
) -> dict[str, Statement]:
    return {
        **absent.STATEMENTS,
        **dict(_declared(facts)),
        **dict(_data(facts, data)),
        **dict(_made(facts, data)),
        **dict(_model(model)),
        **dict(told.results(evaluation)),
        **dict(told.verdict(verdict)),
    }


def _declared(facts: RunFacts) -> Iterator[tuple[str, Statement]]:
    spec = facts.spec

    def said(text: str, place: str) -> Statement:
        return Statement(basis="declared", text=text, source=f"{SPEC}: {place}")

    type_of_output, value = OUTPUTS[spec.task.kind]
    labels = f": {', '.join(spec.task.labels)}" if spec.task.labels else ""
    yield "name", said(spec.name, "name")
    yield "summary", said(spec.summary, "summary")
    yield "developer", said(", ".join(spec.owners), "owners")
    yield "intended-use", said(spec.intended_use, "intended_use")
    yield "out-of-scope", said("; ".join(spec.out_of_scope), "out_of_scope")
    yield "task", said(spec.task.description, "task.description")
    yield "output-type", said(type_of_output, "task.kind")
    yield "output-value", said(f"{value}{labels}.", "task")
    yield "users", said(f"As the project says it of users and use: {spec.intended_use}", "intended_use")
    yield (
        "decision-role",
        said(
            "Informs: a person reads the text and decides. The model always answers, also where no answer "
            f"fits. As the project says it: {spec.intended_use}",
            "intended_use",
        ),
    )
    yield "domain", said(f"Clinical domain {spec.clinical_domain}, language: English.", "clinical_domain")
    yield (
        "criteria",
        said(
            f"No person's record is in the data, so nobody was included or excluded. Records are drawn for "
            f"the clinical domain {spec.clinical_domain} and the answers of the task; what is out of scope: "
            f"{'; '.join(spec.out_of_scope)}.",
            "clinical_domain, task, out_of_scope",
        ),
    )


def _data(facts: RunFacts, data: DataFacts) -> Iterator[tuple[str, Statement]]:
    prepared = "prepare.json"
    train, test = data.splits["train"], data.splits["test"]

    def counted(text: str) -> Statement:
        return Statement(basis="measured", text=text, source=prepared)

    yield (
        "training-data",
        counted(
            f"{train.records.shown} synthetic records from {train.scenarios.shown} clinical scenarios, made "
            f"by generator {data.generator} version {data.generator_version} with seed {data.seed}. No "
            f"record describes a person. Terminology: {data.terminology_release}."
        ),
    )
    yield (
        "test-data",
        counted(
            f"{test.records.shown} synthetic records from {test.scenarios.shown} clinical scenarios, from "
            "the same generator as the training data; scenarios in more than one split: "
            f"{data.shared_scenarios.shown}, {data.wording}s both in train and in test: "
            f"{data.shared_styles.shown}."
        ),
    )
    yield "generation", Statement(basis="declared", text=" ".join(data.method), source=prepared)
    yield (
        "distribution",
        counted(
            "; ".join(
                f"{name}: {split.records.shown} records, "
                f"{numbers.count(len(split.labels), data.counted_by)} that occur, "
                f"{numbers.count(len(split.styles), 'note style')}"
                for name, split in data.splits.items()
            )
            + "."
        ),
    )
    yield (
        "quality-checks",
        counted(
            f"Records whose text occurs more than once: {data.duplicate_texts.shown}. The audit "
            f"({facts.audit.verdict}) searched {facts.audit.records_scanned:,} rows for identifiers."
        ),
    )
    yield (
        "provenance",
        Statement(
            basis="declared",
            text=f"{data.source}, {data.origin}: {data.generator} version {data.generator_version}, seed "
            f"{data.seed}.",
            source=f"{SPEC}: data",
        ),
    )
    yield (
        "privacy",
        Statement(
            basis="measured",
            text=f"Audit {facts.audit.verdict}: {facts.audit.records_scanned:,} rows were searched for the "
            f"18 identifiers of 45 CFR 164.514(b)(2)(i). {_sensitivity(facts)}",
            source="audit.json",
        ),
    )


def _sensitivity(facts: RunFacts) -> str:
    return audit_words.sentence(audit_words.sensitivity_of(facts.audit)).replace("**", "")


def _made(facts: RunFacts, data: DataFacts) -> Iterator[tuple[str, Statement]]:
    """How answers got to their records; of files that somebody brought that is not known here."""
    source = f"{SPEC}: data"
    if data.origin == "frozen":
        brought = "the records were brought as files, and nobody recorded it"
        yield "annotation", told.missing(brought, source)
        yield "bias-mitigation", told.missing(brought, source)
        return
    balance = (
        "Records per answer are those of data.label_counts."
        if facts.spec.data.label_counts
        else "Answers are spread over the records as evenly as the generator can."
    )
    yield (
        "bias-mitigation",
        Statement(
            basis="declared", text=f"{balance} No other measure against bias was taken.", source=source
        ),
    )
    yield (
        "annotation",
        Statement(
            basis="declared",
            text="No person annotated a record: the right answer follows from the facts that the record was "
            "made from.",
            source="prepare.json",
        ),
    )


def _model(model: ModelFacts) -> Iterator[tuple[str, Statement]]:
    revision = f", revision {model.base_revision}" if model.base_revision else ""
    yield (
        "foundation-model",
        Statement(
            basis="declared",
            text=f"{model.base_model}{revision}, sha256 {model.base_sha256}.",
            source=f"{SPEC}: training.base_model",
        ),
    )
    basis = "measured" if model.declared_by is None else "declared"
    yield (
        "training",
        Statement.model_validate(
            {
                "basis": basis,
                "text": f"Method {model.method} with provider {model.provider}; optimizer steps: "
                f"{model.steps.shown}; samples: {model.samples.shown}; trainable parameters: "
                f"{model.trainable_parameters.shown}.",
                "source": "train.json",
            }
        ),
    )
    own = model.provider == "peft"
    yield (
        "third-parties",
        Statement(
            basis="declared",
            text=f"Base model {model.base_model}. "
            + (
                "Trained without an outside service; no record left the machine for training."
                if own
                else f"Training: provider {model.provider}."
            ),
            source=f"{SPEC}: training",
        ),
    )
