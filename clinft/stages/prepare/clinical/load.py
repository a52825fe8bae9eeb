"""Packs of version 2 and the tables they share: parsed strictly, merged, and held against each other."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from clinft.artifacts.canonical import digest_bytes
from clinft.errors import Problem, SpecError
from clinft.spec import yaml
from clinft.spec.base import Strict
from clinft.spec.messages import problem, validated
from clinft.stages.prepare.clinical.pack import ACUITIES, ClinicalPack, PackCondition
from clinft.stages.prepare.clinical.tables import Common, Lab, Medication, SharedTable
from clinft.stages.prepare.domains import DomainFile, find, names
from clinft.stages.prepare.pack import VitalProfile, VitalRanges

Model = TypeVar("Model", bound=Strict)

PACK_VERSION = 2
FOLDERS = ("labs", "medications", "vitals", "background")


@dataclass(frozen=True)
class Shared:
    """`where`: (kind, slug) to the table that gives it; `digests`: of each table's bytes."""

    labs: dict[str, Lab]
    medications: dict[str, Medication]
    vitals: dict[str, VitalProfile]
    background: tuple[Common, ...]
    where: Mapping[tuple[str, str], str]
    digests: Mapping[str, str]


@dataclass(frozen=True)
class Pack:
    """A pack together with the rows of the shared tables; the pack's own rows come first."""

    pack: ClinicalPack
    labs: dict[str, Lab]
    medications: dict[str, Medication]
    vitals: dict[str, VitalProfile]
    background: tuple[Common, ...]


def domains(team: Path | None = None) -> tuple[str, ...]:
    return names(team, PACK_VERSION)


def load_pack(domain: str, team: Path | None = None) -> Pack:
    """`team`: a folder of packs, or one pack. SpecError for an unknown domain, or with every problem."""
    return of_file(find(domain, team))


@cache
def of_file(file: DomainFile) -> Pack:
    pack, document = _read(file.text, file.path)
    if pack.pack.name != file.name:
        line, column = document.where(("name",))
        raise _invalid(
            file.path,
            Problem(file.path, line, column, f"`name` is not `{file.name}`.",
                    "Usually the file was copied or renamed.", "Give the file and the pack the same name."),
        )  # fmt: skip
    if file.of_a_team:
        wrong = tuple(_codes(pack.pack, document))
        if wrong:
            raise _invalid(file.path, *wrong)
    return pack


def tables_used(pack: Pack) -> dict[str, str]:
    """sha256 by name of the shared tables that hold a row this pack may draw."""
    common = shared()
    slugs = {("background", code.code) for code in pack.background}
    slugs |= {("medications", slug) for code in pack.background for slug in code.takes}
    for condition in pack.pack.conditions:
        slugs |= {("labs", slug) for slug in (*condition.labs, *condition.normal_labs)}
        slugs |= {("medications", slug) for slug in (*condition.medications, *condition.long_term)}
        slugs.add(("vitals", condition.vitals))
    own = {
        *(("labs", slug) for slug in pack.pack.labs),
        *(("medications", slug) for slug in pack.pack.medications),
        *(("vitals", slug) for slug in pack.pack.vitals),
    }
    used = {common.where[slug] for slug in slugs - own if slug in common.where}
    return {path: common.digests[path] for path in sorted(used)}


def shared_files() -> list[tuple[str, Traversable]]:
    """(path as people know it, file), sorted."""
    root = resources.files("clinft") / "tables" / "clinical"
    found = [
        (f"clinft/tables/clinical/{folder}/{entry.name}", entry)
        for folder in FOLDERS
        for entry in (root / folder).iterdir()
        if entry.name.endswith(".yaml")
    ]
    return sorted(found, key=lambda pair: pair[0])


@cache
def shared() -> Shared:
    """SpecError with every problem of a table, or where a row is given twice."""
    rows: dict[str, dict[str, Any]] = {folder: {} for folder in FOLDERS}
    where: dict[tuple[str, str], str] = {}
    digests = {}
    for path, entry in shared_files():
        text = entry.read_bytes()
        digests[path] = digest_bytes(text)
        table, _ = _parsed(SharedTable, text, path)
        given: dict[str, dict[str, Any]] = {
            "labs": table.labs, "medications": table.medications, "vitals": table.vitals,
            "background": {common.code: common for common in table.background},
        }  # fmt: skip
        twice = [slug for kind, found in given.items() for slug in found if (kind, slug) in where]
        if twice or len(given["background"]) < len(table.background):
            raise SpecError(
                f"{path} gives rows that are given already: {', '.join(sorted(twice)) or 'a code twice'}.",
                "Usually two packs' tables both name it.",
                "Keep one of them.",
            )
        for kind, found in given.items():
            rows[kind].update(found)
            where.update({(kind, slug): path for slug in found})
    background = tuple(rows["background"].values())
    problems = [
        f"{common.code} takes `{slug}`"
        for common in background
        for slug in common.takes
        if slug not in rows["medications"]
    ]
    if problems:
        raise SpecError(
            f"Common conditions take medications that no table has: {', '.join(problems)}.",
            "A row was renamed or removed.",
            "Correct clinft/tables/clinical/background.",
        )
    return Shared(rows["labs"], rows["medications"], rows["vitals"], background, where, digests)


