"""Only the projects are laid out where sinks are told: a base model that is a folder beside them is not there."""

from clinft.pipeline.sinks.seen import project_at
from tests.pipeline.sinks.conftest import KINDS, Hospital


def test_a_project_whose_base_model_is_a_folder_of_the_repository_names_its_sinks(hospital: Hospital) -> None:
    project = hospital.write(training={"provider": "peft", "base_model": "models/tiny"})
    spec = project_at(project).spec
    assert spec is not None
    assert spec.notify == tuple(KINDS)
