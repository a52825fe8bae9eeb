"""`clinft prices`: how old they are; `clinft prices refresh`: ask again, here or by a pull request."""

import json as jsons
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import EXIT_NO, MissingExtra, SpecError

if TYPE_CHECKING:
    from datetime import date

    from clinft.pipeline.refreshing import Refreshed

REFRESH = "refresh"
Action = Annotated[
    str | None, typer.Argument(metavar="refresh", help="Ask for prices again; absent: show their age.")
]
Azure = Annotated[bool, typer.Option("--azure", help="Ask Azure's price list alone.")]
Machines = Annotated[bool, typer.Option("--machines", help="Ask for machines alone, with gpuhunt.")]
Publish = Annotated[
    bool, typer.Option("--publish", help="In prices.yml: bring the tables by a pull request.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]


def register(app: typer.Typer) -> None:
    @app.command("prices", help="Show how old the tables' prices are; `refresh` asks for them again.")
    @guarded
    def prices(
        action: Action = None,
        azure: Azure = False,
        machines: Machines = False,
        publish: Publish = False,
        json: Json = False,
    ) -> None:
        screen = show.Screen(json=json)
        if action is None:
            if azure or machines or publish:
                raise _misused("--azure, --machines and --publish belong to `clinft prices refresh`.")
            _ages(screen)
        elif action == REFRESH:
            _refresh(screen, azure, machines, publish)
        else:
            raise _misused("The only word that may follow `clinft prices` is refresh.")


def _misused(what: str) -> SpecError:
    return SpecError(
        what,
        "Without a word, prices are only looked at.",
        "Call `clinft prices`, or `clinft prices refresh --azure`.",
    )


def _ages(screen: show.Screen) -> None:
    from clinft import wiring
    from clinft.pipeline.refreshing import ages, words
    from clinft.spec.load import load_policy

    root = wiring.find_repository(Path.cwd())
    most = load_policy(root / wiring.POLICY).budgets.max_price_age_days
    found = ages.groups(_here(root), wiring.SystemClock().now().date(), most)
    if screen.json:
        listed = [group.model_dump(mode="json") for group in found]
        typer.echo(jsons.dumps({"max_price_age_days": most, "groups": listed}, ensure_ascii=False))
    else:
        screen.markdown(words.ages(found, most))
    if any(group.too_old for group in found):
        raise typer.Exit(EXIT_NO)


def _refresh(screen: show.Screen, azure: bool, machines: bool, publish: bool) -> None:
    from clinft import wiring
    from clinft.pipeline.refreshing import words

    today = wiring.SystemClock().now().date()
    if publish:
        from clinft.cli.merged import open_main
        from clinft.pipeline.github import price_pull

        main = open_main(screen)
        price_pull.refuse_elsewhere(main)
        results, notes = _asked(price_pull.tables(main, _names()), azure, machines, today)
        told = price_pull.bring(main, results, notes)
    else:
        root = wiring.find_repository(Path.cwd())
        results, notes = _asked(_here(root), azure, machines, today)
        told = _write(root, results)
    if screen.json:
        typer.echo(_as_json(results, [*notes, told]))
    else:
        screen.markdown(words.done(results))
        for note in (*notes, told):
            screen.say(note)
    if any(result.doubts for result in results):
        raise typer.Exit(EXIT_NO)


def _names() -> tuple[str, str]:
    from clinft.pipeline import machines, prices

    return prices.TABLE, machines.TABLE


def _here(root: Path) -> dict[str, str]:
    folder = root / "clinft" / "tables"
    missing = [name for name in _names() if not (folder / name).is_file()]
    if missing:
        raise SpecError(
            f"{root} has no clinft/tables/{missing[0]}.",
            "The tables lie in the repository that was made from the template; this is another.",
            "Call it in a checkout of that repository.",
        )
    return {name: (folder / name).read_text(encoding="utf-8") for name in _names()}


def _asked(
    texts: dict[str, str], azure: bool, machines: bool, today: "date"
) -> "tuple[list[Refreshed], list[str]]":
    """Nothing is written before every source that was named has answered."""
    from clinft.pipeline.refreshing import azure as of_azure
    from clinft.pipeline.refreshing import machines as of_machines
    from clinft.pipeline.refreshing.meters import PRODUCTS
    from clinft.wiring import pricing

    prices_table, machines_table = _names()
    if missing := [name for name in (prices_table, machines_table) if name not in texts]:
        raise SpecError(f"The protected branch has no clinft/tables/{missing[0]}.", "", "Bring it back.")
    both = azure == machines
    results, notes = [], []
    if azure or both:
        meters = pricing.meters().meters(PRODUCTS)
        results.append(of_azure.refresh_azure(texts[prices_table], meters, today))
    if machines or both:
        text = texts[machines_table]
        try:
            offers = pricing.offers().offers(of_machines.providers(text))
            results.append(of_machines.refresh_machines(text, offers, today))
        except MissingExtra as error:
            if machines:
                raise
            notes.append(f"Machines were not asked for: {error.what} {error.next_step}")
    return results, notes


def _write(root: Path, results: "list[Refreshed]") -> str:
    from clinft.run_folder import write_atomically

    written = []
    for result in results:
        path, data = root / "clinft" / "tables" / result.table, result.text.encode()
        if path.read_bytes() != data:
            write_atomically(path, data)
            written.append(f"clinft/tables/{result.table}")
    if not written:
        return "the tables said the same already: nothing is written"
    return f"{', '.join(written)} written: compare with git diff, then bring it by a pull request"


def _as_json(results: "list[Refreshed]", notes: list[str]) -> str:
    changes = [
        {
            "table": change.table,
            "row": change.row,
            "unit": change.unit,
            "old": None if change.old is None else str(change.old),
            "value": str(change.value),
            "old_as_of": change.old_as_of,
            "source": change.source,
        }
        for result in results
        for change in result.changes
    ]
    kept = [
        {"table": doubt.table, "row": doubt.row, "why": doubt.why}
        for result in results
        for doubt in result.doubts
    ]
    return jsons.dumps({"changes": changes, "kept": kept, "notes": notes}, ensure_ascii=False)
