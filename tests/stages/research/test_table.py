"""The table that ships is whole, and says what the issue asks for."""

from clinft.artifacts.research import is_id
from clinft.pipeline.researching import table


def test_the_table_that_ships() -> None:
    found = table()
    slugs = [row.slug for row in found.benchmarks]
    assert {"medqa", "pubmedqa", "mmlu-medical", "medec", "mts-dialog", "i2b2-2010", "n2c2-2018"} <= {*slugs}
    assert len(set(slugs)) == len(slugs)
    for row in (*found.benchmarks, *found.advice):
        assert all(is_id(kind, text) for kind, text in row.ids.items()), row.title
        assert all(text == text.lower() for kind, text in row.ids.items() if kind == "doi")


def test_benchmarks_are_chosen_in_the_tables_order() -> None:
    found = table()
    assert [row.slug for row in found.chosen(("medec", "medqa"))] == ["medqa", "medec"]
    assert found.chosen(()) == found.benchmarks
