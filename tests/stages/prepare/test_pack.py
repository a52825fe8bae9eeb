import copy
import json
import warnings
from functools import cache
from pathlib import Path

import pytest

from clinft.artifacts.canonical import digest_bytes
from clinft.errors import SpecError
from clinft.stages.prepare import load
from clinft.stages.prepare.load import domains, load_pack, parse_pack
from clinft.stages.prepare.stage import tables
from tests.fakes.specs import project_spec

SMALL = {
    "version": 1,
    "name": "small",
    "title": "A small pack",
    "terminology": {"name": "ICD-10-CM", "release": "x", "package": "y", "package_version": "1"},
    "sources": [{"title": "A source", "used_for": "everything"}],
    "vitals": {
        "normal": {
            severity: {
                "pulse": [60, 80], "systolic": [110, 130], "diastolic": [60, 80],
                "breaths": [12, 16], "temperature": [365, 371], "saturation": [96, 99],
            }
            for severity in ("mild", "moderate", "severe")
        }
    },
    "chapters": [
        {
            "chapter": number,
            "label": label,
            "diagnoses": [
                {
                    "code": f"{letter}1{index}", "name": f"{label} illness {index}",
                    "findings": ["one sign", "another sign"], "tests": ["level <1.0..2.0> g"],
                    "treatment": ["rest"], "denies": ["fever"],
                }
                for index in range(4)
            ],
        }
        for number, label, letter in ((9, "circulatory", "I"), (10, "respiratory", "J"))
    ],
}  # fmt: skip


def parse(value: object) -> object:
    return parse_pack(json.dumps(value).encode(), "small.yaml")


def test_small_pack_is_valid():
    parse(SMALL)


def changed(path: list[str | int], value: object) -> object:
    pack = copy.deepcopy(SMALL)
    target = pack
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value
    return pack


FIRST = ["chapters", 0, "diagnoses", 0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["sources"], []),
        (["colour"], "red"),
        (["chapters", 0, "label"], "respiratory"),
        ([*FIRST, "code"], "I11"),
        ([*FIRST, "code"], "not a code"),
        ([*FIRST, "vitals"], "absent-profile"),
        ([*FIRST, "ages"], [30, 95]),
        ([*FIRST, "ages"], [60, 40]),
        ([*FIRST, "findings"], ["only one"]),
        ([*FIRST, "findings"], ["fever", "cough"]),
        ([*FIRST, "findings"], ["sign of respiratory illness 2", "another sign"]),
        ([*FIRST, "findings"], ["{slot}", "another sign"]),
        ([*FIRST, "tests"], ["level <1..2.0> g"]),
        ([*FIRST, "ruled_out"], ["I12"]),
        ([*FIRST, "ruled_out"], ["K35"]),
        (["vitals", "normal", "mild", "pulse"], [90, 60]),
    ],
)
def test_broken_pack_is_refused_with_a_place(path, value):
    with pytest.raises(SpecError) as caught:
        parse(changed(path, value))
    assert caught.value.problems
    assert all(problem.line >= 1 for problem in caught.value.problems)


def test_ruled_out_of_another_chapter_is_accepted():
    parse(changed([*FIRST, "ruled_out"], ["J12"]))


def test_tables_are_the_packs_own_file():
    text = (Path(load.__file__).parents[2] / "tables" / "domains" / "general-medicine.yaml").read_bytes()
    assert tables(project_spec()) == {"general-medicine.yaml": digest_bytes(text)}


def test_shipped_packs_load():
    assert "general-medicine" in domains()
    for domain in domains():
        assert load_pack(domain).name == domain


@cache
def terminology():
    with warnings.catch_warnings():
        # The package reads its data by functions that importlib.resources has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm

    return simple_icd_10_cm


@pytest.mark.slow
@pytest.mark.parametrize("domain", domains())
def test_every_code_exists_is_billable_and_belongs_to_its_chapter(domain):
    pack, icd = load_pack(domain), terminology()
    chapter_of = {chapter.label: str(chapter.chapter) for chapter in pack.chapters}
    coded = [*pack.diagnoses(), *((condition.label, condition) for condition in pack.background)]
    for label, condition in coded:
        assert icd.is_valid_item(condition.code), condition.code
        assert icd.is_leaf(condition.code), condition.code
        if label in chapter_of:
            assert icd.get_ancestors(condition.code)[-1] == chapter_of[label], condition.code


@pytest.mark.slow
@pytest.mark.parametrize("domain", domains())
def test_terminology_release_is_the_installed_one(domain):
    from importlib.metadata import version

    terms = load_pack(domain).terminology
    assert version(terms.package) == terms.package_version
