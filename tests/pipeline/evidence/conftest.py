"""A real run, packed once for each module that tests."""

import shutil
from pathlib import Path

import pytest

from clinft.pipeline.evidence.packing import pack
from tests.fakes import finished
from tests.fakes.progress import Quiet


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished.repository(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module")
def packed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed") / "evidence-x"
    assert (
        pack(finished.runs(project)[0], project.parents[1] / ".github" / "clinft.yml", folder, Quiet()) == []
    )
    return folder


@pytest.fixture
def copy(packed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(packed, tmp_path / packed.name))
