"""`clinft notify` in workflows, `clinft publish --run` on a laptop: what sinks are sent, and what failed."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import typer

from clinft import wiring
from clinft.cli.merged import open_main
from clinft.cli.show import Screen
from clinft.errors import EXIT_SERVICE, ClinftError, SpecError
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.sinks import before_merge, on_github, on_laptop, sending
from clinft.pipeline.sinks.consent import agreed_before_merge
from clinft.pipeline.sinks.named_run import named_run
from clinft.pipeline.sinks.previewing import Preview, preview_all
from clinft.pipeline.sinks.round import ORDER, places, send_all
from clinft.pipeline.sinks.seen import Seen
from clinft.pipeline.sinks.sending import Desk, NoMemory, Reported
from clinft.stages.report.deliveries import deliveries, deliveries_plain, previews, previews_plain
from clinft.stages.report.milestones import Places
from clinft.wiring import sinks as wired

ONLY = {"slack": "slack", "sheets": "google_sheets", "docs": "google_docs", "langsmith": "langsmith"}
NO_SINKS = (
    "Nothing was sent. The policy lists no sink.\n"
    "Who wants messages, tables or documents elsewhere lists one under `sinks` in `.github/clinft.yml` and "
    "names it in `notify` of a spec; docs/sinks.md says how."
)


def notify(screen: Screen) -> None:
    """Exit 0 whatever a sink says: what failed is told and is due again next time."""
    if not wiring.surroundings().in_actions:
        raise SpecError(
            "There is no event of GitHub Actions here, so nothing is due to anybody.",
            "This verb is for notify.yml and reconcile.yml.",
            "On a laptop: clinft publish --run projects/<name>/runs/<run_id> --dry-run.",
        )
    main = open_main(screen)
    if not main.policy.sinks:
        screen.plain(NO_SINKS, NO_SINKS)
        return
    memory = wired.memory_on_github(Path(), main.actions)
    desk = Desk(memory, lambda place: wired.open_sink(place, main.repository), main.clock.now())
    # Each pull request has a job of its own; what was merged is told by one job at a time.
    told = [*(_before_merge if _follows_checks(main) else _after_merge)(main, desk)]
    _show(screen, told)


def _follows_checks(main: OnMain) -> bool:
    event = main.actions.event.get("workflow_run")
    return (
        main.actions.event_name == "workflow_run"
        and isinstance(event, dict)
        and event.get("name") == "checks"
    )


def _before_merge(main: OnMain, desk: Desk) -> Iterator[Reported]:
    """What a pull request's checks have found, where this job follows them."""
    event = main.actions.event.get("workflow_run")
    names = agreed_before_merge(main.policy, desk.now.date())
    if main.actions.event_name != "workflow_run" or not isinstance(event, dict) or not names:
        return
    try:
        report = before_merge.report_of(main, int(event["id"]))
        told = None if report is None else before_merge.told_of(main, report)
        dues = [] if told is None else list(before_merge.of_report(told, on_github.places_of(main)))
    except ClinftError as error:
        yield Reported("pull request", str(error), "left")
        return
    except Exception as bug:
        yield Reported("pull request", sending.advice(bug), "failed")
        return
    for name in names if dues else ():
        yield from sending.deliver(desk, name, main.policy.sinks[name], dues)


def _after_merge(main: OnMain, desk: Desk) -> Iterator[Reported]:
    with tempfile.TemporaryDirectory(prefix="clinft-sinks-") as folder:
        yield from on_github.after_merge(main, desk, Path(folder))


def publish_run(screen: Screen, run: Path, only: str | None, dry_run: bool) -> None:
    kinds, run = _kinds(only), named_run(run, Path.cwd())
    repository = wiring.find_repository(run)
    remote = wired.has_remote(repository)
    history, now = wiring.local_history(repository), wiring.SystemClock().now()
    branch = wired.default_branch(repository) if remote else "main"
    url, name = wired.address_of(repository)
    commit = on_laptop.committed(history, remote, branch)
    with tempfile.TemporaryDirectory(prefix="clinft-publish-") as folder:
        root, scratch = Path(folder) / "tree", Path(folder) / "scratch"
        root.mkdir()
        scratch.mkdir()
        seen = on_laptop.seen_in(history, commit, repository, run, root, now, Places(url, branch))
        _refuse_unnamed(seen, kinds, only)
        wanted = on_laptop.wanted(run, scratch)
        if dry_run:
            desk = Desk(NoMemory(), lambda place: wired.open_sink(place, name), now)
            _preview(screen, preview_all(seen, desk, wanted, kinds))
            return
        memory = wired.memory_of(repository, remote)
        desk = Desk(memory, lambda place: wired.open_sink(place, name), now, history=True)
        told = list(send_all(seen, desk, wanted, kinds))
    _show(screen, told)
    if any(one.state == "failed" for one in told):
        # The hourly job tries again by itself; a person must know now.
        raise typer.Exit(EXIT_SERVICE)


def _kinds(only: str | None) -> Sequence[str]:
    if only is None:
        return ORDER
    if only not in ONLY:
        raise SpecError(
            "--only names no kind of sink.",
            "It is misspelt.",
            f"Name one of: {', '.join(ONLY)}.",
        )
    return (ONLY[only],)


def _refuse_unnamed(seen: Seen, kinds: Sequence[str], only: str | None) -> None:
    if any(True for _ in places(seen, kinds)):
        return
    project, of_kind = seen.projects[0].name, "" if only is None else f" of the kind {only}"
    raise SpecError(
        f"{project} names no sink{of_kind} that the policy lists.",
        "On the protected branch `notify` of project.yaml does not name one, or .github/clinft.yml does not "
        "list it under `sinks`.",
        "Name it there by a pull request: only what was merged is agreed to.",
    )


def _preview(screen: Screen, found: Iterable[Preview]) -> None:
    if screen.json:
        for one in found:
            _line({"sink": one.sink, "what": one.what, "sends": _content(one.exact)})
        return
    shown = [(one.sink, one.what, one.shown) for one in found]
    screen.plain(previews_plain(shown), previews(shown))


def _content(exact: str) -> object:
    """JSON as it is; Markdown as a text."""
    try:
        found = json.loads(exact)
    except ValueError:
        return exact
    return found if isinstance(found, dict | list) else exact


def _show(screen: Screen, told: Sequence[Reported]) -> None:
    if screen.json:
        for one in told:
            _line({"sink": one.sink, "what": one.what, "state": one.state, "url": one.url})
        return
    rows = [(one.sink, one.what, one.state) for one in told]
    screen.plain(deliveries_plain(rows), deliveries(rows))


def _line(content: dict[str, object]) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False))
