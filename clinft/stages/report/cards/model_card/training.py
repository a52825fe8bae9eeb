"""What the model is, what it is for, what it was trained on and how."""

from collections.abc import Iterable

from clinft.artifacts.fact_sheet import FactSheet
from clinft.stages.report import numbers
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.cards.said import said
from clinft.stages.report.markdown import bullets, code, escape, table


def details(sheet: FactSheet) -> Iterable[str]:
    model, verdict, statements = sheet.model, sheet.verdict, sheet.statements
    yield "## Model details"
    rows = [
        ("Project and run", f"{code(sheet.project)}, {code(sheet.run_id)}"),
        ("Base model", f"{code(model.base_model)}, sha256 {numbers.short(model.base_sha256)}"),
        ("Method", f"{code(model.method)} with provider {code(model.provider)}"),
        ("Trainable parameters", figures.cell(model.trainable_parameters)),
        *(
            (f"Weights {code(name)}", f"sha256 {numbers.short(digest)}")
            for name, digest in model.weights.items()
        ),
        ("Output", said(statements["output-value"])),
        ("Owners", ", ".join(escape(owner) for owner in sheet.owners)),
        ("Contact", said(statements["contact"])),
        ("Licence", said(statements["licence"])),
        ("Regression verdict", f"**{escape(verdict.status)}**, {escape(verdict.recommendation)}"),
        ("Thresholds", _thresholds(sheet)),
    ]
    yield table(("Fact", "Value"), rows)
    yield f"Task: {said(statements['task'])}"


def _thresholds(sheet: FactSheet) -> str:
    if not sheet.evaluation.thresholds:
        return said(sheet.statements["thresholds"])
    return "all met" if sheet.evaluation.thresholds_met else "**not all met**"


def use(sheet: FactSheet) -> Iterable[str]:
    statements = sheet.statements
    yield "## Intended use"
    yield said(statements["intended-use"])
    yield bullets(
        (
            f"Domain: {said(statements['domain'])}",
            f"Patients: {said(statements['population'])}",
            "Role in the decision: informs; a person reads the text and decides",
        )
    )
    yield "## Out of scope"
    yield bullets(escape(line) for line in sheet.out_of_scope)


def data(sheet: FactSheet) -> Iterable[str]:
    yield "## Training data"
    train = sheet.data.splits["train"]
    yield f"{said(sheet.statements['training-data'])} sha256 {numbers.short(train.sha256)}."
    yield said(sheet.statements["privacy"])
    if "DATA_DICTIONARY.md" in sheet.documents:
        yield "Fields, codes, how the records were made: [DATA_DICTIONARY.md](DATA_DICTIONARY.md)."


def procedure(sheet: FactSheet) -> Iterable[str]:
    model = sheet.model
    yield "## Training procedure"
    yield (
        f"Optimizer steps: {figures.cell(model.steps)}; samples: {figures.cell(model.samples)}; "
        f"answer tokens: {figures.cell(model.answer_tokens)}. The loss counts the tokens of the answer only."
    )
    if model.declared_by is not None:
        yield (
            f"**Declared by {escape(model.declared_by)}, not measured**: steps, loss, tokens and the name of "
            "the trained model."
        )
    yield table(
        ("Setting", "Value"), ((code(name), _setting(value)) for name, value in model.settings.items())
    )
    yield f"Last validation loss: {_loss(sheet)}."


def _loss(sheet: FactSheet) -> str:
    loss = sheet.model.validation_loss
    if loss.basis == "missing":
        return figures.cell(loss)
    counted = "" if loss.n is None else f" (n = {loss.n:,})"
    return (
        f"{loss.shown} nats per answer token, on the validation file "
        f"{numbers.short(sheet.model.validation_file)}{counted}"
    )


def _setting(value: str | tuple[str, ...]) -> str:
    return code(value) if isinstance(value, str) else ", ".join(map(code, value))
