"""Packs of version 2: clinft's own are sound, and a broken one is refused with its place."""

from importlib.metadata import version
from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.stages.prepare.clinical import load
from tests.fakes.packs import PACK, pack, text

DOMAINS = load.domains()


def write(folder: Path, value: dict[str, object], name: str = "small") -> Path:
    (folder / f"{name}.yaml").write_bytes(text(value))
    return folder


@pytest.mark.parametrize("domain", DOMAINS)
def test_shipped_packs_load_and_name_their_tables(domain: str) -> None:
    found = load.load_pack(domain)
    assert found.pack.name == domain
    used = load.tables_used(found)
    assert "clinft/tables/clinical/background/core.yaml" in used
    assert set(used) <= {path for path, _ in load.shared_files()}


@pytest.mark.slow
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_code_of_a_shipped_pack_exists_and_is_billable(domain: str) -> None:
    found, icd = load.load_pack(domain), load.terminology()
    codes = [condition.code for condition in found.pack.conditions]
    codes += [mimic.code for condition in found.pack.conditions for mimic in condition.mimics]
    codes += [common.code for common in found.background]
    assert [code for code in codes if not icd.is_valid_item(code) or not icd.is_leaf(code)] == []
    terms = found.pack.terminology
    assert version(terms.package) == terms.package_version


def test_a_teams_pack_is_used_like_clinfts(tmp_path: Path) -> None:
    found = load.load_pack("small", write(tmp_path, PACK))
    assert found.pack.conditions[0].code == "A02.1"
    assert "sodium" in found.labs


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("conditions", 0, "code"), "A02.7", "A02.7 is a code that does not exist"),
        (("conditions", 0, "code"), "A02.2", "A02.2 is a heading"),
        (("conditions", 3, "mimics", 1, "code"), "O99.99", "O99.99 is a code that does not exist"),
        (("name",), "other", "`name` is not `small`"),
        (("conditions", 2, "labs"), {}, None),
        (("conditions", 2, "normal_labs"), ["nothing"], "there is no lab `nothing`"),
        (("conditions", 2, "medications"), ["nothing"], "there is no medication `nothing`"),
        (("conditions", 2, "medications"), ["tamsulosin"], "is given to one sex only"),
        (("conditions", 2, "comorbid"), ["Z99.9"], "Z99.9 is no common condition"),
        (("conditions", 2, "vitals"), "nothing", "there are no vital signs named `nothing`"),
        (
            ("conditions", 2, "acuity"),
            {"mild": "non-urgent", "moderate": "less-urgent", "severe": "less-urgent"},
            "with red flags a patient is seen sooner than less-urgent",
        ),
        (
            # Of whoever is hypoxic, the severe have 80 to 88 %.
            ("conditions", 2),
            {
                **PACK["conditions"][2],
                "vitals": "hypoxic",
                "red_flags": [],
                "acuity": {"mild": "non-urgent", "moderate": "urgent", "severe": "urgent"},
            },
            "with these vital signs a patient is seen sooner than urgent",
        ),
        (("conditions", 2, "findings"), ["fever", "b", "c", "d"], "a finding is also denied"),
        (("conditions", 2, "care"), ["rest from illness number 5", "fluids"], "names another condition"),
        (
            ("conditions", 2, "labs"),
            {"sodium": {"mild": [1, 2], "moderate": [121, 129], "severe": [110, 119]}},
            "is not possible",
        ),
        (
            ("conditions", 2, "labs"),
            {"sodium": {"mild": [130.5, 134], "moderate": [121, 129], "severe": [110, 119]}},
            "0 digits",
        ),
    ],
)
def test_what_is_wrong_with_a_teams_pack_is_named_with_its_line(
    path: tuple[str | int, ...], value: object, says: str | None, tmp_path: Path
) -> None:
    folder = write(tmp_path, pack(*path, value=value))
    if says is None:
        load.load_pack("small", folder)
        return
    with pytest.raises(SpecError) as refused:
        load.load_pack("small", folder)
    (problem,) = refused.value.problems
    assert says in problem.message
    assert problem.path == str(folder / "small.yaml")
    # The file has one value a line: the place is that of the condition, or nearer.
    lines = (folder / "small.yaml").read_text().splitlines()
    assert 1 < problem.line <= len(lines)
    if "code" in path:
        assert str(value) in lines[problem.line - 1]


def test_a_pack_without_a_version_is_refused_by_the_newest_schema(tmp_path: Path) -> None:
    without = {key: value for key, value in PACK.items() if key != "version"}
    with pytest.raises(SpecError) as refused:
        load.load_pack("small", write(tmp_path, without))
    assert "version" in refused.value.problems[0].message


def test_only_tables_that_a_pack_draws_from_are_named() -> None:
    own_lab = {**PACK, "labs": {"sodium": {
        "name": "sodium", "loinc": "2951-2", "unit": "mmol/L", "digits": 0, "normal": [135, 145],
        "possible": [100, 190],
    }}}  # fmt: skip
    with_core = load.tables_used(load.parse(text(PACK), "small.yaml"))
    assert [path for path in with_core if "/labs/" in path] == ["clinft/tables/clinical/labs/core.yaml"]
    # Potassium is still of the shared table.
    assert load.tables_used(load.parse(text(own_lab), "small.yaml")) == with_core
    no_lab = pack()
    for condition in no_lab["conditions"]:
        condition.update(labs={}, normal_labs=[])
    assert not [path for path in load.tables_used(load.parse(text(no_lab), "small.yaml")) if "/labs/" in path]
