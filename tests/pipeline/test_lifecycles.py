"""The table of models that stop: every row dated and sourced, and only its exact names found."""

from datetime import date
from importlib import resources

import pytest
import yaml

from clinft.pipeline.lifecycles import Row, Table, lifecycle_of, row_of
from tests.fakes.frozen_tables import freeze

RAW = yaml.safe_load((resources.files("clinft") / "tables" / "models.yaml").read_text())
ROWS = [Row.model_validate(row) for row in RAW["models"]]


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def test_the_table_is_read_whole() -> None:
    assert Table.model_validate(RAW).models == ROWS
    assert len(ROWS) >= 10


def test_each_model_has_one_row() -> None:
    names = [(row.provider, name) for row in ROWS for name in (row.base_model, *row.aliases)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.provider} {row.base_model}")
def test_every_row_says_when_until_when_and_who_said_so(row: Row) -> None:
    assert date(2026, 1, 1) <= date.fromisoformat(row.as_of) <= date(2030, 1, 1)
    assert len(row.source.split()) >= 4
    ends = [date.fromisoformat(day) for day in (row.training_until, row.serving_until) if day is not None]
    assert ends, "a row without an end says nothing"
    # A model that can be trained but not served would be money for nothing.
    assert ends == sorted(ends)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.provider} {row.base_model}")
def test_every_row_is_found_by_its_name(row: Row) -> None:
    life = lifecycle_of(row.provider, row.base_model)
    assert life is not None
    assert (str(life.training_until), str(life.serving_until)) == (
        str(row.training_until),
        str(row.serving_until),
    )
    assert (life.source, life.as_of) == (row.source, row.as_of)


@pytest.mark.usefixtures("frozen")
def test_the_same_model_may_end_on_other_days_elsewhere() -> None:
    openai = lifecycle_of("openai", "gpt-4.1-2025-04-14")
    azure = lifecycle_of("azure_openai", "gpt-4.1-2025-04-14")
    assert openai is not None
    assert azure is not None
    assert openai.training_until == date(2027, 1, 6)
    assert azure.serving_until == date(2027, 10, 13)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-9"),
        ("openai", "gpt-4"),
        ("openai", "GPT-4.1-2025-04-14"),
        ("openai", ""),
        ("peft", "gpt-4.1-2025-04-14"),
        ("peft", "builtin:smollm2-135m"),
    ],
)
def test_of_an_unknown_model_no_end_is_known(provider: str, model: str) -> None:
    assert lifecycle_of(provider, model) is None


@pytest.mark.usefixtures("frozen")
def test_an_alias_ends_with_its_model_and_the_providers_replacement_is_told() -> None:
    found = row_of("openai", "gpt-4.1-mini")
    assert found is not None
    assert found == row_of("openai", "gpt-4.1-mini-2025-04-14")
    assert (found.serving_until, found.replacement) == ("2027-01-13", "gpt-6-luna")
    assert lifecycle_of("openai", "gpt-4.1-mini") == lifecycle_of("openai", "gpt-4.1-mini-2025-04-14")
