"""k-anonymity over hand-counted classes."""

from clinft.artifacts.audit import Provenance, Uniqueness
from clinft.stages.audit.authenticity import Evidence


def unique(*rows: dict[str, object], file: str = "a.jsonl") -> Uniqueness | None:
    evidence = Evidence()
    for row, value in enumerate(rows, start=1):
        evidence.add(file, row, value, "")  # type: ignore[arg-type]
    return evidence.result(Provenance(origin="file")).uniqueness


def test_classes_by_hand() -> None:
    found = unique(
        {"facts": {"age": 41, "sex": "female", "diagnosis": "gout"}},
        {"facts": {"age": 44, "sex": "Female", "diagnosis": "Gout"}},
        {"facts": {"age": 45, "sex": "female", "diagnosis": "gout"}},
        {"facts": {"age": 91, "sex": "male", "diagnosis": "lupus"}},
        {"facts": {"age": 99, "sex": "male", "diagnosis": "lupus"}},
        {"facts": {"age": 99, "sex": "male"}},
    )
    assert found == Uniqueness(
        fields=("age band", "sex", "condition"), records=6, classes=4, smallest=1, unique=2
    )


def test_one_kind_alone_tells_nothing() -> None:
    assert unique({"age": 41, "age_band": "40-64"}, {"sex": "male"}) is None
    assert unique() is None


def test_a_copy_of_a_record_does_not_hide_it() -> None:
    row = {"age": 41, "sex": "male", "text": "Cough and fever for three days, worse at night."}
    found = unique(
        row, row, row | {"age": 61}, row | {"text": "Another patient with a sore throat for two weeks."}
    )
    assert found
    assert (found.records, found.classes, found.smallest, found.unique) == (3, 2, 1, 1)
    assert (unique({"age": 41, "sex": "male"}, {"age": 41, "sex": "male"}) or found).smallest == 2


def test_values_of_neighbouring_fields_do_not_run_together() -> None:
    found = unique({"sex": "a", "race": "b\x1f5=c"}, {"sex": "a", "race": "b", "occupation": "c"})
    assert found
    assert found.classes == 2