def parse(text: bytes, path: str) -> Pack:
    """SpecError with every problem, each with its line."""
    return _read(text, path)[0]


def _read(text: bytes, path: str) -> tuple[Pack, yaml.Document]:
    pack, document = _parsed(ClinicalPack, text, path)
    common = shared()
    joined = Pack(
        pack,
        {**common.labs, **pack.labs},
        {**common.medications, **pack.medications},
        {**common.vitals, **pack.vitals},
        common.background,
    )
    problems = []
    for index, condition in enumerate(pack.conditions):
        where = document.where(("conditions", index))
        for message in _missing(condition, joined):
            problems.append(
                Problem(path, *where, f"{condition.code}: {message}.",
                        "The condition names a row that no table has, or one that cannot fit.",
                        "Correct the name, or add the row to the pack.")
            )  # fmt: skip
    if problems:
        raise _invalid(path, *problems)
    return joined, document


def _codes(pack: ClinicalPack, document: yaml.Document) -> Iterator[Problem]:
    """Codes that the release does not have, or that are headings and cannot be billed."""
    given: list[tuple[yaml.Loc, str]] = []
    for index, condition in enumerate(pack.conditions):
        given.append((("conditions", index, "code"), condition.code))
        for number, mimic in enumerate(condition.mimics):
            given.append((("conditions", index, "mimics", number, "code"), mimic.code))
    icd = terminology()
    for loc, code in given:
        if not icd.is_valid_item(code):
            message, cause = (
                f"{code} is a code that does not exist.",
                "It is mistyped, or of another release.",
            )
        elif not icd.is_leaf(code):
            message, cause = f"{code} is a heading, which no case is coded with.", "There are codes below it."
        else:
            continue
        yield Problem(
            document.path, *document.where(loc), message, cause, f"Use a code of {pack.terminology.name}."
        )


def terminology() -> Any:
    with warnings.catch_warnings():
        # The package reads its data by functions that importlib.resources has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm

    return simple_icd_10_cm


def _missing(condition: PackCondition, joined: Pack) -> Iterator[str]:
    if condition.vitals not in joined.vitals:
        yield f"there are no vital signs named `{condition.vitals}`"
    else:
        yield from _of_acuity(condition, joined.vitals[condition.vitals])
    yield from _of_labs(condition, joined)
    yield from _of_medications(condition, joined)
    known = {common.code for common in joined.background}
    for code in condition.comorbid:
        if code not in known:
            yield f"{code} is no common condition of tables/clinical/background"


def _of_acuity(condition: PackCondition, vitals: VitalProfile) -> Iterator[str]:
    """Nobody with such vital signs, or with red flags, is told to wait."""
    for severity, acuity in condition.acuity.items():
        if ACUITIES.index(acuity) > ACUITIES.index("emergent") and _endangers(getattr(vitals, severity)):
            yield f"{severity}: with these vital signs a patient is seen sooner than {acuity}"
        flagged = severity == "severe" and condition.red_flags
        if flagged and ACUITIES.index(acuity) > ACUITIES.index("urgent"):
            yield f"{severity}: with red flags a patient is seen sooner than {acuity}"


def _endangers(ranges: VitalRanges) -> bool:
    """Bounds of clinft's own, about where early warning scores call for a clinician at once."""
    return (
        ranges.saturation[0] < 88
        or not 86 <= ranges.systolic[0] <= ranges.systolic[1] <= 205
        or not 38 <= ranges.pulse[0] <= ranges.pulse[1] <= 160
        or not 8 <= ranges.breaths[0] <= ranges.breaths[1] <= 30
        or not 320 <= ranges.temperature[0] <= ranges.temperature[1] <= 405
    )


def _of_labs(condition: PackCondition, joined: Pack) -> Iterator[str]:
    for slug in (*condition.labs, *condition.normal_labs):
        if slug not in joined.labs:
            yield f"there is no lab `{slug}`"
    for slug, ranges in condition.labs.items():
        lab = joined.labs.get(slug)
        if lab is None:
            continue
        for severity, (low, high) in ranges.items():
            if not lab.possible[0] <= low <= high <= lab.possible[1]:
                yield f"{slug}, {severity}: {low} to {high} {lab.unit} is not possible"
            if any(-end.as_tuple().exponent > lab.digits for end in (low, high)):  # type: ignore[operator]  # finite
                yield f"{slug}, {severity}: laboratories report {lab.digits} digits after the point"


def _of_medications(condition: PackCondition, joined: Pack) -> Iterator[str]:
    for slug in (*condition.medications, *condition.long_term):
        medication = joined.medications.get(slug)
        if medication is None:
            yield f"there is no medication `{slug}`"
        elif condition.gestation and medication.avoid_in_pregnancy and slug in condition.medications:
            yield f"`{slug}` is avoided in pregnancy"
        elif medication.sex not in (None, condition.sex):
            yield f"`{slug}` is given to one sex only"


def _invalid(path: str, *problems: Problem) -> SpecError:
    return SpecError(f"{path} is not a valid domain pack.", problems=problems)


def _parsed(model: type[Model], text: bytes, path: str) -> tuple[Model, yaml.Document]:
    document = yaml.parse(text, path)
    found, errors = validated(model, document.value)
    if found is None or errors:
        raise SpecError(
            f"{path} is not a valid table.",
            problems=tuple(problem(document, model, error) for error in errors),
        )
    return found, document
