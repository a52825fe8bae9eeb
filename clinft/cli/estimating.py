"""`clinft estimate`: a project's stage; or a price for any file or number of tokens, without a project."""

import json as jsons
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import EXIT_NO, SpecError

if TYPE_CHECKING:
    from clinft.pipeline.quote import Asked, Quote
    from clinft.stages.estimate import Machine, ModelShape

Place = Annotated[
    Path | None,
    typer.Argument(metavar="[PROJECT | FILE]", help="A project's folder; or, with --provider, a JSONL file."),
]
Provider = Annotated[
    str | None, typer.Option("--provider", help="Who would train; then no project is needed.")
]
Model = Annotated[str | None, typer.Option("--model", help="The base model, as the provider calls it.")]
Tokens = Annotated[int | None, typer.Option("--tokens", help="Instead of a file: tokens of one epoch.")]
Epochs = Annotated[int | None, typer.Option("--epochs", help="Passes over the file.")]
Months = Annotated[int, typer.Option("--months", help="How long the model is hosted in the total.")]
Region = Annotated[str | None, typer.Option("--region", help="Where a hosted provider trains.")]
TrainingType = Annotated[
    str | None,
    typer.Option("--training-type", help="Azure's: standard, data_zone, global or developer."),
]
Parameters = Annotated[
    str | None, typer.Option("--parameters", help="For peft: the size of the model, e.g. 8B.")
]
Instance = Annotated[
    str | None, typer.Option("--instance", help="For peft: PROVIDER:TYPE:REGION of tables/machines.yaml.")
]
Method = Annotated[str | None, typer.Option("--method", help="For peft: lora, qlora, dora or full.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]
Changed = Annotated[
    bool, typer.Option("--changed", help="In checks.yml: every project that the pull request changes.")
]
EXAMPLE = "E.g. clinft estimate --provider openai --model gpt-4.1-mini train.jsonl --epochs 3"


def register(
    app: typer.Typer, about: str, stage: Callable[[Path, bool], None], changed: Callable[[bool], None]
) -> None:
    """`stage` runs the project's stage, `changed` the check of a pull request; both take `--json`."""

    @app.command("estimate", help=about)
    @guarded
    def estimate(
        place: Place = None,
        changed_: Changed = False,
        provider: Provider = None,
        model: Model = None,
        region: Region = None,
        training_type: TrainingType = None,
        tokens: Tokens = None,
        epochs: Epochs = None,
        months: Months = 1,
        parameters: Parameters = None,
        instance: Instance = None,
        method: Method = None,
        json: Json = False,
    ) -> None:
        given = (model, region, training_type, tokens, epochs, parameters, instance, method)
        if provider is None:
            _project_only(place, changed_, any(value is not None for value in given) or months != 1)
            changed(json) if place is None else stage(place, json)
            return
        if changed_:
            raise _bad("--changed and --provider exclude each other.", "--changed is for clinft's workflows.")
        screen = show.Screen(json=json)
        asked = _asked(
            screen,
            provider,
            model,
            place,
            tokens,
            epochs,
            months,
            region,
            training_type,
            parameters,
            instance,
            method,
        )
        _tell(screen, asked)


def _project_only(place: Path | None, changed: bool, options: bool) -> None:
    if options or (place is not None and place.is_file() and place.suffix != ".yaml"):
        raise _bad("--provider is missing.", "A price without a project needs a provider and a model.")
    if (place is None) is not changed:
        raise SpecError(
            "Name a project's folder, or pass --changed, or --provider; one of them.",
            "--changed is for clinft's workflows, where GitHub says what it is about.",
            "On a laptop: clinft estimate projects/<name>.",
        )


def _bad(what: str, cause: str) -> SpecError:
    return SpecError(what, cause, EXAMPLE)


def _asked(
    screen: show.Screen,
    provider: str,
    model: str | None,
    path: Path | None,
    tokens: int | None,
    epochs: int | None,
    months: int,
    region: str | None,
    training_type: str | None,
    parameters: str | None,
    instance: str | None,
    method: str | None,
) -> "Asked":
    from clinft.pipeline import quote

    named = quote.provider_named(provider)
    if not model:
        raise _bad("--model is missing.", "Every base model has a price of its own.")
    if (path is None) is (tokens is None):
        raise _bad("Name a file, or pass --tokens; one of them.", "What is priced are tokens.")
    if epochs is None or not 1 <= epochs <= 50 or not 0 <= months <= 120:
        raise _bad(
            "--epochs is a number from 1 to 50, --months one from 0 to 120.",
            "Each epoch is billed, so that their number is never guessed.",
        )
    if named == "peft" and (region or training_type):
        raise _bad("--region and --training-type are for hosted providers.", "--instance names the region.")
    if named != "peft" and (parameters or instance or method):
        raise _bad(
            "--parameters, --instance and --method are for peft.", "Hosted training costs by the token."
        )
    if training_type and named != "azure_openai":
        raise _bad("--training-type is for azure_openai.", "Only Azure has several.")
    counted, samples, basis = _counted(screen, path, tokens, named, model)
    refused = quote.would_refuse(named, path)
    shape, machine = _machine(model, parameters, instance)
    if method is not None and method not in quote.METHODS:
        raise _bad("There is no such method.", f"The methods of peft are {', '.join(quote.METHODS)}.")
    return quote.Asked(
        provider=named,
        model=model,
        tokens=counted,
        tokens_basis=basis,
        epochs=epochs,
        samples=samples,
        refused=refused,
        months=months,
        region=region,
        training_type=quote.training_type_named(training_type) if training_type else None,
        shape=shape,
        machine=machine,
        method=method or "lora",
    )


def _counted(
    screen: show.Screen, path: Path | None, tokens: int | None, provider: str, model: str
) -> tuple[int, int | None, str]:
    from clinft import wiring
    from clinft.wiring import counting

    if path is None:
        assert tokens is not None
        if not 1 <= tokens <= 10**12:
            raise _bad(
                "--tokens is a number from 1 to a million millions.", "It counts one pass over the data."
            )
        return tokens, None, "given"
    if path.is_dir():
        raise _bad(f"{path} is a folder.", "A file of examples is estimated here; a project without options.")
    if not path.is_file():
        raise _bad(f"There is no file {path}.", "The path is misspelt.")
    found = counting.count_file(path, provider, model, wiring.progress_of(screen.console))
    if not found.samples:
        raise _bad(f"{path.name} holds no example.", "It is empty, or has blank lines only.")
    return found.tokens, found.samples, found.basis


def _machine(
    model: str, parameters: str | None, instance: str | None
) -> "tuple[ModelShape | None, Machine | None]":
    from clinft.pipeline import machines, quote

    shape = machines.shape_named(model)
    if parameters is not None:
        shape = quote.shape_of_size(quote.parameters_named(parameters))
    return shape, None if instance is None else machines.instance_named(instance)


def _tell(screen: show.Screen, asked: "Asked") -> None:
    from clinft import wiring
    from clinft.pipeline.quote import quote
    from clinft.pipeline.summary import of_quote

    made = quote(asked, wiring.SystemClock().now().date())
    if screen.json:
        typer.echo(as_json(made))
    else:
        screen.markdown(of_quote(made, asked.months))
    if made.training_usd is None or made.hosting_usd_month is None:
        raise typer.Exit(EXIT_NO)


def as_json(made: "Quote") -> str:
    """Amounts are numbers; they have six digits after the point at most."""

    def number(value: Any) -> float:
        if isinstance(value, Decimal):
            return float(value)
        raise TypeError(type(value).__name__)

    return jsons.dumps(made.model_dump(mode="python"), default=number, ensure_ascii=False)
