"""Public benchmarks of a project's base and tuned model, on files that the user has.

Beside the evaluation: no threshold and no verdict reads these numbers, for models have probably seen the
questions. What they are good for is the difference: what training cost the model elsewhere.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clinft import run_folder
from clinft.adapters.benchmarks import TABLE, Benchmark, Item, named
from clinft.adapters.benchmarks import files as of_files
from clinft.adapters.benchmarks.harness import PACKAGE, Harnessed
from clinft.adapters.benchmarks.harness import run as run_harness
from clinft.artifacts.benchmarks import BenchmarkReport, BenchmarkResult, PeerNumbers
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.jsonl import write_models
from clinft.artifacts.line_journal import LineJournal
from clinft.artifacts.results import ItemResult
from clinft.errors import SpecError
from clinft.pipeline import attempts, researching
from clinft.pipeline.benchmark_models import SYSTEMS, Model, System, agree, models
from clinft.pipeline.context import Context
from clinft.pipeline.driver import Produced, Stage, wrap
from clinft.pipeline.hosted_model import tokens_used
from clinft.pipeline.plan import plan_of
from clinft.spec.base import Sha256, Strict
from clinft.stages.benchmark import stage as benchmark_stage

ITEMS = "benchmark_items.jsonl"
# Below data/, which git ignores: finished benchmarks of one model each.
DONE = "benchmarks-done.jsonl"


@dataclass(frozen=True)
class Call:
    """`slugs`: empty for those of the spec. `limit`: at most so many items of each, chosen by digest."""

    folder: Path
    slugs: tuple[str, ...] = ()
    systems: tuple[System, ...] = ()
    limit: int | None = None


class Done(Strict):
    """One finished benchmark of one model, so that a later call does not ask again."""

    key: Sha256
    scoring: Literal["closed_labels", "generated_text"]
    rows: tuple[ItemResult, ...]
    peer: dict[str, float]
    version: str


@dataclass(frozen=True)
class _Loaded:
    benchmark: Benchmark
    name: str
    access: str
    items: tuple[Item, ...]
    in_files: int
    files: dict[str, str]


def benchmark(context: Context, call: Call) -> Artifact[BenchmarkReport]:
    """Reads every file first, then asks one model after the other. The result is written last."""
    started = time.monotonic()
    loaded = _load(context, call)
    with attempts.project_lock(context.paths):
        context.run = _present_run(context)
        asked = models(context, call.systems)
        measured: dict[str, float | int | str] = {}
        found = {
            (one.benchmark.slug, model.system): done
            for model in asked
            for one, done in _ask_all(context, model, loaded, measured)
        }
        report = _report(loaded, asked, found, context.loaded.spec.evaluation.confidence)
        rows = [
            row for one in loaded for model in asked for row in found[one.benchmark.slug, model.system].rows
        ]
        return _write(context, report, rows, measured, started)


def _report(
    loaded: Sequence[_Loaded],
    asked: Sequence[Model],
    found: Mapping[tuple[str, System], Done],
    confidence: float,
) -> BenchmarkReport:
    results, changes = [], []
    for one in loaded:
        slug = one.benchmark.slug
        results += [_result(one, model, found[slug, model.system], confidence) for model in asked]
        if len(asked) == len(SYSTEMS):
            base, tuned = (found[slug, system].rows for system in SYSTEMS)
            changes.append(benchmark_stage.change(slug, base, tuned, confidence))
    return BenchmarkReport(
        results=tuple(results), changes=tuple(change for change in changes if change is not None)
    )


def _load(context: Context, call: Call) -> list[_Loaded]:
    slugs = call.slugs or context.loaded.spec.evaluation.benchmarks
    if not slugs:
        raise SpecError(
            "No benchmark is named.",
            "evaluation.benchmarks of project.yaml is empty, and the call names none.",
            f"Write some of these there, or pass --benchmark: {', '.join(TABLE)}.",
        )
    if not call.folder.is_dir():
        raise SpecError(
            "--data names no folder.",
            "Benchmarks are read from files that you have fetched; clinft downloads none.",
            "Name the folder that holds them; docs/benchmarks-public.md lists the files.",
        )
    rows = {row.slug: row for row in researching.table().benchmarks}
    loaded = []
    for slug, one in named(slugs).items():
        access = rows[slug].access
        paths = of_files.located(slug, one.files, call.folder, access)
        items = one.read(paths)
        asked = _chosen(items, call.limit)
        files = {path.name: digest_file(path) for path in paths}
        loaded.append(_Loaded(one, rows[slug].name, access, tuple(asked), len(items), files))
    return loaded


def _chosen(items: Sequence[Item], limit: int | None) -> list[Item]:
    """By digest: a file may be sorted by label, and the same items must come each time."""
    if limit is None or limit >= len(items):
        return list(items)
    return sorted(sorted(items, key=lambda item: item.sha256)[:limit], key=lambda item: item.id)


def _present_run(context: Context) -> Path | None:
    """None where nothing was trained by the present plan, or nothing was even prepared."""
    if run_folder.load(context.paths.work, "prepare", PreparedDataset) is None:
        return None
    return attempts.find(context.paths, plan_of(context).digest)


def _ask_all(
    context: Context, model: Model, loaded: Sequence[_Loaded], measured: dict[str, float | int | str]
) -> list[tuple[_Loaded, Done]]:
    """Nothing of the model outlives this call; it is not even opened where all is known."""
    journal = LineJournal(context.paths.work / DONE, Done, "that benchmark is asked once more")
    known = {done.key: done for done in journal.read()}
    keys = {one.benchmark.slug: _key(model, one) for one in loaded}
    missing = [one for one in loaded if keys[one.benchmark.slug] not in known]
    if missing:
        opened = model.open()
        agree(context, model, opened, [(one.benchmark, one.items) for one in missing])
        for one in missing:
            began = time.monotonic()
            made = run_harness(one.benchmark, one.items, opened, model.system, context.services.progress)
            benchmark_stage.check_against(made.rows, made.peer)
            done = _done(keys[one.benchmark.slug], made)
            journal.add(done)
            known[done.key] = done
            measured[f"seconds of {one.benchmark.slug}, {model.system}"] = round(time.monotonic() - began, 3)
        if not opened.has_logprobs:
            measured |= {f"{name}, {model.system}": n for name, n in tokens_used([opened]).items()}
    return [(one, known[keys[one.benchmark.slug]]) for one in loaded]


def _key(model: Model, one: _Loaded) -> str:
    return digest_json(
        [
            benchmark_stage.STAGE_VERSION,
            model.system,
            model.digest,
            one.benchmark.definition_sha256(one.items),
        ]
    )


def _done(key: str, made: Harnessed) -> Done:
    return Done.model_validate(
        {"key": key, "scoring": made.scoring, "rows": made.rows, "peer": made.peer, "version": made.version}
    )


def _result(one: _Loaded, model: Model, done: Done, confidence: float) -> BenchmarkResult:
    return BenchmarkResult(
        slug=one.benchmark.slug,
        name=one.name,
        system=model.system,
        model=model.name,
        scoring=done.scoring,
        n=len(done.rows),
        items_in_files=one.in_files,
        metrics=benchmark_stage.metrics_of(done.rows, one.benchmark.labels, done.scoring, confidence),
        standard_error=benchmark_stage.standard_error(benchmark_stage.main_values(done.rows)),
        peer=PeerNumbers(tool=PACKAGE, version=done.version, values=done.peer),
        files=one.files,
        definition_sha256=one.benchmark.definition_sha256(one.items),
        items_sha256=digest_json([row.model_dump(mode="json") for row in done.rows]),
        access=one.access,
        caution=one.benchmark.caution,
    )


def _write(
    context: Context,
    report: BenchmarkReport,
    rows: Sequence[ItemResult],
    measured: dict[str, float | int | str],
    started: float,
) -> Artifact[BenchmarkReport]:
    """Into the run of the present plan, whose record then lists it; without a run, into data/work."""
    folder = context.run or context.paths.work
    name = f"run/{ITEMS}" if context.run else (folder / ITEMS).relative_to(context.paths.root).as_posix()
    write_models(folder / ITEMS, rows)
    stage = Stage(
        benchmark_stage.STAGE, benchmark_stage.STAGE_VERSION, BenchmarkReport, lambda _: {}, _never, str
    )
    inputs = {f"{one.slug}.{file}": sha256 for one in report.results for file, sha256 in one.files.items()}
    produced = Produced(report, (name,), measured)
    artifact: Artifact[BenchmarkReport] = wrap(stage, context, inputs, produced, time.monotonic() - started)
    run_folder.save(folder, artifact)
    if context.run is not None:
        attempts.update(context.run)
    return artifact


def _never(context: Context) -> Produced:
    raise AssertionError("it has a verb of its own")
