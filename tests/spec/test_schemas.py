"""The committed schemas are the models, and the examples obey them."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from clinft.pipeline.schemas import ALL
from clinft.spec.schema import render, schemas, write_schemas

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_committed_schema_equals_the_models(name: str) -> None:
    committed = (ROOT / "schemas" / name).read_text(encoding="utf-8")
    assert committed == render(schemas(ALL)[name]), "The models changed. Run: clinft schema"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_a_schema_is_valid_and_explains_every_key(name: str) -> None:
    schema = json.loads(render(schemas()[name]))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == name
    for section in (schema, *schema["$defs"].values()):
        assert section["additionalProperties"] is False
        assert section["description"]
        for key, value in section["properties"].items():
            assert value.get("description") or "$ref" in value, key


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *((path, "project.schema.json") for path in sorted(ROOT.glob("projects/*/project.yaml"))),
        (ROOT / ".github" / "clinft.yml", "policy.schema.json"),
    ],
    ids=lambda value: str(getattr(value, "parent", value)).rpartition("/")[2],
)
def test_an_example_obeys_its_schema(path: Path, name: str) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text()), schemas()[name])


def test_a_wrong_key_breaks_the_schema() -> None:
    spec = yaml.safe_load((ROOT / "projects" / "icd10-chapter" / "project.yaml").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            {**spec, "data": {**spec["data"], "source": "ehr"}}, schemas()["project.schema.json"]
        )


def test_only_schemas_that_differ_are_written(tmp_path: Path) -> None:
    assert {path.name for path in write_schemas(tmp_path / "schemas")} == set(schemas())
    assert write_schemas(tmp_path / "schemas") == []
    (tmp_path / "schemas" / "policy.schema.json").write_text("{}")
    assert [path.name for path in write_schemas(tmp_path / "schemas")] == ["policy.schema.json"]
